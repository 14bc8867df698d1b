"""The programmes and cohorts there are: each found by its id, read, and given in its typed form."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from config.cohort import Cohort
from config.definition import Definition
from config.errors import DefinitionError, FileMissingError, Problem
from config.files.yaml_file import Source, load_yaml, problems_of
from config.people import People, read_people
from config.programme import Programme
from config.suggest import did_you_mean

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class LoadedProgramme:
    """A programme, and the file it was read from."""

    definition: Definition
    source: Source


@dataclass(frozen=True)
class LoadedCohort:
    """A cohort with its programme and its people, and the file it was read from."""

    cohort: Cohort
    definition: Definition
    people: People
    source: Source


@dataclass(frozen=True)
class Library:
    """A folder of definitions: ``programmes/<id>.yaml`` and ``cohorts/<id>/cohort.yaml`` with its list of people."""

    root: Path = Path(__file__).parent

    def programmes(self) -> list[str]:
        """Return the ids of all programmes."""
        return sorted(path.stem for path in (self.root / "programmes").glob("*.yaml"))

    def cohorts(self) -> list[str]:
        """Return the ids of all cohorts."""
        return sorted(path.parent.name for path in (self.root / "cohorts").glob("*/cohort.yaml"))

    def programme_file(self, ident: str) -> Path:
        """Return where a programme is written; raises ``FileMissingError`` naming those there are."""
        path = self.root / "programmes" / f"{ident}.yaml"
        if ident not in (known := self.programmes()):
            raise FileMissingError(path, "programme", known)
        return path

    def cohort_file(self, ident: str) -> Path:
        """Return where a cohort is written; raises ``FileMissingError`` naming those there are."""
        path = self.root / "cohorts" / ident
        if ident not in (known := self.cohorts()):
            raise FileMissingError(path, "cohort", known)
        return path / "cohort.yaml"

    def programme(self, ident: str) -> LoadedProgramme:
        """Read a programme.

        Raises ``FileMissingError``, and ``DefinitionError`` with everything in the file that has not the right form.
        What the form alone does not tell is found by ``config.checks``.
        """
        source = load_yaml(self.programme_file(ident))
        return LoadedProgramme(Definition(typed(Programme, source)), source)

    def cohort(self, ident: str) -> LoadedCohort:
        """Read a cohort, its programme and its people.

        Raises ``FileMissingError`` for the cohort, and ``DefinitionError`` for what is wrong in one of the files or
        refers to a file that does not exist.
        """
        path = self.cohort_file(ident)
        source = load_yaml(path)
        cohort = typed(Cohort, source)
        self.check_references(source, cohort.programme, cohort.people)
        definition = self.programme(cohort.programme).definition
        people = read_people(path.parent / cohort.people, cohort.organisations, definition.programme.list_form)
        return LoadedCohort(cohort, definition, people, source)

    def check_references(self, source: Source, programme: str, people: str) -> None:
        """Raise ``DefinitionError`` when the programme or the list of people that a cohort names does not exist."""
        problems: list[Problem] = []
        if programme not in (known := self.programmes()):
            problems.append(
                source.problem(("programme",), f"no programme {programme!r}{did_you_mean(programme, known)}")
            )
        folder = Path(source.file).parent
        if not (folder / people).is_file():
            lists = [path.name for path in folder.iterdir() if path.suffix in (".csv", ".xlsx")]
            problems.append(source.problem(("people",), f"no file {people!r}{did_you_mean(people, lists)}"))
        if problems:
            raise DefinitionError(problems)


def typed(model: type[Model], source: Source) -> Model:
    """Return the data of a file in its typed form; raises ``DefinitionError`` with every fault."""
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        raise DefinitionError(problems_of(error, source, model=model)) from error
