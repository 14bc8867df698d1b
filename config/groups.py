"""The typed form of a programme's learning groups (R27)."""

from __future__ import annotations

from config.spec import Spec


class Groups(Spec):
    """Learning groups: their size, the bounds when numbers do not fit, and the milestone that forms them (R27)."""

    size: int = 6
    smallest: int = 5
    largest: int = 7
    formed_at: str
    on_change: str | None = None
    """The mail to everybody in a group that says who is in it: when it is formed, and when somebody joins (R58)."""
