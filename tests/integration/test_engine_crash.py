"""Cut off in the middle of a commit: nothing is left of it, and the next attempt does it all (invariant 1)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from states.store.database import Database
from tests.support.cut import Cut, cut_at
from tests.support.driver import Driver, day, hold_3_people

DEEDS: dict[str, Callable[[Driver], object]] = {
    "keep": lambda driven: driven.fire("mentor_meeting_m1:keep", 1, key="cut", held_on="2027-03-16"),
    "leave": lambda driven: driven.fire("leave", 1, key="cut"),
    "withdraw": lambda driven: driven.fire("withdraw", 2, 3, key="cut"),
    "mentor": lambda driven: driven.fire(
        "change_mentor", 1, key="cut", new_mentor={"name": "Grete Holm", "email": "grete@example.org"}
    ),
    "absence": lambda driven: driven.fire("absence", 1, key="cut", milestone="m1d2"),
    "move": lambda driven: driven.move("m1d2", day("2027-04-08"), key="cut"),
    "enrol": lambda driven: driven.enrol(hold_3_people(5)),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_nothing_or_everything(database: Database, deed: str) -> None:
    driven = Driver(database, people=4).enrol()
    driven.oversleep("2027-03-16 12:00")
    before = driven.dump()
    for statement in count(1):
        try:
            with cut_at(database, statement):
                DEEDS[deed](driven)
        except Cut:
            assert driven.dump() == before, f"half a commit, cut before statement {statement}"
        else:
            break
    assert statement > 5
    assert driven.dump() != before


def test_a_tick_goes_on_where_it_was_cut(database: Database, calm: Database) -> None:
    """Cut at every few statements, all the way: the same history, effects and timers as in peace."""
    driven = Driver(database, people=2).enrol()
    driven.now = driven.at("2027-05-01")
    cuts = 0
    for statement in count(3, 4):
        try:
            with cut_at(database, statement):
                driven.engine.tick()
        except Cut:
            cuts += 1
        else:
            break
    peace = Driver(calm, people=2).enrol()
    peace.oversleep("2027-05-01")
    assert cuts > 5
    assert [tuple(row)[1:] for row in driven.history()] == [tuple(row)[1:] for row in peace.history()]
    assert driven.mails() == peace.mails()
    assert driven.tasks() == peace.tasks()
    assert driven.armed() == peace.armed()
