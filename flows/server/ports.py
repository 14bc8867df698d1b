"""Ports of this machine: which are free, and sockets that servers listen on."""

from __future__ import annotations

import socket
from contextlib import suppress

from config.errors import ServerError

LOOPBACK = "127.0.0.1"


def netloc(host: str, port: int) -> str:
    """Return host and port as they stand in an address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def free_port(wanted: int | None = None, host: str = LOOPBACK) -> int:
    """Return ``wanted`` if nobody listens there, otherwise a port that is free.

    Raises:
        ServerError: there is none, or the address is none of this machine's.
    """
    for port in ([wanted] if wanted else []) + [0]:
        with suppress(OSError), bound(host, port) as probe:
            return int(probe.getsockname()[1])
    raise ServerError(f"no free port at {host}; is it an address of this machine?", "")


def bound(host: str, port: int) -> socket.socket:
    """Return a socket for a server, bound and not yet listening; port 0 is any that is free.

    Raises:
        OSError: somebody else listens there.
    """
    # TCP by name: without it asyncio leaves small answers waiting for their acknowledgement (40 ms each).
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    place = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind((host, port))
    except OSError:
        place.close()
        raise
    return place
