"""What the engine knows of a cohort before it looks at anybody: definition, rule books, calendar, cast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache

from sqlalchemy import Connection, bindparam, func, select

from config.cohort import Cohort
from config.definition import Definition
from config.errors import UnknownRecordError, UnknownTriggerError
from config.grammar import Trigger
from config.plain_text import AS_KEPT
from config.programme import CommitmentSpec
from states.machines.journey import places
from states.machines.rules import Rules, rules_of
from states.plan.calendar import Calendar, MilestoneDate
from states.plan.effects import Cast, StandIn
from states.plan.offices import administration_id, coordinator_id, offices_of, owner_id
from states.store.tables import CohortRow, HistoryRow, HolderRow, JourneyRow, MilestoneRow

# Built once: building a query costs several times what running it does.
_COHORT = select(CohortRow.name, CohortRow.definition, CohortRow.cohort, CohortRow.calendar_version).where(
    CohortRow.id == bindparam("cohort")
)
_MILESTONES = select(
    MilestoneRow.id,
    MilestoneRow.day,
    MilestoneRow.starts_at,
    MilestoneRow.ends_at,
    MilestoneRow.sequence,
    MilestoneRow.held_at,
).where(MilestoneRow.cohort_id == bindparam("cohort"))
_HOLDERS = select(HolderRow.__table__).where(HolderRow.cohort_id == bindparam("cohort")).order_by(HolderRow.n)
_ENROLLED = select(func.min(HistoryRow.at)).where(
    HistoryRow.id.in_(select(JourneyRow.id.concat("#0")).where(JourneyRow.cohort_id == bindparam("cohort")))
)


@dataclass(frozen=True)
class RunningCohort:
    """A cohort as the engine reads it: pinned rules, dates, and the people of no single journey."""

    cohort_id: str
    name: str
    rules: Rules
    calendar: Calendar
    calendar_version: int
    described: Cohort
    """The cohort as its file describes it; dates as they were moved are in ``calendar``."""
    cast: Cast
    holders: Mapping[str, str]
    """Who holds each office of the cohort for good, by the office."""
    reached: str
    """The state in which the cohort stands: where the last milestone held has led."""
    enrolled_at: datetime | None = None
    """When its first talents were enrolled."""

    @cached_property
    def began(self) -> date | None:
        """The day before which nothing of it can have taken place: it was enrolled then, or late, after its begin."""
        openings = (self.calendar.opening_at(spec.opens) for spec in self.definition.commitments.values() if spec.opens)
        moments = [day.starts_at for day in self.calendar.days.values()]
        moments += [at for at in (self.enrolled_at, *openings) if at is not None]
        return min(map(self.calendar.local_day, moments), default=None)

    @property
    def definition(self) -> Definition:
        """The definition the cohort is pinned to."""
        return self.rules.definition

    def coordinator_on(self, day: date) -> str:
        """Return who acts as the first coordinator on a local day: signs mails, gets answers and tasks."""
        return self.cast.acting(self.cast.coordinators[0], day)

    def organisation_name(self, ident: str) -> str:
        """Return an organisation's name for people."""
        organisation = self.described.organisations.get(ident)
        return organisation.name if organisation else ident

    def spec(self, commitment: str) -> CommitmentSpec:
        """Return the definition of a commitment."""
        return self.definition.commitments[commitment]

    def check_trigger(self, trigger: str) -> tuple[str, str]:
        """Return a trigger's name and verb (``mentor_meeting_m1``, ``keep``); the verb of a journey's is empty.

        Raises:
            UnknownTriggerError: the definition has no such trigger.
        """
        name, verb = Trigger.parse(trigger)
        if verb and name in self.rules.commitments and verb in self.rules.commitments[name].triggers:
            return name, verb
        if trigger in self.rules.journey.triggers:
            return trigger, ""
        known = [*self.definition.programme.events, *self.definition.milestones]
        raise UnknownTriggerError(trigger, [*known, *(str(Trigger(ident, "keep")) for ident in self.rules.commitments)])


@lru_cache(maxsize=64)
def _cohort_of(text: str) -> Cohort:
    return Cohort.model_validate_json(text, context=AS_KEPT)


def cast_of(cohort: Cohort, holders: Mapping[str, str], stand_ins: tuple[StandIn, ...] = ()) -> Cast:
    """Return the ids of a cohort's coordinators, administration and challenge owners; who acts for whom."""
    return Cast(
        coordinators=tuple(holders[coordinator_id(cohort.id, n)] for n in range(1, len(cohort.coordinators) + 1)),
        administration=administration_id(cohort.id),
        owners={module: owner_id(cohort.id, module) for module in cohort.challenges},
        stand_ins=stand_ins,
    )


def _holders(connection: Connection, cohort: Cohort) -> tuple[dict[str, str], tuple[StandIn, ...]]:
    """Return who holds each office of a cohort, and who acts for them for some days."""
    rows = connection.execute(_HOLDERS, {"cohort": cohort.id}).all()
    holders = {office: office for office in offices_of(cohort)}
    holders |= {row.office: row.person_id for row in rows if row.last_day is None}
    stand_ins = (
        StandIn(row.n, row.office, holders[row.office], row.person_id, row.first_day, row.last_day)
        for row in rows
        if row.last_day is not None
    )
    return holders, tuple(stand_ins)


def readable_cohorts(connection: Connection) -> Iterator[RunningCohort]:
    """Yield all cohorts in the order of their ids; one that cannot be read is left out, and its own runs say why."""
    for cohort_id in connection.scalars(select(CohortRow.id).order_by(CohortRow.id)).all():
        with suppress(ValueError):
            yield read_cohort(connection, cohort_id)


def read_cohort(connection: Connection, cohort_id: str) -> RunningCohort:
    """Read a cohort.

    Raises:
        UnknownRecordError: there is no such cohort.
    """
    row = connection.execute(_COHORT, {"cohort": cohort_id}).one_or_none()
    if row is None:
        raise UnknownRecordError("cohort", cohort_id)
    rules, cohort = rules_of(row.definition), _cohort_of(row.cohort)
    holders, stand_ins = _holders(connection, cohort)
    held_ones: set[str] = set()
    days: dict[str, MilestoneDate] = {}
    for milestone in connection.execute(_MILESTONES, {"cohort": cohort_id}):
        if milestone.day is not None and milestone.starts_at is not None and milestone.ends_at is not None:
            days[milestone.id] = MilestoneDate(
                milestone.day, milestone.starts_at, milestone.ends_at, milestone.sequence
            )
        if milestone.held_at is not None:
            held_ones.add(milestone.id)
    order = places(rules.definition)
    reached = [state for step, state in zip(rules.definition.steps, order[1:], strict=True) if step.id in held_ones]
    return RunningCohort(
        cohort_id=cohort_id,
        name=row.name,
        rules=rules,
        calendar=Calendar(rules.definition, days),
        calendar_version=row.calendar_version,
        described=cohort,
        cast=cast_of(cohort, holders, stand_ins),
        holders=holders,
        reached=reached[-1] if reached else order[0],
        enrolled_at=connection.scalar(_ENROLLED, {"cohort": cohort_id}),
    )
