"""The databases that suffer: an SQLite file, on a disk that can be filled, and a PostgreSQL that can be stopped."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy import func, select

from states.store.database import Database
from states.store.tables import EffectRow, FactRow, HistoryRow, MailRow, TimerRow
from tests.support.postgres import SETTINGS, Cluster

_COUNTS = (
    select(func.count()).select_from(HistoryRow),
    select(func.count()).select_from(FactRow),
    select(func.count()).select_from(TimerRow),
    select(func.count()).select_from(TimerRow).where(TimerRow.status != "armed"),
    select(func.count()).select_from(EffectRow),
)
_PROGRESS = select(sum((count.scalar_subquery() for count in _COUNTS[1:]), _COUNTS[0].scalar_subquery()))


def progress(database: Database) -> int:
    """Return a number that every commit of the engine raises, and that nothing else does."""
    with database.read() as connection:
        return int(connection.scalar(_PROGRESS) or 0)


def claimed(database: Database) -> frozenset[str]:
    """Return the mails whose senders have not recorded what came of them."""
    with database.read() as connection:
        return frozenset(connection.scalars(select(MailRow.id).where(MailRow.status == "claimed")))


class Place(Protocol):
    """Where a year's database is: its address, and a way to know that nobody who was killed still writes."""

    url: str
    folder: Path

    def settle(self) -> None:
        """Wait until what a killed process had begun is committed or rolled back."""


class SqlitePlace:
    """A file; if ``disk`` is a small one of its own, it can be filled without filling that of ``folder``."""

    def __init__(self, folder: Path, disk: Path | None) -> None:
        self.folder = folder
        self.disk = disk
        self.path = (disk or folder) / "talentnord.db"
        self.url = f"sqlite:///{self.path}"

    def settle(self) -> None:
        """Nothing: the system has closed a killed process's files by the time it is collected."""

    def fill(self, pid: int) -> None:
        """Leave no room: on a disk of its own by a file, otherwise by a limit on what process ``pid`` may write."""
        # Begun anew, the log needs room for its first page; else it writes over what it has written before.
        with Database(self.url).engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        if self.disk:
            with suppress(OSError), (self.disk / "ballast").open("wb") as file:
                while True:
                    file.write(bytes(65536))
                    file.flush()
        else:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def free(self, pid: int) -> None:
        """Give the room back."""
        if self.disk:
            (self.disk / "ballast").unlink(missing_ok=True)
        else:
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def move_away(self) -> None:
        """Put the database, and what SQLite lays beside it, elsewhere on the same disk."""
        self._move(self.path.parent, self.path.parent / "elsewhere")

    def move_back(self) -> None:
        """Put it back where it was."""
        self._move(self.path.parent / "elsewhere", self.path.parent)

    def _move(self, source: Path, target: Path) -> None:
        target.mkdir(exist_ok=True)
        for path in source.glob(f"{self.path.name}*"):
            path.rename(target / path.name)


class PostgresPlace:
    """A database of a server of its own, which promises what it commits."""

    def __init__(self, cluster: StoppableCluster, folder: Path) -> None:
        self.folder = folder
        self.cluster = cluster
        self.url = cluster.create()
        self._name = self.url.rsplit("/", 1)[1]
        self._ask(f"ALTER DATABASE {self._name} SET synchronous_commit = on")

    def settle(self) -> None:
        """Wait until the server has noticed that its clients are gone; there must be none of ours in the meantime."""
        deadline = time.monotonic() + 30
        while self._ask(f"SELECT 1 FROM pg_stat_activity WHERE datname = '{self._name}' AND state <> 'idle'"):
            if time.monotonic() > deadline:
                raise TimeoutError("a killed process's transaction goes on")
            time.sleep(0.002)

    def terminate(self) -> None:
        """End all connections of others."""
        self._ask(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self._name}'"
            " AND pid <> pg_backend_pid()"
        )

    def _ask(self, statement: str) -> list[tuple[object, ...]]:
        url = f"{self.url.rsplit('/', 1)[0]}/postgres"
        with psycopg.connect(url, autocommit=True) as connection:
            answer = connection.execute(statement.encode())
            return list(answer) if answer.description else []


class StoppableCluster(Cluster):
    """A PostgreSQL server that is stopped as if its machine had lost power, and started again."""

    def __init__(self, directory: Path) -> None:
        self._folder = directory
        super().__init__(directory)

    def halt(self) -> None:
        """Stop at once: what is committed stays, all else is lost."""
        self._run("pg_ctl", "-D", self._folder / "data", "-m", "immediate", "-w", "stop")

    def start(self) -> None:
        """Start again and wait until it answers."""
        settings = (*SETTINGS, f"port={self.port}", f"unix_socket_directories={self._folder}")
        options = " ".join(f"-c {setting}" for setting in settings)
        self._run("pg_ctl", "-D", self._folder / "data", "-w", "-l", self._folder / "log", "-o", options, "start")

    def said(self, what: str) -> int:
        """Return how often the server's log says something."""
        return (self._folder / "log").read_text("utf-8", errors="replace").count(what)


@contextmanager
def sqlite_place(*, small_disk: bool = False) -> Iterator[SqlitePlace]:
    """An SQLite database in a folder of its own; on a small disk in memory if that is asked for and allowed."""
    folder = Path(tempfile.mkdtemp(prefix="talentnord-faults-"))
    disk = folder / "disk"
    mounted = small_disk and os.geteuid() == 0 and _mount(disk)
    try:
        yield SqlitePlace(folder, disk if mounted else None)
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(disk)], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _mount(disk: Path) -> bool:
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=48m,mode=700", "talentnord-faults", str(disk)]
    return shutil.which("mount") is not None and subprocess.run(command, check=False).returncode == 0


@contextmanager
def postgres_place() -> Iterator[PostgresPlace]:
    """A PostgreSQL server with one database."""
    # Not below a folder that only we may enter: the server runs as another account.
    folder = Path(tempfile.mkdtemp(prefix="talentnord-faults-pg-"))
    own = Path(tempfile.mkdtemp(prefix="talentnord-faults-"))
    try:
        cluster = StoppableCluster(folder)
        try:
            yield PostgresPlace(cluster, own)
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(own, ignore_errors=True)
