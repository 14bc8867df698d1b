"""The plan as a document: an empty form with names, in the programme's words (R9 to R11). Pure: data in, bytes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from docx.shared import Cm

from config.plan import PlanFact, PlanSpec
from notifications.view_models import Person, Talent
from notifications.word_file import WordFile

_ROW = Cm(2)
_REVISION = Cm(2.4)
"""How high a row is at least: room for a few written lines."""


@dataclass(frozen=True)
class Bearer:
    """Whose plan it is: the talent with their mentor, in a cohort of a programme; ``day`` is when it is made.

    ``steps`` are the talks and meetings at which it is written or revised; ``language`` is a code such as ``da-DK``.
    """

    talent: Talent
    mentor: Person | None
    cohort: str
    programme: str
    day: date
    language: str
    steps: tuple[str, ...] = ()


def plan_document(plan: PlanSpec, bearer: Bearer) -> bytes:
    """Return the plan of one talent, to be written in."""
    file = WordFile(plan.title, bearer.programme, bearer.language, bearer.day)
    file.facts(plan.title, _facts(plan, bearer))
    file.paragraphs(plan.intro, apart=True)
    file.paragraphs(plan.closing)
    for section in plan.sections:
        file.heading(section.title, 1, new_page=True)
        file.paragraphs(section.help)
        for part in section.parts:
            file.heading(part.title, 2)
            file.paragraphs(part.help)
            file.form(part.title, section.columns, _goal_widths(section.columns), [""] * part.rows, _ROW)
    if bearer.steps:
        file.heading(plan.revisions.title, 1, new_page=True)
        file.paragraphs(plan.revisions.help)
        columns = plan.revisions.columns
        file.form(plan.revisions.title, columns, _revision_widths(columns), bearer.steps, _REVISION)
    file.footer(f"{plan.title} · {bearer.talent.name} · {bearer.cohort}")
    return file.packed()


def _facts(plan: PlanSpec, bearer: Bearer) -> list[tuple[str, str]]:
    talent = bearer.talent
    known: dict[PlanFact, str] = {
        "talent": talent.name,
        "level": talent.level_label,
        "organisation": talent.organisation,
        "unit": talent.unit,
        "mentor": bearer.mentor.name if bearer.mentor else "",
        "cohort": f"{bearer.programme}, {bearer.cohort}",
        "day": format_date(bearer.day, "long", locale=bearer.language.partition("-")[0]),
    }
    return [(label, known[fact]) for fact, label in plan.facts.items()]


def _goal_widths(columns: Sequence[str]) -> list[float]:
    """The last column is for a day, and narrower."""
    return [3.0] * (len(columns) - 1) + [2.0]


def _revision_widths(columns: Sequence[str]) -> list[float]:
    """The first column names the meeting, the last one is for what was learned."""
    return [4.5, *[3.0] * (len(columns) - 2), 6.5]
