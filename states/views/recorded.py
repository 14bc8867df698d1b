"""What is recorded about one person, in people's words: what happened, who said so and when; nothing of anybody else's.

A talent's history is hers. A fact about others that moved her too (a partner who left, a group filled up) is named as
such: what it held, and who told it, are the others' affair. A remark is shown where the fact was about her alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from config.definition import Definition
from config.grammar import Trigger
from states.facts import FACT_CAUSE
from states.moves.people import CORRECT, WHOM
from states.running_cohort import RunningCohort
from states.store.queries import chunks
from states.store.tables import FactRow, JourneyRow, MailRow, PersonRow
from states.views.overview import Overview
from states.views.pages import HistoryLine
from states.views.said import role_and_person
from states.views.told import fact_label

CLOCK, OTHERS, OPERATOR = "clock", "others", "operator"
"""Who was behind something, where it was nobody who answers: time, a fact about others, whoever runs the system."""
_DAYS = ("appointed_on", "held_on", "due_on")
_NAMED = ("person", "new_mentor")
_FACT = (FactRow.key, FactRow.trigger, FactRow.at, FactRow.actor, FactRow.details, FactRow.subjects)
_CORRECTED = select(FactRow.corrects).where(FactRow.corrects.is_not(None))


@dataclass(frozen=True)
class Recorded:
    """Something that is recorded; ``at`` is local.

    ``by`` is a person's name and ``role`` theirs; without a name, ``role`` is an office, ``clock`` or ``others``.
    """

    at: datetime
    what: str
    by: str
    role: str
    came_to: str = ""
    about: str = ""
    """The talent's name, where it is about another than who looks."""
    day: date | None = None
    """The day that was said: on which it was held, is agreed for, or is due."""
    time: str = ""
    more: str = ""
    """What was chosen, which event it is about, who was named."""
    plan: str = ""
    note: str = ""
    corrected: bool = False
    """Whether it was taken back since."""


@dataclass(frozen=True)
class SentMail:
    """A mail that was written to somebody; ``at`` is local."""

    at: datetime
    subject: str
    status: str


def recorded_of(
    connection: Connection, cohort: RunningCohort, overview: Overview, journey: str, talent: str
) -> Iterator[Recorded]:
    """Yield what is recorded about a talent, the newest first."""
    lines = [line for line in overview.history(journey) if not line.mail]
    facts = _facts(connection, {line.cause for line in lines})
    corrections = _corrections_of(connection, talent)
    names = _names(connection, [*facts.values(), *corrections])
    corrected = set(connection.scalars(_CORRECTED))
    found = [_line(cohort.definition, line, facts.get(line.cause), journey, names, corrected) for line in lines]
    found += [_told(cohort, row, names, corrected) for row in corrections]
    yield from sorted(found, key=lambda one: one.at, reverse=True)


def told_by(connection: Connection, cohort: RunningCohort, person: str, roles: Collection[str]) -> Iterator[Recorded]:
    """Yield what a person has told, and what was corrected about them, the newest first."""
    actors = [f"{role}:{person}" for role in roles]
    told = connection.execute(select(*_FACT).where(FactRow.actor.in_(actors))).all()
    rows = [*told, *_corrections_of(connection, person)]
    names, corrected = _names(connection, rows), set(connection.scalars(_CORRECTED))
    talents = select(JourneyRow.id, PersonRow.name).join(PersonRow, PersonRow.id == JourneyRow.talent_id)
    about = dict(connection.execute(talents.where(JourneyRow.cohort_id == cohort.cohort_id)).tuples().all())
    for row in sorted(rows, key=lambda one: (one.at, one.key), reverse=True):
        talent = ", ".join(about[subject] for subject in row.subjects or () if subject in about)
        yield _told(cohort, row, names, corrected, talent)


def mails_to(connection: Connection, cohort: RunningCohort, people: Collection[str]) -> Iterator[SentMail]:
    """Yield the mails that were written to a person under any of these ids, the newest first."""
    query = select(MailRow.claimed_at, MailRow.subject, MailRow.status).where(MailRow.recipient_id.in_(people))
    for row in connection.execute(query.order_by(MailRow.claimed_at.desc(), MailRow.id)):
        yield SentMail(cohort.definition.working_time.local(row.claimed_at), row.subject, row.status)


def _line(
    definition: Definition,
    line: HistoryLine,
    fact: Row[Any] | None,
    journey: str,
    names: Mapping[str, str],
    corrected: Collection[str],
) -> Recorded:
    """Return a transition; what its fact held stands where the fact itself moved something, and not what followed."""
    if fact is None:
        # Whoever imports a cohort for the first time tells no fact.
        role = OPERATOR if line.cause.startswith(FACT_CAUSE) else CLOCK
        return Recorded(line.at, line.what, "", role, line.dest)
    if journey not in (fact.subjects or ()):
        return Recorded(line.at, line.what, "", OTHERS, line.dest)
    role, person = role_and_person(fact.actor)
    own = line.what == definition.trigger_label(fact.trigger)
    held = _held(definition, fact, alone=list(fact.subjects) == [journey]) if own else {}
    by = names.get(person, "")
    return Recorded(line.at, line.what, by, role, line.dest, corrected=fact.key in corrected, **held)


def _told(
    cohort: RunningCohort, fact: Row[Any], names: Mapping[str, str], corrected: Collection[str], about: str = ""
) -> Recorded:
    role, person = role_and_person(fact.actor)
    return Recorded(
        at=cohort.definition.working_time.local(fact.at),
        what=fact_label(cohort.definition, fact.trigger),
        by=names.get(person, ""),
        role=role,
        about=about,
        corrected=fact.key in corrected,
        **_held(cohort.definition, fact, alone=True),
    )


def _held(definition: Definition, fact: Row[Any], alone: bool) -> dict[str, Any]:
    """Return what a fact held, as far as it is for who looks."""
    details = fact.details
    spec = definition.commitments.get(Trigger.parse(fact.trigger).name)
    choice = spec.choices.get(str(details.get("choice")), "") if spec else ""
    milestone = definition.milestones.get(str(details.get("milestone") or details.get("absence")))
    named = next((str(details[one].get("name", "")) for one in _NAMED if details.get(one)), "")
    day = next((date.fromisoformat(details[one]) for one in _DAYS if details.get(one)), None)
    return {
        "day": day,
        "time": str(details.get("appointed_at") or ""),
        "more": choice or (milestone.label if milestone else "") or named,
        "plan": str(details.get("plan") or ""),
        "note": str(details.get("note") or "") if alone else "",
    }


def _facts(connection: Connection, causes: Iterable[str]) -> dict[str, Row[Any]]:
    """Return the facts among the causes of transitions, by cause."""
    keys = sorted(cause.removeprefix(FACT_CAUSE) for cause in causes if cause.startswith(FACT_CAUSE))
    found: dict[str, Row[Any]] = {}
    for some in chunks(keys):
        rows = connection.execute(select(*_FACT).where(FactRow.key.in_(some)))
        found |= {f"{FACT_CAUSE}{row.key}": row for row in rows}
    return found


def _corrections_of(connection: Connection, person: str) -> list[Row[Any]]:
    """Return the facts that have corrected a person's name, address or telephone."""
    about = (FactRow.trigger == CORRECT) & (FactRow.details[WHOM].as_string() == person)
    return list(connection.execute(select(*_FACT).where(about)))


def _names(connection: Connection, facts: Iterable[Row[Any]]) -> dict[str, str]:
    people = {role_and_person(fact.actor)[1] for fact in facts} - {""}
    query = select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(people))
    return dict(connection.execute(query).tuples().all()) if people else {}
