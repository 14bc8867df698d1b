"""What messages say of commitments: each as its owner sees it, who visits whom, and what an event has ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from config.definition import ACTIVE
from config.grammar import LAPSED, commitment_id
from notifications.due import Effect
from notifications.view_models import CommitmentView, Person
from states.machines.commitment import FINAL, is_late, is_open
from states.running_cohort import RunningCohort


class Promises:
    """The commitments of a cohort by id, as they stood at ``read_at``."""

    def __init__(
        self,
        cohort: RunningCohort,
        rows: Mapping[str, Row[Any]],
        read_at: datetime,
        person: Callable[[str | None], Person | None],
    ) -> None:
        self._definition = cohort.definition
        self._cohort = cohort
        self._rows = rows
        self._read_at = read_at
        self._person = person

    def view(self, row: Row[Any]) -> CommitmentView:
        """Return a commitment as its owner sees it."""
        spec = self._definition.commitments[row.name]
        return CommitmentView(
            label=spec.label,
            due=row.due_on or self._cohort.calendar.local_day(self._read_at),
            missed_on=row.missed_on,
            choices=spec.choices,
            choice=row.choice,
            appointed_on=row.appointed_on,
            appointed_at=row.appointed_at,
            id=row.name,
            settled=row.state in FINAL,
        )

    def touched(self, journey: Row[Any], effect: Effect) -> dict[str, Any]:
        """Return what an event says of the talent's commitments: those that it ended, and those that are late."""
        if effect.trigger not in self._definition.programme.events:
            return {}
        ids = [commitment_id(journey.id, name) for name in self._definition.commitments]
        mine = [row for row in map(self._rows.get, ids) if row is not None]
        ended = effect.details.get(LAPSED, ())
        return {
            "lapsed": tuple(self.view(row) for row in mine if row.name in ended),
            "late": tuple(self.view(row) for row in mine if is_late(row.state)),
        }

    def around(self, commitment: Row[Any] | None, journeys: Mapping[str, Row[Any]]) -> dict[str, Any]:
        """Return whom the talent of a commitment visits, and who has yet to visit them (R30 to R32)."""
        if commitment is None or not self._definition.commitments[commitment.name].pairs:
            return {}
        theirs = [one for one in self._rows.values() if one.name == commitment.name and is_open(one.state)]
        coming = [journeys[one.journey_id] for one in theirs if one.partner_id == commitment.journey_id]
        visitors = (self._person(one.talent_id) for one in coming if one.state.startswith(ACTIVE))
        partner = journeys.get(commitment.partner_id or "")
        return {
            "partner": self._person(partner.talent_id) if partner is not None else None,
            "visitors": tuple(person for person in visitors if person is not None),
        }
