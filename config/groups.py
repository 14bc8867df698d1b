"""The typed form of who learns with whom: lasting learning groups (R27), and the mixed teams of a module (R51)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from config.spec import Spec

Count = Annotated[int, Field(ge=1)]


class Sizes(Spec):
    """How many sit together: the size that is wanted, and the bounds when numbers do not fit."""

    size: Count
    smallest: Count
    largest: Count


class Groups(Sizes):
    """Learning groups: their size, and the milestone that forms them (R27)."""

    size: Count = 6
    smallest: Count = 5
    largest: Count = 7
    formed_at: str
    on_change: str | None = None
    """The mail to everybody in a group that says who is in it: when it is formed, and when somebody joins (R58)."""


class Teams(Sizes):
    """The mixed teams of each module of a shape (R51): their size, and the notices of its first day that bring them."""

    size: Count = 4
    smallest: Count = 3
    largest: Count = 5
    formed_with: str
    """The notice with which they are formed."""
    announced_with: str
    """The notice that tells each talent who is in the team; who is in another since hears of it by ``on_change``."""
    on_change: str
