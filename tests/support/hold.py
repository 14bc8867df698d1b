"""A hold-3 under a name of its own on a clock of its own, whose flows run through a real Prefect server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from sqlalchemy import select

from config.definition import Definition
from config.errors import DeliveryError, TransportBlockedError
from config.library import Library
from config.people import People
from config.programme import Programme
from config.settings import Settings
from flows.clock import TurnedClock
from flows.services import Services, letterhead_of, open_services, use
from notifications.outbox import Outbox
from notifications.transports.protocol import Mail, Receipt
from states.facts import Outcome
from states.store.run_links import take
from states.store.tables import EffectRow

KICKOFF_INVITED = datetime(2026, 12, 30, 8, tzinfo=UTC)
TALK_OPENS = datetime(2027, 1, 14, 8, tzinfo=UTC)


@dataclass
class Tray:
    """A transport at the outermost edge: keeps what it is given, or fails as it is told."""

    name: str = "tray"
    mails: list[Mail] = field(default_factory=list)
    refuses: dict[str, DeliveryError] = field(default_factory=dict)
    blocked: bool = False

    def send(self, mail: Mail) -> Receipt:
        if self.blocked:
            raise TransportBlockedError("the key is not valid")
        if mail.to.email in self.refuses:
            raise self.refuses[mail.to.email]
        self.mails.append(mail)
        return Receipt(mail.message_id)


@dataclass
class Hold:
    """Hold-3 under a name of its own, on a clock of its own, with its office."""

    coordinator: Services
    clock: TurnedClock
    tray: Tray
    id: str
    definition: Definition

    def tick(self, when: datetime) -> list[Outcome]:
        self.clock.turn_to(when)
        return self.coordinator.engine.tick()

    def react(self, *outcomes: Outcome) -> int:
        from flows.react import react_to

        return asyncio.run(react_to(self.coordinator, outcomes)).runs

    def statuses(self, message: str) -> set[str]:
        with self.coordinator.database.read() as connection:
            query = select(EffectRow.status).where(EffectRow.message == message)
            return set(connection.scalars(query))


_numbers = count(100)


@contextmanager
def enrolled(folder: Path, talents: int, without: str = "") -> Iterator[Hold]:
    """The first so many talents, as a cohort that no other test's runs can be taken for.

    Its programme invites to the kick-off two weeks before it calls the talk: one trigger by itself, and then another.
    ``without`` is a key of commitments that its programme did not have when it began.
    """
    clock = TurnedClock(datetime(2026, 12, 29, 8, tzinfo=UTC))
    settings = Settings(database_url=f"sqlite:///{folder}/domain.db", mail_directory=folder / "mail")
    opened = open_services(settings, clock, create=True)
    tray = Tray()
    outbox = Outbox(opened.database, tray, letterhead_of(settings, opened.library, None), clock)
    coordinator = Services(settings, opened.library, opened.database, opened.engine, outbox, clock)
    loaded = Library().cohort("hold-3")
    cohort = loaded.cohort.model_copy(update={"id": f"hold-{next(_numbers)}x", "name": "Hold 3"})
    data = loaded.definition.programme.model_dump(mode="json", by_alias=True)
    for commitment in data["commitments"]:
        commitment.pop(without, None)
    [kickoff] = [entry for entry in data["calendar"] if entry.get("milestone") == "kickoff"]
    [invitation] = [notice for notice in kickoff["notices"] if notice["id"] == "invite"]
    invitation["when"] = "day - 8w"
    definition = Definition(Programme.model_validate(data))
    told = coordinator.engine.enrol(cohort, definition, People(loaded.people.talents[:talents]))
    with opened.database.write() as connection:
        take(connection, [step.id for step in told.transitions], "the run of the enrolment")
    use(coordinator)
    yield Hold(coordinator, clock, tray, cohort.id, definition)
    use(None)
    coordinator.database.close()
