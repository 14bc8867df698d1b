"""A Prefect server of our own as a child process: started, waited for, and ended with all its children.

This module does not import Prefect, which reads its environment once, when it is first imported.
"""

from __future__ import annotations

import base64
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from config.errors import NoPasswordError, NoSignInError, ServerError, SettingsError
from flows.cockpit import ui

LOOPBACK = "127.0.0.1"
PASSWORD = "PREFECT_SERVER_API_AUTH_STRING"
_EVERYWHERE = {"0.0.0.0": LOOPBACK, "::": "::1"}
_STARTS_WITHIN = 120.0
_ENDS_WITHIN = 15.0


@dataclass(frozen=True)
class ServerPlace:
    """Where a server is: its port, the folder that its database and logs live in, and the address it listens on.

    ``addresses`` are those that browsers and other machines reach it by, as the settings give them; the server's own
    is always one of them.
    """

    port: int
    home: Path
    host: str = LOOPBACK
    addresses: tuple[str, ...] = ()

    @property
    def own(self) -> str:
        """The address by which this machine reaches it."""
        return f"http://{netloc(_EVERYWHERE.get(self.host, self.host), self.port)}"

    @property
    def ui(self) -> str:
        """The address to open in a browser."""
        return self.known[0]

    @property
    def api(self) -> str:
        """The address of the API, for processes of this machine."""
        return f"{self.own}/api"

    @property
    def known(self) -> tuple[str, ...]:
        """All addresses by which the server may be asked, the one to open in a browser first."""
        return tuple(dict.fromkeys((*self.addresses, self.own)))

    def environment(self) -> dict[str, str]:
        """Return what the server and everything on this machine that talks to it has to have in its environment."""
        word = password()
        return {
            "PREFECT_HOME": str(self.home.absolute()),
            "PREFECT_API_URL": self.api,
            **({"PREFECT_API_AUTH_STRING": word} if word else {}),
            "DO_NOT_TRACK": "1",
            "PREFECT_CLI_PROMPT": "false",
            "PREFECT_RUNNER_POLL_FREQUENCY": "1",
            "PREFECT_LOGGING_LEVEL": os.environ.get("PREFECT_LOGGING_LEVEL", "WARNING"),
            **self.server_environment(),
        }

    def server_environment(self) -> dict[str, str]:
        """Return what the server itself has to have in its environment, wherever those are that talk to it.

        Telemetry is off, and no page but its own may read what it answers.
        """
        return {
            "PREFECT_SERVER_API_HOST": self.host,
            "PREFECT_SERVER_API_PORT": str(self.port),
            # The UI asks where it came from, under whichever of its addresses it was opened.
            "PREFECT_SERVER_UI_API_URL": "/api",
            "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": ",".join(self.known),
            # Both are served; this is the one that opens, and that our links lead to.
            "PREFECT_SERVER_UI_V2_ENABLED": str(ui.DEFAULT is ui.SECOND).lower(),
            "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
            # Who holds a slot is kept on disk: kept in memory, a server that is restarted while a tick runs would take
            # the slot for held for ever, since how many are held is in its database.
            "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
            # Events name runs, and runs name talents: they are kept no longer than one looks back.
            "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P14D",
            # A run waits while the process that serves it is busy with others: only then is it late.
            "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": "300",
            # Task runs are written a batch at a time, not each state of each on its own. The interval is in whole
            # seconds: Prefect 3.8.8 drops the rest, and at 0 the server never rests.
            "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
            "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
            "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
        }


def password() -> str | None:
    """Return what the server asks everybody for, ``name:password``, as the environment says; ``None`` if nothing.

    Raises:
        SettingsError: it is not one that Prefect and browsers can handle.
    """
    word = os.environ.get(PASSWORD, "")
    # Prefect 3.8.8 answers every request with 500 when there is another letter in it.
    if not word.isascii() or any(not character.isprintable() or character.isspace() for character in word):
        raise SettingsError([f"{PASSWORD}: must be name:password, in ASCII characters and without blanks"])
    return word or None


def may_listen(host: str, signs_in: bool) -> None:
    """Check that a server on ``host`` keeps strangers out.

    Where other machines reach it programs give a password, and people sign in (``signs_in``, R67).

    Raises:
        NoPasswordError: other machines reach it, and it asks for none.
        NoSignInError: other machines reach it, and nobody has to sign in.
        ServerError: no such host.
        SettingsError: see ``password``.
    """
    word = password()
    try:
        found = {str(place[0]) for *_, place in socket.getaddrinfo(host, None)}
    except OSError as error:
        raise ServerError(f"cannot listen on {host!r}: {error.strerror}", "") from error
    if all(ipaddress.ip_address(address).is_loopback for address in found):
        return
    if not word:
        raise NoPasswordError(host)
    if not signs_in:
        raise NoSignInError(host)


def netloc(host: str, port: int) -> str:
    """Return host and port as they stand in an address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def stop_on_signals() -> None:
    """Let Ctrl-C and a polite kill end this process in the same way, so that its children are ended too.

    Set explicitly: a shell starts background jobs with Ctrl-C ignored.
    """
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.default_int_handler)


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


@contextmanager
def child(
    command: list[str], environment: Mapping[str, str], log: Path, cwd: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command with its output in ``log``; at the end it and all it has started are ended."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a child and its whole process group: asked first, forced when it does not go."""
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
        except ProcessLookupError:
            break
        try:
            process.wait(_ENDS_WITHIN if how is signal.SIGINT else 5)
        except subprocess.TimeoutExpired:
            continue
        if not _group_lives(process.pid):
            break
    process.wait()


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def prefect_server(
    place: ServerPlace, ours: Mapping[str, str] = MappingProxyType({})
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Prefect server at ``place`` and wait until it answers; ``ours`` are settings beside the environment's.

    Raises:
        ServerError: it ended, or did not answer within two minutes; the error holds the end of its log.
    """
    place.home.mkdir(parents=True, exist_ok=True)
    log = place.home / "server.log"
    command = [sys.executable, "-m", "flows.server.app", "--host", place.host, "--port", str(place.port)]
    with child(command, {**place.environment(), **ours}, log) as process:
        wait_for(process, lambda: answers(place), "the Prefect server", log)
        yield process


def wait_for(process: subprocess.Popen[bytes], ready: Callable[[], bool], what: str, log: Path) -> None:
    """Wait until ``ready``.

    Raises:
        ServerError: the process ended, or was not ready within two minutes; the error holds the end of its log.
    """
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ServerError(f"{what} ended with code {process.returncode}", _tail(log))
        if ready():
            return
        time.sleep(0.2)
    raise ServerError(f"{what} was not ready within two minutes", _tail(log))


def answers(place: ServerPlace) -> bool:
    """Whether a Prefect server answers at ``place``."""
    return _has(f"{place.api}/health")


def has_deployment(place: ServerPlace, flow: str, name: str) -> bool:
    """Whether the server has a deployment.

    Raises:
        ServerError: it asks for another password than the environment has.
    """
    return _has(f"{place.api}/deployments/name/{flow}/{name}")


def _has(address: str) -> bool:
    request = urllib.request.Request(address, headers=authorization(password()))
    try:
        with urllib.request.urlopen(request, timeout=2) as response:
            return bool(response.status == 200)
    except urllib.error.HTTPError as error:
        if error.code == 401:
            raise ServerError(
                f"the server at {address} asks for a password, and not for the one in {PASSWORD}", ""
            ) from error
        return False
    except OSError:
        return False


def authorization(word: str | None) -> dict[str, str]:
    """Return the header that tells the server its password."""
    return {"authorization": f"Basic {base64.b64encode(word.encode()).decode()}"} if word else {}


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else ""
