"""Names in a definition: ids that triggers and points in time are made of, and labels with places to fill in."""

from __future__ import annotations

import re
from string import Formatter
from typing import Annotated

from pydantic import AfterValidator

from config.plain_text import clean_line, quoted
from config.suggest import did_you_mean

LONGEST_ID = 60
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


def _is_name(text: str) -> str:
    if not _NAME.fullmatch(text) or len(text) > LONGEST_ID:
        raise ValueError(
            f"{quoted(text)} is not a name; write small letters a-z, digits and _, and begin with a letter,"
            f" at most {LONGEST_ID}"
        )
    return text


def file_name(text: str) -> str:
    """Return the name of a file beside the one that names it; raises ``ValueError`` for a path that leads elsewhere."""
    if any(mark in text for mark in "/\\\0") or text in {"", ".", ".."} or clean_line(text) != text:
        raise ValueError(f"{quoted(text)} is not the name of a file in this folder")
    return text


def _folder(text: str) -> str:
    if "\\" in text or any(part in {"", ".", ".."} for part in text.split("/")) or clean_line(text) != text:
        raise ValueError(f"{quoted(text)} is not a folder below the configuration's root, such as templates/ours")
    return text


def _is_language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        raise ValueError(f"{quoted(text)} is not a language; write a code such as da")
    return text


Name = Annotated[str, AfterValidator(_is_name)]
"""An id that may stand in a trigger or as an anchor."""
FileName = Annotated[str, AfterValidator(file_name)]
Folder = Annotated[str, AfterValidator(_folder)]
Language = Annotated[str, AfterValidator(_is_language)]


def filled_with(*known: str) -> AfterValidator:
    """Return the check of a text whose ``{...}`` may be filled with the values named ``known`` and no others."""

    def check(text: str) -> str:
        try:
            parts = [(name, spec or kind) for _, name, spec, kind in Formatter().parse(text) if name is not None]
        except ValueError as error:
            raise ValueError(f"{text!r} has a brace too many or too few ({error})") from error
        for name, layout in parts:
            if layout:
                raise ValueError(f"{{{name}}} takes no ':' and no '!' in its braces")
            if name not in known:
                raise ValueError(f"{{{name}}} stands for nothing here{did_you_mean(name, known)}")
        return text

    return AfterValidator(check)
