"""The total time limit of one conversation with a peer, however slowly or quickly it goes on.

A socket's own time-out holds for each step: a peer that gives one byte now and then holds a sender for as long as it
likes.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from types import TracebackType
from typing import Self


class Deadline:
    """Cuts a conversation's connection ``seconds`` after ``with`` began, whatever it is doing then.

    Whoever waits for the peer sees the connection end, so what a cut means follows from how far the conversation was.
    Looking a host's name up is not cut: the system's resolver has a limit of its own.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = 0.0
        self._lock = threading.Lock()
        self._watched: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._passed = False

    def __enter__(self) -> Self:
        self._end = time.monotonic() + self._seconds
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._timer.cancel()
        with self._lock:
            if self._watched is not None:
                self._watched.close()
                self._watched = None

    def connect(self, address: tuple[str, int], timeout: float, source: tuple[str, int] | None = None) -> socket.socket:
        """Connect to ``address``, with ``timeout`` in seconds for each step (and for each of the host's addresses).

        Raises:
            OSError: no address could be reached, or not in time (TimeoutError).
        """
        failure: OSError = TimeoutError("the time for this mail is over")
        for *_, found in socket.getaddrinfo(*address, type=socket.SOCK_STREAM):
            left = self._end - time.monotonic()
            if left <= 0:
                break
            try:
                connected = socket.create_connection((str(found[0]), int(found[1])), min(timeout, left), source)
            except OSError as error:
                failure = error
                continue
            connected.settimeout(timeout)
            self._watch(connected)
            return connected
        raise failure

    def said_of(self, error: BaseException) -> str:
        """Return what ended the conversation, in a word: the deadline, or the error's class."""
        return f"no end within {self._seconds:g} s" if self._passed else type(error).__name__

    def _watch(self, connected: socket.socket) -> None:
        with self._lock:
            if self._passed:
                connected.close()
                raise TimeoutError("the time for this mail is over")
            # A second handle on the same connection: TLS takes the first one over.
            self._watched = connected.dup()

    def _cut(self) -> None:
        with self._lock:
            self._passed = True
            if self._watched is not None:
                with contextlib.suppress(OSError):
                    self._watched.shutdown(socket.SHUT_RDWR)
