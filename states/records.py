"""A journey and a commitment as the engine loads them. Pure: plain values, no database."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Journey(NamedTuple):
    """A journey as it stands, with the people around it (ids)."""

    id: str
    cohort_id: str
    state: str
    version: int
    talent_id: str
    mentor_id: str | None
    second_mentor_id: str | None
    consultant_id: str | None
    group_number: int | None


class InRegion(NamedTuple):
    """Where a journey stands in a region beside its calendar."""

    journey_id: str
    region: str
    place: str
    version: int


class Commitment(NamedTuple):
    """A commitment as it stands; ``journey_id`` is empty for one of the cohort."""

    id: str
    cohort_id: str
    journey_id: str | None
    name: str
    state: str
    version: int
    opened_on: date | None
    due_on: date | None
    missed_on: date | None
    choice: str | None
    partner_id: str | None
    agreed: bool = False
    """Whether its deadline was agreed: then it does not follow the calendar any more."""
