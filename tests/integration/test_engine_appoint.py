"""A day is agreed on, or none can be found (R17, R45): reminders follow it, and the ladder waits for it within a margin.

Talent 1 meets the mentor in module 1: day 1 is Wednesday 3 March 2027, the meeting is due on Wednesday 10 March.
"""

from __future__ import annotations

from datetime import date

import pytest

from config.errors import AppointmentRefusedError, FactIncompleteError, TransitionRefusedError
from states.facts import Fact
from states.store.database import Database
from states.store.fact_log import transitions_of
from tests.support.driver import Driver

MEETING = "mentor_meeting_m1"
SUBJECT = f"hold-3-01/{MEETING}"


@pytest.fixture
def driven(sqlite: Database) -> Driver:
    driver = Driver(sqlite, people=2).enrol().until("2027-03-04")
    driver.fire("expectation_talk:keep", 1, 2, held_on="2027-01-20")
    return driver


def agree(driven: Driver, day: str, **more: str) -> None:
    driven.fire(f"{MEETING}:appoint", 1, appointed_on=day, **more)


def told(driven: Driver, *messages: str) -> list[tuple[str, str, str]]:
    return [(mail.message, mail.to, mail.on) for mail in driven.mails(*messages, number=1) if mail.status != "dropped"]
