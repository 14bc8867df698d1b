"""Those who work at once on one cohort, each a process: ticks, senders and clerks. They dawdle, so that they meet."""

from __future__ import annotations

import os
import random
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event

from bench.faults.board import Board
from bench.faults.letters import note_letters
from bench.faults.life import Job
from bench.faults.mutants import mutated
from bench.faults.people import People, fact_of
from config.errors import TransitionRefusedError
from config.settings import Settings
from flows.services import Services, open_services
from notifications import readers as readers_module
from notifications.due import Effect, Waiting
from notifications.outbox import Outbox
from notifications.transports.protocol import Mail

SHARE, LONGEST = 0.1, 0.03
"""How many of their statements ticks and clerks wait before, and for how many seconds at most."""
BETWEEN = 0.05
"""For how many seconds at most a tick rests before a commit, so that mails are written in the meantime."""
UP_TO_DATE = 0.5
"""How often a sender knows all that is due to a person; else it read before the last of that was committed."""
WRITING, CLAIMING = 0.1, 0.08
"""For how many seconds at most a sender writes a mail, and has claimed what it carries without having said so."""


def tick(job: Job) -> None:
    """Let time pass, again and again."""
    services, board, dice = _begin(job)
    _dawdle(services, lambda _: dice.uniform(0, LONGEST) if dice.random() < SHARE else 0)
    really = services.database.write

    @contextmanager
    def in_no_hurry() -> Iterator[Connection]:
        time.sleep(dice.uniform(0, BETWEEN))
        with really() as connection:
            yield connection

    services.engine.database.write = in_no_hurry  # type: ignore[method-assign]
    _until_done(board, job, services.engine.tick, 0.02)


def send(job: Job) -> None:
    """Carry out what is due, again and again, in order: so all of them are always at the same mails."""
    services, board, dice = _begin(job)
    _dawdle(services, lambda said: dice.uniform(0, CLAIMING) if said.startswith("INSERT INTO mails") else 0)
    really = Outbox._mail

    def slowly(self: Outbox, *written: Any) -> Mail:
        time.sleep(dice.uniform(0, WRITING))
        return really(self, *written)

    Outbox._mail = slowly  # type: ignore[assignment, method-assign]
    senders: Any = readers_module
    together = senders.all_waiting

    def a_moment_ago(connection: Connection, effect: Effect) -> Waiting:
        found: Waiting = together(connection, effect)
        mine = found.effects
        if effect not in mine or dice.random() < UP_TO_DATE:
            return found
        return found._replace(effects=mine[: dice.randint(mine.index(effect) + 1, len(mine))])

    senders.all_waiting = a_moment_ago

    def work() -> None:
        services.outbox.settle()
        for due in services.outbox.due():
            for effect in due.effects:
                services.outbox.carry_out(effect)

    _until_done(board, job, work, 0.01)


def tell(job: Job) -> None:
    """Tell what people do, again and again; another clerk may tell the same at the same moment."""
    services, board, dice = _begin(job)
    _dawdle(services, lambda _: dice.uniform(0, LONGEST) if dice.random() < SHARE else 0)
    people = People(job.seed)

    def work() -> None:
        with services.database.read() as connection:
            acts = [act for act in people.acts(connection) if act.at <= board.clock()]
        dice.shuffle(acts)
        for act in acts:
            try:
                services.engine.fire(act.trigger, [act.journey], fact_of(act))
            except TransitionRefusedError:
                continue

    _until_done(board, job, work, 0.05)


CREW = (tick, tick, send, send, send, send, tell, tell)


def _begin(job: Job) -> tuple[Services, Board, random.Random]:
    os.setsid()
    note_letters(job.letters)
    board, dice = Board(job.board), random.Random()
    services = mutated(open_services(Settings(**job.settings), board.clock), job.mutant)

    return services, board, dice


def _dawdle(services: Services, pause: Callable[[str], float]) -> None:
    """Wait before statements, for so many seconds as ``pause`` says."""

    @event.listens_for(services.database.engine, "before_cursor_execute")
    def _wait(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if seconds := pause(statement):
            time.sleep(seconds)


def _until_done(board: Board, job: Job, work: Callable[[], object], rest: float) -> None:
    while not board.done:
        try:
            work()
        except Exception:
            # The next tick, run or form would try again; how often that was is told.
            board.count_failure()
            with job.log.open("a", encoding="utf-8") as file:
                file.write(f"{traceback.format_exc()}\n")
        time.sleep(rest)
