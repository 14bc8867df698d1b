"""Checks of definitions: everything wrong in a programme, its cohorts and their people, all at once.

What a file's form says is checked as it is read; here is what only the whole tells. Each check is a small generator of
problems in ``references``, ``time``, ``dates`` and ``people``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from config.checks import attendance, content, contradictions, dates, plan, references, regions, roles, teams, time
from config.checks.answers import answers
from config.checks.labels import shared_labels
from config.checks.people import challenges, group_sizes, one_name_each
from config.cohort import Cohort
from config.definition import Definition
from config.errors import DefinitionError, FileMissingError, Problem
from config.files.salvage import salvage
from config.files.yaml_file import Source, load_yaml
from config.library import Library
from config.list_columns import ListForm
from config.names import file_name
from config.people import People, read_people
from config.people_named import PeopleNamed
from config.programme import Programme

# Without an entry of these, the rest of the file still means what it says.
INDEPENDENT = {
    "attendance", "commitments", "events", "forms", "form_fields", "regions", "verbs", "commitment_states", "plan",
    "content", "dates", "organisations", "challenges", "coordinators",
}  # fmt: skip
# Who is told what beside them, and when, changes nothing of a milestone either.
BESIDE = {"notices", "finds", "audience"}


def check_all(library: Library, cohort_ids: Iterable[str], messages: Collection[str]) -> list[Problem]:
    """Return everything wrong in cohorts, their programmes and their people; never stops at the first fault.

    Also what cannot be read is a problem here, never an exception.
    """
    problems: list[Problem] = []
    programmes: dict[str, Definition | None] = {}
    forms: dict[str, ListForm | None] = {}
    for ident in cohort_ids:
        try:
            source = load_yaml(library.cohort_file(ident))
        except (DefinitionError, FileMissingError) as error:
            problems += _as_problems(error)
            continue
        name = _text(source, "programme")
        if name in library.programmes() and name not in programmes:
            programmes[name] = _check_programme_file(library, name, messages, problems)
            forms[name] = _list_form(library, name)
        problems += _cohort_file(library, source, programmes.get(name), forms.get(name))
    return _sorted(problems)


def _check_programme_file(
    library: Library, ident: str, messages: Collection[str], problems: list[Problem]
) -> Definition | None:
    """Add what is wrong in a programme; give as much of it as its cohorts can be checked against."""
    try:
        source = load_yaml(library.programme_file(ident))
    except DefinitionError as error:
        problems += error.problems
        return None
    programme, rest, faults = salvage(Programme, source)
    problems += faults
    if programme is None:
        return None
    definition = Definition(programme)
    problems += shared_labels(library, definition, rest)
    if not _independent(rest):
        problems += _by_themselves(definition, rest, messages)
        return None
    problems += _programme(definition, rest, messages)
    return definition


def _list_form(library: Library, ident: str) -> ListForm | None:
    """Return how the lists of a programme are written, whatever else is wrong in it; ``None`` where that is wrong."""
    try:
        data = load_yaml(library.programme_file(ident)).data
        parts = data if isinstance(data, dict) else {}
        named = {key: part for key, part in parts.items() if key in PeopleNamed.model_fields}
        return PeopleNamed.model_validate(named).list_form
    except (DefinitionError, ValidationError):
        return None


def _cohort_file(
    library: Library, source: Source, definition: Definition | None, form: ListForm | None
) -> Iterator[Problem]:
    cohort, rest, faults = salvage(Cohort, source)
    yield from faults
    people, problems = _people(source, form)
    yield from problems
    if cohort is None:
        return
    try:
        library.check_references(source, cohort.programme, cohort.people)
    except DefinitionError as error:
        yield from error.problems
    if _independent(rest):
        yield from _cohort(cohort, definition, people, rest)


def _people(source: Source, form: ListForm | None) -> tuple[People | None, list[Problem]]:
    """The people that a cohort names, though much else in its file may be wrong."""
    name = _text(source, "people") or Cohort.model_fields["people"].default
    try:
        path = Path(source.file).parent / file_name(name)
    except ValueError:  # Told as a fault of the cohort's form.
        return None, []
    organisations = source.data.get("organisations") if isinstance(source.data, dict) else None
    if form is None or not path.is_file() or not isinstance(organisations, dict):
        return None, []
    try:
        return read_people(path, organisations, form), []
    except DefinitionError as error:
        return None, list(error.problems)


def _programme(definition: Definition, source: Source, messages: Collection[str]) -> Iterator[Problem]:
    if definition.programme.id != (name := Path(source.file).stem):
        yield source.problem(("id",), f"should be the file's name, {name!r}, not {definition.programme.id!r}")
    yield from references.unknown_references(definition, source)
    yield from _by_themselves(definition, source, messages)
    yield from references.places(definition, source)
    yield from contradictions.no_way_back(definition, source)
    yield from contradictions.events_by_time(definition, source)
    yield from contradictions.unused_names(definition, source)
    yield from regions.moves(definition, source)
    yield from time.unknown_anchors(definition, source)
    yield from time.wrong_order(definition, source)
    yield from time.chases(definition, source)


def _by_themselves(definition: Definition, source: Source, messages: Collection[str]) -> Iterator[Problem]:
    """Yield the faults that show even where other parts of a programme are missing."""
    yield from references.unknown_messages(definition, source, messages)
    yield from roles.roles(definition, source)
    yield from roles.columns(definition, source)
    yield from references.nobody_meant(definition, source)
    yield from references.twice(definition, source)
    yield from references.forms(definition, source)
    yield from plan.wrong_mails(definition, source)
    yield from plan.asked_for_nothing(definition, source)
    yield from answers(definition, source)
    yield from contradictions.bounds(definition, source)
    yield from teams.teams(definition, source)
    yield from teams.forms(definition, source)
    yield from contradictions.choices_in_a_ring(definition, source)
    yield from attendance.attendance(definition, source)
    yield from content.topics(definition.programme.content, definition, source)


def _cohort(cohort: Cohort, definition: Definition | None, people: People | None, source: Source) -> Iterator[Problem]:
    if cohort.id != (name := Path(source.file).parent.name):
        yield source.problem(("id",), f"should be the folder's name, {name!r}, not {cohort.id!r}")
    yield from one_name_each(cohort, people, source)
    if definition is None:
        return
    for check in (dates.names, dates.rules, challenges):
        yield from check(cohort, definition, source)
    yield from content.topics(cohort.content, definition, source)
    if people is not None:
        yield from group_sizes(people, definition, source)


def _independent(source: Source) -> bool:
    return all(path[0] in INDEPENDENT or not BESIDE.isdisjoint(path) for path in source.dropped)


def _text(source: Source, key: str) -> str:
    value = source.data.get(key) if isinstance(source.data, dict) else None
    return value if isinstance(value, str) else ""


def _as_problems(error: DefinitionError | FileMissingError) -> list[Problem]:
    if isinstance(error, DefinitionError):
        return list(error.problems)
    return [Problem(str(error.path), None, "", str(error).removeprefix(f"{error.path}: "))]


def _sorted(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(dict.fromkeys(problems), key=lambda problem: (problem.file, problem.line or 0))
