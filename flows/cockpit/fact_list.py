"""The list of *Fortryd*: what was recorded and can be taken back, and what each registration is called there (R62)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from sqlalchemy import Connection

from notifications.run_words import teller
from states.running_cohort import readable_cohorts
from states.views.told import ToldFact, since_latest, told_facts

LATEST = 300
"""So many facts of all cohorts are listed to be taken back; older ones are by their key (``talentnord undo``)."""
_ALIKE_WITHIN = timedelta(hours=2)
"""Facts further apart are never called the same: a label says the local minute, and an hour comes twice in autumn."""


def facts_to_undo(connection: Connection, programme_id: str) -> dict[str, str]:
    """Return what *Fortryd* lists for a programme: see ``undo_list``. Only facts that can be listed are read."""
    oldest = since_latest(connection, LATEST)
    since = oldest - _ALIKE_WITHIN if oldest else None
    told: list[ToldFact] = []
    for cohort in readable_cohorts(connection):
        if cohort.definition.programme.id == programme_id:
            told += told_facts(connection, cohort.cohort_id, since)
    return undo_list(told)


def undo_list(told: Iterable[ToldFact]) -> dict[str, str]:
    """Return the keys of the latest facts that can be taken back, by their labels, the newest first.

    ``told`` are facts of all cohorts, also those that were taken back, and all that may be called like one of the
    latest: see ``fact_labels``.
    """
    facts = sorted(told, key=_order)
    labels = fact_labels(facts)
    latest = [one.key for one in reversed(facts) if one.may_be_undone][:LATEST]
    return {labels[key]: key for key in latest}


def fact_labels(told: Iterable[ToldFact]) -> Mapping[str, str]:
    """Return what each fact is called, by key: when, what, about whom and, where known, by whom (R67).

    Of facts that would be called the same the later ones get a number. Those that were taken back count too: a label
    that a page or an open form holds never comes to mean another fact.
    """
    return dict(_labels(sorted((one for one in told if one.corrects is None), key=_order)))


def _labels(facts: Iterable[ToldFact]) -> Iterator[tuple[str, str]]:
    taken: set[str] = set()
    for one in facts:
        label = plain = f"{one.label} · {teller(one.actor, one.by)}" if one.by else one.label
        number = 1
        while label in taken:
            number += 1
            label = f"{plain} ({number})"
        taken.add(label)
        yield one.key, label


def _order(fact: ToldFact) -> tuple[object, ...]:
    return fact.at, fact.key
