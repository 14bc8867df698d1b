"""A journey and a commitment as the engine loads them. Pure: plain values, no database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

DAYS = ("opened_on", "due_on", "missed_on", "appointed_on")
CHANGING = ("state", *DAYS, "choice", "partner_id", "agreed", "appointed_at", "quiet")
"""What changes of a commitment, beside its version."""


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
    appointed_on: date | None = None
    """The day that those concerned have agreed on."""
    appointed_at: str = ""
    """The local time of day that it is agreed for, ``14:30``; empty where none was said."""
    quiet: bool = False
    """Whether nobody else shall be asked for help with it (R59)."""


def as_plain(commitment: Commitment) -> dict[str, Any]:
    """Return what changes of a commitment as plain data, dates as ISO text."""
    values = commitment._asdict()
    return {name: values[name].isoformat() if isinstance(values[name], date) else values[name] for name in CHANGING}


def from_plain(commitment: Commitment, kept: Mapping[str, Any]) -> Commitment:
    """Return a commitment as it was kept by ``as_plain``; its version stays."""
    days = {name: date.fromisoformat(kept[name]) for name in DAYS if kept.get(name)}
    return commitment._replace(**{**kept, **days})


def standing(commitment: Commitment, row: Mapping[str, Any]) -> Commitment:
    """Return a commitment as it will stand by a move that was collected for it (``b_state``, ``b_version`` …)."""
    values = {name: row[f"b_{name}"] for name in CHANGING if name != "partner_id"}
    return commitment._replace(**values, version=row["b_version"] + 1)
