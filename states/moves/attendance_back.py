"""Takes back what a fact has said of who comes: absences of talents, and what people have said themselves (R62)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from config.grammar import CORRECT, attendance_id
from states.facts import Transition
from states.moves.absences import missed_news
from states.moves.attendance import STATES, parts_in
from states.moves.firing import Firing
from states.store.fact_log import last_step
from states.store.taken_back import KeptFact


def put_attendance_back(firing: Firing, fact: KeptFact, steps: Iterable[Transition]) -> dict[str, str]:
    """Collect who comes as it stood before ``fact``; return the ids of the history rows, by what they are about.

    Who comes after all is told what they were not told because of the fact.
    """
    changes = firing.changes
    for journey, milestone, was_absent in _images(fact, "absences"):
        if was_absent:
            changes.absences.append({"journey_id": journey, "milestone": milestone, "noted_at": changes.now})
        else:
            changes.present.append((journey, milestone))
            changes.timers += missed_news(firing, journey, milestone, fact.at)
    own = {step.subject: step for step in steps}
    return {
        attendance_id(person, milestone): _put_saying_back(firing, fact, own, (person, milestone, was))
        for person, milestone, was in _images(fact, "attendances")
    }


def _put_saying_back(
    firing: Firing, fact: KeptFact, own: Mapping[str, Transition], image: tuple[str, str, bool | None]
) -> str:
    person, milestone, was = image
    subject, changes = attendance_id(person, milestone), firing.changes
    row = {"cohort_id": firing.cohort.cohort_id, "milestone": milestone, "person_id": person}
    changes.attendances.append(row | {"coming": was, "noted_at": changes.now})
    for part in parts_in(firing, milestone, [person])[:1] if was is not False else ():
        changes.timers += missed_news(firing, part.journey.id, milestone, fact.at)
    number, stands = last_step(firing.connection, subject)
    step = (CORRECT, stands, STATES[was])
    return changes.record(firing.cohort.cohort_id, own[subject].journey_id, subject, number, milestone, step)


def _images(fact: KeptFact, kind: str) -> Iterable[tuple[str, str, Any]]:
    """Return what a fact keeps of somebody and a milestone: who, what, and how it stood before."""
    kept: Mapping[str, Any] = (fact.before or {}).get(kind) or {}
    return [(*both.rsplit(" ", 1), was) for both, was in kept.items()]
