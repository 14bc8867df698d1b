"""What a process that may be killed at any moment leaves behind: its clock and how far it is, in shared memory."""

from __future__ import annotations

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

_SLOT = struct.Struct("q")
_CLOCK, _STEPS, _FAILURES, _DONE = range(4)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Board:
    """A file of a few numbers that several processes map; what one has written outlives it."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(4 * _SLOT.size))
        self.path = path
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 4 * _SLOT.size)

    def _get(self, slot: int) -> int:
        return int(_SLOT.unpack_from(self._memory, slot * _SLOT.size)[0])

    def _set(self, slot: int, value: int) -> None:
        _SLOT.pack_into(self._memory, slot * _SLOT.size, value)

    def clock(self) -> datetime:
        """The instant that the processes live in, aware and in UTC."""
        return _EPOCH + self._get(_CLOCK) * _MICROSECOND

    def set_clock(self, instant: datetime) -> None:
        """Set the clock, also back."""
        self._set(_CLOCK, (instant - _EPOCH) // _MICROSECOND)

    def turn_to(self, instant: datetime) -> None:
        """Set the clock forward; an earlier instant is ignored."""
        if instant > self.clock():
            self.set_clock(instant)

    @property
    def steps(self) -> int:
        """How many instants were begun."""
        return self._get(_STEPS)

    def count_step(self) -> None:
        self._set(_STEPS, self.steps + 1)

    @property
    def failures(self) -> int:
        """How many instants ended with an error, and were begun again."""
        return self._get(_FAILURES)

    def count_failure(self) -> None:
        self._set(_FAILURES, self.failures + 1)

    @property
    def done(self) -> bool:
        """Whether the year is over."""
        return bool(self._get(_DONE))

    def finish(self) -> None:
        self._set(_DONE, 1)
