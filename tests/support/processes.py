"""What runs on this machine: processes with their children, and a port that somebody listens on."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def descendants(pid: int) -> set[int]:
    """Return the process ids of all children of ``pid``, and of theirs, as they are now."""
    children: dict[int, set[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # "pid (name) state parent …"; a name may hold blanks and brackets.
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, set()).add(int(stat.parent.name))
    found: set[int] = set()
    new = children.get(pid, set())
    while new:
        found |= new
        new = {grandchild for child in new for grandchild in children.get(child, set())} - found
    return found


def living(pids: set[int]) -> set[int]:
    """Return those that still run; one that only waits to be collected by its parent has ended."""
    found: set[int] = set()
    for pid in pids:
        with suppress(OSError):
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            if state != "Z":
                found.add(pid)
    return found


def command_line(pid: int) -> str:
    """Return what a process was started with, each word ended by a NUL; empty when it has ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text()
    return ""


def busy_seconds(pid: int) -> float:
    """Return how many seconds a process has kept a core busy so far."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def taken_port() -> Iterator[int]:
    """A port of this machine that somebody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])
