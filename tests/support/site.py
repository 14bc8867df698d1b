"""The site over a driven cohort: whose links lead where, and a browser that opens them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from config.library import Library
from config.settings import Settings
from flows.services import Services
from flows.site.afterwards import Afterwards
from flows.site.app import build_app
from flows.site.limits import Limits
from flows.site.site import Site
from notifications.links import Link, Links, Purpose
from notifications.outbox import Letterhead, Outbox
from states.running_cohort import read_cohort
from states.store.tables import PersonRow
from states.views.matter import Matter
from states.views.matters import matter
from tests.support.asked import Asked
from tests.support.driver import Driver
from tests.support.mailroom import SENDER, Tray

URL = "https://svar.example.org"
KEY, OTHER_KEY = "k" * 40, "o" * 40
TALK = "expectation_talk"


class Stand:
    """A site at which a test asks; ``recorded`` counts how often the tick was to be woken.

    ``often`` is how often a link may be opened, and a form be sent by it, for as long as the test takes.
    """

    def __init__(self, driven: Driver, often: tuple[int, int] = (60, 20)) -> None:
        self.driven = driven
        self.tray = Tray()
        self.links = Links([KEY], URL)
        self.recorded = 0
        letterhead = Letterhead(SENDER, Path())
        outbox = Outbox(driven.database, self.tray, letterhead, lambda: driven.now)
        library = Library()
        self.services = Services(Settings(), library, driven.database, driven.engine, outbox, lambda: driven.now)
        addresses = (URL, "http://127.0.0.1:4280")
        shown, sent = (Limits(one, 60.0, lambda: 0.0) for one in often)
        self.site = Site(self.links, addresses, Afterwards(self._count), shown, sent)
        self.browser = Asked(build_app(self.services, self.site), URL)

    def _count(self) -> None:
        self.recorded += 1

    def email(self, person: str) -> str:
        """The address of a person by id."""
        with self.driven.database.read() as connection:
            return str(connection.scalar(select(PersonRow.email).where(PersonRow.id == person)))

    def path(self, person: str, subject: str, purpose: Purpose = Purpose.ANSWER) -> str:
        """The path of a link that is sent to a person now."""
        return self.links.path(Link(purpose, person, subject), self.email(person))

    def leader(self, number: int) -> str:
        """The id of a talent's leader."""
        return str(self.driven.journey(number).mentor_id)

    def talk(self, number: int) -> str:
        """The path of the link that asks a leader about the talk with a talent."""
        return self.path(self.leader(number), f"hold-3-{number:02d}/{TALK}")

    def matter(self, person: str, subject: str) -> Matter:
        """What a person is asked, as the page shows it."""
        with self.driven.database.read() as connection:
            found = matter(connection, read_cohort(connection, "hold-3"), person, subject, self.driven.now)
        assert found is not None
        return found

    def held(self, number: int, on: str, **more: str) -> dict[str, str]:
        """The form that says that a talk was held."""
        about = self.matter(self.leader(number), f"hold-3-{number:02d}/{TALK}")
        option = next(one.id for one in about.options if "held_on" in one.asks)
        return {"option": option, "version": str(about.version), "held_on": on, "plan": "written", **more}

    def sent_mails(self) -> list[str]:
        """Carry out all that is due, and return to whom mails went."""
        before = len(self.tray.mails)
        for due in self.services.outbox.due():
            for effect in due.effects:
                self.services.outbox.carry_out(effect)
        return [mail.to.email for mail in self.tray.mails[before:]]

    def close(self) -> None:
        """End the threads."""
        self.site.afterwards.finish()
        self.browser.__exit__(None, None, None)


@contextmanager
def standing(driven: Driver) -> Iterator[Stand]:
    """A stand for the length of a block."""
    stand = Stand(driven)
    try:
        yield stand
    finally:
        stand.close()
