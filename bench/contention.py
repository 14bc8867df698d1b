"""Two ticks, two clerks and four senders at once, on PostgreSQL: ``make contention``.

Each is a process with an engine of its own; a shared clock takes them through a stretch of hold-3's year, eight hours
on whenever each has had a turn. What counts is what went wrong: deadlocks in the server's log, errors that reached
anybody, mails that went out twice. First the calibration, in which facts about commitments do not hold their cohort
and ticks hold timers first, as both once did: it must show deadlocks. Then our own order, which must show none.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bench.work import expect
from config.errors import TalentNordError, TransitionRefusedError
from notifications.outbox import Letterhead, Outbox
from notifications.transports.protocol import Mail, Receipt
from states import engine as engine_module
from states.engine import Engine
from states.facts import Fact
from states.moves.commitments import CommitmentMover
from states.store.database import Database
from states.store.tables import ARMED, CommitmentRow, JourneyRow, TimerRow
from tests.support.driver import Driver
from tests.support.mailroom import SENDER
from tests.support.postgres import Cluster

HESITATION = 0.3
"""Seconds between what is held and what is written, for everybody and in either order: those who can meet do meet."""
BEGIN, STEP = "2027-03-10", timedelta(hours=8)


@dataclass
class Peer:
    """Takes every mail, and notes which."""

    name: str = "peer"
    taken: list[str] = field(default_factory=list)

    def send(self, mail: Mail) -> Receipt:
        """Take a mail."""
        self.taken.append(mail.message_id)
        return Receipt(mail.message_id)


@dataclass(frozen=True)
class Stage:
    """What all processes share: the database, the instant (seconds since 1970), and whether it is over."""

    url: str
    seconds: Any
    turns: Any
    over: Any
    said: Any
    old_order: bool

    def now(self) -> datetime:
        """Return the instant at which the stretch of the year stands."""
        return datetime.fromtimestamp(self.seconds.value, UTC)


def tick(stage: Stage, database: Database, seed: int) -> Counter[str]:
    """Let time pass until it is over."""
    if stage.old_order:
        engine_module._FALLING = engine_module._FALLING.with_for_update()
    engine = Engine(database, stage.now)
    return _again_and_again(stage, seed, lambda: {"transitions": sum(len(one.transitions) for one in engine.tick())})


def clerk(stage: Stage, database: Database, seed: int) -> Counter[str]:
    """Record commitments that are open, of up to four talents at once, and who leaves and comes back."""
    engine, chance, numbers = Engine(database, stage.now), random.Random(seed), count()
    module: Any = engine_module
    really = module.lock_cohort_of

    def record() -> dict[str, int]:
        trigger, subjects = _something_to_record(database, chance)
        if stage.old_order and ":" in trigger:
            module.lock_cohort_of = lambda *_: None
        details = {"choice": "second_mentor"} if trigger.startswith("second_half_choice") else {}
        try:
            engine.fire(trigger, subjects, Fact(f"{seed}-{next(numbers)}", "clerk", details))
        except TransitionRefusedError:
            return {"facts refused": 1}  # The other clerk, or a tick, was faster.
        finally:
            module.lock_cohort_of = really
        return {"facts": 1}

    return _again_and_again(stage, seed, record)


def _something_to_record(database: Database, chance: random.Random) -> tuple[str, list[str]]:
    """Choose what a tick will want next: commitments whose timers fall first."""
    with database.read() as connection:
        falling = (
            select(CommitmentRow.name, CommitmentRow.journey_id)
            .join(TimerRow, TimerRow.subject == CommitmentRow.id)
            .where(ARMED, CommitmentRow.state != "planned", CommitmentRow.journey_id.is_not(None))
            .order_by(TimerRow.due_at, TimerRow.id)
            .limit(24)
        )
        waiting = [(row.name, str(row.journey_id)) for row in connection.execute(falling)]
        away = list(connection.scalars(select(JourneyRow.id).where(JourneyRow.state == "on_leave")))
    if away:
        return "return", [chance.choice(away)]
    if not waiting or chance.random() < 0.05:
        return "leave", [f"hold-3-{chance.randint(1, 24):02d}"]
    name = waiting[0][0]
    who = sorted({journey for other, journey in waiting if other == name})
    return f"{name}:keep", chance.sample(who, min(len(who), 2))


def sender(stage: Stage, database: Database, seed: int) -> Counter[str]:
    """Carry out what is due, until it is over."""
    peer = Peer()
    outbox = Outbox(database, peer, Letterhead(SENDER, Path(), None), stage.now)

    def send() -> dict[str, int]:
        for due in outbox.due()[:1]:
            for effect in due.effects:
                outbox.carry_out(effect)
        return {}

    found = _again_and_again(stage, seed, send)
    found.update({f"mail {ident}": times for ident, times in Counter(peer.taken).items()})
    return found


def _again_and_again(stage: Stage, number: int, deed: Callable[[], dict[str, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    while not stage.over.is_set():
        begun = time.perf_counter()
        try:
            found.update(deed())
        except TalentNordError as error:
            found[f"error {type(error).__name__}: {error}"] += 1
        stage.turns[number] += 1
        slowest = f"ms, the slowest turn of {CREW[number].__name__} {number}"
        found[slowest] = max(found[slowest], round((time.perf_counter() - begun) * 1000))
    return found


CREW: Sequence[Callable[[Stage, Database, int], Counter[str]]] = (tick, tick, clerk, clerk, *([sender] * 4))


def _process(stage: Stage, number: int) -> None:
    really = CommitmentMover.move

    def slowly(*arguments: Any, **named: Any) -> None:
        time.sleep(HESITATION)
        really(*arguments, **named)

    CommitmentMover.move = slowly  # type: ignore[method-assign]
    with closing(Database(stage.url)) as database:
        stage.said.put(CREW[number](stage, database, number))


def play(cluster: Cluster, days: int, old_order: bool) -> Counter[str]:
    """Let all work through ``days`` of the year, and return what came of it."""
    url = cluster.create()
    with closing(Database(url)) as database:
        database.migrate()
        begin = Driver(database).enrol().until(BEGIN).now
    context = multiprocessing.get_context("spawn")
    stage = Stage(
        url,
        context.Value("d", begin.timestamp()),
        context.Array("L", len(CREW)),
        context.Event(),
        context.Queue(),
        old_order,
    )
    before = cluster.log().count("deadlock detected")
    crew = [context.Process(target=_process, args=(stage, number)) for number in range(len(CREW))]
    found: Counter[str] = Counter()
    try:
        for process in crew:
            process.start()
        for _ in range(days * 24 * 3600 // int(STEP.total_seconds())):
            _let_each_have_a_turn(stage)
            stage.seconds.value += STEP.total_seconds()
        stage.over.set()
        for _ in crew:
            found.update(stage.said.get(timeout=120))
    finally:
        for process in crew:
            process.join(5)
            process.terminate()
    found["deadlocks"] = cluster.log().count("deadlock detected") - before
    mails = {name: times for name, times in found.items() if name.startswith("mail ")}
    found["mails"], found["mails twice"] = len(mails), sum(times > 1 for times in mails.values())
    return Counter({name: times for name, times in found.items() if name not in mails})


def _let_each_have_a_turn(stage: Stage) -> None:
    before = list(stage.turns)
    patience = time.monotonic() + 120
    while any(now == then for now, then in zip(list(stage.turns), before, strict=True)):
        expect("turns of all within two minutes", time.monotonic() < patience, True)
        time.sleep(0.01)


def main(arguments: Sequence[str] | None = None) -> None:
    """Play as the command line says, and fail if the calibration shows no deadlock, or ours any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=12, help="default: %(default)s")
    options = parser.parse_args(arguments)
    directory = Path(tempfile.mkdtemp(prefix="talentnord-contention-"))
    try:
        cluster = Cluster(directory)
        found = {}
        for old_order in (True, False):
            title = "the old order" if old_order else "one lock order"
            found[old_order] = play(cluster, options.days, old_order)
            print(f"{title}, {options.days} days of hold-3:", flush=True)
            for name, times in sorted(found[old_order].items()):
                print(f"  {times:6d} {name}", flush=True)
        cluster.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    ours = found[False]
    expect("deadlocks in the calibration", found[True]["deadlocks"] > 0, True)
    expect("errors that reached somebody", [name for name in ours if name.startswith("error ")], [])
    expect("deadlocks in one lock order", ours["deadlocks"], 0)
    expect("mails that went out twice", ours["mails twice"], 0)


if __name__ == "__main__":
    main()
