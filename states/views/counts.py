"""What a cohort amounts to so far: counts, and whoever is stuck."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from config.definition import ACTIVE, Definition
from config.grammar import ESCALATED
from states.machines.commitment import FINAL
from states.machines.journey import ends
from states.plan.day_change import milestones_behind
from states.running_cohort import read_cohort
from states.store.conditions import ARMED
from states.store.fact_log import actors_of
from states.store.tables import CommitmentRow, EffectRow, HistoryRow, JourneyRow, MailRow, TaskRow, TimerRow
from states.views.actors import role_and_person


@dataclass(frozen=True)
class Summary:
    """Counts of one cohort. ``stuck`` names journeys and commitments that nothing points out of."""

    cohort: str
    talents: int
    transitions: int
    mails: int
    tasks: int
    tasks_open: int
    escalations: int
    states: dict[str, int]
    commitments: dict[str, int]
    facts_by_actor: dict[str, int]
    """How many facts were told by talents, mentors, coordinators …; what the clock brought is none."""
    unsent: int
    stuck: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as plain data for JSON."""
        return asdict(self) | {"stuck": list(self.stuck)}


def summarise(connection: Connection, cohort_id: str) -> Summary:
    """Count what happened in a cohort.

    Raises:
        UnknownRecordError: there is no such cohort.
    """
    cohort = read_cohort(connection, cohort_id)

    def count(table: Any, *conditions: Any) -> int:
        query = select(func.count()).select_from(table).where(table.cohort_id == cohort_id, *conditions)
        return connection.scalar(query) or 0

    def by_state(table: Any) -> dict[str, int]:
        query = select(table.state, func.count()).where(table.cohort_id == cohort_id).group_by(table.state)
        return {row[0]: row[1] for row in connection.execute(query.order_by(table.state))}

    escalated = HistoryRow.dest.startswith(ESCALATED) & (HistoryRow.dest != HistoryRow.source)
    return Summary(
        cohort=cohort.name,
        talents=count(JourneyRow),
        transitions=count(HistoryRow),
        mails=count(MailRow, MailRow.status == "sent"),
        tasks=count(TaskRow),
        tasks_open=count(TaskRow, TaskRow.status == "open"),
        escalations=count(HistoryRow, escalated),
        states=by_state(JourneyRow),
        commitments=by_state(CommitmentRow),
        facts_by_actor=_facts_by_actor(connection, cohort_id),
        unsent=count(EffectRow, EffectRow.status.in_(("pending", "claimed"))),
        stuck=tuple(_stuck(connection, cohort_id, cohort.definition)),
    )


def _facts_by_actor(connection: Connection, cohort_id: str) -> dict[str, int]:
    causes = select(HistoryRow.cause).where(HistoryRow.cohort_id == cohort_id).distinct()
    told = actors_of(connection, connection.scalars(causes))
    return dict(sorted(Counter(role_and_person(actor)[0] for actor in told.values()).items()))


def _stuck(connection: Connection, cohort_id: str, definition: Definition) -> Iterator[str]:
    """Yield what is not at an end although no timer, open task or unsent effect points out of it (invariant 6)."""
    armed = set(connection.scalars(select(TimerRow.subject).where(TimerRow.cohort_id == cohort_id, ARMED)))
    armed |= set(
        connection.scalars(select(TaskRow.subject).where(TaskRow.cohort_id == cohort_id, TaskRow.status == "open"))
    )
    armed |= set(
        connection.scalars(
            select(EffectRow.subject).where(
                EffectRow.cohort_id == cohort_id, EffectRow.kind == "task", EffectRow.status == "pending"
            )
        )
    )
    # Somebody has the task to find a day for what was called off, and that goes on from there.
    called_off = {milestone for milestone in definition.milestones if f"{cohort_id}/{milestone}" in armed}
    calendar_goes_on = cohort_id in armed or bool(called_off)
    states: dict[str, str] = {}
    for journey, state in connection.execute(
        select(JourneyRow.id, JourneyRow.state).where(JourneyRow.cohort_id == cohort_id).order_by(JourneyRow.id)
    ):
        states[journey] = state
        if state not in ends(definition) and journey not in armed and not calendar_goes_on:
            yield journey
    rows = connection.execute(
        select(CommitmentRow.id, CommitmentRow.journey_id, CommitmentRow.name)
        .where(CommitmentRow.cohort_id == cohort_id, CommitmentRow.state.not_in(FINAL))
        .order_by(CommitmentRow.id)
    )
    for commitment, owner, name in rows:
        paused = owner is not None and not states[owner].startswith(ACTIVE) and owner in armed
        waits = called_off and called_off & milestones_behind(definition, name)
        if not (commitment in armed or paused or waits):
            yield commitment
