"""Months by workers: ``python -m bench.workers --until 2027-03-20`` (``make workers``), some fifteen minutes.

PostgreSQL for both databases, ``prefect deploy --all``, two workers; one is killed with ``kill -9`` while a mail is in
the peer's hands. Ends with 1 if anything differs from the same months played alone, if a mail went twice, or if a
transition has no run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from bench.faults.peers import Ledger, smtp_peer
from bench.faults.people import People
from bench.faults.places import postgres_place
from bench.workers.months import Tray, act, differing, enrol, instants, left_over, tick_alone, transitions_without_row
from bench.workers.pool import Pool, pool_of
from config.library import Library
from config.settings import Settings
from flows.clock import TurnedClock
from flows.services import Services, open_services, put_together
from states.store.database import Database
from states.store.tables import HistoryRow, MailRow
from tests.support.postgres import why_not

LONGEST = 1500.0
"""Seconds within which what a killed worker has left must be done."""
AFTERWARDS = timedelta(hours=1)
"""By so much the last tick's clock is ahead of the one before: what a killed worker had in hand is settled then."""
AT_ONCE = 4
"""How many mails a killed worker may have in hand, and so leave unknown."""


def main() -> None:
    """Play as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.workers", description=__doc__)
    parser.add_argument("--until", default="2027-03-20", help="the last day (default: %(default)s)")
    parser.add_argument("--days", type=int, default=4, help="days from one tick to the next (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="decides what people do (default: %(default)s)")
    parser.add_argument("--kill-at", type=int, default=60, help="the mail at which a worker is killed")
    given = parser.parse_args()
    if missing := why_not():
        sys.exit(missing)
    until = datetime.fromisoformat(given.until).replace(hour=23, tzinfo=UTC)
    steps = list(instants(until, timedelta(days=given.days)))
    with tempfile.TemporaryDirectory(prefix="talentnord-workers-") as folder, postgres_place() as place:
        home, ledger = Path(folder), Ledger()
        alone = play_alone(home, given.seed, steps)
        with smtp_peer(ledger) as peer:
            settings = {"database_url": place.url, "sender_email": "talentnord@example.org", **peer}
            environment = {f"TALENTNORD_{name.upper()}": str(value) for name, value in settings.items()}
            services, clock = opened(Settings(**settings))
            with pool_of(2, home, place.cluster.create(), environment) as pool:
                ledger.strikes[given.kill_at, "taken"] = lambda _mail: pool.kill_who_runs()
                waited = play(pool, services, clock, given.seed, steps)
        wrong = faults(services.database, alone, ledger, clock())
        report(services.database, pool, ledger, waited)
        services.database.close()
        alone.close()
    sys.stdout.write("".join(f"  {one}\n" for one in wrong[:20]) or "same end as alone, nothing twice\n")
    sys.exit(bool(wrong or not pool.killed))


def opened(settings: Settings) -> tuple[Services, TurnedClock]:
    """Open the domain's database for the one who enrols and tells facts; mails are the workers' affair."""
    clock = TurnedClock(datetime.min.replace(tzinfo=UTC))
    return open_services(settings, clock, create=True), clock


def play_alone(home: Path, seed: int, steps: Sequence[datetime]) -> Database:
    """Play the months in this process, without Prefect; return their database."""
    database, clock = (
        Database(f"sqlite:///{home}/alone.db", synchronous="OFF"),
        TurnedClock(datetime.min.replace(tzinfo=UTC)),
    )
    services = put_together(Settings(database_url=str(database.url)), Library(), database, Tray(), clock)
    people = People(seed)
    enrol(services, clock)
    for at in steps:
        clock.turn_to(at)
        tick_alone(services)
        act(services, people, at)
    clock.turn_to(clock() + AFTERWARDS)
    tick_alone(services)
    return database


def play(pool: Pool, services: Services, clock: TurnedClock, seed: int, steps: Sequence[datetime]) -> float:
    """Play the months by ticks through the pool; return how many seconds the killed worker's work has waited."""
    people, waited = People(seed), 0.0
    enrol(services, clock)
    for at in steps:
        clock.turn_to(at)
        began = time.monotonic()
        # The clock goes on while one is killed: what the first has written must not lie in the second one's future.
        while not pool.tick(at + timedelta(seconds=time.monotonic() - began)):
            if time.monotonic() > began + LONGEST:
                raise TimeoutError(f"no tick ends well at {at}: {pool.states[-5:]}")
            time.sleep(5)
        waited = max(waited, time.monotonic() - began)
        act(services, people, at)
        sys.stderr.write(f"{at:%Y-%m-%d}: {time.monotonic() - began:.0f} s\n")
    began = time.monotonic()
    clock.turn_to(steps[-1] + AFTERWARDS)
    pool.tick(clock())
    while left_over(services.database, clock()) and time.monotonic() < began + LONGEST:
        time.sleep(10)
        clock.turn_to(steps[-1] + AFTERWARDS + timedelta(seconds=time.monotonic() - began))
        pool.tick(clock())
    return waited


def faults(database: Database, alone: Database, ledger: Ledger, end: datetime) -> list[str]:
    """Return what is not as it has to be."""
    wrong = differing(database, alone)
    ids = [mail.message_id for mail in ledger.taken]
    wrong += [f"taken twice: {ident}" for ident in set(ids) if ids.count(ident) > 1]
    with database.read() as connection:
        mails = dict(connection.execute(select(MailRow.id, MailRow.status)).tuples().all())
    wrong += [f"sent, but the peer never had it: {one}" for one in mails if mails[one] == "sent" and one not in ids]
    unknown = sum(status == "unknown" for status in mails.values())
    wrong += [f"{unknown} mails are unknown"] if unknown > AT_ONCE else []
    missing = transitions_without_row(database) + left_over(database, end)
    wrong += [f"{missing} transitions without a run, or effects that wait"] if missing else []
    return wrong


def report(database: Database, pool: Pool, ledger: Ledger, waited: float) -> None:
    """Print what was done."""
    with database.read() as connection:
        steps = connection.scalar(select(func.count()).select_from(HistoryRow))
        unknown = connection.scalar(select(func.count()).select_from(MailRow).where(MailRow.status == "unknown"))
    states = ", ".join(f"{pool.states.count(one)} {one.lower()}" for one in dict.fromkeys(pool.states))
    sys.stdout.write(
        f"{steps} transitions, {len(ledger.taken)} mails, {unknown} unknown, {len(pool.killed)} worker killed;"
        f" ticks: {states}; {waited:.0f} s until the killed worker's work was taken up\n"
    )


if __name__ == "__main__":
    main()
