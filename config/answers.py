"""The typed form of an answer: what somebody who is asked something may say by a click, and what it takes (R65)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from config.names import Name
from config.plain_text import Line, Note
from config.spec import Spec

Answerer = Literal["talent", "mentor", "second_mentor", "consultant", "challenge_owner"]
"""Who can answer on a page of their own; coordinators act in the Prefect UI."""

Asked = Literal["held_on", "appointed_on", "choice", "person", "plan"]
"""What an answer asks for: a day that was, a day agreed for (with a time), one of the choices, a name and address,
whether the plan was written or revised."""


class AnswerSpec(Spec):
    """One of the answers to a commitment: a button, the verb that it fires, and the fields that it asks for."""

    id: Name
    label: Line
    """What the button says."""
    help: Note = ""
    """What the page says beside it, if anything."""
    by: tuple[Answerer, ...] = Field(min_length=1)
    verb: Literal["keep", "appoint", "stall", "hush"] = "keep"
    """``appoint``: a day is agreed on; ``stall``: no time can be found; ``hush``: nobody else shall be asked."""
    asks: tuple[Asked, ...] = ()
