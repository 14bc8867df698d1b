"""What is due: the effects that wait to be carried out, in the groups that are carried out together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, SQLColumnExpression, Text, bindparam, select
from sqlalchemy.orm import aliased

from config.errors import UnknownRecordError
from config.grammar import Trigger
from states.facts import Outcome
from states.moves.note import NOTE
from states.moves.teams import TEAM
from states.store.conditions import PENDING
from states.store.run_links import untaken
from states.store.tables import CohortRow, EffectRow, HistoryRow, MailRow, PersonRow
from states.views.undelivered import MAIL

_DUE = (
    select(
        EffectRow.id,
        EffectRow.cohort_id,
        EffectRow.trigger,
        EffectRow.history_id,
        EffectRow.journey_id,
        EffectRow.changed_at,
    )
    .where(PENDING, EffectRow.send_at <= bindparam("now"))
    .order_by(EffectRow.id)
)


@dataclass(frozen=True)
class Effect:
    """An outbox row, as far as it is read."""

    id: int
    key: str
    cohort_id: str
    journey_id: str | None
    subject: str
    trigger: str
    kind: str
    message: str
    role: str
    recipient_id: str
    details: Mapping[str, Any]
    status: str
    send_at: datetime
    mail_id: str | None
    note: str
    resent: int


NEW_LINK = "new_link"
"""The message that sends somebody new links, and the trigger behind it."""


def is_asked_for(effect: Effect) -> bool:
    """Return whether an effect's recipient has just asked for it themselves, and wants it now."""
    return effect.message == NEW_LINK


Position = tuple[int, int]
"""Where a cohort's history and its calendar stand."""

EFFECT = tuple(getattr(EffectRow, name) for name in Effect.__dataclass_fields__)


def standing(cohort: SQLColumnExpression[str]) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Return where a cohort's history and calendar stand: while both stay, people, commitments and dates do.

    Its own history: numbers are given before they are committed, in order for one cohort only. Read from the end, since
    a cohort that has mails to send has moved of late.
    """
    last = select(HistoryRow.n).where(HistoryRow.cohort_id == cohort).order_by(HistoryRow.n.desc()).limit(1)
    calendar = select(CohortRow.calendar_version).where(CohortRow.id == cohort)
    return last.scalar_subquery(), calendar.scalar_subquery()


def _known() -> ColumnElement[bool]:
    """Return whether an effect's recipient, under any id of their address, may have got a mail about its cohort before.

    May have: it is on its way, sent or unknown. What a peer refused or gave back was no mail (docs/adr/0049).
    """
    me, alike, earlier = aliased(PersonRow), aliased(PersonRow), aliased(EffectRow)
    mine = (
        select(alike.id).join(me, me.email == alike.email).where(me.id == EffectRow.recipient_id).correlate(EffectRow)
    )
    mails = select(MailRow.id).join(earlier, earlier.mail_id == MailRow.id)
    arrived = MailRow.status.in_(("claimed", "unknown", "sent"))
    about = earlier.cohort_id == EffectRow.cohort_id
    return mails.where(MailRow.recipient_id.in_(mine), about, arrived).correlate(EffectRow).exists()


KNOWN = _known()
_ADDRESS = select(PersonRow.email).where(PersonRow.id == bindparam("recipient")).scalar_subquery()
_SAME_ADDRESS = select(PersonRow.id).where(PersonRow.email == _ADDRESS)
_EFFECT = select(*EFFECT, *standing(EffectRow.cohort_id)).where(EffectRow.id == bindparam("id"))
_POSITION = select(*standing(bindparam("cohort", type_=Text)))
_TOGETHER = (
    select(*EFFECT, KNOWN)
    .where(
        PENDING,
        EffectRow.kind == "mail",
        EffectRow.recipient_id.in_(_SAME_ADDRESS),
    )
    .order_by(EffectRow.id)
)


class Due(NamedTuple):
    """What is to be carried out for one trigger of one cohort: effects in order, with what is behind them (ids)."""

    cohort_id: str
    trigger: str
    transitions: tuple[str, ...]
    journeys: tuple[str, ...]
    effects: tuple[int, ...]
    tried_at: datetime | None
    """When a peer last did not take one of the mails."""
    untaken: bool = False
    """Whether no run has taken some of the transitions yet."""


def what_is_due(
    connection: Connection, now: datetime, outcomes: Iterable[Outcome] = (), *, with_untaken: bool = False
) -> list[Due]:
    """Return what is due at ``now``: first what ``outcomes`` have just caused, each by itself, then what else waits.

    An outcome that changed something is among them even if nothing of it is due: its pages are. ``with_untaken`` adds
    the transitions that no run has taken: enrolled or moved from the command line, or cut off by a crash.
    """
    found: list[Due] = []
    waiting = {row.id: row for row in connection.execute(_DUE, {"now": now})}
    left = {row.id: row for row in untaken(connection)} if with_untaken else {}
    for outcome in outcomes:
        if outcome.transitions:
            ids = tuple(transition.id for transition in outcome.transitions)
            mine = set(ids)
            effects = [row for row in waiting.values() if row.history_id in mine]
            for row in effects:
                del waiting[row.id]
            journeys = [transition.journey_id for transition in outcome.transitions]
            fresh = [left.pop(ident) for ident in ids if ident in left]
            found.append(_due(outcome.cohort_id, outcome.trigger, ids, journeys, effects, fresh))
    return [*found, *_others(waiting.values(), left.values())]


def _others(waiting: Iterable[Any], left: Iterable[Any]) -> Iterator[Due]:
    """Yield what waits, and the transitions left over, grouped by cohort and trigger."""
    groups: dict[tuple[str, str], tuple[list[Any], list[Any]]] = {}
    for row in waiting:
        groups.setdefault((row.cohort_id, row.trigger), ([], []))[0].append(row)
    for row in left:
        # A region's is whole already: the commitment that moved it, and the state that it came to.
        own = row.machine in {"journey", "cohort", MAIL, NOTE, TEAM} or bool(Trigger.parse(row.trigger).part)
        trigger = row.trigger if own else str(Trigger(row.machine, row.trigger))
        groups.setdefault((row.cohort_id, trigger), ([], []))[1].append(row)
    for (cohort_id, trigger), (effects, fresh) in groups.items():
        ids = tuple(dict.fromkeys([*(row.history_id for row in effects), *(row.id for row in fresh)]))
        journeys = [row.journey_id for row in (*effects, *fresh)]
        yield _due(cohort_id, trigger, ids, journeys, effects, fresh)


def _due(
    cohort_id: str,
    trigger: str,
    transitions: tuple[str, ...],
    journeys: Iterable[str | None],
    effects: Sequence[Any],
    fresh: Sequence[Any],
) -> Due:
    return Due(
        cohort_id,
        trigger,
        transitions,
        tuple(dict.fromkeys(journey for journey in journeys if journey)),
        tuple(row.id for row in effects),
        max((row.changed_at for row in effects if row.changed_at is not None), default=None),
        bool(fresh),
    )


def read_effect(connection: Connection, effect_id: int) -> tuple[Effect, Position]:
    """Return an effect, and where history and its cohort's calendar stand.

    Raises:
        UnknownRecordError: there is no such effect.
    """
    row = connection.execute(_EFFECT, {"id": effect_id}).one_or_none()
    if row is None:
        raise UnknownRecordError("effect", str(effect_id))
    *columns, history, calendar = row
    return Effect(*columns), (history, calendar)


def position_of(connection: Connection, cohort_id: str) -> Position:
    """Return where a cohort's history and calendar stand."""
    history, calendar = connection.execute(_POSITION, {"cohort": cohort_id}).one()
    return history, calendar


class Waiting(NamedTuple):
    """The mails that wait for one address, and the cohorts about which it has got a mail before."""

    effects: list[Effect]
    known: frozenset[str]


def all_waiting(connection: Connection, effect: Effect) -> Waiting:
    """Return all mails that wait for the address of an effect's recipient, in whatever role or cohort (R48)."""
    rows = connection.execute(_TOGETHER, {"recipient": effect.recipient_id}).all()
    effects = [(Effect(*columns), known) for *columns, known in rows]
    return Waiting([one for one, _ in effects], frozenset(one.cohort_id for one, known in effects if known))
