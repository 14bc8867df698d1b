"""When a year is struck: kills aimed at a mail's way, kills at random moments, and harms done to database and clock."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bench.faults.peers import Moment

MOMENTS: tuple[Moment, ...] = ("before", "taken", "taken", "answered", "answered")
"""What aimed kills are aimed at: one in five at a mail claimed but not handed over, the others after the hand-over."""
LONGEST_WAIT = 0.4
"""Seconds after the beginning of an instant within which a random kill comes; most instants are over by then."""
OUTAGES = (timedelta(hours=5), timedelta(days=2), timedelta(days=6), timedelta(days=21))
JUMPS = (0.12, 0.05, 0.02, 0.01)
"""How likely a kill is followed by each of the outages."""


@dataclass(frozen=True)
class RandomKill:
    """A kill some seconds after the clock has reached an instant."""

    instant: datetime
    after: float


@dataclass(frozen=True)
class Plan:
    """The kills of one year, in order."""

    aimed: Sequence[tuple[int, Moment]]
    at_random: Sequence[RandomKill]


def plan_kills(kills: int, mails: int, instants: Sequence[datetime], dice: random.Random) -> Plan:
    """Return half of the kills aimed at mails by their number, the others at random moments of the whole year."""
    numbers = sorted(dice.sample(range(2, max(mails - kills, 3 + kills)), kills // 2))
    return Plan(
        [(number, dice.choice(MOMENTS)) for number in numbers],
        sorted(
            (RandomKill(dice.choice(instants), dice.uniform(0, LONGEST_WAIT)) for _ in range(kills - kills // 2)),
            key=lambda kill: (kill.instant, kill.after),
        ),
    )


def outage(dice: random.Random) -> timedelta:
    """Return how long nothing runs after a kill; mostly not at all."""
    return dice.choices((timedelta(), *OUTAGES), (1 - sum(JUMPS), *JUMPS))[0]
