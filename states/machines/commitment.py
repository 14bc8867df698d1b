"""The commitment: a promise with an owner and a deadline, as a small machine.

planned → open → kept, or missed → escalated (levels) → kept late or waived; or cancelled. A pause (leave) puts an
open commitment back to planned, a resumption takes it up again if its deadline still lies ahead; what was missed before
stays as it is and is escalated no further meanwhile. What is planned is kept only once its time has come, unless the
definition lets it be kept early. A commitment that
follows a choice is retracted to planned when the choice is changed, and expires with the last day for changing it.
A day that is agreed on, or that none can be found, moves nobody: reminders and escalation look at it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from config.grammar import COMMITMENT_STATES, ESCALATED, escalated, reminder
from config.programme import (
    ON_APPOINT,
    ON_EXTEND,
    ON_HAND,
    ON_KEEP,
    ON_MISS,
    ON_OPEN,
    ON_PAIR,
    ON_RETRACT,
    ON_STALL,
    CommitmentSpec,
)
from states.machines.rulebook import Rule, RuleBook

PLANNED, OPEN, KEPT, MISSED, KEPT_LATE, WAIVED, CANCELLED = COMMITMENT_STATES
FINAL = frozenset({KEPT, KEPT_LATE, WAIVED, CANCELLED})

ON_TIME = "on_time"
"""Guard: what was promised took place by its deadline, though it is recorded later."""
BEGUN = "begun"
"""Guard: its time to open has come, though it stands as planned: a pause has put it back, or the tick is still due."""
FULFILLED = "fulfilled"
"""Guard: what is promised is there already (R39: the alumni day has its date)."""
AHEAD = "ahead"
"""Guard: the deadline lies today or later, or the choice can still be made."""
CHANGEABLE = "changeable"
"""Guard: a choice that was made may still be changed (R36), or another challenge is told of (R22)."""
WANTED = "wanted"
"""Guard: the talent has not said that nobody else shall be asked (R59)."""

DROPS_PENDING = frozenset({"miss", "lapse", "keep", "extend", "waive", "cancel", "pause", "retract", "expire"})
"""Verbs after which mails and tasks that earlier transitions caused are no longer true; see ``drops_pending``."""
CLOSES_TASKS = frozenset({"hand"})
"""Verbs after which earlier tasks are somebody else's turn, though what was told stays true."""

_TOLD = (("hand", ON_HAND), ("appoint", ON_APPOINT), ("stall", ON_STALL))
"""Verbs that move nobody and are possible where the definition says what they cause."""


def recordable_verbs(spec: CommitmentSpec) -> tuple[str, ...]:
    """Return the verbs that people tell; all others come with time, a choice or an event of the journey.

    What a milestone's date keeps is neither kept nor waived by word: without the date the journeys would stand still.
    A choice that silence settles gets no other deadline: it can be changed later as it is.
    """
    if spec.kept_by_date_of:
        return ()
    extend = ("extend",) if spec.default_choice is None else ()
    told = {"hand": spec.on_hand, "appoint": spec.on_appoint, "stall": spec.on_stall, "hush": spec.can_be_hushed}
    return ("keep", "waive", *extend, *(verb for verb, possible in told.items() if possible))


def drops_pending(verb: str, source: str, dest: str) -> bool:
    """Whether what was caused before a transition is no longer true; a pause that changes nothing leaves it true."""
    return verb in DROPS_PENDING and (verb != "pause" or source != dest)


def closes_tasks(verb: str, source: str, dest: str) -> bool:
    """Whether what was asked before a transition is nobody's turn any more."""
    return verb in CLOSES_TASKS or drops_pending(verb, source, dest)


def is_open(state: str) -> bool:
    """Whether a commitment waits to be kept, late or not: its time has come, and it is not settled."""
    return state not in {*FINAL, PLANNED}


def is_late(state: str) -> bool:
    """Whether a commitment was missed and is not settled yet."""
    return state not in {*FINAL, PLANNED, OPEN}


def commitment_rules(spec: CommitmentSpec) -> RuleBook:
    """Return the rule book of a commitment; commitments of one shape share it."""
    return _rule_book(
        len(spec.escalation),
        tuple(step.asks_others for step in spec.reminders),
        spec.default_choice is not None,
        spec.changeable_until is not None,
        spec.kept_by_date_of is not None,
        spec.opens_on is not None,
        spec.early,
        spec.secures is not None,
        spec.pairs,
        spec.fills is not None,
        tuple((verb, cause) for verb, cause in _TOLD if getattr(spec, cause)),
    )


@lru_cache
def _rule_book(
    levels: int,
    reminders: tuple[bool, ...],
    lapses: bool,
    changeable: bool,
    fulfilled_by_date: bool,
    follows: bool,
    early: bool,
    retold: bool,
    pairs: bool,
    fills: bool,
    told: tuple[tuple[str, str], ...],
) -> RuleBook:
    late = [MISSED, *(escalated(number) for number in range(1, levels + 1))]
    rules = [*_opening(fulfilled_by_date), *_passing(late, reminders, lapses), *_keeping(late, early)]
    rules += [Rule("keep", KEPT, None, (CHANGEABLE,), (ON_KEEP,))] if changeable or retold else []
    rules += [Rule("keep", KEPT_LATE, None, (CHANGEABLE,), (ON_KEEP,))] if retold else []
    rules += [Rule("waive", state, WAIVED) for state in (PLANNED, OPEN, *late)]
    if not lapses:
        rules.append(Rule("extend", OPEN, None, causes=(ON_EXTEND,)))
        rules += [Rule("extend", state, OPEN, causes=(ON_EXTEND,)) for state in late]
    rules += [Rule(verb, state, None, causes=(cause,)) for verb, cause in told for state in (OPEN, *late)]
    rules += [Rule("cancel", state, CANCELLED) for state in (PLANNED, OPEN, *late)]
    rules += [Rule("pause", OPEN, PLANNED), *(Rule("pause", state, None) for state in (PLANNED, *late))]
    rules += [Rule("resume", PLANNED, None, (AHEAD,)), Rule("resume", PLANNED, CANCELLED)]
    rules += [Rule("resume", state, None) for state in late]
    if pairs:
        # Whoever has done with it may be visited by one more.
        rules += [Rule("pair", state, None, causes=(ON_PAIR,)) for state in (OPEN, *late, *sorted(FINAL))]
    if follows:
        rules.append(Rule("expire", PLANNED, CANCELLED))
        rules += [Rule("retract", state, PLANNED) for state in (OPEN, *late)]
    if follows and fills:
        # Whoever was found is no longer wanted; what was held, an internship, stays held.
        rules += [Rule("retract", state, PLANNED, causes=(ON_RETRACT,)) for state in (KEPT, KEPT_LATE)]
    states = [PLANNED, OPEN, KEPT, MISSED, ESCALATED, *late[1:], KEPT_LATE, WAIVED, CANCELLED]
    return RuleBook({"": states}, rules)


def _opening(fulfilled_by_date: bool) -> Iterator[Rule]:
    if fulfilled_by_date:
        yield Rule("open", PLANNED, KEPT, (FULFILLED,))
    yield Rule("open", PLANNED, OPEN, causes=(ON_OPEN,))


def _passing(late: list[str], reminders: tuple[bool, ...], lapses: bool) -> Iterator[Rule]:
    for number, asks_others in enumerate(reminders, start=1):
        yield Rule(reminder(number), OPEN, None, (WANTED,) if asks_others else (), (reminder(number),))
    if any(reminders):
        yield Rule("hush", OPEN, None, (WANTED,))
    yield Rule("lapse", OPEN, KEPT) if lapses else Rule("miss", OPEN, MISSED, causes=(ON_MISS,))
    for source, dest in pairwise(late):
        yield Rule("escalate", source, dest, causes=(dest,))


def _keeping(late: list[str], early: bool) -> Iterator[Rule]:
    told = (ON_KEEP,)
    yield Rule("keep", PLANNED, KEPT, () if early else (BEGUN,), told)
    yield Rule("keep", OPEN, KEPT, causes=told)
    for source in late:
        yield Rule("keep", source, KEPT, (ON_TIME,), told)
        yield Rule("keep", source, KEPT_LATE, causes=told)
