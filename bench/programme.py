"""A small programme and cohorts of any size for measuring the engine: four milestones, and promises if wanted.

Enrolling reads a list of people; here thousands are wanted, so journeys and persons are put in directly.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from config.cohort import Cohort
from config.definition import Definition
from config.people import People
from config.programme import Programme
from states.engine import Engine
from states.store.database import Database, Synchronous
from states.store.tables import JourneyRow, PersonRow

MILESTONES = ("first", "second", "third", "fourth")
STATES = ("active.before", "active.one", "active.two", "active.three", "done")
"""Where a journey stands before the first milestone and after each."""

BEFORE = datetime(2027, 1, 4, 8, tzinfo=UTC)
"""When cohorts are enrolled: before their first milestone."""


def open_database(path: Path, synchronous: Synchronous = "NORMAL") -> Database:
    """A migrated database at ``path``; ``synchronous`` as every entry has it that does not say otherwise."""
    database = Database(f"sqlite:///{path}", synchronous=synchronous)
    database.migrate()
    return database


def programme(commitments: tuple[dict[str, Any], ...] = ()) -> Definition:
    """A definition of four milestones; ``commitments`` as they stand in a programme's file."""
    entered = ("one", "two", "three", "done")
    return Definition(
        Programme.model_validate(
            {
                "id": "bench",
                "version": 1,
                "name": "Bench",
                # Checked here, before any clock runs: that imports the public holidays of every country.
                "hours": {"country": "DK"},
                "start": "before",
                "places": {place: place for place in ("before", *entered)},
                "calendar": [
                    {"milestone": name, "label": name, "enters": place, "final": place == "done"}
                    for name, place in zip(MILESTONES, entered, strict=True)
                ],
                "commitments": commitments,
            }
        )
    )


def cohort(ident: str) -> Cohort:
    """A cohort with a date for each milestone and the least staff there can be."""
    contact = {"name": "Anna Holm", "email": "anna.holm@example.org"}
    dates = {
        name: {"date": f"2027-0{month}-15", "start": "09:00", "end": "15:00", "place": "Aalborg"}
        for month, name in enumerate(MILESTONES, start=2)
    }
    return Cohort.model_validate(
        {
            "id": ident,
            "name": ident,
            "programme": "bench",
            "coordinators": [contact],
            "administration": contact,
            "organisations": {},
            "dates": dates,
        }
    )


def enrol(database: Database, ident: str, talents: int, definition: Definition) -> list[str]:
    """Enrol a cohort with ``talents`` journeys; returns their ids."""
    Engine(database, lambda: BEFORE).enrol(cohort(ident), definition, People(()))
    journeys = [f"{ident}-{number:06d}" for number in range(1, talents + 1)]
    persons = [{"id": one, "name": one, "email": f"{one}@example.org"} for one in journeys]
    rows = [{"id": one, "cohort_id": ident, "state": STATES[0], "talent_id": one} for one in journeys]
    with database.write() as connection:
        connection.execute(insert(PersonRow), persons)
        connection.execute(insert(JourneyRow), rows)
    return journeys
