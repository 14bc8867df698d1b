"""A year of hold-3 on a turned clock with the site over it, in which one talent and her leader are left to the test."""

from __future__ import annotations

import email
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from html import unescape
from pathlib import Path

import uvicorn
from sqlalchemy import select

from config.library import Library
from config.profile import load_profile
from config.settings import Settings
from flows.clock import TurnedClock
from flows.rehearsal.behaviour import Act
from flows.rehearsal.rehearsal import Rehearsal, Step, first_instant
from flows.server.ports import LOOPBACK, bound
from flows.services import Services, put_together
from flows.site.app import build_app
from flows.site.serve import addresses_of
from flows.site.site import Site
from notifications.links import Links
from notifications.transports.files import FilesTransport
from states.store.database import Database
from states.store.tables import PersonRow

COHORT = "hold-3"
_KEY = "signs-the-links-of-a-year-in-a-test"
_LINK = re.compile(r'href="(http://[^"]+/(?:svar|side)/[^"]+)"')


@dataclass(frozen=True)
class Letter:
    """A mail, and the links in it that lead to the site."""

    to: str
    subject: str
    answers: tuple[str, ...]
    pages: tuple[str, ...]


class _Others(Rehearsal):
    """A cohort in which all do as their profile says, but for a journey that is nobody's here."""

    left_alone = ""

    def _plan(self, acts: Iterable[Act]) -> None:
        super()._plan(act for act in acts if act.journey != self.left_alone)


@dataclass
class Year:
    """The cohort, its mails as they come, and the site; ``journey`` is the one whose people the test plays."""

    services: Services
    clock: TurnedClock
    mail: Path
    journey: str
    rehearsal: Rehearsal
    _read: set[str] = field(default_factory=set)

    def steps(self) -> Iterator[Step]:
        """Go from instant to instant; before each is yielded, all mails that are due then are out."""
        for step in self.rehearsal.run():
            self.send_mails(step)
            yield step

    def send_mails(self, step: Step | None = None) -> None:
        """Carry out all that is due."""
        for due in self.services.outbox.due(step.outcomes if step else ()):
            for effect in due.effects:
                self.services.outbox.carry_out(effect)

    def new_letters(self) -> Iterator[Letter]:
        """Yield the mails that have come since, in order."""
        for path in sorted(self.mail.glob("*.eml")):
            if path.name not in self._read:
                self._read.add(path.name)
                yield _letter(path)

    def address(self, person: str) -> str:
        """The mail address of a person by id."""
        with self.services.database.read() as connection:
            return str(connection.scalar(select(PersonRow.email).where(PersonRow.id == person)))


def _letter(path: Path) -> Letter:
    message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    body = message.get_body(("html",))
    assert body is not None
    links = list(dict.fromkeys(map(unescape, _LINK.findall(body.get_content()))))
    answers, pages = (tuple(one for one in links if f"/{kind}/" in one) for kind in ("svar", "side"))
    return Letter(message["To"].addresses[0].addr_spec, message["Subject"], answers, pages)


@contextmanager
def a_year(folder: Path, journey: str, profile: str = "exemplary") -> Iterator[Year]:
    """Serve the site over a cohort that is to be enrolled; others than ``journey`` do as their profile says."""
    library, mail = Library(), folder / "mail"
    loaded = library.cohort(COHORT)
    clock = TurnedClock(first_instant(loaded))
    database = Database(f"sqlite:///{folder}/year.db", synchronous="OFF")
    with bound(LOOPBACK, 0) as listener:
        port = listener.getsockname()[1]
        addresses = addresses_of("", LOOPBACK, port)
        links = Links([_KEY], addresses[0])
        settings = Settings(site_url=addresses[0])
        services = put_together(settings, library, database, FilesTransport(mail, durable=False), clock, links=links)
        app = build_app(services, Site(links, addresses))
        server = uvicorn.Server(uvicorn.Config(app, access_log=False, log_config=None, ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        rehearsal = _Others(loaded, load_profile(library.root, profile), 1, clock, services)
        rehearsal.left_alone = journey
        try:
            yield Year(services, clock, mail, journey, rehearsal)
        finally:
            server.should_exit = True
            thread.join()
            database.close()
