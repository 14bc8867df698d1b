"""Ends what runs in the middle of its statements, as if the process had been killed there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from states.store import prepared
from states.store.database import Database


class Cut(BaseException):
    """As if the process had been ended between two statements."""


@contextmanager
def cut_at(database: Database, statement: int) -> Iterator[None]:
    """End whatever runs within the block before its ``statement``-th statement.

    Prepared statements go to the driver without SQLAlchemy's events, so they are counted where they are handed over.
    """
    numbers = count(1)
    really = prepared.execute

    def check(*_: object) -> None:
        if next(numbers) == statement:
            raise Cut

    def execute(*arguments: Any) -> Any:
        check()
        return really(*arguments)

    event.listen(database.engine, "before_cursor_execute", check)
    try:
        with patch.object(prepared, "execute", execute):
            yield
    finally:
        event.remove(database.engine, "before_cursor_execute", check)
