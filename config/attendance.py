"""The typed form of attendance: who says whether they come to what, and in which words (R61)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from config.names import Name
from config.plain_text import Line, Note
from config.roles import A_ROLE
from config.spec import Spec

Attendee = Literal["talent", "mentor", "second_mentor", "consultant"]
"""Who can be asked whether they come: the people around a talent."""


class Saying(Spec):
    """One of the two things to say; for a talent it is the ``event``, whose mails tell the others as well."""

    label: Line
    """What the button says."""
    help: Note = ""
    """What the page says beside it, if anything."""
    event: Name


class AttendanceSpec(Spec):
    """Whether people come, as they say themselves; they may change their mind until the milestone is over."""

    milestones: tuple[Name, ...] | Literal["all"] = "all"
    """What they are asked about; of each only its audience."""
    by: tuple[Annotated[Attendee, A_ROLE], ...] = Field(min_length=1)
    button: Line
    """What the button in mails about a milestone says, which opens the page of both."""
    come: Saying
    decline: Saying
    silence: Line
    """How it stands with whoever has said nothing, and counts as coming."""

    def is_about(self, milestone: str) -> bool:
        """Return whether people are asked about a milestone."""
        return self.milestones == "all" or milestone in self.milestones
