"""Copies of definitions to be edited by tests, and where in them something stands."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from config.errors import Problem
from config.files.yaml_file import load_yaml
from config.library import Library

ROOT = Path(__file__).parents[2]
TALENT_NORD = Library()
MENTOR_LIGHT = Library(ROOT / "tests" / "data" / "config")


def written_messages(programme: Path) -> set[str]:
    """Return the names of all mails and tasks in a programme's file."""

    def found(data: object) -> set[str]:
        parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
        named = {data[kind] for kind in ("mail", "task") if kind in data} if isinstance(data, dict) else set()
        return named.union(*map(found, parts))

    data = load_yaml(programme).data
    of_groups = {data.get("groups", {}).get("on_change")} - {None}
    named = {data[key] for key in ("on_move", "on_call_off", "on_correct", "on_office") if key in data}
    teams = [shape["teams"] for shape in data.get("shapes", {}).values() if "teams" in shape]
    return found(data) | named | of_groups | {one["on_change"] for one in teams}


@dataclass(frozen=True)
class Copy:
    """An editable copy of one programme and one cohort."""

    root: Path
    programme: Path
    cohort: Path
    people: Path

    @property
    def library(self) -> Library:
        """The copy as a library."""
        return Library(self.root)

    def edit(self, file: Path, old: str, new: str) -> None:
        """Replace a text that is there exactly once."""
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        file.write_text(text.replace(old, new), encoding="utf-8")

    def line(self, file: Path, mark: str) -> int:
        """Return the line, from 1, on which ``mark`` is first found."""
        text = file.read_text(encoding="utf-8")
        return text[: text.index(mark)].count("\n") + 1

    def short(self, problem: Problem) -> str:
        """Return a problem with the bare name of its file."""
        return str(problem).replace(f"{Path(problem.file).parent}/", "", 1)


def copy_of(library: Library, programme: str, cohort: str, root: Path) -> Copy:
    """Copy one programme and one cohort below ``root``."""
    (root / "programmes").mkdir(parents=True)
    file = Path(shutil.copy(library.programme_file(programme), root / "programmes"))
    folder = Path(shutil.copytree(library.cohort_file(cohort).parent, root / "cohorts" / cohort))
    return Copy(root, file, folder / "cohort.yaml", folder / "people.csv")
