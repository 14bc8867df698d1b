"""The ``talentnord`` command within a test: what it prints, and how it ends."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest

from flows.cli import main


class Ended(NamedTuple):
    """How the command ended, and what it printed."""

    code: object
    out: str
    err: str


Command = Callable[..., Ended]


@contextmanager
def the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """Give a function that runs the command with its words; ``main`` takes signals over, which are given back."""
    handlers = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}

    def run(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["talentnord", *words])
        with pytest.raises(SystemExit) as end:
            main()
        printed = capsys.readouterr()
        return Ended(end.value.code, printed.out, printed.err)

    yield run
    for one, handler in handlers.items():
        signal.signal(one, handler)
