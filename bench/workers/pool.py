"""A Prefect server on PostgreSQL with a pool of process workers, and ticks that are run through it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flows.server.ports import free_port
from flows.server.process import ServerPlace, child, prefect_server
from tests.support.prefect import ask

ROOT = Path(__file__).parents[2]
_DATABASE = "PREFECT_SERVER_DATABASE_CONNECTION_URL"
_ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
PATIENCE = 180.0
"""Seconds after which a tick that has not ended counts as lost with its worker."""


@dataclass
class Pool:
    """A server with its workers; ``killed`` are the runs whose worker was killed."""

    place: ServerPlace
    run: str = ""
    killed: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)

    def tick(self, at: datetime) -> bool:
        """Run the deployment ``tick`` on a worker whose clock stands at ``at``; return whether it ended well."""
        deployment = ask(self.place, "/deployments/name/tick/tick")["id"]
        ahead = str(int((at - datetime.now(UTC)).total_seconds()))
        body = {"state": {"type": "SCHEDULED"}, "job_variables": {"env": {"TALENTNORD_CLOCK_AHEAD": ahead}}}
        self.run = ask(self.place, f"/deployments/{deployment}/create_flow_run", body)["id"]
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.run not in self.killed:
            state = str(ask(self.place, f"/flow_runs/{self.run}")["state_type"])
            if state in _ENDED:
                self.states.append(state)
                return state == "COMPLETED"
            time.sleep(0.3)
        self.states.append("KILLED")
        return False

    def kill_who_runs(self) -> None:
        """Kill the process that carries out the present tick, and the worker that has started it."""
        for pid in _processes_of(self.run):
            with suppress(ProcessLookupError, FileNotFoundError):
                parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
                os.kill(parent, signal.SIGKILL)
                os.kill(pid, signal.SIGKILL)
        self.killed.append(self.run)


def _processes_of(run: str) -> list[int]:
    """Return the processes that have a run's id in their environment."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if f"PREFECT__FLOW_RUN_ID={run}".encode() in path.read_bytes():
                found.append(int(path.parent.name))
    return found


@contextmanager
def pool_of(workers: int, home: Path, database: str, settings: Mapping[str, str]) -> Iterator[Pool]:
    """Start a server whose database is ``database``, deploy all to a pool, and start so many workers."""
    place = ServerPlace(free_port(), home / "prefect")
    address = {_DATABASE: database.replace("postgresql://", "postgresql+asyncpg://")}
    environment = {**place.environment(), **settings, "PYTHONPATH": str(ROOT), "PREFECT_WORKER_QUERY_SECONDS": "1"}
    os.environ.update(address)
    with prefect_server(place), ExitStack() as stack:
        del os.environ[_DATABASE]
        _prefect(environment, "work-pool", "create", "talentnord", "--type", "process")
        _prefect(environment, "deploy", "--all")
        _unschedule(place)
        for number in range(workers):
            command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "talentnord"]
            stack.enter_context(child(command, environment, home / f"worker-{number}.log", cwd=ROOT))
        yield Pool(place)


def _prefect(environment: Mapping[str, str], *words: str) -> None:
    command = [sys.executable, "-m", "prefect", "--no-prompt", *words]
    subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, **environment}, capture_output=True)


def _unschedule(place: ServerPlace) -> None:
    """Stop the schedule of the tick: it would run by a clock that is not turned."""
    deployment = ask(place, "/deployments/name/tick/tick")["id"]
    ask(place, f"/deployments/{deployment}/pause_deployment", {})
