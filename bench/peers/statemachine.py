"""python-statemachine the plain way: a machine for each model, an ORM session, one commit a transition."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from sqlalchemy.orm import Session
from statemachine import State, StateMachine

from bench.peers.orm import History, Item, open_engine
from bench.work import MOVES, Result, check, database, lay_out, now

NAME = "python-statemachine + SQLAlchemy ORM"


class Journey(StateMachine):
    """The journey, writing its state to the model and a row of history to the session."""

    s0 = State(initial=True)
    s1 = State()
    s2 = State()
    s3 = State()
    s4 = State(final=True)

    to_s1 = s0.to(s1)
    to_s2 = s1.to(s2)
    to_s3 = s2.to(s3)
    to_s4 = s3.to(s4)

    def __init__(self, item: Item, session: Session) -> None:
        self.session = session
        super().__init__(item)

    def after_transition(self, event: str, source: State, target: State) -> None:
        """Adds the row of history; called by the library after every transition."""
        self.session.add(
            History(item=self.model.id, trigger=str(event), source=source.id, dest=target.id, at=now()),
        )


def run(n: int, directory: Path) -> Result:
    """Item by item: load it, give it a machine, then four times send and commit."""
    path = database(directory)
    lay_out(path, n)
    engine = open_engine(path)
    started = perf_counter()
    for ident in range(1, n + 1):
        with Session(engine, expire_on_commit=False) as session:
            journey = Journey(session.get_one(Item, ident), session)
            for trigger, _source, _dest in MOVES:
                journey.send(trigger)
                session.commit()
    seconds = perf_counter() - started
    engine.dispose()
    check(path, n)
    return Result(NAME, len(MOVES) * n, seconds)
