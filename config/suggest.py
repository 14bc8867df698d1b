"""The end of a sentence about an unknown word: what may have been meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

SHOWN_NAMES = 12


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like ``word``, ``None`` if none is."""
    near = get_close_matches(word.lower(), sorted(known), n=1)
    return near[0] if near else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about ``word``: the nearest known name, else all if they are few."""
    names = sorted(known)
    if near := nearest(word, names):
        return f", did you mean {near!r}?"
    return f"; known: {', '.join(names)}" if 0 < len(names) <= SHOWN_NAMES else ""
