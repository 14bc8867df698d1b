"""Many cohorts at once, for measuring a tick: one is enrolled by the engine, the others are copied from it.

Each cohort has a hundred talents with ten promises, all open: a thousand armed timers, and as many that have fired.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.programme import enrol, open_database, programme
from states.store.database import Database

TALENTS = 100
PROMISES = 10
ARMED = TALENTS * PROMISES
"""Armed timers of a cohort."""

TEMPLATE = "c00000"

_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :cohorts)"
# Identifiers begin with the cohort's, so a copy has the new cohort's in their place.
_COPIES = (
    f"""{_NUMBERS} INSERT INTO cohorts (id, name, definition, cohort, calendar_version)
    SELECT printf('c%05d', n), name, definition, cohort, calendar_version FROM numbers, cohorts""",
    f"""{_NUMBERS} INSERT INTO milestones (cohort_id, id, day, starts_at, ends_at, place, details, sequence)
    SELECT printf('c%05d', n), id, day, starts_at, ends_at, place, details, sequence FROM numbers, milestones""",
    f"""{_NUMBERS} INSERT INTO persons (id, name, email, title)
    SELECT printf('c%05d', n) || substr(id, 7), name, email, title FROM numbers, persons""",
    f"""{_NUMBERS} INSERT INTO journeys (id, cohort_id, state, version, talent_id, organisation, unit, level)
    SELECT printf('c%05d', n) || substr(id, 7), printf('c%05d', n), 'active.one', 1,
        printf('c%05d', n) || substr(id, 7), '', '', '' FROM numbers, journeys""",
    f"""WITH RECURSIVE promises(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM promises WHERE k < {PROMISES})
    INSERT INTO commitments (id, cohort_id, journey_id, name, state, version, opened_on, due_on)
    SELECT journeys.id || printf('/promise_%02d', k), cohort_id, journeys.id, printf('promise_%02d', k), 'open', 1,
        '2027-02-15', '2027-03-15' FROM journeys, promises""",
    """INSERT INTO timers (cohort_id, subject, "trigger", due_at, rank, status)
    SELECT cohort_id, id, name || ':open', '2027-02-15 14:00:00.000000', 2, 'fired' FROM commitments""",
    # Spread over the seconds of some later years, as deadlines of many programmes are.
    """INSERT INTO timers (cohort_id, subject, "trigger", due_at, rank, status)
    SELECT cohort_id, id, name || ':miss', strftime('%Y-%m-%d %H:%M:%S.000000', '2028-01-01',
        '+' || (rowid * 7919 % 31536000) || ' seconds'), 4, 'armed' FROM commitments""",
)


def promises() -> tuple[dict[str, Any], ...]:
    """The promises of the programme: missed, each causes a mail and arms the timer of an escalation."""
    return tuple(
        {
            "id": f"promise_{number:02d}",
            "label": f"promise {number}",
            "owner": "talent",
            "opens": "first",
            "due": "second",
            "on_miss": [{"mail": "missed", "to": ["talent"]}],
            "escalation": [{"when": "missed + 3wd", "effects": [{"mail": "escalated", "to": ["coordinator"]}]}],
        }
        for number in range(1, PROMISES + 1)
    )


def lay_out(path: Path, cohorts: int) -> Database:
    """A database with ``cohorts`` cohorts, numbered from 1, beside the one they are copied from."""
    database = open_database(path)
    enrol(database, TEMPLATE, TALENTS, programme(promises()))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM timers")
        for statement in _COPIES:
            connection.execute(statement, {"cohorts": cohorts} if ":cohorts" in statement else {})
    return database


def make_due(path: Path, first: int, cohorts: int, at: datetime) -> int:
    """Let the first promise of each talent of ``cohorts`` cohorts fall at ``at``; returns how many timers that is."""
    names = (f"c{first:05d}", f"c{first + cohorts - 1:05d}")
    with closing(sqlite3.connect(path)) as connection, connection:
        due = f"{at:%Y-%m-%d %H:%M:%S.%f}"
        return connection.execute(
            "UPDATE timers SET due_at = ? WHERE status = 'armed' AND \"trigger\" = 'promise_01:miss'"
            " AND cohort_id BETWEEN ? AND ?",
            (due, *names),
        ).rowcount
