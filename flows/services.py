"""The one place where everything is put together: settings, database, engine, outbox, library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from config.library import Library
from config.settings import Settings, load_settings
from flows.clock import clock_ahead
from flows.mail_rate import MailRate
from flows.site.keys import site_links
from notifications.links import Links
from notifications.outbox import Letterhead, Outbox
from notifications.transports.choose import transport_from
from notifications.transports.protocol import Address, Transport
from states.engine import Engine
from states.store.database import Database


@dataclass(frozen=True)
class Services:
    """What flows and commands work with."""

    settings: Settings
    library: Library
    database: Database
    engine: Engine
    outbox: Outbox
    now: Callable[[], datetime]


def sender_of(settings: Settings) -> Address:
    """Return who mails and calendar entries come from."""
    return Address(settings.sender_name, settings.sender_email)


def letterhead_of(settings: Settings, library: Library, links: Links | None = None) -> Letterhead:
    """Return who mails come from, who gets the answers as the settings say, and where mails lead."""
    reply_to = Address(settings.sender_name, settings.reply_to) if settings.reply_to else None
    return Letterhead(sender_of(settings), library.root, reply_to, links, next(iter(settings.ui_addresses), ""))


def open_services(
    settings: Settings, now: Callable[[], datetime], create: bool = False, rate: MailRate | None = None
) -> Services:
    """Put all services together as the settings say, and bring the database to the newest form.

    Without ``create`` a database that is not there is an error: it may only have been moved away (docs/adr/0011).
    Without ``rate`` mails go as fast as they can.
    """
    database = Database(settings.database_url, create=create)
    try:
        parts = (settings, library_of(settings), database, transport_from(settings), now)
        return put_together(*parts, create=create, rate=rate, links=site_links(settings))
    except BaseException:
        database.close()
        raise


@contextmanager
def command_services() -> Iterator[Services]:
    """Open the services for one command, by the clock of the settings, and close them after it."""
    settings = load_settings()
    services = open_services(settings, clock_ahead(settings.clock_ahead))
    try:
        yield services
    finally:
        services.database.close()


def put_together(
    settings: Settings,
    library: Library,
    database: Database,
    transport: Transport,
    now: Callable[[], datetime],
    create: bool = True,
    rate: MailRate | None = None,
    links: Links | None = None,
) -> Services:
    """Put services together around a database, which is brought to the newest form, and a transport.

    Without ``links`` mails lead to no site.
    """
    database.migrate(now(), create=create)
    outbox = Outbox(database, transport, letterhead_of(settings, library, links), now, *([rate.wait] if rate else []))
    return Services(settings, library, database, Engine(database, now), outbox, now)


def library_of(settings: Settings) -> Library:
    """Return the programmes and cohorts that the settings name; the project's own if they name none."""
    return Library(settings.config_root) if settings.config_root else Library()


_open: list[Services] = []


def current_services() -> Services:
    """Return the services of this process, put together from the environment at first use."""
    if not _open:
        settings = load_settings()
        rate = MailRate() if settings.mails_per_second else None
        use(open_services(settings, clock_ahead(settings.clock_ahead), rate=rate))
    return _open[0]


def use(services: Services | None) -> None:
    """Let this process work with ``services`` from now on; ``None`` leaves it without one."""
    _open[:] = [services] if services else []
