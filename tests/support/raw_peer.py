"""A peer that speaks no protocol: what it does with a connection is the test's own."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

# Long enough for any deadline of a test; a client without one is let go at last.
_LONGEST_DRIP = 100
_PAUSE = 0.05


class EndlessClientError(AssertionError):
    """A client has listened for as long as there was something to hear."""


@dataclass
class Connection:
    """A client's connection; ``over`` is set when the test is."""

    socket: socket.socket
    over: threading.Event = field(default_factory=threading.Event)

    def request(self) -> bytes:
        """Read a request with its whole body."""
        with self.socket.makefile("rb") as file:
            length = 0
            for line in iter(file.readline, b"\r\n"):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            return file.read(length)

    def say(self, text: bytes) -> None:
        """Send bytes."""
        self.socket.sendall(text)

    def drip(self, piece: bytes) -> None:
        """Send a piece again and again, with a pause each time that no time-out notices."""
        for _ in range(_LONGEST_DRIP):
            self.say(piece)
            if self.over.wait(_PAUSE):
                return
        raise EndlessClientError

    def reset_once_greeted(self) -> None:
        """Read what the client says first, then break off."""
        self.socket.recv(4096)
        self.reset()

    def hang(self) -> None:
        """Say nothing more and read nothing more."""
        self.over.wait(60)

    def reset(self) -> None:
        """Break the connection off, whatever the client is saying."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


@contextmanager
def raw_peer(port: int, talk: Callable[[Connection], object]) -> Iterator[None]:
    """Listen on a port of 127.0.0.1; each connection is talked to in a thread of its own, then closed.

    Raises:
        EndlessClientError: at the end, if a client let itself be held.
    """
    over = threading.Event()
    server = socket.create_server(("127.0.0.1", port))
    # Whoever sends much notices soon that nobody reads; what is accepted inherits it.
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    threads: list[threading.Thread] = []
    endless: list[EndlessClientError] = []

    def serve(client: socket.socket) -> None:
        # A client that has gone ends the talk.
        try:
            with suppress(OSError), client:
                talk(Connection(client, over))
        except EndlessClientError as error:
            endless.append(error)

    def accept() -> None:
        while True:
            client, _ = server.accept()
            if over.is_set():
                client.close()
                return
            threads.append(threading.Thread(target=serve, args=(client,)))
            threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield
    finally:
        over.set()
        socket.create_connection(("127.0.0.1", port)).close()
        for thread in (accepting, *threads):
            thread.join()
        server.close()
    if endless:
        raise endless[0]
