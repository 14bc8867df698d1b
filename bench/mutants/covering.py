"""Notes which tests run which lines of the files that are mutated: a pytest plugin, and what it has noted."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

NOTES = "MUTANTS_NOTES"
FILES = "MUTANTS_FILES"


class Notes:
    """Lines by test, while the tests run."""

    def __init__(self, root: Path, files: list[str]) -> None:
        self._files = {str(root / file): file for file in files}
        self.lines: dict[tuple[str, int], set[str]] = defaultdict(set)
        self.seconds: dict[str, float] = {}
        self._test = ""

    def trace(self, frame: FrameType, event: str, _argument: Any) -> Any:
        """Note a line; frames of other files are left alone."""
        file = self._files.get(frame.f_code.co_filename)
        if file is None:
            return None
        if event == "line":
            self.lines[file, frame.f_lineno].add(self._test)
        return self.trace

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Note what one test runs, its fixtures too."""
        self._test, began = item.nodeid, time.monotonic()
        threading.settrace(self.trace)
        sys.settrace(self.trace)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)
            self.seconds[self._test] = time.monotonic() - began


def pytest_configure(config: pytest.Config) -> None:
    """Begin to note."""
    config.pluginmanager.register(Notes(config.rootpath, os.environ[FILES].split()), "notes")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Write down what was noted."""
    notes = config.pluginmanager.get_plugin("notes")
    if isinstance(notes, Notes):
        lines = {f"{file}:{line}": sorted(tests) for (file, line), tests in notes.lines.items()}
        Path(os.environ[NOTES]).write_text(json.dumps({"lines": lines, "seconds": notes.seconds}), "utf-8")
