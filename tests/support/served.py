"""Hold-3 on some day of its programme, with everything served by processes of their own, as ``talentnord up`` does."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from config.settings import Settings
from flows.clock import TurnedClock
from flows.rehearsal.rehearsal import first_instant
from flows.server.process import ServerPlace, child, free_port, prefect_server, wait_for
from flows.services import open_services
from states.store.database import Database
from states.store.tables import CommitmentRow, JourneyRow, PersonRow
from tests.support.prefect import artifact, ask


@dataclass(frozen=True)
class Served:
    """Where the server is, and the database behind it."""

    place: ServerPlace
    database: Database


@contextmanager
def hold_3_served(home: Path, day: datetime, prepare: Callable[[Database], None] = lambda _: None) -> Iterator[Served]:
    """Serve hold-3 as it stands on ``day`` (aware) when nobody has recorded anything.

    What was due in the week before is carried out by the flows, what was due earlier without them; ``prepare`` may
    change the database in between.
    """
    place = ServerPlace(free_port(), home / "prefect")
    settings = Settings(database_url=f"sqlite:///{home}/talentnord.db", mail_directory=home / "mail")
    enrol_hold_3(settings, day)
    ahead = int((day - datetime.now(UTC)).total_seconds())
    ours = {
        "TALENTNORD_DATABASE_URL": settings.database_url,
        "TALENTNORD_MAIL_DIRECTORY": str(settings.mail_directory),
        "TALENTNORD_CLOCK_AHEAD": str(ahead),
    }
    environment = {**place.environment(), **ours}
    log = home / "serve.log"
    command = [sys.executable, "-m", "flows"]
    database = Database(settings.database_url)
    prepare(database)
    # The server makes the report, of the same database and by the same clock.
    with prefect_server(place, ours), child(command, environment, log) as process:
        wait_for(process, lambda: is_shown(place), "the process that serves the flows", log)
        yield Served(place, database)
        database.close()


def enrol_hold_3(settings: Settings, day: datetime) -> None:
    """Enrol the cohort in good time and let time pass, without Prefect, until the week before ``day``."""
    clock = TurnedClock(datetime.min.replace(tzinfo=UTC))
    coordinator = open_services(settings, clock, create=True)
    loaded = coordinator.library.cohort("hold-3")
    clock.turn_to(first_instant(loaded))
    coordinator.engine.enrol(loaded.cohort, loaded.definition, loaded.people)
    clock.turn_to(day - timedelta(weeks=1))
    coordinator.engine.tick()
    for due in coordinator.outbox.due():
        for effect in due.effects:
            coordinator.outbox.carry_out(effect)
    coordinator.database.close()


def is_shown(place: ServerPlace) -> bool:
    """Return whether the forms have their lists and the last talent has a page: what serving begins with last."""
    names = [one["name"] for one in ask(place, "/deployments/filter", {})]
    page = artifact(place, "side-hold-3-24")
    if "Registrér mentormøde" not in names or page is None or page["data"] == "…":
        return False
    form = ask(place, "/deployments/filter", {"deployments": {"name": {"any_": ["Udmeld et talent"]}}})
    return any("enum" in one["parameter_openapi_schema"]["properties"].get("talent", {}) for one in form)


def meeting_of(served: Served, name: str) -> str:
    """The state of a talent's mentor meeting in module 1."""
    query = (
        select(CommitmentRow.state)
        .join(JourneyRow, JourneyRow.id == CommitmentRow.journey_id)
        .join(PersonRow, PersonRow.id == JourneyRow.talent_id)
        .where(PersonRow.name == name, CommitmentRow.name == "mentor_meeting_m1")
    )
    with served.database.read() as connection:
        return str(connection.scalar(query))
