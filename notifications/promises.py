"""What messages say of commitments: each as its owner sees it, who visits whom, and what an event has ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row

from config.definition import ACTIVE
from config.effects import Reminder
from config.grammar import LAPSED, commitment_id
from config.programme import CommitmentSpec
from notifications.due import Effect
from notifications.view_models import CommitmentView, Person
from states.machines.commitment import FINAL, OPEN, is_late, is_open
from states.plan.appointment import Dates, reminders_at
from states.running_cohort import RunningCohort

SOON = 5
"""How long somebody is given to settle what they are told of, in working days."""

_A_DAY = timedelta(days=1)


class Promises:
    """The commitments of a cohort by id, as they stood at ``read_at``, and the journeys that they belong to."""

    def __init__(
        self,
        cohort: RunningCohort,
        rows: Mapping[str, Row[Any]],
        journeys: Mapping[str, Row[Any]],
        read_at: datetime,
        person: Callable[[str | None], Person | None],
    ) -> None:
        self._definition = cohort.definition
        self._cohort = cohort
        self._rows = rows
        self._journeys = journeys
        self._read_at = read_at
        self._person = person

    def view(self, row: Row[Any]) -> CommitmentView:
        """Return a commitment as its owner sees it."""
        spec, hours = self._definition.commitments[row.name], self._definition.working_time
        given = hours.add_working_days(hours.next_working_day(row.missed_on), SOON) if is_late(row.state) else None
        asked_on = self._asked_on(row, spec)
        return CommitmentView(
            label=spec.label,
            due=row.due_on or self._cohort.calendar.local_day(self._read_at),
            given_until=given,
            asked_on=asked_on,
            no_by=hours.previous_working_day(asked_on - _A_DAY) if asked_on else None,
            missed_on=row.missed_on,
            choices=spec.choices,
            choice=row.choice,
            appointed_on=row.appointed_on,
            appointed_at=row.appointed_at,
            id=row.name,
            settled=row.state in FINAL,
            owner=self._person(getattr(self._journeys.get(row.journey_id or ""), f"{spec.owner}_id", None)),
        )

    def _asked_on(self, row: Row[Any], spec: CommitmentSpec) -> date | None:
        """Return the next day on which others than the talent are asked for help (R34, R59)."""
        if row.state != OPEN or row.quiet or not spec.can_be_hushed:
            return None
        calendar = self._cohort.calendar
        dates = Dates(row.opened_on, row.due_on, row.missed_on, row.appointed_on)
        asking = {number for number, step in enumerate(spec.reminders, start=1) if self._asks_somebody(row, step)}
        days = (calendar.local_day(at) for number, at in reminders_at(calendar, spec, dates) if number in asking)
        return min((day for day in days if day > calendar.local_day(self._read_at)), default=None)

    def _asks_somebody(self, row: Row[Any], step: Reminder) -> bool:
        """Whether a reminder asks others than the talent; a learning group of one has nobody to ask."""
        roles = {role for effect in step.effects for role in effect.to}
        return step.asks_others and bool(roles & {"cohort"} or (roles & {"group"} and self._has_group(row.journey_id)))

    def _has_group(self, ident: str) -> bool:
        number = self._journeys[ident].group_number
        others = (one for one in self._journeys.values() if one.id != ident and one.group_number == number)
        return number is not None and any(one.state.startswith(ACTIVE) for one in others)

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

    def around(self, commitment: Row[Any] | None) -> dict[str, Any]:
        """Return whom the talent of a commitment visits, and who has yet to visit them (R30 to R32)."""
        if commitment is None or not self._definition.commitments[commitment.name].pairs:
            return {}
        theirs = [one for one in self._rows.values() if one.name == commitment.name and is_open(one.state)]
        coming = [self._journeys[one.journey_id] for one in theirs if one.partner_id == commitment.journey_id]
        visitors = (self._person(one.talent_id) for one in coming if one.state.startswith(ACTIVE))
        partner = self._journeys.get(commitment.partner_id or "")
        return {
            "partner": self._person(partner.talent_id) if partner is not None else None,
            "visitors": tuple(person for person in visitors if person is not None),
        }
