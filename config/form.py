"""The typed form of a form: what coordinators record or decide, as a programme names it."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from config.names import LONGEST_ID
from config.plain_text import Line, Note
from config.spec import Spec


class Form(Spec):
    """A form for coordinators: a verb on commitments of some kinds, an event, a milestone's day, people, a task."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=LONGEST_ID)
    label: Line
    help: Note = ""
    commitments: tuple[str, ...] = ()
    """Kinds of commitments, as they are written under ``commitments``."""
    verb: Literal["keep", "waive", "extend", "hand", "appoint"] = "keep"
    event: str | None = None
    moves: tuple[str, ...] | Literal["all"] = ()
    """The milestones that it gives another day."""
    people: Literal["correct", "replace", "stand_in"] | None = None
    """What it tells of the people around the talents."""
    finishes: bool = False
    """Whether it says of a task that it is done."""
    several: bool = False
    """Whether it is about several talents at once: those chosen, or everybody but them."""
    confirm: bool = False
    """Whether the talent's name is to be typed too: what it records is not easily put right."""
    undoes: bool = False
    """Whether it takes back what was recorded (R62)."""
    notes: bool = False
    """Whether it notes something about a talent, which moves nothing and tells nobody."""
    enrols: bool = False
    """Whether it enrols a talent more into a cohort that runs."""
    teams: bool = False
    """Whether it moves a talent to another team of a module (R51)."""

    @model_validator(mode="after")
    def _one_purpose(self) -> Self:
        about = (self.commitments, self.event, self.moves, self.people)
        kinds = (self.finishes, self.undoes, self.notes, self.enrols, self.teams)
        if sum(map(bool, (*about, *kinds))) != 1:
            what = "'commitments', an 'event', milestones that it 'moves', or 'people'"
            others = "'finishes', 'undoes', 'notes' or 'enrols', or moves between 'teams'"
            raise ValueError(f"a form is about {what}; or it {others}")
        if self.several and not (self.commitments or self.event):
            raise ValueError("a form for several talents at once is about 'commitments' or an 'event'")
        if self.confirm and self.event is None:
            raise ValueError("a name is typed to confirm an 'event'")
        return self
