"""A coordinator enrols a talent more: as reading the list again with one more row would."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from config.errors import CohortOverError, DefinitionError, FactIncompleteError, PersonRefusedError, TalentNordError
from config.library import Library
from config.people import People, TalentRow
from config.people import PersonRow as Person
from config.settings import Settings
from flows.cockpit.fact_list import facts_to_undo
from flows.cockpit.forms import choices_for, form_of, schema
from flows.cockpit.refusal import refusal
from flows.enrol import enrol_form
from flows.services import Services
from states.facts import Fact, Outcome
from states.store.database import Database
from states.store.tables import JourneyRow, PersonRow
from states.views.overview import Overview
from tests.support.driver import day, hold_3_people
from tests.support.mailroom import Post

BO = {"name": "Bo Dam", "email": "bo.dam@aalborg.example.org"}
EVA = {"name": "Eva Ny", "email": "eva@aalborg.example.org"}
WHERE = {"cohort": "Hold 3", "organisation": "Aalborg Kommune", "level": "leder af medarbejdere"}


@pytest.fixture
def post(sqlite: Database) -> Post:
    """Six talents of hold-3, after the kick-off."""
    post = Post(sqlite, people=6)
    post.driven.until("2027-03-01 12:00").all_sent()
    return post


def services(post: Post) -> Services:
    return Services(Settings(), Library(), post.database, post.driven.engine, post.outbox, post.now)


def enrolled(post: Post, key: str = "form:1", **change: Any) -> Outcome:
    given = WHERE | {name: change.pop(name) for name in WHERE if name in change}
    details: dict[str, Any] = {"newcomer": BO, "leader": EVA, "unit": "Børn og Unge", **change}
    return enrol_form(services(post), "talent-nord", "enrol", given, details, key)


def refused(post: Post, **change: Any) -> str:
    """What the form says."""
    before = post.driven.dump()
    with pytest.raises(TalentNordError) as error:
        enrolled(post, **change)
    assert post.driven.dump() == before, "a refusal writes nothing"
    return str(refusal(services(post), error.value, "talent-nord"))


def person(post: Post, ident: str | None) -> tuple[str, str, str]:
    with post.database.read() as connection:
        row = connection.execute(select(PersonRow.__table__).where(PersonRow.id == ident)).one()
    return row.name, row.email, row.title


def leader(number: int) -> dict[str, str]:
    one = hold_3_people(number).talents[number - 1].leader
    return {"name": one.name, "email": one.email}


def test_they_get_the_next_number_and_stand_where_the_cohort_stands(post: Post) -> None:
    [step] = enrolled(post, leader_title="Skoleleder").transitions
    assert (step.journey_id, step.trigger) == ("hold-3-07", "enrol")
    journey = post.driven.journey(7)
    assert journey.state == post.driven.journey(1).state
    assert person(post, journey.talent_id) == (*BO.values(), "")
    assert person(post, journey.mentor_id) == (*EVA.values(), "Skoleleder")
    with post.database.read() as connection:
        row = connection.execute(select(JourneyRow.__table__).where(JourneyRow.id == "hold-3-07")).one()
    assert (row.organisation, row.unit, row.level) == ("aalborg", "Børn og Unge", "leader_of_employees")


def test_it_is_what_the_list_with_one_more_row_would_do(post: Post, tmp_path: Path) -> None:
    enrolled(post)
    row = TalentRow(
        number=7,
        name=BO["name"],
        email=BO["email"],
        organisation="aalborg",
        unit="Børn og Unge",
        level="leader_of_employees",
        leader=Person(**EVA),
        leader_title="",
        row=8,
    )
    other = Post(_fresh(f"sqlite:///{tmp_path}/other.db"), people=6)
    other.driven.until("2027-03-01 12:00").all_sent()
    other.driven.enrol(People((*hold_3_people(6).talents, row)))
    for one in (post, other):
        one.driven.until("2027-04-20 12:00")
    assert post.driven.states(7) == other.driven.states(7)
    assert [mail.message for mail in post.driven.mails(number=7)] == [
        mail.message for mail in other.driven.mails(number=7)
    ]


def _fresh(url: str) -> Database:
    database = Database(url)
    database.migrate()
    return database


def test_nobody_else_is_changed(post: Post) -> None:
    with post.database.read() as connection:
        before = {row.id: tuple(row) for row in connection.execute(select(PersonRow.__table__))}
        journeys = {row.id: tuple(row) for row in connection.execute(select(JourneyRow.__table__))}
    enrolled(post)
    with post.database.read() as connection:
        after = {row.id: tuple(row) for row in connection.execute(select(PersonRow.__table__))}
        others = {row.id: tuple(row) for row in connection.execute(select(JourneyRow.__table__))}
    assert {ident: after[ident] for ident in before} == before
    assert set(after) - set(before) == {"hold-3-07", "hold-3/leader-07"}
    assert {ident: others[ident] for ident in journeys} == journeys


def test_a_leader_whom_the_cohort_knows_leads_one_more_and_keeps_their_title(post: Post) -> None:
    known = post.driven.journey(1).mentor_id
    before = person(post, known)
    enrolled(post, leader=leader(1), leader_title="Noget andet")
    assert post.driven.journey(7).mentor_id == known
    assert person(post, known) == before


def test_the_same_form_twice_enrols_once(post: Post) -> None:
    assert enrolled(post) == enrolled(post)
    with post.database.read() as connection:
        assert len(connection.scalars(select(JourneyRow.id)).all()) == 7


def test_it_is_taken_back_and_done_again_under_the_same_number(post: Post) -> None:
    enrolled(post)
    with post.database.read() as connection:
        [(label, key)] = facts_to_undo(connection, "talent-nord").items()
    assert "tilmeldt · Bo Dam" in label
    post.driven.engine.undo(key, Fact("2", "coordinator"))
    assert post.driven.journey(7).state == "taken_back"
    assert "har været tilmeldt før, og leder," in refused(post, key="form:3", leader=leader(1))
    enrolled(post, "form:4")
    assert post.driven.journey(7).state == post.driven.journey(1).state


def test_the_list_is_read_again_only_with_them_under_their_number(post: Post) -> None:
    enrolled(post)
    talents = hold_3_people(8).talents
    with pytest.raises(DefinitionError, match="7 is the number of Bo Dam, who is enrolled"):
        post.driven.enrol(People(talents))
    bo = replace(talents[6], name=BO["name"], email=BO["email"], number=9)
    with pytest.raises(DefinitionError, match="Bo Dam is enrolled under the number 7, here 9; write that one"):
        post.driven.enrol(People((*talents[:6], bo)))
    post.driven.enrol(People((*talents[:6], replace(bo, number=7, email="bo@aalborg.example.org"), talents[7])))
    assert person(post, "hold-3-07")[:2] == ("Bo Dam", "bo@aalborg.example.org")


def test_history_says_who_enrolled_them(post: Post) -> None:
    enrolled(post)
    with post.database.read() as connection:
        [line] = list(Overview(connection, "hold-3", post.now()).history("hold-3-07"))
    assert (line.what, line.actor) == ("tilmeldt", "coordinator")


TALENT = {"name": hold_3_people(1).talents[0].name, "email": hold_3_people(1).talents[0].email}


@pytest.mark.parametrize(
    ("change", "kind", "says"),
    [
        (
            {"newcomer": {**BO, "email": "bo.dam"}},
            FactIncompleteError,
            "Talentets mailadresse: er ikke en mail",
        ),
        ({"newcomer": {**BO, "name": ""}}, FactIncompleteError, "Talentets navn: mangler et navn."),
        ({"newcomer": TALENT}, FactIncompleteError, "Talentets navn: er allerede tilmeldt holdet."),
        (
            {"newcomer": {**BO, "email": TALENT["email"]}},
            PersonRefusedError,
            "Talentets navn: mailadressen hører til en anden, vi kender.",
        ),
        ({"leader": BO}, FactIncompleteError, "Den nærmeste leders navn: talentet kan ikke være sin egen leder."),
        ({"leader": {**EVA, "email": "@"}}, FactIncompleteError, "Den nærmeste leders mailadresse: er ikke en mail"),
        (
            {"leader": {"name": "Eva Ny", "email": leader(1)["email"]}},
            PersonRefusedError,
            "Den nærmeste leders navn: mailadressen hører til en anden, vi kender.",
        ),
        (
            {"newcomer": leader(1), "leader": TALENT},
            FactIncompleteError,
            "Den nærmeste leders navn: talentet er selv leder for den nærmeste leder, direkte eller gennem andre.",
        ),
        ({"organisation": "Odense Kommune"}, FactIncompleteError, "Organisation: står ikke på listen."),
        ({"organisation": ""}, FactIncompleteError, "Organisation: mangler."),
        ({"level": "leder"}, FactIncompleteError, "Niveau: står ikke på listen."),
        ({"unit": ""}, FactIncompleteError, "Enhed: mangler."),
        ({"cohort": "Hold 9"}, FactIncompleteError, "Hold: står ikke på listen."),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    post: Post, change: dict[str, Any], kind: type[TalentNordError], says: str
) -> None:
    with pytest.raises(kind):
        enrolled(post, **dict(change))
    assert refused(post, **dict(change)).startswith(f"Intet er registreret. {says}")


def test_a_cohort_that_is_over_takes_nobody(post: Post) -> None:
    post.driven.move("alumni_day", day("2028-04-05", "12:00"))
    post.driven.until("2028-04-06 12:00")
    with pytest.raises(CohortOverError):
        enrolled(post)
    assert refused(post) == (
        "Hold 3 er slut: Alumnedag var 5. april 2028. Intet er registreret. Vælg et hold, der ikke er slut."
    )


def test_the_form_asks_what_the_list_tells(post: Post) -> None:
    definition = Library().programme("talent-nord").definition
    form = form_of(definition, "enrol")
    with post.database.read() as connection:
        fields = schema(definition, form, choices_for(connection, "talent-nord", form, post.now()))
    optional = ["leader_title", "note"]
    assert [name for name in fields["properties"] if name not in fields["required"]] == optional
    assert fields["properties"]["cohort"]["enum"] == ["Hold 3"]
    assert "Aalborg Kommune" in fields["properties"]["organisation"]["enum"]
    assert fields["properties"]["level"]["enum"] == ["leder af ledere", "leder af medarbejdere"]
