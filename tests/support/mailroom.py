"""An outbox with a cohort behind it, and peers that take, refuse or lose its mails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from config.cohort import Cohort
from config.people import People
from notifications.links import Links
from notifications.outbox import Letterhead, Outbox
from notifications.transports.protocol import Address, Mail, Receipt, Transport
from states.store.conditions import PENDING
from states.store.database import Database
from states.store.tables import EffectRow
from tests.support.driver import Driver, hold_3_people

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


def reachable_at(email: str) -> People:
    """The people file of one talent again, who has another address in it."""
    (talent,) = hold_3_people(1).talents
    return People((replace(talent, email=email),))


class Post:
    """An outbox over a driven cohort."""

    def __init__(self, database: Database, people: int = 2, cohort: Cohort | None = None) -> None:
        self.driven = Driver(database, people=people, cohort=cohort).enrol()
        self.database = database
        self.tray = Tray()
        self.at: datetime | None = None
        self.outbox = self.another()

    def another(
        self,
        reply_to: Address | None = None,
        transport: Transport | None = None,
        links: Links | None = None,
        cockpit: str = "",
    ) -> Outbox:
        letterhead = Letterhead(SENDER, Path(), reply_to, links, cockpit)
        return Outbox(self.database, transport or self.tray, letterhead, self.now)

    def now(self) -> datetime:
        return self.at or self.driven.now

    def pending(self) -> list[int]:
        with self.database.read() as connection:
            due = select(EffectRow.id).where(PENDING, EffectRow.send_at <= self.now()).order_by(EffectRow.id)
            return list(connection.scalars(due))

    def readers(self) -> set[str]:
        """Those who are to hear of something now, by id; each gets one mail (R48)."""
        return set(map(self.recipient, self.pending()))

    def statuses(self) -> set[str]:
        with self.database.read() as connection:
            return set(connection.scalars(select(EffectRow.status)))

    def effect(self, message: str) -> int:
        """The first effect that says ``message``."""
        with self.database.read() as connection:
            query = select(EffectRow.id).where(EffectRow.message == message).order_by(EffectRow.id).limit(1)
            return connection.scalars(query).one()

    def status(self, effect: int) -> str:
        """What became of an effect."""
        with self.database.read() as connection:
            return str(connection.scalar(select(EffectRow.status).where(EffectRow.id == effect)))

    def told(self) -> list[str]:
        """The addresses of those whom a mail has reached, in order."""
        return [mail.to.email for mail in self.tray.mails]

    def empty(self) -> None:
        for effect in self.pending():
            self.outbox.carry_out(effect)

    def recipient(self, effect: int) -> str:
        """The id of whom an effect is for."""
        with self.database.read() as connection:
            return str(connection.scalar(select(EffectRow.recipient_id).where(EffectRow.id == effect)))

    def succeed(self) -> None:
        """Take mails again."""
        self.tray.instead = None

    def fail_with(self, error: BaseException) -> None:
        def instead(_mail: Mail) -> None:
            raise error

        self.tray.instead = instead


def before_the_talk(database: Database) -> Post:
    """One talent: they and their leader are about to be invited to the kick-off, and told to hold their talk."""
    post = Post(database, people=1)
    post.driven.until("2027-01-14 08:00")
    return post
