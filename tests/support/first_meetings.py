"""A small cohort in which mentor meetings stand in every way that they can."""

from __future__ import annotations

from states.store.database import Database
from tests.support.driver import Driver


def after_the_first_meetings(database: Database) -> Driver:
    """Six talents after the mentor meetings of module 1 fell due: one kept, one kept late, one waived, three late."""
    driven = Driver(database, people=6).enrol().until("2027-03-17 12:00")
    driven.fire("mentor_meeting_m1:keep", 1, held_on="2027-03-16")
    driven.until("2027-03-22 12:00")
    driven.fire("mentor_meeting_m1:keep", 2, held_on="2027-03-22")
    driven.fire("mentor_meeting_m1:waive", 3, because="aftalt")
    return driven
