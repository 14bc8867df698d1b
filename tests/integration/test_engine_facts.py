"""Facts: a key is one fact, wrong ones are refused as a whole, and the outcome can be asked for again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import null, update

from config.cohort import Day
from config.errors import (
    FactIncompleteError,
    FactReusedError,
    TransitionRefusedError,
    UnknownRecordError,
    UnknownTriggerError,
)
from states.facts import Fact
from states.store.database import Database
from states.store.tables import FactRow
from tests.support.driver import Driver, day, hold_3

KEEP = "mentor_meeting_m1:keep"


@pytest.fixture
def driven(database: Database) -> Driver:
    return Driver(database, people=4).enrol().until("2027-03-16")


def test_the_same_key_twice_is_one_fact(driven: Driver) -> None:
    first = driven.fire(KEEP, 1, 2, key="form-7", held_on="2027-03-16")
    before = driven.dump()
    driven.until("2027-03-16 13:00")
    again = driven.fire(KEEP, 1, 2, key="form-7", held_on="2027-03-16")
    assert again == first
    assert {step.id for step in first.transitions} == {"hold-3-01/mentor_meeting_m1#2", "hold-3-02/mentor_meeting_m1#2"}
    assert driven.dump() == before


class TestAKeyBelongsToItsWholeContent:
    """Invariant 4: the same key with anything else is another fact, and is refused."""

    @pytest.mark.parametrize(
        ("trigger", "numbers", "actor", "details", "differs"),
        [
            ("leave", (1,), "tester", {"held_on": "2027-03-16"}, ("trigger",)),
            (KEEP, (2,), "tester", {"held_on": "2027-03-16"}, ("subjects",)),
            (KEEP, (1, 2), "tester", {"held_on": "2027-03-16"}, ("subjects",)),
            (KEEP, (1,), "somebody else", {"held_on": "2027-03-16"}, ("actor",)),
            (KEEP, (1,), "tester", {"held_on": "2027-03-15"}, ("details.held_on",)),
            (KEEP, (1,), "tester", {}, ("details.held_on",)),
            (KEEP, (1,), "tester", {"held_on": "2027-03-16", "choice": None}, ("details.choice",)),
        ],
    )
    def test_another_part_is_another_fact(
        self, driven: Driver, trigger: str, numbers: tuple[int, ...], actor: str, details: Any, differs: tuple[str, ...]
    ) -> None:
        driven.fire(KEEP, 1, key="form-7", held_on="2027-03-16")
        before = driven.dump()
        journeys = [f"hold-3-{number:02d}" for number in numbers]
        with pytest.raises(FactReusedError, match="mentor_meeting_m1:keep") as refused:
            driven.engine.fire(trigger, journeys, Fact("form-7", actor, details))
        assert refused.value.differs == differs
        assert driven.dump() == before

    def test_the_order_of_those_concerned_and_of_names_means_nothing(self, driven: Driver) -> None:
        ask = {"name": "Grete Holm", "email": "grete.holm@example.org"}
        first = driven.fire("change_mentor", 1, 2, key="form-7", new_mentor=ask, note="ok")
        turned = dict(reversed(ask.items()))
        assert driven.fire("change_mentor", 2, 1, key="form-7", note="ok", new_mentor=turned) == first

    def test_the_error_shows_names_of_parts_and_nothing_personal(self, driven: Driver) -> None:
        old, new = ({"name": name, "email": f"{name.lower()}@example.org"} for name in ("Grete", "Inger"))
        driven.fire("change_mentor", 1, key="form-7", new_mentor=old)
        with pytest.raises(FactReusedError, match=r"differs in details\.new_mentor") as refused:
            driven.fire("change_mentor", 1, key="form-7", new_mentor=new)
        assert not any(word in str(refused.value) for word in ("Grete", "Inger", "example.org"))

    @pytest.mark.parametrize("other", [day("2027-04-09"), day("2027-04-08", start="10:00")])
    def test_a_move_to_another_time_is_another_fact(self, driven: Driver, other: Day) -> None:
        driven.move("m1d2", day("2027-04-08"), key="form-8")
        before = driven.dump()
        with pytest.raises(FactReusedError, match=r"details\.moved_to"):
            driven.move("m1d2", other, key="form-8")
        with pytest.raises(FactReusedError, match="trigger"):
            driven.move("m2d1", day("2027-04-08"), key="form-8")
        assert driven.dump() == before

    def test_facts_of_before_their_subjects_were_kept_are_compared_as_far_as_they_go(self, driven: Driver) -> None:
        first = driven.fire(KEEP, 1, key="form-7", held_on="2027-03-16")
        moved = driven.move("m1d2", day("2027-04-08"), key="form-8")
        with driven.database.write() as connection:
            connection.execute(update(FactRow).values(subjects=null()))
            connection.execute(update(FactRow).where(FactRow.key == "form-8").values(details={}))
        assert driven.fire(KEEP, 1, key="form-7", held_on="2027-03-16") == first
        assert driven.move("m1d2", day("2027-04-08"), key="form-8") == moved
        with pytest.raises(FactReusedError, match=r"details\.held_on"):
            driven.fire(KEEP, 1, key="form-7", held_on="2027-03-15")


def test_a_move_told_twice_is_one_move(driven: Driver) -> None:
    first = driven.move("m1d2", day("2027-04-08"), key="form-8")
    before = driven.dump()
    assert driven.move("m1d2", day("2027-04-08"), key="form-8") == first
    assert driven.dump() == before


def test_a_refused_fact_may_be_told_again_when_it_has_become_possible(driven: Driver) -> None:
    with pytest.raises(TransitionRefusedError):
        driven.fire("return", 1, key="form-9")
    driven.fire("leave", 1)
    before = driven.journey(1).state
    assert driven.fire("return", 1, key="form-9").transitions
    assert (before, driven.journey(1).state) == ("on_leave", "active.m1.sprint")


@pytest.mark.parametrize(
    "trigger",
    [
        "nonsense", "", ":", "leave:keep", "mentor_meeting:keep", "mentor_meeting_m7:keep", "mentor_meeting_m1",
        "mentor_meeting_m1:open", "mentor_meeting_m1:pause", "mentor_meeting_m1:resume", "mentor_meeting_m1:escalate",
        "second_mentor:retract", "second_mentor:expire",
    ],
)  # fmt: skip
def test_triggers_that_nobody_can_tell_are_unknown(driven: Driver, trigger: str) -> None:
    before = driven.dump()
    with pytest.raises(UnknownTriggerError):
        driven.fire(trigger, 1)
    assert driven.dump() == before


@pytest.mark.parametrize(
    ("trigger", "who"),
    [
        ("leave", [1, "hold-3-99"]),
        ("leave", ["hold-3-99", 1]),
        ("leave", ["hold-3-99"]),
        ("leave", []),
        ("leave", ["hold-9"]),
        (KEEP, [1, "hold-3-99"]),
        (KEEP, ["hold-3"]),
        ("challenge_m2:keep", [1]),
    ],
)
def test_a_fact_about_nobody_known_is_refused(driven: Driver, trigger: str, who: list[int | str]) -> None:
    before = driven.dump()
    with pytest.raises(UnknownRecordError):
        driven.fire(trigger, *who)
    assert driven.dump() == before


def test_talents_of_two_cohorts_are_not_one_fact(driven: Driver) -> None:
    other = hold_3().model_copy(update={"id": "hold-4"})
    driven.engine.enrol(other, driven.definition, driven.people)
    before = driven.dump()
    with pytest.raises(UnknownRecordError, match="hold-4-01"):
        driven.engine.fire("leave", ["hold-3-01", "hold-4-01"], Fact("both", "tester"))
    assert driven.dump() == before


def test_one_that_is_refused_refuses_all(driven: Driver) -> None:
    driven.fire(KEEP, 2)
    before = driven.dump()
    with pytest.raises(TransitionRefusedError, match="hold-3-02/mentor_meeting_m1 is in kept") as refused:
        driven.fire(KEEP, 1, 2, 3)
    assert refused.value.refused == (("hold-3-02/mentor_meeting_m1", "kept"),)
    assert driven.dump() == before


@pytest.mark.parametrize("held_on", ["2027-02-30", "yesterday", "16-03-2027", "2027-03-17"])
def test_a_meeting_was_held_on_a_day_that_has_been(driven: Driver, held_on: str) -> None:
    before = driven.dump()
    with pytest.raises(FactIncompleteError, match="held_on"):
        driven.fire(KEEP, 1, held_on=held_on)
    assert driven.dump() == before


def test_who_told_it_and_when_is_kept(driven: Driver) -> None:
    driven.fire(KEEP, 1, key="form-7", held_on="2027-03-15")
    [fact] = driven.dump()["facts"]
    assert "form-7" in fact
    assert "tester" in fact
    assert "2027-03-15" in fact
    [row] = [row for row in driven.history() if row.cause == "fact form-7"]
    assert (row.at, row.trigger, row.journey_id) == (driven.now, "keep", "hold-3-01")
