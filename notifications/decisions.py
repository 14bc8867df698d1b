"""What a person decides on a mail that was refused or perhaps lost: to send it again, or whether it has arrived.

A decision is a fact like any other: it has a key and an actor, all of it is one commit, and the talent's history keeps
it (invariants 1, 4 and 14).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from config.errors import MailDecidedError, MailOvertakenError, UnknownRecordError
from notifications.mail_records import record
from states.facts import FACT_CAUSE, Fact, Outcome, Transition
from states.plain_facts import plain_fact
from states.store.calendar_entries import not_arrived
from states.store.database import Database
from states.store.fact_log import FactAlreadyLogged, earlier_outcome, log_fact, transitions_of
from states.store.queries import lock_cohort_of
from states.store.run_links import add_to_history
from states.store.send_again import Return, let_wait
from states.store.tables import EffectRow, MailRow
from states.store.unreachable import reachable_again, same_address
from states.views.undelivered import MAIL

RESEND, ARRIVED, NOT_ARRIVED = "resend", "arrived", "not_arrived"


def resend(database: Database, mails: Sequence[str], fact: Fact, now: datetime) -> Outcome:
    """Let mails that were refused or are unknown be sent again, all of them or none; the next tick does.

    ``mails`` are ids as ``list_mails`` gives them. The same fact again returns the first outcome.

    Raises:
        UnknownRecordError: there is no such mail.
        MailDecidedError: one was sent, waits or is on its way: there is nothing to send again.
        MailOvertakenError: what one says is no longer true.
        FactReusedError: the key stands for another fact.
        FactIncompleteError: its key, actor or note is not plain.
    """

    def work(connection: Connection) -> list[tuple[Row[Any], str]]:
        found: list[tuple[Row[Any], str]] = []
        for mail, effects in _found(connection, mails).items():
            _refuse_unless(mail, effects, ("rejected", "unknown"))
            waiting = let_wait(
                connection,
                EffectRow.id.in_([one.id for one in effects]),
                Return(now, now, f"fact {fact.key}", another_mail=True),
            )
            # Its reader may have what an unknown mail brought to the calendar, and is sent it anew.
            not_arrived(connection, [mail], surely=False)
            if not waiting:
                raise MailOvertakenError(mail, effects[0].overtaken)
            found += [(one, "pending" if one.id in waiting else "dropped") for one in effects]
        # Whoever sends again says that the address is right.
        people = {one.successor_id or one.recipient_id for one, _ in found}
        reachable_again(connection, same_address(connection, people), now)
        return found

    return _decide(database, RESEND, mails, fact, now, work)


def settle(database: Database, mails: Sequence[str], fact: Fact, now: datetime, *, arrived: bool) -> Outcome:
    """Say of mails that are unknown whether they have arrived, of all of them or none; nothing is sent.

    Raises:
        UnknownRecordError: there is no such mail.
        MailDecidedError: it is known of one what became of it.
        FactReusedError, FactIncompleteError: as for ``resend``.
    """
    status = "sent" if arrived else "rejected"

    def work(connection: Connection) -> list[tuple[Row[Any], str]]:
        found: list[tuple[Row[Any], str]] = []
        for mail, effects in _found(connection, mails).items():
            _refuse_unless(mail, effects, ("unknown",))
            record(connection, mail, status, now, f"fact {fact.key}", known=("unknown",))
            found += [(one, status) for one in effects]
        return found

    return _decide(database, ARRIVED if arrived else NOT_ARRIVED, mails, fact, now, work)


def decided_before(database: Database, key: str) -> Outcome | None:
    """Return the outcome of the decision that was taken under this key, if there is one."""
    with database.read() as connection:
        steps = transitions_of(connection, key)
    return Outcome(steps[0].cohort_id, steps[0].trigger, steps) if steps else None


def _decide(
    database: Database,
    trigger: str,
    mails: Sequence[str],
    fact: Fact,
    now: datetime,
    work: Callable[[Connection], list[tuple[Row[Any], str]]],
) -> Outcome:
    """Take a decision with its history in one commit."""
    fact = plain_fact(fact, trigger, mails)
    try:
        with database.write() as connection:
            log_fact(connection, fact, trigger, mails, now)
            steps = [step_of(effect, trigger, dest, fact.key, now) for effect, dest in work(connection)]
            add_to_history(connection, steps)
    except FactAlreadyLogged:
        with database.read() as connection:
            return earlier_outcome(connection, fact, trigger, mails, "")
    return Outcome(steps[0].cohort_id, trigger, tuple(steps))


def _found(connection: Connection, mails: Sequence[str]) -> dict[str, list[Row[Any]]]:
    """Return the effects of each mail, held until the transaction ends: cohorts, mails, effects, as everywhere."""
    mine = EffectRow.mail_id.in_(mails) | EffectRow.key.in_(mails)
    for cohort in sorted(set(connection.scalars(select(EffectRow.cohort_id).where(mine)))):
        lock_cohort_of(connection, [cohort])
    connection.execute(select(MailRow.id).where(MailRow.id.in_(mails)).order_by(MailRow.id).with_for_update()).all()
    rows = connection.execute(select(EffectRow.__table__).where(mine).order_by(EffectRow.id).with_for_update()).all()
    found: dict[str, list[Row[Any]]] = {mail: [] for mail in mails}
    for row in rows:
        found[row.mail_id if row.mail_id in found else row.key].append(row)
    for mail, effects in found.items():
        if not effects:
            raise _gone(connection, mail)
    return found


def _gone(connection: Connection, mail: str) -> UnknownRecordError | MailDecidedError:
    """Return what is wrong with a mail that carries nothing any more."""
    known = connection.scalar(select(MailRow.status).where(MailRow.id == mail))
    return UnknownRecordError("mail", mail) if known is None else MailDecidedError(mail, "resent")


def _refuse_unless(mail: str, effects: Sequence[Row[Any]], statuses: Sequence[str]) -> None:
    for effect in effects:
        if effect.status not in statuses:
            raise MailDecidedError(mail, effect.status)


def step_of(effect: Row[Any], trigger: str, dest: str, fact: str, now: datetime) -> Transition:
    """Return what history keeps of an effect whose mail comes to ``dest``; ``fact`` is the key of what tells so."""
    ident, cause = f"{effect.key}#{fact}", f"{FACT_CAUSE}{fact}"
    return Transition(ident, effect.cohort_id, effect.journey_id, MAIL, trigger, effect.status, dest, now, cause)
