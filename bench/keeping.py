"""How benchmarks of running servers begin and end alike: their options, a folder, where figures are kept."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.report import HERE
from bench.run import SCRATCH


def options_of(about: str | None) -> argparse.ArgumentParser:
    """Return a parser that asks for the day, as all such benchmarks do; ``about`` says what is measured."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--date", required=True, help="the day of the measurement, as it shall stand in the results")
    return parser


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder on the disk of the checkout, for one run."""
    SCRATCH.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        yield Path(folder)


def keep(name: str, record: Mapping[str, object]) -> None:
    """Write the figures of a benchmark to ``results/``."""
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    (HERE / "results" / f"{name}.json").write_text(text, encoding="utf-8")
