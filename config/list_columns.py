"""The columns of a list of people: what each holds, and what a programme calls it (R1, R2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Self

Column = Literal["number", "name", "email", "title", "organisation", "unit", "level"]
"""What a column can hold of a talent, or of somebody beside them."""

COLUMNS_OF: Mapping[str, tuple[Column, ...]] = {
    "talent": ("number", "name", "email", "organisation", "unit", "level"),
    "mentor": ("name", "email", "title"),
    "second_mentor": ("name", "email", "title"),
}
"""What a list can tell of whoever has a role, by what the role means; of all others it tells nothing."""

NEEDED: Mapping[str, tuple[Column, ...]] = {
    "talent": ("number", "name", "email", "organisation"),
    "mentor": ("name", "email"),
    "second_mentor": ("name", "email"),
}
"""What it cannot do without."""


@dataclass(frozen=True)
class ListForm:
    """How a programme's lists are written: the headings by what they hold, and the words of the levels.

    ``levels`` has what may stand for a level, in small letters, and the id of the level.
    """

    talent: Mapping[Column, str]
    mentor: Mapping[Column, str]
    second_mentor: Mapping[Column, str] = field(default_factory=dict)
    second_mentor_is_optional: bool = False
    levels: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def plain(cls) -> Self:
        """Return the form of a programme that names no headings of its own: ``name``, ``mentor name``."""
        return cls(_plain("talent"), _plain("mentor"))

    @property
    def required(self) -> tuple[str, ...]:
        """The headings that must be there."""
        beside = () if self.second_mentor_is_optional else _needed(self.second_mentor)
        return (*self.talent.values(), *_needed(self.mentor), *beside)

    @property
    def columns(self) -> tuple[str, ...]:
        """All headings that are read, in the order in which they are written down."""
        return (*self.talent.values(), *self.mentor.values(), *self.second_mentor.values())

    @property
    def optional(self) -> tuple[str, ...]:
        """The headings that may be missing."""
        return tuple(heading for heading in self.columns if heading not in self.required)


def _needed(columns: Mapping[Column, str]) -> tuple[str, ...]:
    return tuple(heading for column, heading in columns.items() if column != "title")


def _plain(means: str) -> dict[Column, str]:
    before = "" if means == "talent" else f"{means} "
    return {column: f"{before}{column}" for column in COLUMNS_OF[means]}
