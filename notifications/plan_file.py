"""The plan of one talent as a file: what it is called, whose names are in it, and which mails it goes with."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from config.plan import plan_in, plan_steps
from notifications.context import CohortReader
from notifications.due import Effect
from notifications.plan_document import Bearer, plan_document
from notifications.transports.protocol import Attachment
from notifications.word_file import CONTENT_TYPE

_ENDING = ".docx"
_LONGEST = 120
_KEPT = frozenset("LMN")
"""Letters, marks on them and digits: what a file's name may hold on any system, beside blanks and hyphens."""


def plans_with(effect: Effect, reader: CohortReader) -> Sequence[Attachment]:
    """Return the plan of the talent that a mail is about, if it is one that the plan goes with."""
    if effect.journey_id is None or plan_in(effect.message, reader.definition.programme.plan) is None:
        return ()
    return (plan_file(reader, effect.journey_id),)


def plan_file(reader: CohortReader, journey_id: str) -> Attachment:
    """Return the plan of a talent in a cohort whose programme has one, made today; empty but for the names."""
    programme, journey = reader.definition.programme, reader.journeys[journey_id]
    plan = programme.plan
    assert plan is not None
    bearer = Bearer(
        talent=reader.talent(journey),
        mentor=reader.person(journey.mentor_id),
        cohort=reader.cohort.name,
        programme=programme.name,
        day=reader.today,
        language=f"{programme.language}-{programme.hours.country.partition('-')[0]}",
        steps=tuple(reader.definition.commitments[step].label for step in plan_steps(reader.definition)),
    )
    name = file_name(plan.file.format(talent=bearer.talent.name, cohort=bearer.cohort))
    return Attachment(name, CONTENT_TYPE, plan_document(plan, bearer))


def file_name(text: str) -> str:
    """Return the name of a Word file that any system takes, as near to ``text`` as can be."""
    letters = (sign if sign == "-" or unicodedata.category(sign)[0] in _KEPT else " " for sign in text)
    return " ".join("".join(letters).split())[:_LONGEST].strip() + _ENDING
