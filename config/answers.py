"""The typed form of an answer: what somebody who is asked something may say by a click, and what it takes (R65)."""

from __future__ import annotations

import re
from typing import Annotated, Literal, get_args

from pydantic import Field

from config.names import Name
from config.plain_text import Line, Note, quoted
from config.roles import A_ROLE
from config.spec import Spec

Answerer = Literal["talent", "mentor", "second_mentor", "consultant", "challenge_owner"]
"""Who can answer on a page of their own; coordinators act in the Prefect UI."""

Asked = Literal["held_on", "appointed_on", "choice", "person", "plan"]
"""What an answer asks for: a day that was, a day agreed for (with a time), one of the choices, a name and address,
whether the plan was written or revised."""

PlanAnswer = Literal["written", "revised", "no"]
"""What may be said of the development plan: it was written, it was revised, or neither."""
PLANS: tuple[str, ...] = get_args(PlanAnswer)

_TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")


def clean_time(text: str) -> str:
    """Return a time of day as ``09:30``, or nothing; raises ``ValueError`` when it is none."""
    found = _TIME.fullmatch(text.strip())
    if found is None and text.strip():
        raise ValueError(f"{quoted(text)} is not a time of day, such as 09:30")
    return f"{int(found[1]):02d}:{found[2]}" if found else ""


def clean_plan(text: str) -> str:
    """Return what is said of the development plan; raises ``ValueError`` when it is none of what can be said."""
    if text not in PLANS:
        raise ValueError(f"{quoted(text)} is not one of {', '.join(PLANS)}")
    return text


class AnswerSpec(Spec):
    """One of the answers to a commitment: a button, the verb that it fires, and the fields that it asks for."""

    id: Name
    label: Line
    """What the button says."""
    help: Note = ""
    """What the page says beside it, if anything."""
    by: tuple[Annotated[Answerer, A_ROLE], ...] = Field(min_length=1)
    verb: Literal["keep", "appoint", "stall", "hush"] = "keep"
    """``appoint``: a day is agreed on; ``stall``: no time can be found; ``hush``: nobody else shall be asked."""
    asks: tuple[Asked, ...] = ()
