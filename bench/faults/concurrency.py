"""Two ticks, four senders and two clerks at once: mails sent twice, deadlocks, and what became of it all."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from bench.faults.board import Board
from bench.faults.crew import CREW
from bench.faults.letters import read_letters
from bench.faults.life import Job, start_of_the_year
from bench.faults.peers import PEERS, Ledger
from bench.faults.people import People, hold_3
from bench.faults.places import Place, PostgresPlace, claimed
from bench.faults.processes import Killer, start
from bench.faults.report import Row
from bench.faults.setups import Setup
from bench.faults.verdict import effects_of, sent_twice
from bench.faults.year import tail
from flows.clock import TurnedClock
from states.engine import Engine
from states.store.conditions import ARMED, PENDING
from states.store.database import Database
from states.store.tables import EffectRow, HistoryRow, MailRow, TimerRow
from tests.support.driver import replayed

LONGEST_HOP = timedelta(days=14)
"""How much is due at once, as after an outage: what falls within so many days."""
LEASE = timedelta(minutes=16)
STUCK, LEFT = 120.0, 10.0
"""Seconds after which what is due should long have been done, and after which a mail is left lying by its sender."""


def work_together(setup: Setup, place: Place, seed: int, until: datetime) -> Row:
    """Play a cohort until a day with all at once; a mutant only until it is caught."""
    began = time.monotonic()
    Database(place.url).migrate()
    database, board, ledger = Database(place.url), Board(place.folder / "board"), Ledger()
    log, letters = place.folder / "errors.log", place.folder / "letters"
    board.set_clock(start_of_the_year())
    loaded, _ = hold_3()
    Engine(database, TurnedClock(board.clock())).enrol(loaded.cohort, loaded.definition, loaded.people)
    with PEERS[setup.peer](ledger) as settings:
        given = {"database_url": place.url, "sender_email": "talentnord@example.org", **settings}
        job = Job(given, board.path, log, letters, seed, mutant=setup.mutant)
        with _crew(job, board):
            for _ in _days(database, board, People(seed), until, random.Random(seed)):
                if setup.mutant and sent_twice(ledger.taken, read_letters(letters)):
                    break
    effects = effects_of(database)
    with database.read() as connection:
        lost_sight = select(func.count()).select_from(MailRow).where(MailRow.status == "unknown")
        unknown = connection.scalar(lost_sight) or 0
        replayed(connection.execute(select(*HistoryRow.__table__.columns).order_by(HistoryRow.n)))
    database.close()
    twice = sent_twice(ledger.taken, read_letters(letters))
    taken = {mail.message_id for mail in ledger.taken}
    lost = [key for key, row in effects.items() if row.status == "sent" and row.mail_id not in taken]
    examples = [f"twice: {one}" for one in twice[:5]] + [f"lost: {one}" for one in lost[:5]]
    return Row(
        title=setup.name,
        kind=setup.kind,
        mails=len(ledger.taken),
        twice=len(twice),
        lost=len(lost),
        unknown=unknown,
        # Nobody is killed here.
        unexplained=unknown,
        deadlocks=place.cluster.said("deadlock detected") if isinstance(place, PostgresPlace) else 0,
        errors=board.failures,
        seconds=time.monotonic() - began,
        examples=examples + ([tail(log)[-600:]] if board.failures else []),
    )


@contextmanager
def _crew(job: Job, board: Board) -> Iterator[None]:
    """All who work at once; at the end they go home, and who does not is killed."""
    processes = [start(work, job) for work in CREW]
    try:
        yield
    finally:
        board.finish()
        for process in processes:
            process.join(30)
            killer = Killer()
            killer.aim(process)
            if killer.kill():
                process.join()
    if any(process.exitcode for process in processes):
        raise RuntimeError(f"somebody ended by themselves, see {tail(job.log)}")


def _days(database: Database, board: Board, people: People, until: datetime, dice: random.Random) -> Iterator[datetime]:
    """Turn the clock on as soon as all that is due is done, always to when mails go out."""
    hours = hold_3()[0].definition.working_time
    while True:
        instant = _wait_until_quiet(database, board, people)
        yield board.clock()
        if instant is None or instant > until:
            return
        board.set_clock(hours.next_open(instant + dice.uniform(0, 1) * LONGEST_HOP))


def _wait_until_quiet(database: Database, board: Board, people: People) -> datetime | None:
    """Wait until nothing is due; return when something is next."""
    began = time.monotonic()
    left = began + LEFT
    while True:
        instant = _next_instant(database, people)
        if instant is None or instant > board.clock():
            if not claimed(database):
                return instant
            if time.monotonic() > left:
                board.set_clock(board.clock() + LEASE)
                left = time.monotonic() + LEFT
        else:
            left = time.monotonic() + LEFT
        if time.monotonic() > began + STUCK:
            raise TimeoutError(f"what is due at {instant} stays due")
        time.sleep(0.02)


def _next_instant(database: Database, people: People) -> datetime | None:
    with database.read() as connection:
        timer = connection.scalar(select(func.min(TimerRow.due_at)).where(ARMED))
        effect = connection.scalar(select(func.min(EffectRow.send_at)).where(PENDING))
        acts = people.acts(connection)
    due: list[Any] = [timer, effect, acts[0].at if acts else None]
    return min((at for at in due if at is not None), default=None)
