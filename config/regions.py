"""How promises move a journey: to places of the calendar, and in the regions beside it (R12, R33 to R36)."""

from __future__ import annotations

from pydantic import Field

from config.grammar import Trigger
from config.names import Name
from config.plain_text import Line, OptionalLine
from config.spec import Spec


class Move(Spec):
    """What promises do to a journey: commitments that come to a state lead a talent from place to place.

    ``after`` are commitments, with the states they come to. It applies from any of ``from``, or from everywhere; if the
    commitment was kept with ``choice``; if one of ``given``, commitments with states, is so already.
    """

    after: dict[str, tuple[str, ...]] = Field(min_length=1)
    source: tuple[str, ...] = Field(default=(), alias="from")
    choice: str | None = None
    given: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    to: str

    @property
    def triggers(self) -> tuple[str, ...]:
        """The triggers of its transitions, ``second_mentor:kept``."""
        return _written(self.after)

    @property
    def conditions(self) -> tuple[str, ...]:
        """What ``given`` names, written as triggers are; one of them has to hold, if there are any."""
        return _written(self.given)


def _written(states: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(str(Trigger(name, state)) for name, found in states.items() for state in found)


class RegionSpec(Spec):
    """A region of the journey beside its calendar: places, the first of which all start in, and what leads to them.

    A place without a name is not shown to people.
    """

    label: Line
    places: dict[Name, OptionalLine] = Field(min_length=1)
    moves: tuple[Move, ...] = ()

    @property
    def start(self) -> str:
        """The place that every journey starts in."""
        return next(iter(self.places))
