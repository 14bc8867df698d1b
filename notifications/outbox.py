"""The outbox: a mail is claimed, handed over, recorded; a task is opened. Never lost, never twice (invariant 5).

A mail is claimed only as it was written; it is written anew when what it says has changed. A crash between hand-over
and record leaves it *claimed*; ``settle`` calls it *unknown* later, and nothing sends an unknown mail again by itself.
What is due to the same address at the same time goes as one mail (R48), and what an outage has kept back goes in
working hours all the same (R47).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from sqlalchemy import select, update

from config.errors import (
    ConflictError,
    DeliveryUnknownError,
    RejectedError,
    RetryLaterError,
    TemplateError,
    TransportBlockedError,
)
from notifications.alarm import Alarms, sound
from notifications.bundle import Bundle
from notifications.came_of import CameOf, came_of
from notifications.digest import Digest, TemplateSource, words_of, write_digest
from notifications.due import Due, Effect, is_asked_for, read_effect, what_is_due
from notifications.links import Links, without_keys
from notifications.mail_records import Claim, claim, give_back, mail_id_of, record, settle_lost
from notifications.morning import NOTHING, drop_what_asks_nothing, open_first
from notifications.readers import Readers
from notifications.render import Rendered, render_task
from notifications.tasks import open_task
from notifications.transports.protocol import Address, Attachment, Mail, Transport
from notifications.unreachable import close_what_is_over, hold_back
from notifications.view_models import Context
from states.facts import Outcome
from states.store.conditions import PENDING
from states.store.database import Database
from states.store.tables import EffectRow
from states.store.unreachable import mark_on

T = TypeVar("T")

_ATTEMPTS = 3
"""How often a mail is written anew when what it says has changed before it was claimed; then it waits for its turn."""


class Done(NamedTuple):
    """What became of an effect: its status, and a word on it."""

    effect: int
    status: str
    note: str = ""
    wait: float = 0.0
    """Seconds after which it may be tried again, where a peer surely did not take its mail; otherwise 0."""


@dataclass(frozen=True)
class Letterhead:
    """Who mails come from, where the programmes' own templates lie, and who gets answers if not the coordinator.

    ``links`` lead to the site; without it mails hold none, and ask to be answered. ``cockpit`` is the address at which
    coordinators reach the pages; without it their mails name the pages.
    """

    sender: Address
    templates_root: Path
    reply_to: Address | None = None
    links: Links | None = None
    cockpit: str = ""


class Outbox:
    """Carries effects out, one at a time; safe to run in several processes.

    ``wait_for_turn`` is called before each mail that is handed over: it may keep it back for a while, so that all
    workers together send no faster than they should.
    """

    def __init__(
        self,
        database: Database,
        transport: Transport,
        letterhead: Letterhead,
        now: Callable[[], datetime],
        wait_for_turn: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._transport = transport
        self._letterhead = letterhead
        self._now = now
        self._wait_for_turn = wait_for_turn
        self._readers = Readers(now, letterhead.links, letterhead.cockpit)
        self._blocked = ""
        self._worker = f"{socket.gethostname()}:{os.getpid()}"

    def due(self, outcomes: Iterable[Outcome] = (), *, with_untaken: bool = False) -> list[Due]:
        """Return what is to be carried out now, see ``what_is_due``."""
        self._readers.clear()
        self._blocked = ""
        with self._database.read() as connection:
            return what_is_due(connection, self._now(), outcomes, with_untaken=with_untaken)

    def is_pending(self, effect_id: int) -> bool:
        """Whether an effect is still to be carried out: another's mail may have carried it meanwhile."""
        with self._database.read() as connection:
            return bool(connection.scalar(select(EffectRow.id).where(EffectRow.id == effect_id, PENDING)))

    def came_of(self, effects: Sequence[int]) -> CameOf:
        """Return what has become of effects by now, counted."""
        with self._database.read() as connection:
            return came_of(connection, effects)

    def settle(self) -> int:
        """Call mails unknown whose sender has not recorded what came of them; return how many those are."""
        with self._database.write() as connection:
            return settle_lost(connection, self._now())

    def sound_alarm(self) -> Alarms:
        """Open a task where mails do not get through, and close it where they do again; after all that was due."""
        now = self._now()
        alarms = sound(self._database, self._letterhead.templates_root, now, self._blocked)
        return alarms._replace(changed=tuple(sorted({*alarms.changed, *close_what_is_over(self._database, now)})))

    def carry_out(self, effect_id: int) -> Done:
        """Send an effect's mail, together with what else is due to that person, or open its task.

        An effect that was carried out before is left alone; a mail outside working hours waits for them (R47),
        unless its recipient has just asked for it: that one goes at once, and alone.

        Raises:
            TemplateError: its message cannot be rendered; the effect is set aside as rejected.
            TransportBlockedError: the peer takes no mail at all; the effect waits.
        """
        for _ in range(_ATTEMPTS):
            done = self._try(effect_id)
            if done is not None:
                return done
        return Done(effect_id, "pending", "what it says was changed again and again meanwhile")

    def _try(self, effect_id: int) -> Done | None:
        """Carry an effect out as it stands now; ``None`` when it did so no longer once it was to be claimed."""
        now = self._now()
        with self._database.read() as connection:
            effect, position = read_effect(connection, effect_id)
            if effect.status != "pending":
                where = f"in mail {effect.mail_id}" if effect.mail_id else ""
                return Done(effect.id, effect.status, effect.note or where)
            reader = self._readers.reader(connection, effect.cohort_id, position)
            is_task = effect.kind == "task"
            found = reader.context(effect) if is_task else self._readers.bundle(connection, effect, position)
            marked = not is_task and mark_on(connection, effect.recipient_id) is not None
        words = words_of(reader.definition, self._letterhead.templates_root)
        if isinstance(found, Context):
            return self._open_task(effect, found, words)
        if effect not in found.effects:
            why = effect.note or f"not before {effect.send_at:%Y-%m-%d %H:%M} UTC"
            return Done(effect.id, "pending", why, (effect.send_at - now).total_seconds())
        opens = reader.definition.working_time.next_open(now)
        if opens > now and not is_asked_for(effect):
            return self._postpone(effect, found.effects, opens)
        if open_first(self._database, found, now, self.carry_out):
            return None
        if over := drop_what_asks_nothing(self._database, found, now):
            return Done(effect.id, "dropped", NOTHING) if effect.id in over else None
        if marked:
            why = hold_back(self._database, found.effects, self._letterhead.templates_root, now)
            return Done(effect.id, "rejected", why) if why else None
        return self._send(effect, found, words, now)

    # -- tasks -----------------------------------------------------------------------------------------------------

    def _open_task(self, effect: Effect, context: Context, words: TemplateSource) -> Done:
        now = self._now()
        text = self._rendered(effect, partial(render_task, effect.message, context, *words))
        with self._database.write() as connection:
            taken = connection.execute(
                update(EffectRow)
                .where(EffectRow.id == effect.id, PENDING)
                .values(status="done", changed_at=now, note=text.title)
            )
            if taken.rowcount:
                open_task(connection, effect, text, now)
        return Done(effect.id, "done", text.title)

    # -- mails -----------------------------------------------------------------------------------------------------

    def _send(self, effect: Effect, found: Bundle, words: TemplateSource, now: datetime) -> Done | None:
        """Write a mail, claim it and hand it over; ``None`` when it is no longer as it was written."""
        digest = self._rendered(effect, partial(write_digest, effect, found.matters(), words))
        name = found.readers[effect.cohort_id].definition.programme.sender_name
        enclosed = found.enclosed(digest, self._letterhead.sender.called(name), now)
        said = self._rendered(effect, partial(digest.composed, enclosed.calendar))
        mail = self._mail(digest, said, enclosed.attachments, name)
        wanted = Claim(
            mail.message_id,
            mail.subject,
            digest.effects,
            found.positions,
            self._worker,
            enclosed.entries,
            digest.introduces,
            without_keys(mail.text),
        )
        # Before the claim: it holds only if nothing has changed meanwhile, and a claimed mail should not lie about.
        self._wait_for_turn()
        return self._hand_over(effect, mail) if self._claim(wanted) else None

    def _postpone(self, effect: Effect, mine: Sequence[Effect], opens: datetime) -> Done:
        with self._database.write() as connection:
            connection.execute(
                update(EffectRow).where(EffectRow.id.in_([one.id for one in mine]), PENDING).values(send_at=opens)
            )
        return Done(effect.id, "pending", f"nobody is at work before {opens:%Y-%m-%d %H:%M} UTC")

    def _mail(self, digest: Digest, said: Rendered, attachments: tuple[Attachment, ...], name: str | None) -> Mail:
        recipient, coordinator = digest.greeting.recipient, digest.greeting.coordinator
        reply_to = self._letterhead.reply_to
        return Mail(
            message_id=mail_id_of(digest.effects),
            sender=self._letterhead.sender.called(name),
            to=Address(recipient.name, recipient.email),
            reply_to=reply_to.called(name) if reply_to else Address(coordinator.name, coordinator.email),
            subject=said.subject,
            text=said.text,
            html=said.html,
            date=self._now(),
            attachments=attachments,
        )

    def _claim(self, wanted: Claim) -> bool:
        try:
            with self._database.write() as connection:
                return claim(connection, wanted, self._now())
        except ConflictError:  # Another mail brings its reader an entry for the first time, at this very moment.
            return False

    def _hand_over(self, effect: Effect, mail: Mail) -> Done:
        try:
            receipt = self._transport.send(mail)
        except RetryLaterError as error:
            self._release(mail, str(error), timedelta(seconds=error.after))
            return Done(effect.id, "pending", str(error), error.after)
        except TransportBlockedError as error:
            self._release(mail, str(error), timedelta())
            self._blocked = str(error)
            raise
        except RejectedError as error:
            return self._conclude(effect, mail.message_id, "rejected", str(error))
        except DeliveryUnknownError as error:
            return self._conclude(effect, mail.message_id, "unknown", str(error))
        return self._conclude(effect, mail.message_id, "sent", mail.subject, receipt.reference)

    def _conclude(self, effect: Effect, mail: str, status: str, note: str, reference: str = "") -> Done:
        with self._database.write() as connection:
            if not record(connection, mail, status, self._now(), note, reference=reference):
                # The peer has told of it otherwise meanwhile, or a person has decided.
                status = str(connection.scalar(select(EffectRow.status).where(EffectRow.id == effect.id)))
        return Done(effect.id, status, note)

    def _release(self, mail: Mail, why: str, after: timedelta) -> None:
        with self._database.write() as connection:
            give_back(connection, mail.message_id, self._now(), why, after)

    # -- what both need --------------------------------------------------------------------------------------------

    def _rendered(self, effect: Effect, render: Callable[[], T]) -> T:
        """Render; a message that cannot be is set aside, so that it neither blocks the others nor is tried for ever."""
        try:
            return render()
        except TemplateError as error:
            with self._database.write() as connection:
                connection.execute(
                    update(EffectRow)
                    .where(EffectRow.id == effect.id, PENDING)
                    .values(status="rejected", changed_at=self._now(), note=str(error))
                )
            raise
