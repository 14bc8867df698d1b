"""The tables of the work as SQLAlchemy ORM classes, for the peers that bring a state machine but no store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, ForeignKey, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bench.work import tune


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "item"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]

    if TYPE_CHECKING:

        def trigger(self, name: str, **given: object) -> bool: ...  # Given to it by a machine of transitions.


class History(Base):
    __tablename__ = "history"

    id: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[int] = mapped_column(ForeignKey("item.id"))
    trigger: Mapped[str]
    source: Mapped[str]
    dest: Mapped[str]
    at: Mapped[str]


def open_engine(path: Path) -> Engine:
    """An engine on the database at ``path`` with the pragmas set on each connection."""
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", tune)
    return engine
