"""The typed form of the plan: a document made for each talent, in which talent and mentor write goals (R9 to R11).

Its words are here, its layout is code. The document is an empty form: what is written in it is in no system of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from config.answers import PlanAnswer
from config.names import filled_with
from config.plain_text import Line, Note
from config.spec import Spec

if TYPE_CHECKING:
    from config.definition import Definition

PLAN = "plan"
"""The detail of a fact that says whether the plan was written or revised, and what an answer asks for then."""

PlanFact = Literal["talent", "level", "organisation", "unit", "mentor", "cohort", "day"]
"""What the first page tells of whose plan it is; ``day`` is the one on which the document was made."""


class PlanPart(Spec):
    """A part of a section: a heading, what it asks for, and a table of so many empty rows."""

    title: Line
    help: Note = ""
    rows: Annotated[int, Field(ge=1, le=20)] = 4


class PlanSection(Spec):
    """A section: the goals at one level, or what the talk agrees on; its parts have tables with the same columns."""

    title: Line
    help: Note = ""
    columns: tuple[Line, ...] = Field(min_length=1, max_length=5)
    parts: tuple[PlanPart, ...] = Field(min_length=1)


class PlanRevisions(Spec):
    """The page of revisions: a row for each commitment that asks for the plan, named in the first column."""

    title: Line
    help: Note = ""
    columns: tuple[Line, ...] = Field(min_length=2, max_length=5)


class PlanAnswers(Spec):
    """What came of the plan at a talk or a meeting, as lists and pages call it; the answers that a fact knows."""

    written: Line
    revised: Line
    no: Line

    @property
    def labels(self) -> Mapping[str, str]:
        """What the answers are called, in the order in which they are offered."""
        return {"written": self.written, "revised": self.revised, "no": self.no}

    @property
    def by_label(self) -> Mapping[str, PlanAnswer]:
        """The answers by what they are called."""
        return {self.written: "written", self.revised: "revised", self.no: "no"}


class PlanSpec(Spec):
    """The plan's words, and the mails that it goes with."""

    title: Line
    file: Annotated[Line, filled_with("talent", "cohort")]
    """The name of the file, without its ending."""
    goes_with: tuple[str, ...] = ()
    """The mails to a talent and their mentor that it is attached to."""
    facts: dict[PlanFact, Line] = Field(min_length=1)
    """What the first page tells, in this order, and how it is called there."""
    intro: Note
    sections: tuple[PlanSection, ...] = Field(min_length=1)
    revisions: PlanRevisions
    closing: Note = ""
    answers: PlanAnswers


def plan_in(mail: str, plan: PlanSpec | None) -> PlanSpec | None:
    """Return a programme's ``plan`` if it goes with a mail."""
    return plan if plan is not None and mail in plan.goes_with else None


def plan_steps(definition: Definition) -> list[str]:
    """Return the ids of the commitments at which the plan is written or revised, in the order of the programme."""
    return [spec.id for spec in definition.commitments.values() if any(PLAN in answer.asks for answer in spec.answers)]
