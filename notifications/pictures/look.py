"""How the pictures look: colours that can be told apart from their ink, and text that stays within its place."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from config.plain_text import without_the_unseen

INK, QUIET, PAPER, LINE = "#1c1f26", "#565c66", "#ffffff", "#d5d9e0"


TITLE = 16.5
"""How large a title is, as far as its width goes: it is printed in bold."""


class Look(NamedTuple):
    """The colour of a field, and that of the sign in it."""

    fill: str
    ink: str


LOOKS = {
    "kept": Look("#cfe8d3", "#0f4a24"),
    "kept_late": Look("#fbe6a8", "#5a3d00"),
    "open": Look("#cfe1f7", "#123f75"),
    "missed": Look("#c62f24", "#ffffff"),
    "escalated": Look("#6e0b14", "#ffffff"),
    "waived": Look("#dcd6ea", "#41306b"),
    "cancelled": Look("#e6e8ec", "#4c525c"),
    "planned": Look("#ffffff", "#6a707b"),
    "held": Look("#eef0f3", "#4c525c"),
    "absent": Look("#f9d7bd", "#6b2f00"),
    "off": Look("#f6f6f8", "#62676f"),
}
"""By the state of a commitment without its level, or that of a day: what is late is dark, all else is light."""

MAIL_LOOKS = {
    "sent": Look("#2f7d5b", "#ffffff"),
    "waiting": Look("#9cc0ea", "#0b2f57"),
    "rejected": Look("#b3261e", "#ffffff"),
    "unknown": Look("#f0b429", "#3d2b00"),
}

_NARROW, _BROAD = frozenset(" !'(),.:;I[]fijlrt|·•-"), frozenset("MWmw@%&—")
_NOT_XML = {0xFFFE: " ", 0xFFFF: " "}


def plain(text: str) -> str:
    """Return ``text`` on one line, without what no XML may hold."""
    return without_the_unseen(text.translate(_NOT_XML))


def text_width(text: str, size: float) -> float:
    """Return about how wide a line of text is, in the units of ``size``; rather too wide than too narrow."""
    return size * sum(map(_em, text))


def fitted(text: str, width: float, size: float) -> str:
    """Return ``text`` on one line, its end left out where it would be wider than ``width``."""
    line = plain(text)
    if text_width(line, size) <= width:
        return line
    while line and text_width(f"{line}…", size) > width:
        line = line[:-1].rstrip()
    return f"{line}…"


def _em(character: str) -> float:
    if unicodedata.combining(character):
        return 0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.05
    if character in _NARROW:
        return 0.34
    if character in _BROAD:
        return 0.92
    return 0.68 if character.isupper() else 0.6


class LegendItem(NamedTuple):
    """A field of the legend, its sign and its words; ``x`` and ``y`` are where it begins."""

    x: float
    y: float
    look: Look
    sign: str
    means: str


LEGEND_LINE = 22
_SWATCH, _GAP, _SIZE = 28, 16, 11


def legend(entries: Iterable[tuple[Look, str, str]], width: float) -> Iterator[LegendItem]:
    """Lay out looks with their signs and words, line by line within ``width``."""
    x = y = 0.0
    for look, sign, means in entries:
        needs = _SWATCH + text_width(means, _SIZE) + _GAP
        if x and x + needs > width:
            x, y = 0.0, y + LEGEND_LINE
        yield LegendItem(x, y, look, sign, means)
        x += needs
