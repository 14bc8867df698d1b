"""The roles of a programme: what it calls them, and what each means to the engine (ADR 50).

A programme's file says ``to: [newcomer, manager]``; the engine knows the one whose journey it is and the one who leads
them, and calls them ``talent`` and ``mentor``. The names are turned into meanings as a programme is read, and back as
it is written: nothing between the two knows what a programme calls anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BeforeValidator, Field, model_validator

from config.list_columns import COLUMNS_OF, NEEDED, Column
from config.plain_text import Line
from config.spec import Spec
from config.suggest import did_you_mean

Meaning = Literal[
    "talent",
    "mentor",
    "former_mentor",
    "second_mentor",
    "consultant",
    "group",
    "partner",
    "cohort",
    "coordinator",
    "administration",
    "challenge_owner",
]

MEANINGS: tuple[Meaning, ...] = get_args(Meaning)
INDISPENSABLE: tuple[Meaning, ...] = ("talent", "mentor", "coordinator")
"""What somebody must be in every programme: nothing moves without them."""

OF_COHORT: frozenset[Meaning] = frozenset({"coordinator", "administration", "challenge_owner"})
"""Roles of people who belong to no single journey."""


class UnknownRole(str):
    """A word that stands where a role should, and is none of the programme's; ``known`` are those it has."""

    __slots__ = ("known",)
    known: tuple[str, ...]


def _is_known(value: Any) -> Any:
    if not isinstance(value, UnknownRole):
        return value
    raise ValueError(f"unknown role {str(value)!r}{did_you_mean(value, value.known)}")


A_ROLE = BeforeValidator(_is_known)
Role = Annotated[Meaning, A_ROLE]
"""A role as the engine knows it."""


class RoleSpec(Spec):
    """A role: what it means, what people call it, and the columns of the list of people that tell who has it."""

    means: Meaning = Field(alias="is")
    label: Line
    columns: dict[Column, Line] = Field(default_factory=dict)
    optional: bool = False
    """Whether its columns may be missing or blank, since not every talent has such a person."""

    @model_validator(mode="after")
    def _has_its_columns(self) -> Self:
        known = COLUMNS_OF.get(self.means, ())
        if strange := [column for column in self.columns if column not in known]:
            what = f"{self.means!r} has no column {strange[0]!r}"
            raise ValueError(what + (did_you_mean(strange[0], known) if known else ": no list tells who it is"))
        needed = () if self.means == "second_mentor" and not self.columns else NEEDED.get(self.means, ())
        if missing := [column for column in needed if column not in self.columns]:
            raise ValueError(f"'columns' should name the column of {', '.join(missing)}")
        if self.optional and self.means != "second_mentor":
            raise ValueError(f"'optional' is for a second_mentor; every talent has the {self.means!r} that it needs")
        return self


def meanings_of(roles: object) -> dict[str, str]:
    """Return what each role means by its name, of ``roles`` as they are written; one that is none means itself."""
    if not isinstance(roles, dict):
        return {}
    return {
        str(name): one["is"] if isinstance(one, dict) and one.get("is") in MEANINGS else MEANINGS[0]
        for name, one in roles.items()
    }


def in_meanings(data: Any) -> Any:
    """Return a programme's data with meanings for the names of its roles; without ``roles`` it is as it was."""
    meanings = meanings_of(data.get("roles")) if isinstance(data, dict) else {}
    return _with_words(data, meanings) if meanings else data


def in_names(data: dict[str, Any]) -> dict[str, Any]:
    """Return a programme's data with its own names for what roles mean, as its file has them."""
    names = {meaning: name for name, meaning in meanings_of(data.get("roles")).items()}
    return _with_words(data, names) if names else data


def _with_words(data: dict[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    return {key: part if key == "roles" else _translated(part, words, key) for key, part in data.items()}


def _translated(part: Any, words: Mapping[str, str], section: str) -> Any:
    if isinstance(part, list | tuple):
        return [_translated(one, words, section) for one in part]
    if not isinstance(part, dict):
        return part
    return {key: _value(key, value, words, section) for key, value in part.items()}


def _value(key: str, value: Any, words: Mapping[str, str], section: str) -> Any:
    if key in ("to", "by", "audience") and isinstance(value, list | tuple):
        return [_word(one, words) for one in value]
    if key in ("owner", "fills") and section == "commitments":
        return _word(value, words)
    return _translated(value, words, section)


def _word(value: Any, words: Mapping[str, str]) -> Any:
    if not isinstance(value, str) or value in words:
        return words[value] if isinstance(value, str) else value
    unknown = UnknownRole(value)
    unknown.known = tuple(words)
    return unknown
