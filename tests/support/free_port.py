"""A port of 127.0.0.1 on which nobody listens."""

import socket


def closed_port() -> int:
    """Return a port that was free a moment ago: connecting to it is refused."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
