"""What of several years is shown: each message once in each role, as it was first said, and which were never said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from config.checks.places import effects, news
from config.definition import Definition
from config.profile import Profile
from flows.preview.year import Piece, Said, Year
from flows.rehearsal.behaviour import is_known


class Unseen(NamedTuple):
    """Messages that no year has: those that the programme names, and those that there are besides."""

    of_programme: tuple[str, ...]
    others: tuple[str, ...]


def first_of_each(years: Sequence[Year]) -> list[tuple[Piece, ...]]:
    """Return of each year, in order, the mails and tasks that say what none before has said in that role."""
    seen: set[Said] = set()
    return [tuple(_new(year.pieces, seen)) for year in years]


def _new(pieces: Iterable[Piece], seen: set[Said]) -> Iterable[Piece]:
    for piece in pieces:
        if not seen.issuperset(piece.said):
            seen.update(piece.said)
            yield piece


def fits(profile: Profile, definition: Definition) -> bool:
    """Whether a profile is of people of this programme: what befalls and what is chosen there is known here."""
    befalls = all(is_known(incident.event, definition) for incident in profile.incidents)
    kinds = {spec.id for spec in definition.programme.commitments}
    return befalls and profile.choices.keys() <= kinds


def unseen(years: Sequence[Year], definition: Definition, known: Iterable[str]) -> Unseen:
    """Return which messages were never said in the years; ``known`` are all that there are words for."""
    seen = {said.message for year in years for piece in year.pieces for said in piece.said}
    named = _named(definition)
    return Unseen(tuple(sorted(named - seen)), tuple(sorted(set(known) - named - seen)))


def _named(definition: Definition) -> set[str]:
    """Return the messages that a programme names, in all shapes that a module of it has."""
    programme = definition.programme
    shapes = {module.shape for module in definition.modules.values()}
    placed = [one for one in effects(programme) if one.path[0] != "shapes" or one.path[1] in shapes]
    return {one.effect.message for one in placed} | set(news(programme).values())
