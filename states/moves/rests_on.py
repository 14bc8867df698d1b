"""What stands against taking a fact back: another one rests on it, or it never can be (R62)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from config.errors import CorrectionRefusedError
from config.grammar import Trigger
from states.facts import Transition
from states.machines.journey import ENROL
from states.moves.offices import REPLACE
from states.running_cohort import RunningCohort
from states.store.taken_back import KeptFact, correction_of, later_facts, later_steps

JOURNEY = "journey"
"""The machine of a journey's steps on the calendar."""
_SHARED = ("persons", "described", "days", "absences", "attendances", "journeys", "holders", "teams")
"""Kinds of things that a fact changes without a step of their own."""


def refuse_what_never_goes_back(fact: KeptFact) -> None:
    """Raise ``CorrectionRefusedError`` for a correction, and for facts of before they kept how things stood."""
    if fact.corrects is not None:
        raise CorrectionRefusedError(fact.key, "correction")
    if fact.before is None or fact.subjects is None:
        raise CorrectionRefusedError(fact.key, "old")


def refuse_another_correction(connection: Connection, corrected: str | None, key: str) -> None:
    """Raise ``CorrectionRefusedError`` if another fact than the one under ``key`` takes ``corrected`` back."""
    before = correction_of(connection, corrected) if corrected is not None else None
    if corrected is not None and before is not None and before.key != key:
        raise _refused(corrected, "corrected", before)


class Since:
    """What came after a fact, read once: the later steps in its cohort, and the later facts that still hold."""

    def __init__(self, connection: Connection, fact: KeptFact, steps: Sequence[Transition]) -> None:
        self.steps = later_steps(connection, steps[-1]) if steps else []
        self.held = {one.key: one for one in later_facts(connection, fact)}

    @property
    def moved(self) -> set[str]:
        """What facts that still hold have moved since, by id."""
        return {step.subject for step in self.steps if step.fact in self.held and leads_on(step)}


def refuse_what_bears_another(cohort: RunningCohort, fact: KeptFact, steps: Sequence[Transition], since: Since) -> None:
    """Raise ``CorrectionRefusedError`` naming the first fact that rests on this one, and still holds."""
    moved = {step.subject for step in steps if _bears(cohort, fact, step)}
    if fact.trigger == REPLACE:
        moved |= {f"{step.subject}/stand-in" for step in steps}
    enrolled = tuple(f"{step.subject}/" for step in steps if step.trigger == ENROL)
    for step in since.steps:
        mine = step.subject in moved or step.subject.startswith(enrolled or ("\0",))
        if mine and step.fact in since.held and (enrolled or leads_on(step)):
            raise _refused(fact.key, "rests", since.held[step.fact])
    told = {step.fact for step in since.steps}
    for other in since.held.values():
        if (other.at > fact.at or other.key in told) and _have_in_common(fact, other):
            raise _refused(fact.key, "rests", other)


def _bears(cohort: RunningCohort, fact: KeptFact, step: Transition) -> bool:
    """Whether something can rest on a step: a place beside the calendar follows from the promises it hangs on."""
    if step.machine == JOURNEY:
        name = Trigger.parse(fact.trigger).name
        return step.source != step.dest and (name in cohort.definition.programme.events or name == ENROL)
    return step.machine in cohort.definition.commitments and leads_on(step)


def leads_on(step: Transition) -> bool:
    """Whether a step goes somewhere: a new partner, or a pause of what was not open, changes nothing to build on."""
    if step.machine == JOURNEY:
        return step.source != step.dest
    return step.trigger != "pair" and (step.source != step.dest or step.trigger not in {"pause", "resume"})


def _have_in_common(fact: KeptFact, other: KeptFact) -> bool:
    return any(_names(fact, kind) & _names(other, kind) for kind in _SHARED)


def _names(fact: KeptFact, kind: str) -> set[str]:
    found: Iterable[tuple[str, object]] = ((fact.before or {}).get(kind) or {}).items()
    return {f"{ident}.{part}" for ident, parts in found for part in (parts if isinstance(parts, dict) else ("",))}


def _refused(key: str, why: str, other: KeptFact) -> CorrectionRefusedError:
    return CorrectionRefusedError(key, why, other.trigger, other.key, other.at, other.actor)
