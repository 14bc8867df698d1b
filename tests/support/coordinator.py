"""A cohort that is driven through its time, whose mails go out and whose tasks are opened."""

from __future__ import annotations

from pathlib import Path

from config.cohort import Cohort
from notifications.outbox import Letterhead, Outbox
from notifications.transports.protocol import Address, Mail, Receipt
from states.store.database import Database
from states.views.overview import Overview
from states.views.pages import CohortPage, TalentPage
from tests.support.driver import Driver, journey


class Coordinator:
    """What a coordinator sees of a driven cohort; ``mails`` are those that have gone out."""

    def __init__(self, database: Database, people: int, cohort: Cohort | None = None) -> None:
        self.driven = Driver(database, people=people, cohort=cohort).enrol()
        self.mails: list[Mail] = []
        sender = Address("Talent Nord", "talentnord@example.org")
        self.outbox = Outbox(database, self, Letterhead(sender, Path()), lambda: self.driven.now)

    def send(self, mail: Mail) -> Receipt:
        """Keep a mail."""
        self.mails.append(mail)
        return Receipt(mail.message_id)

    def until(self, local: str) -> None:
        """Let time pass, and carry out what is due then."""
        self.driven.until(local)
        self.carry_out()

    def carry_out(self) -> None:
        """Carry out all that is due."""
        for due in self.outbox.due():
            for effect in due.effects:
                self.outbox.carry_out(effect)

    def cohort(self) -> CohortPage:
        """The cohort's page as it is now."""
        with self.driven.database.read() as connection:
            return Overview(connection, self.driven.cohort.id, self.driven.now).cohort()

    def talent(self, number: int | str) -> TalentPage:
        """A talent's page as it is now."""
        with self.driven.database.read() as connection:
            return Overview(connection, self.driven.cohort.id, self.driven.now).talent(journey(number))
