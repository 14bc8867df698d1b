"""The plain way: ``transitions`` and an ORM session, one commit a transition.

And the same in batches, one commit for one move of up to 1,000 items: with a machine for each item, and with one
machine that they share.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import cast

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from transitions import EventData, Machine, Transition

from bench.peers.orm import History, Item, open_engine
from bench.work import MOVES, STATES, Result, check, database, lay_out, now

NAME = "transitions + SQLAlchemy ORM"
RELOADING_NAME = "transitions + SQLAlchemy ORM, reloading"
BATCH_NAME = "transitions + SQLAlchemy ORM, in batches, a machine an item"
SHARED_NAME = "transitions + SQLAlchemy ORM, in batches, one machine"
BATCH = 1000


def record(event: EventData) -> None:
    """Add a row of history for a move to the session that the trigger was given."""
    move, item, session = cast(Transition, event.transition), cast(Item, event.model), event.kwargs["session"]
    session.add(History(item=item.id, trigger=event.event.name, source=move.source, dest=move.dest, at=now()))


def machine(item: Item | None) -> Machine:
    """A machine that moves ``item``; without one, it waits for items to be added."""
    return Machine(
        model=item,
        states=list(STATES),
        transitions=[list(move) for move in MOVES],
        initial=STATES[0] if item is None else item.state,
        auto_transitions=False,
        send_event=True,
        after_state_change=record,
    )


def run(n: int, directory: Path) -> Result:
    """Item by item: load it, give it a machine, then four times trigger and commit."""
    return _measure(NAME, n, directory, _one_by_one(_once_loaded))


def run_reloading(n: int, directory: Path) -> Result:
    """The same, but for each trigger the item is loaded and given a machine, as when each fact comes by itself."""
    return _measure(RELOADING_NAME, n, directory, _one_by_one(_loaded_each_time))


def run_batch(n: int, directory: Path) -> Result:
    """Batch by batch: load the items, give each a machine, then four times trigger all and commit."""
    return _measure(BATCH_NAME, n, directory, _batches(_machine_each))


def run_shared(n: int, directory: Path) -> Result:
    """The same with one machine, made once, to which the items of a batch are added."""
    shared = machine(None)

    def add(items: Sequence[Item]) -> None:
        # Those of the batch before are done; left in, each new one would be looked for among all of them.
        shared.models.clear()
        for item in items:
            shared.add_model(item, initial=item.state)

    return _measure(SHARED_NAME, n, directory, _batches(add))


def _measure(name: str, n: int, directory: Path, take_through: Callable[[Engine, int], None]) -> Result:
    path = database(directory)
    lay_out(path, n)
    engine = open_engine(path)
    started = perf_counter()
    take_through(engine, n)
    seconds = perf_counter() - started
    engine.dispose()
    check(path, n)
    return Result(name, len(MOVES) * n, seconds)


def _one_by_one(take_through: Callable[[Engine, int], None]) -> Callable[[Engine, int], None]:
    def work(engine: Engine, n: int) -> None:
        for ident in range(1, n + 1):
            take_through(engine, ident)

    return work


def _batches(prepare: Callable[[Sequence[Item]], None]) -> Callable[[Engine, int], None]:
    def work(engine: Engine, n: int) -> None:
        for first in range(1, n + 1, BATCH):
            with Session(engine, expire_on_commit=False) as session:
                items = session.scalars(select(Item).where(Item.id.between(first, first + BATCH - 1))).all()
                prepare(items)
                for trigger, _source, _dest in MOVES:
                    for item in items:
                        item.trigger(trigger, session=session)
                    session.commit()

    return work


def _machine_each(items: Sequence[Item]) -> None:
    for item in items:
        machine(item)


def _once_loaded(engine: Engine, ident: int) -> None:
    with Session(engine, expire_on_commit=False) as session:
        item = session.get_one(Item, ident)
        machine(item)
        for trigger, _source, _dest in MOVES:
            item.trigger(trigger, session=session)
            session.commit()


def _loaded_each_time(engine: Engine, ident: int) -> None:
    for trigger, _source, _dest in MOVES:
        with Session(engine, expire_on_commit=False) as session:
            item = session.get_one(Item, ident)
            machine(item)
            item.trigger(trigger, session=session)
            session.commit()
