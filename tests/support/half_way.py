"""Hold-3's year in two halves, and the database in which the first was lived by an earlier version of this program.

A fixture for a commit, before its tables or its definition are changed::

    git worktree add /tmp/before COMMIT
    cd /tmp/before && PYTHONPATH=. python -P …/tests/support/half_way.py …/tests/data/upgrade/COMMIT.db.gz

It runs on that commit's own code, so it uses only what has been there since f863822. The new file needs no new test:
each one in tests/data/upgrade is brought to today's form and finishes its year.
"""

from __future__ import annotations

import gzip
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy import select

from notifications.outbox import Letterhead, Outbox
from states.store.database import Database
from states.store.tables import CommitmentRow, EffectRow
from tests.support.driver import Driver, day
from tests.support.mailroom import SENDER, Tray

HALF_WAY = "2027-08-10"
END = "2028-12-31"
NEW_LEADER = {"name": "Grete Holm", "email": "grete.holm@example.org"}


def first_half(driven: Driver) -> None:
    """Live from the enrolment to the summer: people keep most of what they promise, leave, come back and change."""
    driven.enrol()
    for month in ("2027-01-25", "2027-02-15", "2027-03-16"):
        driven.until(month)
        keep_what_is_open(driven, month)
    driven.fire("absence", 5, key="absence", milestone="m1d2")
    driven.fire("leave", 3, 6, key="leave")
    driven.until("2027-04-15")
    driven.fire("change_mentor", 4, key="leader", new_mentor=NEW_LEADER)
    driven.move("m3d2", day("2027-06-24"), key="moved")
    driven.until("2027-05-20")
    keep_what_is_open(driven, "may")
    driven.fire("return", 3, key="return")
    driven.fire("withdraw", 24, key="withdraw")
    driven.until(HALF_WAY)
    keep_what_is_open(driven, "august")


def second_half(driven: Driver) -> None:
    """Live from the summer to the end."""
    driven.fire("return", 6, key="late return")
    driven.fire("leave", 7, key="late leave")
    for month in ("2027-09-20", "2027-10-25", "2027-12-01", "2028-01-20"):
        driven.until(month)
        keep_what_is_open(driven, month)
    driven.until(END)


def keep_what_is_open(driven: Driver, key: str) -> None:
    """Keep every open commitment of three talents in four, a fact for each kind."""
    for name, spec in driven.definition.commitments.items():
        query = select(CommitmentRow.journey_id).where(CommitmentRow.name == name, CommitmentRow.state == "open")
        with driven.database.read() as connection:
            journeys = connection.scalars(query.order_by(CommitmentRow.journey_id)).all()
        able = [one for one in journeys if one and int(one.rpartition("-")[2]) % 4]
        details = {"choice": next(iter(spec.choices))} if spec.choices else {}
        if able:
            driven.fire(f"{name}:keep", *able, key=f"{key} {name}", **details)


def _send(driven: Driver) -> None:
    """Hand over what is due, so that there are mails and tasks too."""
    outbox = Outbox(driven.database, Tray(), Letterhead(SENDER, Path(), None), lambda: driven.now)
    due = (
        select(EffectRow.id)
        .where(EffectRow.status == "pending", EffectRow.send_at <= driven.now)
        .order_by(EffectRow.id)
    )
    with driven.database.read() as connection:
        effects = list(connection.scalars(due))
    for effect in effects:
        outbox.carry_out(effect)


def main(target: Path) -> None:
    """Write the database half way, as the code that is imported leaves it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "half.db"
        database = Database(f"sqlite:///{path}", synchronous="OFF")
        database.migrate()
        driven = Driver(database)
        first_half(driven)
        _send(driven)
        database.close()
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript("PRAGMA journal_mode=DELETE; VACUUM;")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(gzip.compress(path.read_bytes(), mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
