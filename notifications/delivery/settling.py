"""What follows from a batch of events, in one commit: mails are settled, addresses marked, coordinators asked.

What is known of a mail only ever grows: SendGrid has it, then it failed. So events may come in any order and as often
as they like, under the same id or (which happens) another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from config.errors import ConflictError
from notifications.decisions import ARRIVED, step_of
from notifications.delivery.events import DELIVERED, FAILED, OF_THE_ADDRESS, TAKEN, DeliveryEvent
from notifications.mail_records import record
from notifications.unreachable import ask_for_address
from states.facts import Fact
from states.moves.overtaken import word_on
from states.running_cohort import read_cohort
from states.store.database import Database
from states.store.fact_log import FactAlreadyLogged, log_fact
from states.store.queries import chunks, lock_cohort_of
from states.store.reach_tables import DeliveryEventRow
from states.store.run_links import add_to_history
from states.store.send_again import Return, let_wait, of_days_over
from states.store.tables import EffectRow, MailRow, PersonRow
from states.store.unreachable import mark

ACTOR = "sendgrid"
"""Who tells the facts that follow from events."""
TOOK, BOUNCED = "taken", "bounced"
"""What history calls it that SendGrid has a mail, and that one came back; beside ``ARRIVED``."""

_ATTEMPTS = 5
_LOST, _OUT = ("claimed", "unknown"), ("claimed", "unknown", "sent")


def settle_by_events(database: Database, events: Sequence[DeliveryEvent], templates: Path, now: datetime) -> int:
    """Take events, all or none; return how many were new. Those of mails that are not ours are passed over.

    Raises:
        ConflictError: somebody else was faster, five times in a row; SendGrid tries again.
    """
    for _ in range(_ATTEMPTS):
        with suppress(ConflictError, FactAlreadyLogged), database.write() as connection:
            return _Batch(connection, templates, now).take(events)
    raise ConflictError("the mails that these events are about")


class _Batch:
    """One commit's worth of events. It holds the cohorts concerned, then their mails, as everybody does."""

    def __init__(self, connection: Connection, templates: Path, now: datetime) -> None:
        self._connection = connection
        self._templates = templates
        self._now = now

    def take(self, events: Sequence[DeliveryEvent]) -> int:
        """Write down what is new, and let it follow."""
        mails = self._held({event.mail_id for event in events})
        fresh = self._new(event for event in events if event.mail_id in mails)
        if not fresh:
            return 0
        before = self._known_of({event.mail_id for event in fresh})
        self._connection.execute(insert(DeliveryEventRow), [_row(event) for event in fresh])
        by_mail: dict[str, list[DeliveryEvent]] = {}
        for event in fresh:
            by_mail.setdefault(event.mail_id, []).append(event)
        for mail in sorted(by_mail):
            self._settle(mails[mail], by_mail[mail], before.get(mail, frozenset()))
        return len(fresh)

    # -- what is there ---------------------------------------------------------------------------------------------

    def _held(self, ids: Iterable[str]) -> Mapping[str, Row[Any]]:
        """Return the mails that are ours, held with their cohorts until the transaction ends."""
        wanted, cohorts = sorted(ids), set[str]()
        for some in chunks(wanted):
            cohorts.update(self._connection.scalars(select(MailRow.cohort_id).where(MailRow.id.in_(some))))
            cohorts.update(self._connection.scalars(select(EffectRow.cohort_id).where(EffectRow.mail_id.in_(some))))
        for cohort in sorted(cohorts):
            lock_cohort_of(self._connection, [cohort])
        found: dict[str, Row[Any]] = {}
        for some in chunks(wanted):
            mine = select(MailRow.__table__).where(MailRow.id.in_(some)).order_by(MailRow.id).with_for_update()
            found |= {row.id: row for row in self._connection.execute(mine)}
        return found

    def _new(self, events: Iterable[DeliveryEvent]) -> list[DeliveryEvent]:
        """Return each event once that was not taken before, the oldest first."""
        found = {event.id: event for event in events}
        for some in chunks(list(found)):
            known = select(DeliveryEventRow.id).where(DeliveryEventRow.id.in_(some))
            for ident in self._connection.scalars(known).all():
                del found[ident]
        return sorted(found.values(), key=lambda event: (event.at, event.id))

    def _known_of(self, mails: Iterable[str]) -> Mapping[str, frozenset[str]]:
        """Return what was told of mails before."""
        found: dict[str, frozenset[str]] = {}
        for some in chunks(sorted(mails)):
            told = select(DeliveryEventRow.mail_id, DeliveryEventRow.event).where(DeliveryEventRow.mail_id.in_(some))
            for row in self._connection.execute(told):
                found[row.mail_id] = found.get(row.mail_id, frozenset()) | {row.event}
        return found

    # -- what follows ----------------------------------------------------------------------------------------------

    def _settle(self, mail: Row[Any], fresh: Sequence[DeliveryEvent], before: frozenset[str]) -> None:
        failed = next((event for event in fresh if event.event in FAILED), None)
        bounced = next((event for event in fresh if event.event in OF_THE_ADDRESS), None)
        if failed is not None:
            self._came_back(mail, failed)
        elif any(event.event in TAKEN for event in fresh):
            arrived = any(event.event == DELIVERED for event in fresh)
            self._record(mail, "sent", "SendGrid has it", ARRIVED if arrived else TOOK, _LOST)
        # Told once more, perhaps under another id, it is no news: somebody may have said since that it is right.
        if bounced is not None and not before & OF_THE_ADDRESS:
            self._address_failed(mail, bounced)

    def _record(self, mail: Row[Any], status: str, note: str, trigger: str, known: Sequence[str]) -> list[Row[Any]]:
        """Record what came of a mail if it is as ``known``; return its effects as they were, none if it is not."""
        effects = self._effects(mail.id) if mail.status in known else []
        record(self._connection, mail.id, status, self._now, note, known=known)
        if effects:
            key = f"{ACTOR}:{mail.id}:{trigger}"
            log_fact(self._connection, Fact(key, ACTOR), trigger, [mail.id], self._now)
            add_to_history(self._connection, [step_of(one, trigger, status, key, self._now) for one in effects])
        return effects

    def _effects(self, mail: str) -> list[Row[Any]]:
        mine = select(EffectRow.__table__).where(EffectRow.mail_id == mail).order_by(EffectRow.id).with_for_update()
        return list(self._connection.execute(mine))

    def _came_back(self, mail: Row[Any], event: DeliveryEvent) -> None:
        said = f"SendGrid: {event.event}: {event.reason}".removesuffix(": ")
        effects = self._record(mail, "rejected", said, BOUNCED, _OUT)
        # While a mail counted as sent, no fact has left word on it.
        self._leave_word([one for one in effects if one.status == "sent"])

    def _leave_word(self, effects: Sequence[Row[Any]]) -> None:
        by_cohort: dict[str, list[int]] = {}
        for one in effects:
            by_cohort.setdefault(one.cohort_id, []).append(one.id)
        for cohort, ids in by_cohort.items():
            word = word_on(self._connection, read_cohort(self._connection, cohort).definition, ids)
            over = of_days_over(self._connection, EffectRow.id.in_(ids), self._now)
            overtaken = dict.fromkeys(over, "the day is over") | dict(word.overtaken)
            for ident, cause in overtaken.items():
                self._set(ident, overtaken=cause)
            for ident, person in word.successors.items():
                self._set(ident, successor_id=person)
            self._send_again(list(word.successors))

    def _set(self, effect: int, **values: str) -> None:
        self._connection.execute(update(EffectRow).where(EffectRow.id == effect).values(values))

    def _address_failed(self, mail: Row[Any], event: DeliveryEvent) -> None:
        """Mark the address that failed and ask for another; where there is another by now, send to that."""
        effects = self._effects(mail.id)
        people = {(mail.cohort_id, mail.recipient_id), *((one.cohort_id, one.recipient_id) for one in effects)}
        addresses = select(PersonRow.id, PersonRow.email).where(PersonRow.id.in_([person for _, person in people]))
        now_at = dict(self._connection.execute(addresses).tuples().all())
        for cohort, person in sorted(people):
            if now_at[person] == event.email:
                mark(self._connection, person, event.email, event.at, event.reason or event.event)
                ask_for_address(self._connection, cohort, person, self._templates, self._now)
            elif event.email:
                self._send_again([one.id for one in effects if one.recipient_id == person])

    def _send_again(self, effects: Sequence[int]) -> None:
        back = Return(
            self._now, self._now, "it came back, and goes to another address or person now", another_mail=True
        )
        let_wait(self._connection, EffectRow.id.in_(effects) & (EffectRow.status == "rejected"), back)


def _row(event: DeliveryEvent) -> dict[str, Any]:
    return {"id": event.id, "mail_id": event.mail_id, "event": event.event, "at": event.at, "reason": event.reason}
