"""What somebody who stands beside the ticks makes of what they see: nothing, no tick, no answer, or ticks again.

Time is handed in, nothing is asked and nothing told here: that is ``flows/watching.py`` (docs/adr/0048).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from flows.clock import TICK_EVERY

SILENT_FOR = 3 * TICK_EVERY
"""How long no tick may have come to its end: one may take long, and two are missed by then."""
UNANSWERED_FOR = timedelta(minutes=5)
"""How long the server may not answer: one that is busy answers late, but not for so long."""
AGAIN_AFTER = timedelta(hours=1)
"""How often the same is told again at most."""
PAUSED_FOR = timedelta(minutes=5)
"""So far apart two looks are only if the machine slept, or its clock was set, in between."""


class Look(NamedTuple):
    """What was seen at one look."""

    at: float
    """When: seconds of a clock that is never set (``time.monotonic``)."""
    wall: datetime
    """When, by the clock that goes on while the machine sleeps."""
    answered: bool
    """Whether the server has answered."""
    ended: datetime | None = None
    """When the newest tick that came to its end did so; ``None`` if the server knows none."""


class What(StrEnum):
    """What there is to tell: the names of the sentences in ``deployments.yaml``."""

    NO_TICK = "no_tick"
    NO_ANSWER = "no_answer"
    AGAIN = "ticks_again"


class News(NamedTuple):
    """Something to tell the operator."""

    what: What
    minutes: int
    """For how long it has been so, in whole minutes, as far as was seen."""
    ended: datetime | None
    """When the newest tick that is known of ended."""


@dataclass
class Watch:
    """Counts how long no tick has ended and how long the server has not answered, since the first look.

    A trouble is told once, then once in ``again_after`` while it lasts, and its end once. A tick counts when the newest
    end is another than before, so that it does not matter what the wall clock says. What passed while the machine slept
    counts for nothing.
    """

    silent_for: timedelta = SILENT_FOR
    unanswered_for: timedelta = UNANSWERED_FOR
    again_after: timedelta = AGAIN_AFTER
    _before: Look | None = None
    _ended: datetime | None = None
    _knows: bool = False
    _ticked_at: float = 0.0
    _answered_at: float = 0.0
    _told_at: float | None = None

    def see(self, look: Look) -> News | None:
        """Take in what was seen, and return what is to be told of it, if anything."""
        if self._before is None or _paused(self._before, look):
            self._ticked_at = self._answered_at = look.at
        self._before = look
        if look.answered:
            self._answered_at = look.at
            if self._has_ticked(look.ended):
                self._ticked_at = look.at
                return self._over()
        return self._trouble(look.at)

    def _has_ticked(self, ended: datetime | None) -> bool:
        """Whether a tick has ended since the last answer; the first answer only tells where to count from."""
        newer = ended is not None and (self._ended is None or ended > self._ended)
        ticked = newer and self._knows
        self._ended = ended if newer else self._ended
        self._knows = True
        return ticked

    def _over(self) -> News | None:
        if self._told_at is None:
            return None
        self._told_at = None
        return self._news(What.AGAIN, 0.0)

    def _trouble(self, at: float) -> News | None:
        if self._told_at is not None and at - self._told_at < self.again_after.total_seconds():
            return None
        unanswered, silent = at - self._answered_at, at - self._ticked_at
        if unanswered >= self.unanswered_for.total_seconds():
            news = self._news(What.NO_ANSWER, unanswered)
        elif silent >= self.silent_for.total_seconds():
            news = self._news(What.NO_TICK, silent)
        else:
            return None
        self._told_at = at
        return news

    def _news(self, what: What, seconds: float) -> News:
        return News(what, int(seconds // 60), self._ended)


def _paused(before: Look, now: Look) -> bool:
    """Whether the machine slept: as long as it did, one of the two clocks went on (which one depends on the system)."""
    longest = max(now.at - before.at, (now.wall - before.wall).total_seconds())
    return longest > PAUSED_FOR.total_seconds()
