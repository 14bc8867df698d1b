"""Names in a definition: ids that triggers and points in time are made of, and labels with places to fill in."""

from __future__ import annotations

import re
from string import Formatter
from typing import Annotated

from pydantic import AfterValidator

from config.suggest import did_you_mean

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def _is_name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError(f"{text!r} is not a name; write small letters a-z, digits and _, and begin with a letter")
    return text


Name = Annotated[str, AfterValidator(_is_name)]
"""An id that may stand in a trigger or as an anchor."""


def filled_with(*known: str) -> AfterValidator:
    """Return the check of a text whose ``{...}`` may be filled with the values named ``known`` and no others."""

    def check(text: str) -> str:
        try:
            fields = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
        except ValueError as error:
            raise ValueError(f"{text!r} has a brace too many or too few ({error})") from error
        for name in fields:
            if name not in known:
                raise ValueError(f"{{{name}}} stands for nothing here{did_you_mean(name, known)}")
        return text

    return AfterValidator(check)
