"""The plain way: a ``transitions`` machine for each model, an ORM session, one commit a transition."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from sqlalchemy import Engine
from sqlalchemy.orm import Session
from transitions import EventData, Machine

from bench.peers.orm import History, Item, open_engine
from bench.work import MOVES, STATES, Result, check, database, lay_out, now

NAME = "transitions + SQLAlchemy ORM, the plain way"
RELOADING_NAME = "transitions + SQLAlchemy ORM, the plain way, reloading each time"


def machine_for(item: Item, session: Session) -> Machine:
    """A machine that moves ``item`` and adds a row of history to ``session``."""

    def record(event: EventData) -> None:
        move = event.transition
        session.add(History(item=item.id, trigger=event.event.name, source=move.source, dest=move.dest, at=now()))

    return Machine(
        model=item,
        states=list(STATES),
        transitions=[list(move) for move in MOVES],
        initial=item.state,
        auto_transitions=False,
        send_event=True,
        after_state_change=record,
    )


def run(n: int, directory: Path) -> Result:
    """Item by item: load it, give it a machine, then four times trigger and commit."""
    return _measure(NAME, n, directory, _once_loaded)


def run_reloading(n: int, directory: Path) -> Result:
    """The same, but for each trigger the item is loaded and given a machine, as when each fact comes by itself."""
    return _measure(RELOADING_NAME, n, directory, _loaded_each_time)


def _measure(name: str, n: int, directory: Path, take_through: Callable[[Engine, int], None]) -> Result:
    path = database(directory)
    lay_out(path, n)
    engine = open_engine(path)
    started = perf_counter()
    for ident in range(1, n + 1):
        take_through(engine, ident)
    seconds = perf_counter() - started
    engine.dispose()
    check(path, n)
    return Result(name, len(MOVES) * n, seconds)


def _once_loaded(engine: Engine, ident: int) -> None:
    with Session(engine, expire_on_commit=False) as session:
        item = session.get_one(Item, ident)
        machine_for(item, session)
        for trigger, _source, _dest in MOVES:
            item.trigger(trigger)
            session.commit()


def _loaded_each_time(engine: Engine, ident: int) -> None:
    for trigger, _source, _dest in MOVES:
        with Session(engine, expire_on_commit=False) as session:
            item = session.get_one(Item, ident)
            machine_for(item, session)
            item.trigger(trigger)
            session.commit()
