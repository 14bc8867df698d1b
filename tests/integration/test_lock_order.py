"""Whoever writes holds a fact's key, then the cohort, then the rest (PostgreSQL): nobody waits in a ring."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, text

from states import engine as engine_module
from states.engine import Engine
from states.facts import Fact
from states.moves.changes import Changes
from states.moves.commitments import CommitmentMover
from states.moves.enrol import Enrolment
from states.moves.journeys import JourneyMover
from states.moves.reschedule import Rescheduling
from states.moves.writing import write
from states.store import due_timers
from states.store.database import Database
from states.store.queries import lock_cohort_of
from tests.support.driver import Driver, day, hold_3_people
from tests.support.postgres import Cluster
from tests.support.prefect import wait_until

pytestmark = pytest.mark.postgres
KEEP = "mentor_meeting_m1:keep"
DEEDS: dict[str, Callable[[Driver], object]] = {
    "a fact about a commitment": lambda driven: driven.fire(KEEP, 1),
    "a fact about a commitment of the cohort": lambda driven: driven.fire("challenge_m2:keep", title="Ny"),
    "a fact about a journey": lambda driven: driven.fire("leave", 1),
    "a move of a day": lambda driven: driven.move("m1d2", day("2027-04-08")),
    "an enrolment": lambda driven: driven.enrol(hold_3_people(4)),
    "a tick": lambda driven: driven.oversleep("2027-03-20"),
}


@pytest.fixture
def driven(postgresql_url: str) -> Iterator[Driver]:
    database = Database(postgresql_url)
    yield Driver(database, people=3).enrol().until("2027-03-16")
    database.close()


@pytest.fixture
def other(driven: Driver) -> Iterator[psycopg.Connection[Any]]:
    """Somebody else's connection, that waits for no lock."""
    url = driven.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def is_held(other: psycopg.Connection[Any], table: str) -> bool:
    """Whether a row of a table is held as by somebody who changes it."""
    try:
        with other.transaction():
            other.execute(f"SELECT 1 FROM {table} FOR NO KEY UPDATE NOWAIT".encode())
    except LockNotAvailable:
        return True
    return False


def _watched(what: Any, name: str, look: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    really = getattr(what, name)

    def looked(*arguments: Any, **named: Any) -> Any:
        look()
        return really(*arguments, **named)

    monkeypatch.setattr(what, name, looked)


@pytest.mark.parametrize("deed", DEEDS)
def test_the_cohort_is_held_first_and_alone(
    driven: Driver, other: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    seen: list[tuple[bool, list[str]]] = []
    rest = ("journeys", "commitments", "milestones", "timers", "effects", "tasks", "persons")

    def look() -> None:
        seen.append((is_held(other, "cohorts"), [table for table in rest if is_held(other, table)]))

    # When it is worked out, and before the first of it is written.
    for what, name in [(CommitmentMover, "move"), (JourneyMover, "move"), (Rescheduling, "work_out")]:
        _watched(what, name, look, monkeypatch)
    _watched(Enrolment, "work_out", look, monkeypatch)
    _watched(engine_module, "write", look, monkeypatch)
    DEEDS[deed](driven)
    assert len(seen) >= 2
    # Untold mails that may change hands are held while that is worked out, after the cohort.
    assert seen[0] == (True, [])
    assert set(map(repr, seen)) <= {repr((True, [])), repr((True, ["effects"]))}


def test_who_has_waited_sees_what_the_other_has_done(
    driven: Driver, other: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read before the cohort is held, the commitment would be an old one, and the fact be worked out twice."""
    attempts: list[None] = []
    _watched(engine_module, "log_fact", lambda: attempts.append(None), monkeypatch)
    with other.transaction():
        other.execute("SELECT 1 FROM cohorts FOR NO KEY UPDATE")
        late = threading.Thread(target=driven.fire, args=(KEEP, 1), kwargs={"key": "late"})
        late.start()
        wait_until(lambda: _waits(driven.database))
        other.execute("UPDATE commitments SET version = version + 1 WHERE id = 'hold-3-01/mentor_meeting_m1'")
    late.join(60)
    assert (len(attempts), driven.commitment("mentor_meeting_m1", 1).state) == (1, "kept")


@pytest.mark.parametrize(("old_order", "deadlocks"), [(True, 1), (False, 0)], ids=["the old order", "one order"])
def test_a_fact_and_a_tick_that_meet_on_one_commitment(
    driven: Driver, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, old_order: bool, deadlocks: int
) -> None:
    """As both once were: ticks held timers and then commitments, facts commitments and then timers, and no cohort."""
    driven.until("2027-03-18 08:00")
    driven.now = driven.at("2027-03-19")
    fact = threading.Thread(target=driven.fire, args=(KEEP, 1), kwargs={"key": "told"})
    really = lock_cohort_of

    def of_facts_about_journeys_only(connection: Connection, subjects: Any) -> None:
        if threading.current_thread() is not fact:
            really(connection, subjects)

    if old_order:
        monkeypatch.setattr(engine_module, "lock_cohort_of", of_facts_about_journeys_only)
        monkeypatch.setattr(due_timers, "_FALLING", due_timers._FALLING.with_for_update())
    met: list[None] = []

    def meet() -> None:
        """The tick stops on its way to the commitments, until the fact waits for it."""
        if threading.current_thread() is not fact and not met:
            met.append(None)
            fact.start()
            wait_until(lambda: _waits(driven.database))

    _watched(CommitmentMover, "move", meet, monkeypatch)
    before = cluster.log().count("deadlock detected")
    driven.engine.tick()
    fact.join(60)
    assert cluster.log().count("deadlock detected") - before == deadlocks
    assert driven.commitment("mentor_meeting_m1", 1).state.startswith("kept")


def test_a_deadlock_with_somebody_who_keeps_no_order_is_tried_again(
    driven: Driver, other: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other holds the commitment and waits for the cohort; PostgreSQL ends whoever waits second, and that is us."""
    other.execute("SET deadlock_timeout = '1h'")
    with driven.database.write() as connection:
        name = connection.scalar(text("SELECT current_database()"))
        connection.execute(text(f"ALTER DATABASE {name} SET deadlock_timeout = '10ms'"))
    driven.database.close()
    attempts: list[threading.Thread] = []

    def wait_for_us() -> None:
        with other.transaction():
            other.execute("SELECT 1 FROM commitments WHERE id = 'hold-3-01/mentor_meeting_m1' FOR UPDATE")
            other.execute("SELECT 1 FROM cohorts FOR NO KEY UPDATE")

    really = lock_cohort_of

    def after_the_other(connection: Connection, subjects: Any) -> None:
        """The second attempt is no faster than the other, whom PostgreSQL has to wake up first."""
        if attempts:
            attempts[0].join(60)
        really(connection, subjects)

    def overtaken(changes: Changes, connection: Connection) -> None:
        attempts.append(threading.Thread(target=wait_for_us))
        if len(attempts) == 1:
            attempts[0].start()
            wait_until(lambda: _waits(driven.database))
        write(changes, connection)

    monkeypatch.setattr(engine_module, "lock_cohort_of", after_the_other)
    monkeypatch.setattr(engine_module, "write", overtaken)
    outcome = Engine(driven.database, lambda: driven.now).fire(KEEP, ["hold-3-01"], Fact("told", "tester"))
    assert (len(attempts), [step.dest for step in outcome.transitions]) == (2, ["kept"])
    assert _deadlocks(driven.database) == 1


def _waits(database: Database) -> bool:
    with database.read() as connection:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        return bool(connection.scalar(text(query)))


def _deadlocks(database: Database) -> int:
    query = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")

    def counted() -> int:
        with database.read() as connection:
            connection.execute(text("SELECT pg_stat_force_next_flush()"))
            return int(connection.scalar(query) or 0)

    return wait_until(counted)
