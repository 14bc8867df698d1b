"""A year that is played on a database of its own, which is gone afterwards; whoever asks for it says where mails go."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from config.library import Library, LoadedCohort
from config.profile import Profile
from config.settings import Settings
from flows.clock import TurnedClock
from flows.rehearsal.rehearsal import Rehearsal, Step, first_instant
from flows.services import Services, put_together
from notifications.links import REHEARSAL_KEY, Links
from notifications.transports.protocol import Transport
from states.store.database import Database

LINKS = Links([REHEARSAL_KEY], "https://talentnord.example")
"""What a rehearsal's mails link with: always the same, so that they keep their bytes."""


@dataclass(frozen=True)
class PlayedYear:
    """A cohort's year; its database can be read while and after it is played."""

    services: Services
    clock: TurnedClock
    rehearsal: Rehearsal

    def steps(self) -> Iterator[Step]:
        """Go from instant to instant; before each is yielded, all that is due then was carried out."""
        outbox = self.services.outbox
        for step in self.rehearsal.run():
            for due in outbox.due(step.outcomes):
                for effect in due.effects:
                    outbox.carry_out(effect)
            yield step


@contextmanager
def played_year(
    loaded: LoadedCohort, profile: Profile, seed: int, settings: Settings, library: Library, transport: Transport
) -> Iterator[PlayedYear]:
    """Give a cohort's year, not begun yet; its mails go to ``transport``, and nothing of it stays."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/rehearsal.db", synchronous="OFF")
        try:
            clock = TurnedClock(first_instant(loaded))
            services = put_together(settings, library, database, transport, clock, links=LINKS)
            yield PlayedYear(services, clock, Rehearsal(loaded, profile, seed, clock, services))
        finally:
            database.close()
