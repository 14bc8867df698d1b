"""What was told of a promise that is late can be taken back, however far its escalation has gone since (R62)."""

from __future__ import annotations

from typing import Any

import pytest

from states.facts import Fact
from states.store.database import Database
from states.views.counts import summarise
from tests.support.driver import Driver

MEETING = "mentor_meeting_m1"
TOLD: dict[str, dict[str, Any]] = {
    "stall": {},
    "hand": {},
    "appoint": {"appointed_on": "2027-03-26"},
    "extend": {"due_on": "2027-03-27"},
    "keep": {"held_on": "2027-03-24"},
    "waive": {},
}


def told_late(database: Database, verb: str, is_sent: bool) -> Driver:
    """Told on 25 March 2027 of a meeting that was missed on the 19th, taken back on 8 April."""
    driven = Driver(database, people=6).enrol().until("2027-03-25 12:00")
    driven = driven.all_sent() if is_sent else driven
    assert driven.states(1)[MEETING] == "escalated.1"
    driven.fire(f"{MEETING}:{verb}", 1, key="slip", **TOLD[verb])
    driven.until("2027-04-08 12:00")
    driven = driven.all_sent() if is_sent else driven
    driven.engine.undo("slip", Fact("undo", "tester", {"because": "a slip"}))
    return driven


@pytest.mark.parametrize("is_sent", [True, False], ids=["sent", "waiting"])
@pytest.mark.parametrize("verb", TOLD)
def test_nobody_is_forgotten_afterwards(database: Database, verb: str, is_sent: bool) -> None:
    driven = told_late(database, verb, is_sent)
    for day in ("2027-04-08 18:00", "2027-04-09 18:00", "2027-04-16 18:00", "2027-05-07 18:00"):
        driven.until(day)
        with database.read() as connection:
            stuck = summarise(connection, "hold-3").stuck
        assert [one for one in stuck if one.startswith("hold-3-01/")] == []


@pytest.mark.parametrize("verb", ["stall", "hand"])
def test_what_changes_nothing_of_time_leaves_the_escalation_where_it_is(database: Database, verb: str) -> None:
    driven = told_late(database, verb, is_sent=True)
    assert driven.states(1)[MEETING] == "escalated.2"
    driven.until("2027-04-30")
    asked = driven.mails("meeting_escalated", number=1)
    assert len(asked) == 1, "the consultant is asked once"
