"""The facts without which a number means nothing: the machine, the interpreter, the versions."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("transitions", "SQLAlchemy", "python-statemachine", "SpiffWorkflow", "dbos")


def facts(packages: Sequence[str] = PACKAGES, synchronous: str = "NORMAL where not said otherwise") -> dict[str, str]:
    """Facts by name, in the order in which to print them; the load is that of the moment of the call."""
    return {
        "processor": processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "system": f"{platform.system()} {platform.machine()}",
        "load before the run (1 min)": load(),
        "Python": platform.python_version(),
        "SQLite": f"{sqlite3.sqlite_version}, WAL; synchronous={synchronous}",
    } | {package: version(package) for package in packages}


def load() -> str:
    """The mean number of processes that wanted to run in the last minute."""
    return f"{os.getloadavg()[0]:.2f}"


def processor() -> str:
    """The processor's name, where the system tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "unknown")
