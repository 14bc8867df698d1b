"""Where a cohort that runs has other days than its file: they were moved since, and these are the ones that hold."""

from __future__ import annotations

from collections.abc import Iterator

from babel.dates import format_date

from config.cohort import Day
from config.errors import DatabaseError
from config.library import LoadedCohort
from states.store.database import Database
from states.store.days import read_days


def dates_that_run(url: str, loaded: LoadedCohort) -> Iterator[str]:
    """Yield a line for each day that the database at ``url`` has otherwise than the cohort's file.

    Without a database, or with one that cannot be read, there is none: the files are checked all the same.
    """
    try:
        database = Database(url, create=False)
    except DatabaseError:
        return
    try:
        with database.read() as connection:
            held = read_days(connection, loaded.cohort.id, loaded.definition)
    except DatabaseError:
        return
    finally:
        database.close()
    for ident, milestone in loaded.definition.milestones.items():
        file, runs = loaded.cohort.dates.get(ident), held[ident].day if ident in held else None
        if ident in held and _when(runs) != _when(file):
            yield f"  {milestone.label}: holdet kører med {_when(runs)}, filen siger {_when(file)}"


def _when(day: Day | None) -> str:
    if day is None:
        return "ingen dato"
    hours = f"{day.start.hour}.{day.start:%M}-{day.end.hour}.{day.end:%M}"
    return f"{format_date(day.date, 'd. MMM y', locale='da')} kl. {hours}, {day.place}"
