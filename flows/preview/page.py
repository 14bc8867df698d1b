"""The page of a preview: one file that asks nobody for anything, and in which nothing can be sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import count
from math import ceil
from typing import Any

import jinja2
from markupsafe import Markup

from config.files.yaml_file import load_yaml
from config.library import Library, LoadedCohort
from flows.preview.choice import Unseen, first_of_each, unseen
from flows.preview.year import CalendarLine, Piece, Year
from notifications.digest import words_of
from notifications.languages import COMMON, preview_in
from notifications.render import known_messages
from notifications.site_pages import STYLE
from notifications.templates import environment

_FOLDER = COMMON / "preview"
_LINE = 24
"""The height of a line of a mail, in CSS pixels."""
_AROUND = 200
"""What a mail's head, greeting, button and signature take beside its text."""
_CHARACTERS = {"wide": 68, "narrow": 30}
"""How many characters of a mail a line holds at least, on a wide screen and on a telephone."""


def of_cohort(loaded: LoadedCohort, years: Sequence[Year], library: Library) -> str:
    """Return the page of all that is sent: of each year what those before it lack, and the names of what none has."""
    definition = loaded.definition
    words = _words(definition.programme.language)
    labels = _role_labels(loaded)
    numbers = count(1)
    parts = [
        {
            "heading": words["from_year"].format(profile=year.profile) if number else "",
            "pieces": [_shown(piece, next(numbers), labels) for piece in pieces],
        }
        for number, (year, pieces) in enumerate(zip(years, first_of_each(years), strict=True))
        if pieces
    ]
    messages = known_messages(*words_of(definition, library.root))
    values = {
        "title": words["title"].format(**_named(loaded)),
        "lead": words["lead"].format(profile=years[0].profile),
        "index": _index(parts, labels),
        "unseen": unseen(years, definition, messages),
    }
    return _page(definition.programme.language, parts, values)


def of_person(loaded: LoadedCohort, year: Year, person: str) -> str:
    """Return the page of all that one person gets in a year, in order.

    Raises:
        NotOnePersonError: nobody is called so, or several are.
    """
    language = loaded.definition.programme.language
    words = _words(language)
    name, pieces = year.of(person, loaded.cohort.id)
    mails = sum(bool(piece.html) for piece in pieces)
    counts = [_counted(words, "mails", mails)]
    if mails < len(pieces):
        counts.append(_counted(words, "tasks", len(pieces) - mails))
    values = {
        "title": words["title_person"].format(name=name, **_named(loaded)),
        "lead": words["lead_person"].format(name=name, counts=", ".join(counts), profile=year.profile),
        "index": {},
        "unseen": Unseen((), ()),
    }
    labels = _role_labels(loaded)
    shown = [_shown(piece, number, labels) for number, piece in enumerate(pieces, start=1)]
    return _page(language, [{"heading": "", "pieces": shown}], values)


def _role_labels(loaded: LoadedCohort) -> dict[str, str]:
    """Return what roles are called: as the programme says, and as the language does where it can not."""
    programme = loaded.definition.programme
    return {**programme.role_labels, **_words(programme.language)["roles"]}


def _named(loaded: LoadedCohort) -> dict[str, str]:
    return {"programme": loaded.definition.programme.name, "cohort": loaded.cohort.name}


def _page(language: str, parts: Sequence[Mapping[str, Any]], values: Mapping[str, object]) -> str:
    style, look = (Markup(path.read_text("utf-8")) for path in (STYLE, _FOLDER / "look.css"))
    about = {"language": language, "words": _words(language), "parts": parts, "style": style, "look": look}
    return _environment(language).get_template("page.html.j2").render(about | dict(values))


def _shown(piece: Piece, number: int, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return a piece as the template has it: where it stands, what its readers are called, how high its frame is."""
    roles = dict.fromkeys(labels.get(said.role, said.role) for said in piece.said)
    calendar: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in piece.calendar:
        calendar[line.how].append(_entry(line))
    return {
        **vars(piece),
        "anchor": f"nr-{number}",
        "roles": ", ".join(roles),
        "messages": ", ".join(dict.fromkeys(said.message for said in piece.said)),
        "calendar": dict(calendar),
        **{size: _height(piece.text, characters) for size, characters in _CHARACTERS.items()},
    }


def _entry(line: CalendarLine) -> dict[str, Any]:
    timed = isinstance(line.starts, datetime)
    return {**line._asdict(), "timed": timed}


def _index(parts: Iterable[Mapping[str, Any]], labels: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    """Return by role what is said to it, each message at the first piece that says it."""
    found: dict[str, dict[str, dict[str, Any]]] = {role: {} for role in labels}
    for one in _pieces(parts):
        for said in one["said"]:
            found.setdefault(said.role, {}).setdefault(said.message, one)
    # A mail that says several things to a role is named once.
    named = {role: {one["anchor"]: one for one in by.values()}.values() for role, by in found.items() if by}
    return {labels.get(role, role): list(entries) for role, entries in named.items()}


def _pieces(parts: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in parts:
        yield from part["pieces"]


def _counted(words: Any, what: str, number: int) -> str:
    one, several = words["counts"][what]
    return str(one if number == 1 else several.format(number))


def _height(text: str, characters: int) -> int:
    """Return how high a frame must be for a text, in CSS pixels: rather too high than one that must be scrolled."""
    lines = sum(max(1, ceil(len(line) / characters)) for line in text.splitlines())
    return _AROUND + _LINE * lines


@cache
def _words(language: str) -> Any:
    return load_yaml(preview_in(language)).data


@cache
def _environment(language: str) -> jinja2.Environment:
    found = environment([_FOLDER], language, html=True)
    found.trim_blocks = True
    return found
