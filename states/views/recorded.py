"""What is recorded about one person, in people's words: what happened, who said so and when; nothing of anybody else's.

A talent's history is hers. A fact about others that moved her too (a partner who left, a group filled up) is named as
such: what it held, and who told it, are the others' affair. A remark is shown where the fact was about her alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from config.grammar import Trigger
from config.plan import PLAN
from states.facts import FACT_CAUSE
from states.moves.people import CORRECT, WHOM
from states.running_cohort import RunningCohort
from states.store.conditions import CORRECTED
from states.store.tables import FactRow, JourneyRow, MailRow, PersonRow
from states.views.actors import role_and_person
from states.views.overview import Overview
from states.views.pages import HistoryLine
from states.views.story import facts_behind
from states.views.told import fact_label

CLOCK, OTHERS, OPERATOR = "clock", "others", "operator"
"""Who was behind something, where it was nobody who answers: time, a fact about others, whoever runs the system."""
_DAYS = ("appointed_on", "held_on", "due_on")
_NAMED = ("person", "new_mentor")
_FACT = (FactRow.key, FactRow.trigger, FactRow.at, FactRow.actor, FactRow.details, FactRow.subjects)


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
    """What was said of the plan, as the programme calls it."""
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
) -> list[Recorded]:
    """Return what is recorded about a talent, the newest first."""
    lines = [line for line in overview.history(journey) if not line.mail]
    facts = facts_behind(connection, {line.cause for line in lines})
    # Of what time has brought, what moved nothing is a mail, and mails are told apart.
    lines = _joined(line for line in lines if line.moved or line.cause in facts)
    corrections = _corrections_of(connection, talent)
    teller = _Teller(connection, cohort, [*facts.values(), *corrections])
    found = [teller.transition(line, facts.get(line.cause), journey) for line in lines]
    found += [teller.fact(row) for row in corrections]
    return sorted(found, key=lambda one: one.at, reverse=True)


def told_by(connection: Connection, cohort: RunningCohort, person: str, roles: Collection[str]) -> list[Recorded]:
    """Return what a person has told, and what was corrected about them, the newest first."""
    mine = FactRow.actor.in_([f"{role}:{person}" for role in roles])
    rows = [*connection.execute(select(*_FACT).where(mine)), *_corrections_of(connection, person)]
    teller = _Teller(connection, cohort, rows)
    talents = select(JourneyRow.id, PersonRow.name).join(PersonRow, PersonRow.id == JourneyRow.talent_id)
    names = dict(connection.execute(talents.where(JourneyRow.cohort_id == cohort.cohort_id)).tuples().all())
    found = []
    for row in sorted(rows, key=lambda one: (one.at, one.key), reverse=True):
        about = ", ".join(names[subject] for subject in row.subjects or () if subject in names)
        found.append(teller.fact(row, about))
    return found


def mails_to(connection: Connection, cohort: RunningCohort, people: Collection[str]) -> list[SentMail]:
    """Return the mails that were written to a person under any of these ids, the newest first."""
    query = select(MailRow.claimed_at, MailRow.subject, MailRow.status).where(MailRow.recipient_id.in_(people))
    rows = connection.execute(query.order_by(MailRow.claimed_at.desc(), MailRow.id))
    return [SentMail(cohort.definition.working_time.local(row.claimed_at), row.subject, row.status) for row in rows]


def _joined(lines: Iterable[HistoryLine]) -> list[HistoryLine]:
    """Return one line for what came of one cause at once, in several regions."""
    found: dict[tuple[str, str], HistoryLine] = {}
    for line in lines:
        known = found.get((line.cause, line.what))
        found[line.cause, line.what] = replace(line, dest=f"{line.dest} · {known.dest}") if known else line
    return list(found.values())


class _Teller:
    """Says facts and transitions in people's words, as far as they are for who looks."""

    def __init__(self, connection: Connection, cohort: RunningCohort, facts: Collection[Row[Any]]) -> None:
        self._definition = cohort.definition
        plan = cohort.definition.programme.plan
        self._plans = plan.answers.labels if plan else {}
        people = {role_and_person(fact.actor)[1] for fact in facts} - {""}
        query = select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(people))
        self._names = dict(connection.execute(query).tuples().all())
        self._corrected = set(connection.scalars(CORRECTED.where(FactRow.corrects.in_([fact.key for fact in facts]))))

    def transition(self, line: HistoryLine, fact: Row[Any] | None, journey: str) -> Recorded:
        """Return a transition; what its fact held stands at what the fact itself moved, not at what followed."""
        came_to = "" if line.what.endswith(f": {line.dest}") else line.dest
        if fact is None:
            # Whoever imports a cohort for the first time tells no fact.
            role = OPERATOR if line.cause.startswith(FACT_CAUSE) else CLOCK
            return Recorded(line.at, line.what, "", role, came_to)
        if journey not in (fact.subjects or ()):
            return Recorded(line.at, line.what, "", OTHERS, came_to)
        own = line.what == self._definition.trigger_label(fact.trigger)
        held = self._held(fact, alone=list(fact.subjects) == [journey]) if own else {}
        return Recorded(line.at, line.what, *self._who(fact), came_to, corrected=fact.key in self._corrected, **held)

    def fact(self, fact: Row[Any], about: str = "") -> Recorded:
        """Return a fact that is the person's own, or about them alone."""
        return Recorded(
            self._definition.working_time.local(fact.at),
            fact_label(self._definition, fact.trigger),
            *self._who(fact),
            about=about,
            corrected=fact.key in self._corrected,
            **self._held(fact, alone=True),
        )

    def _who(self, fact: Row[Any]) -> tuple[str, str]:
        role, person = role_and_person(fact.actor)
        return self._names.get(person, ""), role

    def _held(self, fact: Row[Any], alone: bool) -> dict[str, Any]:
        details, milestones = fact.details, self._definition.milestones
        spec = self._definition.commitments.get(Trigger.parse(fact.trigger).name)
        choice = spec.choices.get(str(details.get("choice")), "") if spec else ""
        milestone = milestones.get(str(details.get("milestone") or details.get("absence")))
        named = next((str(details[one].get("name", "")) for one in _NAMED if details.get(one)), "")
        day = next((date.fromisoformat(details[one]) for one in _DAYS if details.get(one)), None)
        return {
            "day": day,
            "time": str(details.get("appointed_at") or ""),
            "more": choice or (milestone.label if milestone else "") or named,
            "plan": self._plans.get(str(details.get(PLAN)), ""),
            "note": str(details.get("note") or "") if alone else "",
        }


def _corrections_of(connection: Connection, person: str) -> list[Row[Any]]:
    """Return the facts that have corrected a person's name, address or telephone."""
    about = (FactRow.trigger == CORRECT) & (FactRow.details[WHOM].as_string() == person)
    return list(connection.execute(select(*_FACT).where(about)))
