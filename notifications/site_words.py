"""The site's words for what goes wrong, by language."""

from __future__ import annotations

from functools import cache
from typing import Any

from config.files.yaml_file import load_yaml
from notifications.languages import site_in

FALLBACK = "da"
"""The language of the site where a programme's has no pages."""


def spoken(language: str) -> str:
    """Return a language if the site has pages in it, else that which it has."""
    return language if site_in(language).is_dir() else FALLBACK


@cache
def _words(language: str) -> Any:
    return load_yaml(site_in(language) / "problems.yaml").data


def problem_words(status: int, language: str = FALLBACK) -> dict[str, str]:
    """Return what is said where a request cannot be answered: ``title`` and ``text``; by status, else in general."""
    problems = _words(spoken(language))["problems"]
    return dict(problems.get(str(status), problems["other"]))


def fault(why: str, language: str = FALLBACK) -> str:
    """Return what is said beside a field that cannot be taken as it is."""
    return str(_words(spoken(language))["faults"][why])
