"""Points in time of a definition, written as an anchor and offsets: ``kickoff - 6w``, ``missed + 3wd``.

Units: ``d`` days, ``w`` weeks, ``wd`` working days (forward only), ``mo`` months (month ends clipped, R39).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from dateutil.relativedelta import relativedelta
from pydantic import BeforeValidator, PlainSerializer

from config.errors import WhenSyntaxError
from config.working_time import WorkingTime

_TERM = re.compile(r"\s*([+-])\s*(\d{1,4})\s*(wd|mo|d|w)")
_DAYS = {"d": 1, "wd": 2, "w": 7, "mo": 31}
_FARTHEST = 366 * 1000
"""In days: a thousand years from a date of this century is still within the calendar."""
_ANCHOR = re.compile(r"\s*([a-z][a-z0-9_]*)")


@dataclass(frozen=True)
class When:
    """An anchor's name and the offsets to add to its date, in order: ``((-6, "w"),)``."""

    anchor: str
    offsets: tuple[tuple[int, str], ...] = ()

    def __str__(self) -> str:
        return self.anchor + "".join(f" {'-' if n < 0 else '+'} {abs(n)}{unit}" for n, unit in self.offsets)

    def on(self, anchor: date, working_time: WorkingTime) -> date:
        """Return the date this stands for when its anchor falls on ``anchor``."""
        day = anchor
        for amount, unit in self.offsets:
            if unit == "wd":
                day = working_time.add_working_days(day, amount)
            elif unit == "mo":
                day = day + relativedelta(months=amount)
            else:
                day = day + timedelta(days=amount * (7 if unit == "w" else 1))
        return day

    def anchored(self, names: dict[str, str]) -> When:
        """Return the same point with its anchor's name replaced where ``names`` has it (``day1`` -> ``m1d1``)."""
        return When(names.get(self.anchor, self.anchor), self.offsets)


def parse_when(text: object) -> When:
    """Read ``kickoff - 6w`` and the like.

    Raises:
        WhenSyntaxError: the text is not an anchor followed by offsets, takes working days backwards, or leads out of
            the calendar.
    """
    if isinstance(text, When):
        return text
    source = str(text)
    head = _ANCHOR.match(source)
    if head is None:
        raise WhenSyntaxError(source)
    offsets: list[tuple[int, str]] = []
    position = head.end()
    while position < len(source.rstrip()):
        term = _TERM.match(source, position)
        if term is None or (term[1] == "-" and term[3] == "wd"):
            raise WhenSyntaxError(source)
        offsets.append((int(term[1] + term[2]), term[3]))
        position = term.end()
    if sum(abs(amount) * _DAYS[unit] for amount, unit in offsets) > _FARTHEST:
        raise WhenSyntaxError(source)
    return When(head[1], tuple(offsets))


def _validated(text: object) -> When:
    try:
        return parse_when(text)
    except WhenSyntaxError as error:
        raise ValueError(str(error)) from error


WhenField = Annotated[When, BeforeValidator(_validated), PlainSerializer(str, return_type=str)]
