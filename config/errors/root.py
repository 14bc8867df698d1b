"""The root of all errors that the project raises on purpose, and what their sentences share."""

from __future__ import annotations

from collections.abc import Sequence


class TalentNordError(Exception):
    """The root of all errors that the project raises on purpose."""


def counted(items: Sequence[object], what: str) -> str:
    """Return a number of things in words: ``1 mail``, ``2 mails``."""
    return f"{len(items)} {what}{'' if len(items) == 1 else 's'}"
