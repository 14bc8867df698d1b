"""An outbox with a cohort behind it, and peers that take, refuse or lose its mails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from notifications.outbox import Letterhead, Outbox
from notifications.transports.protocol import Address, Mail, Receipt, Transport
from states.store.database import Database
from states.store.tables import PENDING, EffectRow
from tests.support.driver import Driver

SENDER = Address("Talent Nord", "talentnord@example.org")


@dataclass
class Tray:
    """A transport at the outermost edge that keeps what it is given, or does as it is told."""

    name: str = "tray"
    mails: list[Mail] = field(default_factory=list)
    instead: Callable[[Mail], None] | None = None

    def send(self, mail: Mail) -> Receipt:
        if self.instead is not None:
            self.instead(mail)
        self.mails.append(mail)
        return Receipt(f"ref-{mail.message_id}")


class Post:
    """An outbox over a driven cohort."""

    def __init__(self, database: Database, people: int = 2) -> None:
        self.driven = Driver(database, people=people).enrol()
        self.database = database
        self.tray = Tray()
        self.at: datetime | None = None
        self.outbox = self.another()

    def another(self, reply_to: Address | None = None, transport: Transport | None = None) -> Outbox:
        return Outbox(self.database, transport or self.tray, Letterhead(SENDER, Path(), reply_to), self.now)

    def now(self) -> datetime:
        return self.at or self.driven.now

    def pending(self) -> list[int]:
        with self.database.read() as connection:
            due = select(EffectRow.id).where(PENDING, EffectRow.send_at <= self.now()).order_by(EffectRow.id)
            return list(connection.scalars(due))

    def statuses(self) -> set[str]:
        with self.database.read() as connection:
            return set(connection.scalars(select(EffectRow.status)))

    def empty(self) -> None:
        for effect in self.pending():
            self.outbox.carry_out(effect)

    def fail_with(self, error: BaseException) -> None:
        def instead(_mail: Mail) -> None:
            raise error

        self.tray.instead = instead
