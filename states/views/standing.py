"""Where a talent stands: on the calendar, and in each region beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from config.errors import UnknownRecordError
from states.machines.journey import CALENDAR
from states.machines.rules import Rules
from states.running_cohort import read_cohort
from states.store.queries import beside_of, journeys_and_cohort


@dataclass(frozen=True)
class Standing:
    """A talent's places by region, and the rules that the cohort is pinned to."""

    rules: Rules
    places: Mapping[str, str]


def standing(connection: Connection, journey_id: str) -> Standing:
    """Return where a journey stands.

    Raises:
        UnknownRecordError: there is no such journey.
    """
    journey = journeys_and_cohort(connection, [journey_id]).journeys.get(journey_id)
    if journey is None:
        raise UnknownRecordError("journey", journey_id)
    beside = beside_of(connection, journey.cohort_id).get(journey_id, {})
    return Standing(read_cohort(connection, journey.cohort_id).rules, {CALENDAR: journey.state, **beside})
