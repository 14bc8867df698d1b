"""The list of *Fortryd*: what was recorded and can be taken back, and what each registration is called there (R62)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from notifications.run_words import teller
from states.views.told import ToldFact

LATEST = 100
"""So many facts are listed to be taken back; older ones are by their key."""


def undo_list(told: Iterable[ToldFact]) -> dict[str, str]:
    """Return the keys of the latest facts that can be taken back, by their labels, the newest first.

    ``told`` are all facts of all cohorts, also those that were taken back: see ``fact_labels``.
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
