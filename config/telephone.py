"""Telephone numbers, checked: digits as one dials them, in whatever groups."""

from __future__ import annotations

import re
from typing import Annotated

from config.plain_text import clean_optional_line, quoted, rule

_NUMBER = re.compile(r"\+?[0-9]+( [0-9]+)*")
_FEWEST, _MOST = 6, 15
"""Digits; no number in the world has more (ITU-T E.164)."""


def clean_telephone(text: str) -> str:
    """Return a telephone number or nothing; raises ``ValueError`` when it is none."""
    number = " ".join(clean_optional_line(text).split())
    digits = sum(map(str.isdigit, number))
    if number and not (_NUMBER.fullmatch(number) and _FEWEST <= digits <= _MOST):
        raise ValueError(f"{quoted(number)} is no telephone number; write digits, '+45 98 76 54 32'")
    return number


Telephone = Annotated[str, rule(clean_telephone)]
