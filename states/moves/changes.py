"""One commit's worth of change, collected while a trigger is worked out (invariant 1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from config.cohort import Cohort
from config.grammar import history_id
from states.facts import FACT_CAUSE, Transition
from states.plan.timers import Timer
from states.records import CHANGING, Commitment, Journey, standing
from states.store.columns import Base


@dataclass
class Changes:
    """What a trigger changes, row by row: a unit of work. ``moves.writing`` puts it into the database, nothing else."""

    now: datetime
    cause: str
    before: dict[str, dict[str, Any]] = field(default_factory=dict)
    """How what a fact changes stood before, by kind and id: what it takes to take the fact back."""
    transitions: list[Transition] = field(default_factory=list)
    journeys: list[dict[str, Any]] = field(default_factory=list)
    """Moves on the calendar, in order (``b_id``, ``b_version``, ``b_state``); a journey may be moved twice."""
    regions: list[dict[str, Any]] = field(default_factory=list)
    """Moves beside the calendar, in order (``b_journey``, ``b_region``, ``b_version``, ``b_place``)."""
    commitments: list[dict[str, Any]] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    disarmed: list[str] = field(default_factory=list)
    """Subjects whose armed timers are cancelled."""
    silenced: list[str] = field(default_factory=list)
    """Subjects whose untold effects are dropped (or marked, where they are on their way) and whose tasks are closed."""
    settled: list[str] = field(default_factory=list)
    """Subjects whose tasks are closed, though what people were told of them stays true."""
    handed_over: list[dict[str, Any]] = field(default_factory=list)
    """Unsent effects that now belong to another journey (``b_id``, ``b_journey``) and are not dropped."""
    readdressed: list[dict[str, Any]] = field(default_factory=list)
    """Unsent effects that now go to another person (``b_id``, ``b_key``, ``b_person``)."""
    succeeded: list[dict[str, Any]] = field(default_factory=list)
    """Effects that left, and are another person's should they come back (``b_id``, ``b_person``)."""
    closed: list[str] = field(default_factory=list)
    """Open tasks, by id, that a fact had opened which is taken back."""
    reopened: list[str] = field(default_factory=list)
    """Tasks, by id, that a fact had closed which is taken back."""
    revived: list[dict[str, Any]] = field(default_factory=list)
    """Effects that such a fact had stopped, and that wait again (``b_id``, ``b_send_at``)."""
    refused: list[int] = field(default_factory=list)
    """Effects, by id, that a peer refused and that now have a chance: they are sent again."""
    dropped: list[int] = field(default_factory=list)
    """Unsent effects, by id, that somebody else is told in their place."""
    effects: list[dict[str, Any]] = field(default_factory=list)
    fields: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Other columns of journeys to set: (journey, values)."""
    partners: list[tuple[str, str | None]] = field(default_factory=list)
    persons: list[dict[str, Any]] = field(default_factory=list)
    """People whom a fact names; written unless their id is there already."""
    holders: list[dict[str, Any]] = field(default_factory=list)
    """Who holds an office from now on, or acts for its holder."""
    ended: list[tuple[int, date]] = field(default_factory=list)
    """Stand-ins who act until another day than was told: (number, last day)."""
    owners: dict[str, str] = field(default_factory=dict)
    """New owners of open tasks."""
    absences: list[dict[str, Any]] = field(default_factory=list)
    present: list[tuple[str, str]] = field(default_factory=list)
    """Absences that are taken back: (journey, milestone)."""
    attendances: list[dict[str, Any]] = field(default_factory=list)
    """What people have said of their coming, row by row; ``coming`` is ``None`` where it is as if they had not."""
    teams: list[dict[str, Any]] = field(default_factory=list)
    """Who sits in which team of a module, row by row; ``number`` is ``None`` where they sit in none."""
    new: dict[type[Base], list[dict[str, Any]]] = field(default_factory=dict)
    """Rows that an enrolment adds, by table, in the order in which they refer to one another."""
    corrected: list[dict[str, Any]] = field(default_factory=list)
    """People whose name or address is another now."""
    described: dict[str, Cohort] = field(default_factory=dict)
    """Cohorts that are described otherwise now, by id."""
    revised: list[str] = field(default_factory=list)
    """Cohorts that read otherwise now without a transition: whoever keeps one in memory reads it anew."""
    reachable: list[str] = field(default_factory=list)
    """People, by id, whose mail address is another now: what was refused to them is sent again, once."""
    fired: list[int] = field(default_factory=list)
    """Timers, by id, that brought all this about."""
    called_off: list[int] = field(default_factory=list)
    """Armed timers, by id, that are cancelled."""
    due_dates: dict[str, date | None] = field(default_factory=dict)
    """New deadlines of commitments that are not moved."""
    dates: list[dict[str, Any]] = field(default_factory=list)
    """Milestones with a new date (``b_cohort``, ``b_id`` and the columns)."""
    held: list[tuple[str, str]] = field(default_factory=list)
    """Milestones that have been held: (cohort, milestone)."""

    @property
    def fact(self) -> str | None:
        """The key of the fact behind it; ``None`` where time is the cause."""
        return self.cause.removeprefix(FACT_CAUSE) if self.cause.startswith(FACT_CAUSE) else None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be written."""
        return not (self.transitions or self.corrected or self.described or any(self.new.values()))

    def remember(self, kind: str, ident: str, values: Any) -> None:
        """Keep how something stood before a fact; only the first image of it counts."""
        if self.fact is not None:
            self.before.setdefault(kind, {}).setdefault(ident, values)

    def set_fields(self, journey: Journey, values: dict[str, Any]) -> None:
        """Set columns of a journey that say who is around the talent."""
        self.remember("journeys", journey.id, {name: getattr(journey, name) for name in values})
        self.fields.append((journey.id, values))

    def as_they_stand(self, commitments: Iterable[Commitment]) -> list[Commitment]:
        """Return commitments as they will stand: moved already, should this trigger have done so."""
        moved, given = {row["b_id"]: row for row in self.commitments}, dict(self.partners)
        paired = (one._replace(partner_id=given.get(one.id, one.partner_id)) for one in commitments)
        return [standing(one, moved[one.id]) if one.id in moved else one for one in paired]

    def standing(self, journey: Journey) -> Journey:
        """Return a journey as it will stand: moved already, should this trigger have done so."""
        moves = [row for row in self.journeys if row["b_id"] == journey.id]
        if not moves:
            return journey
        return journey._replace(state=moves[-1]["b_state"], version=moves[-1]["b_version"] + 1)

    def move_journey(self, journey: Journey, trigger: str, dest: str) -> str:
        """Move a journey on the calendar and return the id of its history row."""
        self.journeys.append({"b_id": journey.id, "b_version": journey.version, "b_state": dest})
        step = (trigger, journey.state, dest)
        return self.record(journey.cohort_id, journey.id, journey.id, journey.version, "journey", step)

    def move_commitment(self, commitment: Commitment, verb: str, dest: Commitment) -> str:
        """Let a commitment stand like ``dest``, but for its partner; return the id of its history row."""
        row = {f"b_{name}": getattr(dest, name) for name in CHANGING if name != "partner_id"}
        self.commitments.append(row | {"b_id": commitment.id, "b_version": commitment.version})
        step = (verb, commitment.state, dest.state)
        who = (commitment.cohort_id, commitment.journey_id, commitment.id)
        return self.record(*who, commitment.version, commitment.name, step)

    def record(
        self,
        cohort_id: str,
        journey_id: str | None,
        subject: str,
        version: int,
        machine: str,
        step: tuple[str, str, str],
    ) -> str:
        """Add a history row for ``step`` (trigger, source, dest) and return its id."""
        trigger, source, dest = step
        ident = history_id(subject, version + 1)
        self.transitions.append(
            Transition(ident, cohort_id, journey_id, machine, trigger, source, dest, self.now, self.cause)
        )
        return ident
