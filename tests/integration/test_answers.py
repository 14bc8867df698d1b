"""People answer themselves (R65, R67): who may say what, what is refused, and what the others see of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from config.errors import AnswerOverError, AnswerRefusedError
from config.grammar import is_attendance
from notifications.run_words import teller
from states.facts import Fact
from states.store.database import Database
from states.store.tables import FactRow, PersonRow
from states.views.overview import Overview
from states.views.told import told_facts
from tests.support.answering import Answering
from tests.support.driver import Driver

TALENT, LEADER, CONSULTANT = "hold-3-01", "hold-3/leader-01", "hold-3/consultant/aalborg"
TALK, PORTRAIT = f"{TALENT}/expectation_talk", f"{TALENT}/portrait"
CHOICE, SECOND = f"{TALENT}/second_half_choice", f"{TALENT}/second_mentor"
HELD = {"held_on": "2027-01-20", "plan": "written"}
FOUND = {"person_name": "Rikke Holm", "person_email": " Rikke.Holm@Example.org "}


@pytest.fixture
def driven(sqlite: Database) -> Driver:
    return Driver(sqlite, people=7).enrol().until("2027-01-21")


@pytest.fixture
def people(driven: Driver) -> Answering:
    return Answering(driven)


@pytest.fixture
def june(driven: Driver) -> Driver:
    """After module 3, when a choice for the second half is asked for."""
    return driven.until("2027-07-01")


def facts(driven: Driver) -> list[tuple[str, dict[str, Any]]]:
    """Who told what, in order."""
    query = select(FactRow.actor, FactRow.details).order_by(FactRow.at, FactRow.key)
    with driven.database.read() as connection:
        return [(row.actor, row.details) for row in connection.execute(query)]


# -- who answers ------------------------------------------------------------------------------------------------------


def test_whoever_answers_is_the_actor_of_the_fact(driven: Driver, people: Answering) -> None:
    assert [(one.id, one.asks) for one in people.sees(LEADER, TALK).options] == [
        ("held", ("held_on", "plan")),
        ("agreed", ("appointed_on",)),
        ("no_time", ()),
    ]
    people.says(LEADER, TALK, "held", HELD)
    assert driven.commitment("expectation_talk", 1).state == "kept"
    assert facts(driven) == [(f"mentor:{LEADER}", HELD)]


def test_the_same_page_sent_twice_is_one_fact(driven: Driver, people: Answering) -> None:
    version = people.sees(LEADER, TALK).version
    first = people.says(LEADER, TALK, "held", HELD, version)
    assert people.says(LEADER, TALK, "held", HELD, version) == first
    assert len(facts(driven)) == 1


def test_who_is_second_sees_what_the_first_said(people: Answering) -> None:
    version = people.sees(TALENT, TALK).version
    people.says(LEADER, TALK, "held", HELD)
    with pytest.raises(AnswerOverError):
        people.says(TALENT, TALK, "held", HELD, version)
    shown = people.sees(TALENT, TALK)
    assert shown.options == ()
    (said,) = shown.said
    assert (said.what, said.role, said.day) == ("gennemført", "mentor", date(2027, 1, 20))
    assert said.by == "Inge Sønderby"


def test_a_page_older_than_what_somebody_said_is_shown_anew(people: Answering) -> None:
    version = people.sees(TALENT, TALK).version
    people.says(LEADER, TALK, "agreed", {"appointed_on": "2027-02-01"})
    with pytest.raises(AnswerOverError):
        people.says(TALENT, TALK, "agreed", {"appointed_on": "2027-02-03"}, version)
    assert people.sees(TALENT, TALK).appointed_on == date(2027, 2, 1)


def test_a_page_that_only_time_has_overtaken_is_taken(driven: Driver, people: Answering) -> None:
    version = people.sees(LEADER, TALK).version
    driven.until("2027-02-19")
    shown = people.sees(LEADER, TALK)
    assert shown.version > version
    assert shown.late
    people.says(LEADER, TALK, "held", HELD, version)
    assert driven.commitment("expectation_talk", 1).state == "kept"


def test_nobody_answers_what_is_not_theirs(driven: Driver, people: Answering) -> None:
    for other in ("hold-3-02", "hold-3/leader-02", "hold-3/coordinator-1", "nobody", ""):
        assert people.may_see(other, TALK) is None
        with pytest.raises(AnswerOverError):
            people.says(other, TALK, "held", HELD)
    for subject, option in ((TALK, "choose"), (TALK, "\ud800"), (f"{TALENT}/none", "held"), (PORTRAIT, "held")):
        with pytest.raises(AnswerOverError):
            people.says(TALENT, subject, option, HELD)
    assert facts(driven) == []


def test_a_leader_who_is_another_now_is_asked_no_more(driven: Driver, people: Answering) -> None:
    driven.fire("change_mentor", 1, new_mentor={"name": "Inge Dahl", "email": "inge@example.org"})
    assert people.may_see(LEADER, TALK) is None
    new = driven.journey(1).mentor_id
    assert people.sees(new, TALK).role == "mentor"


def test_a_fact_that_was_taken_back_is_not_what_somebody_said(driven: Driver, people: Answering) -> None:
    people.says(LEADER, TALK, "held", HELD)
    with driven.database.read() as connection:
        (key,) = connection.scalars(select(FactRow.key))
    driven.engine.undo(key, Fact("slip", "coordinator"))
    shown = people.sees(TALENT, TALK)
    assert shown.said == ()
    assert len(shown.options) == 3


def test_a_person_is_asked_all_that_is_theirs_what_waits_first(june: Driver, people: Answering) -> None:
    mine = people.is_asked(TALENT)
    assert [bool(one.options) for one in mine] == sorted((bool(one.options) for one in mine), reverse=True)
    waiting = [one for one in mine if one.options]
    assert [one.due for one in waiting] == sorted(one.due for one in waiting if one.due)
    assert {one.about for one in mine} == {june.people.talents[0].name}
    assert not any(one.subject.endswith("political_homework") for one in mine), "it has not been asked yet"
    assert {one.role for one in people.is_asked(LEADER)} == {"mentor"}
    assert {one.about for one in people.is_asked(LEADER) if not is_attendance(one.subject)} == {
        talent.name for talent in june.people.talents if talent.leader.name == "Inge Sønderby"
    }


# -- what is refused --------------------------------------------------------------------------------------------------


REFUSED: list[tuple[str, dict[str, str], str, str]] = [
    ("held", {"plan": "no"}, "held_on", "missing"),
    ("held", {**HELD, "held_on": "20. januar"}, "held_on", "not_a_date"),
    ("held", {**HELD, "held_on": "2027-02-30"}, "held_on", "not_a_date"),
    ("held", {**HELD, "held_on": "2027-W03-3"}, "held_on", "not_a_date"),
    ("held", {**HELD, "held_on": "2027-01-22"}, "held_on", "in_the_future"),
    ("held", {**HELD, "held_on": "2019-01-20"}, "held_on", "before_start"),
    ("held", {"held_on": "2027-01-20"}, "plan", "missing"),
    ("held", {**HELD, "plan": "maybe"}, "plan", "not_a_choice"),
    ("held", {**HELD, "note": "\u202eabc"}, "note", "not_plain"),
    ("agreed", {}, "appointed_on", "missing"),
    ("agreed", {"appointed_on": "2027-01-20"}, "appointed_on", "in_the_past"),
    ("agreed", {"appointed_on": "2072-02-01"}, "appointed_on", "too_late"),
    ("agreed", {"appointed_on": "2027-02-01", "appointed_at": "25:00"}, "appointed_at", "not_a_time"),
]


@pytest.mark.parametrize(("option", "given", "field", "why"), REFUSED)
def test_a_field_that_cannot_be_meant_is_named(
    driven: Driver, people: Answering, option: str, given: dict[str, str], field: str, why: str
) -> None:
    with pytest.raises(AnswerRefusedError) as refused:
        people.says(LEADER, TALK, option, given)
    assert (refused.value.field, refused.value.why) == (field, why)
    assert facts(driven) == []


NAMED: list[tuple[dict[str, str], str, str]] = [
    ({"person_email": "rikke@example.org"}, "person_name", "missing"),
    ({**FOUND, "person_name": "…"}, "person_name", "not_a_name"),
    ({**FOUND, "person_email": ""}, "person_email", "missing"),
    ({**FOUND, "person_email": "rikke"}, "person_email", "not_an_address"),
]


@pytest.mark.parametrize(("given", "field", "why"), NAMED)
def test_a_second_mentor_is_named_with_an_address(
    june: Driver, people: Answering, given: dict[str, str], field: str, why: str
) -> None:
    people.says(TALENT, CHOICE, "choose", {"choice": "second_mentor"})
    with pytest.raises(AnswerRefusedError) as refused:
        people.says(TALENT, SECOND, "found", given)
    assert (refused.value.field, refused.value.why) == (field, why)


def test_a_second_mentor_is_somebody_else(june: Driver, people: Answering) -> None:
    people.says(TALENT, CHOICE, "choose", {"choice": "second_mentor"})
    with june.database.read() as connection:
        rows = connection.execute(select(PersonRow.id, PersonRow.name, PersonRow.email)).all()
    known = {row.id: {"person_name": row.name, "person_email": row.email} for row in rows}
    tried = (
        (known[TALENT], "is_the_talent"),
        (known[LEADER], "is_the_mentor"),
        ({**known["hold-3-02"], "person_name": "Rikke Holm"}, "known_by_another_name"),
    )
    for given, why in tried:
        with pytest.raises(AnswerRefusedError) as refused:
            people.says(TALENT, SECOND, "found", given)
        assert (refused.value.field, refused.value.why) == ("person_email", why)
    people.says(TALENT, SECOND, "found", FOUND)
    assert june.journey(1).second_mentor_id == f"{SECOND}/second_mentor-2"
    assert facts(june)[-1][1] == {"person": {"name": "Rikke Holm", "email": "rikke.holm@example.org"}}


# -- a choice ---------------------------------------------------------------------------------------------------------


def test_a_choice_is_changed_by_another_answer(june: Driver, people: Answering) -> None:
    """R36: until module 6."""
    shown = people.sees(TALENT, CHOICE)
    assert dict(shown.choices) == {
        "second_mentor": "supplerende mentor",
        "internship": "ledelsespraktik",
        "none": "ingen af delene",
    }
    with pytest.raises(AnswerRefusedError):
        people.says(TALENT, CHOICE, "choose", {"choice": "both"})
    people.says(TALENT, CHOICE, "choose", {"choice": "internship"})
    people.says(TALENT, CHOICE, "choose", {"choice": "none"})
    shown = people.sees(TALENT, CHOICE)
    assert shown.choice == "none"
    assert [said.what for said in shown.said] == ["gennemført: ledelsespraktik", "gennemført: ingen af delene"]
    june.until("2027-12-20")
    assert people.sees(TALENT, CHOICE).options == ()


# -- who told it (R67) -------------------------------------------------------------------------------------------------


def test_who_answered_is_named_on_the_talents_page_and_among_the_facts(driven: Driver, people: Answering) -> None:
    people.says(LEADER, TALK, "held", HELD)
    with driven.database.read() as connection:
        history = Overview(connection, "hold-3", driven.now).talent(TALENT).history
        (told,) = told_facts(connection, "hold-3")
    assert {(line.actor, line.by) for line in history if line.what.endswith("gennemført")} == {
        (f"mentor:{LEADER}", "Inge Sønderby")
    }
    assert teller(told.actor, told.by) == "Inge Sønderby (nærmeste leder)"
    assert teller("coordinator", "") == "koordinator"


# -- each by its owner alone -------------------------------------------------------------------------------------------


def test_whoever_owes_something_can_say_alone_that_it_is_done(driven: Driver, people: Answering) -> None:
    """Walks the definition: what a talent or a leader owns is kept by what they answer, with nobody in between."""
    owned = {one.id: one for one in driven.definition.commitments.values() if one.owner in {"talent", "mentor"}}
    kept: list[str] = []
    for day in ("2027-02-20", "2027-03-16", "2027-04-15", "2027-06-01", "2027-07-01", "2027-09-25", "2027-12-15"):
        driven.until(day)
        kept += [name for name in owned if name not in kept and said_to_be_done(driven, people, name)]
        driven.until(f"{day} 12:00")
        kept += [name for name in owned if name not in kept and said_to_be_done(driven, people, name)]
    assert set(owned) - set(kept) == {"internship"}, "of the two that a choice leads to, only one is chosen"
    journey = driven.journey(1)
    own = {f"talent:{journey.talent_id}", f"mentor:{journey.mentor_id}"}
    assert {actor for actor, _ in facts(driven)} == own


def said_to_be_done(driven: Driver, people: Answering, name: str) -> bool:
    """Let the owner of a commitment answer that it is done, where that can be answered now."""
    spec, journey = driven.definition.commitments[name], driven.journey(1)
    owner = journey.talent_id if spec.owner == "talent" else journey.mentor_id
    shown = people.may_see(owner, f"{TALENT}/{name}")
    answers = {one.id: one for one in spec.answers if one.verb == "keep"}
    option = next((one for one in shown.options if one.id in answers), None) if shown else None
    if option is None:
        return False
    fields = {"held_on": {"held_on": driven.now.date().isoformat()}, "plan": {"plan": "revised"}, "person": FOUND}
    fields |= {"choice": {"choice": "second_mentor"}}
    people.says(owner, f"{TALENT}/{name}", option.id, {k: v for asked in option.asks for k, v in fields[asked].items()})
    return driven.commitment(name, 1).state in {"kept", "kept_late"}
