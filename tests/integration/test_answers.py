"""People answer themselves (R65, R67): who may say what, what is refused, and what the others see of it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from config.errors import AnswerOverError
from states.store.database import Database
from states.store.tables import FactRow
from tests.support.answering import Answering
from tests.support.driver import Driver

ANNA, TALENT, LEADER = "hold-3-01", "hold-3-01", "hold-3/leader-01"
TALK = f"{ANNA}/expectation_talk"
HELD = {"held_on": "2027-01-20", "plan": "written"}


@pytest.fixture
def driven(sqlite: Database) -> Driver:
    return Driver(sqlite, people=7).enrol().until("2027-01-21")


@pytest.fixture
def people(driven: Driver) -> Answering:
    return Answering(driven)


def _facts(driven: Driver) -> list[tuple[str, dict[str, object]]]:
    with driven.database.read() as connection:
        query = select(FactRow.actor, FactRow.details).order_by(FactRow.at, FactRow.key)
        return [(row.actor, row.details) for row in connection.execute(query)]


def test_whoever_answers_is_the_actor_of_the_fact(driven: Driver, people: Answering) -> None:
    assert [(one.id, one.asks) for one in people.sees(LEADER, TALK).options] == [
        ("held", ("held_on", "plan")),
        ("agreed", ("appointed_on",)),
        ("no_time", ()),
    ]
    people.says(LEADER, TALK, "held", HELD)
    assert driven.commitment("expectation_talk", 1).state == "kept"
    assert _facts(driven) == [(f"mentor:{LEADER}", HELD)]


def test_the_same_page_sent_twice_is_one_fact(driven: Driver, people: Answering) -> None:
    shown = people.sees(LEADER, TALK)
    first = people.says(LEADER, TALK, "held", HELD, shown.version)
    assert people.says(LEADER, TALK, "held", HELD, shown.version) == first
    assert len(_facts(driven)) == 1


def test_who_is_second_sees_what_the_first_said(people: Answering) -> None:
    shown = people.sees(TALENT, TALK)
    people.says(LEADER, TALK, "held", HELD)
    with pytest.raises(AnswerOverError):
        people.says(TALENT, TALK, "held", HELD, shown.version)
    shown = people.sees(TALENT, TALK)
    assert shown.options == ()
    (said,) = shown.said
    assert (said.what, said.role, said.day) == ("gennemført", "mentor", date(2027, 1, 20))
    assert said.by != ""
