"""What somebody tells the engine, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

OPERATOR = "operator"
"""Who tells and decides at the command line."""
FACT_CAUSE = "fact "
"""Begins the cause of a transition that a fact brought about; its key follows."""


@dataclass(frozen=True)
class Fact:
    """Something that happened, told once: the same key twice is one fact (invariant 4).

    ``actor`` is who told it; ``details`` are what the form held: ``held_on`` (ISO date), ``choice``, ``milestone``,
    ``new_mentor`` (name and email).
    """

    key: str
    actor: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def teller(self) -> str:
        """The id of the person who told it, without their role; empty where the actor names nobody (R67)."""
        return self.actor.partition(":")[2]


class Transition(NamedTuple):
    """A transition as it went into history."""

    id: str
    cohort_id: str
    journey_id: str | None
    machine: str
    trigger: str
    source: str
    dest: str
    at: datetime
    cause: str

    @property
    def subject(self) -> str:
        """The journey, the region of one, or the commitment that was moved."""
        return self.id.rpartition("#")[0]

    @property
    def fact(self) -> str | None:
        """The key of the fact behind it; ``None`` where time was."""
        return self.cause.removeprefix(FACT_CAUSE) if self.cause.startswith(FACT_CAUSE) else None


@dataclass(frozen=True)
class Outcome:
    """What one commit changed: one trigger of one cohort; a fact that was told before has its first outcome."""

    cohort_id: str
    trigger: str
    transitions: tuple[Transition, ...] = ()

    @property
    def enrolled(self) -> int:
        """How many talents were enrolled."""
        return sum(step.trigger == "enrol" for step in self.transitions)
