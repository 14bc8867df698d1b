"""How many answers a second the site takes while ticks run: ``python -m bench.site --date 2026-11-26``.

Leaders of many cohorts say on the site, run as ``talentnord up`` runs it, that their talk was held, a few at once and
each on a connection that stays open. Meanwhile another process ticks every second, six hours later each time: reminders
fall due. An answer counts once the site has said that it is recorded. At the end every one of them must be a fact and
have moved its promise, or the benchmark fails; it fails too below 200 answers a second.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from itertools import repeat
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple
from urllib.parse import urlencode

from sqlalchemy import func, select

from bench.keeping import keep, options_of, scratch
from bench.machine import facts
from bench.work import expect
from config.library import Library
from flows.server.ports import LOOPBACK, free_port
from flows.server.process import child, wait_for
from flows.together import answers
from notifications.links import Link, Links, Purpose
from states.engine import Engine
from states.store.database import Database
from states.store.tables import CommitmentRow, FactRow, JourneyRow, PersonRow

COHORTS = 60
AT_ONCE = 6
REPEATS = 3
LEAST = 200
TALK = "expectation_talk"
ENROLLED = datetime(2026, 12, 29, 7, tzinfo=UTC)
ASKED = datetime(2027, 1, 20, 9, tzinfo=UTC)
"""When leaders have been asked for their talks."""
TICKED_UNTIL = datetime(2027, 2, 10, tzinfo=UTC)
PAUSE = 1.0
KEY = "signs-the-links-of-a-benchmark-alone"


class Answer(NamedTuple):
    """One leader's answer: where it is sent, and the form."""

    path: str
    form: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures as the command line says; 1 if the site is slower than it has to be."""
    parser = options_of(__doc__)
    parser.add_argument("--repeats", type=int, default=REPEATS, choices=range(1, 10), help="default: %(default)s")
    parser.add_argument("--cohorts", type=int, default=COHORTS, help="of 24 talents each; default: %(default)s")
    options = parser.parse_args(arguments)
    machine = facts(("SQLAlchemy", "starlette", "uvicorn"), synchronous="FULL")
    runs = []
    for number in range(options.repeats):
        with scratch() as folder:
            runs.append(measured(folder, options.cohorts))
        sys.stdout.write(f"{number + 1}: {runs[-1]:.0f} answers/s\n")
    record = {"date": options.date, "machine": machine, "at_once": AT_ONCE, "answers_a_second": runs}
    keep("site", record)
    sys.stdout.write(f"{median(runs):.0f} answers/s (at least {LEAST})\n")
    return 0 if median(runs) >= LEAST else 1


def measured(folder: Path, cohorts: int) -> float:
    """Return how many answers a second one site took; raises NotDoneError unless each is there at the end."""
    address = f"sqlite:///{folder}/site.db"
    database = Database(address)
    database.migrate(ENROLLED, create=True)
    enrol(database, cohorts)
    given = list(answers_of(database))
    with served(address, folder) as port, ticking(address):
        warm_up(port, given[: AT_ONCE * 4])
        rest = given[AT_ONCE * 4 :]
        started = perf_counter()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            taken = sum(pool.map(send, repeat(port), [rest[start::AT_ONCE] for start in range(AT_ONCE)]))
        seconds = perf_counter() - started
    expect("answers that the site has taken", taken, len(rest))
    with database.read() as connection:
        told = connection.scalar(select(func.count()).where(FactRow.key.startswith("answer:")))
        kept = connection.scalar(select(func.count()).where(CommitmentRow.name == TALK, CommitmentRow.state == "kept"))
    expect("facts that were told", told, len(given))
    expect("talks that are kept", kept, len(given))
    database.close()
    return taken / seconds


def enrol(database: Database, cohorts: int) -> None:
    """Enrol hold-3 so many times, and let time pass until leaders have been asked."""
    loaded = Library().cohort("hold-3")
    engine = Engine(database, lambda: ENROLLED)
    for number in range(cohorts):
        cohort = loaded.cohort.model_copy(update={"id": f"hold-{number:03d}", "name": f"Hold {number}"})
        engine.enrol(cohort, loaded.definition, loaded.people)
    engine.tick(ASKED)


def answers_of(database: Database) -> Iterator[Answer]:
    """Yield the answer of each leader that the talk was held."""
    links = Links([KEY], "")
    columns = (JourneyRow.id, JourneyRow.mentor_id, PersonRow.email, CommitmentRow.version)
    query = select(*columns).join(PersonRow, PersonRow.id == JourneyRow.mentor_id)
    query = query.join(CommitmentRow, CommitmentRow.id == JourneyRow.id + f"/{TALK}")
    with database.read() as connection:
        for journey, mentor, email, version in connection.execute(query.order_by(JourneyRow.id)):
            path = links.path(Link(Purpose.ANSWER, mentor, f"{journey}/{TALK}"), email)
            typed = {"option": "held", "version": version, "held_on": f"{ASKED:%Y-%m-%d}", "plan": "written"}
            yield Answer(path, urlencode(typed))


@contextmanager
def served(address: str, folder: Path) -> Iterator[int]:
    """Run the site on a database in a process of its own, by the clock of the day on which leaders are asked."""
    port = free_port()
    environment = {
        "TALENTNORD_DATABASE_URL": address,
        "TALENTNORD_SITE_KEY": KEY,
        "TALENTNORD_CLOCK_AHEAD": str(int((ASKED - datetime.now(UTC)).total_seconds()) + 3600),
    }
    command, log = [sys.executable, "-m", "flows.site.serve", "--port", str(port)], folder / "site.log"
    with child(command, environment, log) as process:
        wait_for(process, lambda: answers(port), "the site", log)
        yield port


@contextmanager
def ticking(address: str) -> Iterator[None]:
    """Let another process tick all the while, each time six hours later."""
    context = multiprocessing.get_context("spawn")
    ended = context.Event()
    process = context.Process(target=tick_until, args=(address, ended))
    process.start()
    try:
        yield
    finally:
        ended.set()
        process.join()
    expect("the end of the process that ticks", process.exitcode or 0, 0)


def tick_until(address: str, ended: Event) -> None:
    """Tick every second until told to end; time stands still once the last talks should be held."""
    database, now = Database(address), ASKED
    engine = Engine(database, lambda: now)
    while not ended.is_set():
        engine.tick(now)
        now = min(now + timedelta(hours=6), TICKED_UNTIL)
        ended.wait(PAUSE)
    database.close()


def warm_up(port: int, given: Sequence[Answer]) -> None:
    """Let the site read definitions and compile statements; these answers are not timed."""
    expect("answers taken to warm up", send(port, given), len(given))


def send(port: int, given: Sequence[Answer]) -> int:
    """Send answers one after the other; return how many the site says are recorded."""
    connection, taken = HTTPConnection(LOOPBACK, port), 0
    head = {"content-type": "application/x-www-form-urlencoded", "origin": f"http://{LOOPBACK}:{port}"}
    for answer in given:
        connection.request("POST", answer.path, answer.form, head)
        response = connection.getresponse()
        response.read()
        taken += response.status == 303
    connection.close()
    return taken


if __name__ == "__main__":
    os.environ.pop("PREFECT_API_URL", None)
    raise SystemExit(main())
