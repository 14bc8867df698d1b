"""Lets something happen at an exact moment of another's work: between two of its steps, or of its statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from notifications import outbox
from states.store.database import Database


def while_it_is_written(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object], what: str) -> None:
    """Let something happen once an effect was read and before its words (``what`` writes them) are claimed."""
    write, waiting = getattr(outbox, what), [happens]

    def written(*arguments: Any, **named: Any) -> Any:
        if waiting:
            waiting.pop()()
        return write(*arguments, **named)

    monkeypatch.setattr(outbox, what, written)


@contextmanager
def before_statement(database: Database, begins: str, happens: Callable[[], object]) -> Iterator[None]:
    """Let something happen, once, right before a statement that ``begins`` so goes to the database."""
    waiting = [happens]

    def look(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if waiting and " ".join(statement.split()).startswith(begins):
            waiting.pop()()

    event.listen(database.engine, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(database.engine, "before_cursor_execute", look)
    assert not waiting, f"no statement began with {begins!r}"
