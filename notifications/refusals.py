"""The words for why something that a coordinator told was not recorded: one file a language."""

from __future__ import annotations

from functools import cache
from typing import Any

from config.files.yaml_file import load_yaml
from notifications.languages import LANGUAGES, refusals_in

FALLBACK = "da"
"""The language of a programme that has no such file of its own."""


@cache
def _words(language: str) -> Any:
    place = refusals_in(language)
    return load_yaml(place if place.exists() else refusals_in(FALLBACK)).data


def refused_state(language: str) -> str:
    """Return the name of the state that a run ends in when it has recorded nothing."""
    return str(_words(language)["state"])


def refused_states() -> tuple[str, ...]:
    """Return the names of that state in all languages that have one."""
    there = (folder.name for folder in sorted(LANGUAGES.iterdir()) if refusals_in(folder.name).exists())
    return tuple(dict.fromkeys(map(refused_state, there)))


def refused(what: str, language: str, **parts: str) -> str:
    """Return a sentence: what is not possible, why, and what to do; ``parts`` fill it."""
    return str(_words(language)["sentences"][what]).format(**parts)


def mail_stands(status: str, language: str) -> str:
    """Return what became of a mail that there is nothing to decide about."""
    known = _words(language)["mail_stands"]
    return str(known.get(status, known["other"]))


def field_fault(what: str, language: str) -> str:
    """Return what is wrong with a form's field, by what the error says of it; nothing of that is repeated."""
    return next(str(words) for known, words in _words(language)["faults"].items() if str(known) in what)
