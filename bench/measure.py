"""One run of one entry, in a process of its own: ``python -m bench.measure MODULE FUNCTION N PARENT``.

Prints the result as a line of JSON. A process each keeps one entry's imports, threads and garbage out of another's
time. PARENT is the directory in which the run's own, temporary one is made.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import cast

from bench.work import Result, Run


def measure(module: str, function: str, n: int, parent: Path) -> Result:
    """Runs ``function`` of ``module`` in an empty directory below ``parent``; the entry checks its own work."""
    run = cast(Run, getattr(import_module(module), function))
    with tempfile.TemporaryDirectory(dir=parent) as directory:
        return run(n, Path(directory))


if __name__ == "__main__":
    _, module, function, n, parent = sys.argv
    sys.stdout.write(json.dumps(asdict(measure(module, function, int(n), Path(parent)))) + "\n")
