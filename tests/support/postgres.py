"""A real PostgreSQL of our own: a cluster in a temporary directory, on a free port of 127.0.0.1.

``initdb`` and ``postgres`` refuse to run as root, so root runs them as the account ``postgres``.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from itertools import count
from pathlib import Path

import psycopg

from tests.support.free_port import closed_port

ACCOUNT = "postgres"
GUARDED = "guarded"
"""The one name that needs a password; it has to be created first."""
SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=127.0.0.1")


def why_not() -> str | None:
    """Say why PostgreSQL cannot be started here; nothing if it can."""
    missing = [name for name in ("initdb", "pg_ctl", "postgres") if binary(name) is None]
    if missing:
        return f"PostgreSQL's {', '.join(missing)} not found in PATH or /usr/lib/postgresql/*/bin"
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        return "PostgreSQL does not run as root, and runuser is missing"
    return None


def binary(name: str) -> Path | None:
    """Find one of PostgreSQL's programs, the newest version first."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: _version(path.parts[4]))
    on_path = shutil.which(name)
    return installed[-1] if installed else Path(on_path) if on_path else None


def _version(text: str) -> float:
    return float(text) if text.replace(".", "", 1).isdigit() else 0.0


class Cluster:
    """A running server; ``create`` makes a database and returns its address."""

    def __init__(self, directory: Path) -> None:
        self._data = directory / "data"
        self._sockets = directory
        self._numbers = count(1)
        self.port = closed_port()
        if os.geteuid() == 0:
            shutil.chown(directory, ACCOUNT)
        self._run("initdb", "-D", self._data, "-U", ACCOUNT, "-A", "trust", "-E", "UTF8", "--no-sync")
        self._ask_for_a_password()
        settings = (*SETTINGS, f"port={self.port}", f"unix_socket_directories={self._sockets}")
        options = " ".join(f"-c {setting}" for setting in settings)
        self._run("pg_ctl", "-D", self._data, "-w", "-l", self._sockets / "log", "-o", options, "start")
        self._keeper = self._keep()

    def create(self, template: str | None = None) -> str:
        """Create a database, empty or as a copy of another, and return its URL."""
        name = f"talentnord_{next(self._numbers)}"
        copied = f" TEMPLATE {template}" if template else ""
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}{copied}".encode())
        return self._url(name)

    def _ask_for_a_password(self) -> None:
        rules = self._data / "pg_hba.conf"
        rules.write_text(f"host all {GUARDED} 127.0.0.1/32 scram-sha-256\n{rules.read_text()}")

    def log(self) -> str:
        """Return what the server has said so far."""
        return (self._sockets / "log").read_text()

    def stop(self) -> None:
        """Stop the server and remove its directory."""
        self._keeper.communicate()

    def _keep(self) -> subprocess.Popen[bytes]:
        """Start what stops the server when we let go of its input: also when we are killed, and cannot."""
        stop = self._command("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")
        script = f"cat; {shlex.join(stop)}; rm -rf {shlex.quote(str(self._sockets))}"
        return subprocess.Popen(
            ["sh", "-c", script],
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _url(self, name: str) -> str:
        return f"postgresql://{ACCOUNT}@127.0.0.1:{self.port}/{name}"

    @staticmethod
    def _command(program: str, *arguments: str | Path) -> list[str]:
        path = binary(program)
        assert path is not None
        account = ["runuser", "-u", ACCOUNT, "--"] if os.geteuid() == 0 else []
        return [*account, *(str(part) for part in (path, *arguments))]

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = self._command(program, *arguments)
        # The server inherits these streams and lives on; a pipe would keep us waiting for it.
        with (self._sockets / f"{program}.log").open("wb") as log:
            done = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=False, cwd=self._sockets)
        assert done.returncode == 0, (self._sockets / f"{program}.log").read_text()
