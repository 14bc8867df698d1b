"""The docs name what there is: keys, settings, forms, words, commands, decisions; links and examples in them work."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typer
from babel.dates import format_date
from pydantic import BaseModel

from config import (
    answers,
    attendance,
    cohort,
    content,
    effects,
    form,
    groups,
    opening,
    plan,
    profile,
    programme,
    regions,
    roles,
    spec,
)
from config.checks.all import check_all
from config.library import Library
from config.list_columns import ListForm
from config.roles import MEANINGS
from config.settings import Settings
from config.spec import Spec
from config.working_time import WorkingTime
from flows.cli import app
from notifications.messages import messages_of
from states.exploration.explore import explore
from states.machines.rules import rules_of
from states.plan.calendar import Calendar
from tests.support.list_form import COLUMNS

ROOT = Path(__file__).parents[2]
COMMANDS: dict[str, Any] = vars(typer.main.get_command(app))["commands"]
DOCS = sorted(ROOT.glob("docs/**/*.md"))
PAGES = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *DOCS]
TALENT_NORD = Library().programme("talent-nord").definition
MODELS = [
    model
    for module in (
        spec,
        programme,
        content,
        roles,
        effects,
        answers,
        attendance,
        opening,
        groups,
        form,
        regions,
        plan,
        cohort,
        profile,
    )
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, BaseModel) and model.__module__ == module.__name__
]


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


OF_FILES = "".join(
    map(
        read,
        (
            f"docs/{name}.md"
            for name in ("programme", "another-programme", "answers", "attendance", "plan", "content", "cohort")
        ),
    )
)


def part_about(model: str) -> str:
    """What the pages say of a model: the section under its heading, and table rows that begin with it."""
    text = OF_FILES
    section = re.search(rf"^##+ [^\n]*\(`{model}`\)[^\n]*\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)
    rows = re.findall(rf"^\| [^|\n]*\(`{model}`\) \|.*$", text, re.MULTILINE)
    return "\n".join([section[1] if section else "", *rows])


def keys_of(text: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL)))


# -- docs/programme.md, docs/cohort.md -------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_of_the_yaml_is_explained_where_it_belongs(model: type[BaseModel]) -> None:
    keys = {field.alias or name for name, field in model.model_fields.items()}
    assert keys or model is Spec
    assert keys <= keys_of(part_about(model.__name__))


def test_every_key_of_the_working_hours_is_explained() -> None:
    assert {field.name for field in dataclasses.fields(WorkingTime)} <= keys_of(part_about("WorkingTime"))


def test_roles_columns_verbs_and_states_are_named_as_the_code_has_them() -> None:
    known = keys_of(OF_FILES)
    books = rules_of(TALENT_NORD.programme.model_dump_json(by_alias=True)).commitments.values()
    verbs = {re.sub(r"_\d+$", "_1", trigger) for book in books for trigger in book.triggers}
    states = {state.partition(".")[0] for book in books for state in book.states}
    assert set(MEANINGS) <= known
    assert set(COLUMNS) <= known
    assert verbs <= known
    assert states <= known


def test_the_small_programme_is_one(tmp_path: Path) -> None:
    for path, text in re.findall(r"```yaml\n# (\S+)\n(.*?)```", read("docs/programme.md"), re.DOTALL):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text, "utf-8")
    talent = "1;Eva Lund;eva@kommune.example.org;kommune;Børn;ny leder;Per Dahl;per@kommune.example.org;Chef"
    (tmp_path / "cohorts/intro-1/people.csv").write_text(f"{';'.join(ListForm.plain().columns)}\n{talent}\n", "utf-8")
    library = Library(tmp_path)
    assert check_all(library, ["intro-1"], messages_of(library)) == []
    assert explore(library.programme("intro").definition).problems == ()


# -- the other pages -----------------------------------------------------------------------------------------------


def test_every_setting_is_in_the_table() -> None:
    text = read("docs/settings.md")
    for name in Settings.model_fields:
        assert f"\n| `TALENTNORD_{name.upper()}` |" in text


def test_every_form_is_explained_to_coordinators() -> None:
    text = read("docs/coordinator-reference.md")
    for one in TALENT_NORD.programme.forms:
        assert f"\n| {one.label} |" in text


def test_every_state_is_explained_to_coordinators() -> None:
    text = read("docs/coordinator-reference.md").lower()
    for word in TALENT_NORD.programme.commitment_states.values():
        assert re.search(rf"^\| [^|\n]*\b{word}\b", text, re.MULTILINE), word


def test_the_glossary_has_every_role_commitment_and_state_in_both_languages() -> None:
    rows = dict(re.findall(r"^\| ([\w, ]+?) \| ([^|]+?) \|", read("docs/glossary.md"), re.MULTILINE))
    for state, word in TALENT_NORD.programme.commitment_states.items():
        assert rows[state] == word
    assert {spec.id for spec in TALENT_NORD.programme.commitments} <= rows.keys()
    assert set(MEANINGS) - {"group", "partner", "cohort"} <= rows.keys()


def test_every_command_and_option_is_documented_with_its_default_and_no_other() -> None:
    sections = re.findall(
        r"^## `talentnord ([\w-]+)`\n(.*?)(?=^## |\Z)", read("docs/commands.md"), re.MULTILINE | re.DOTALL
    )
    told = {name: dict(re.findall(r"^\| (`--[^|]+) \| ([^|]+) \|", text, re.MULTILINE)) for name, text in sections}
    assert told.keys() == COMMANDS.keys()
    for name, command in COMMANDS.items():
        assert command.help, name
        there = {
            ", ".join(f"`{one}`" for one in names_of(option)): default_of(option) for option in options_of(command)
        }
        assert told[name].keys() == there.keys(), name
        assert {names: told[name][names] for names in there if there[names]} == {k: v for k, v in there.items() if v}


def test_the_commands_that_pages_show_are_there() -> None:
    for page in PAGES:
        text = page.read_text("utf-8")
        code = [*re.findall(r"```sh\n(.*?)```", text, re.DOTALL), *re.findall(r"`(talentnord [^`\n]+)`", text)]
        for name, rest in re.findall(r"\btalentnord (\w[\w-]*)([^#\n]*)", "\n".join(code)):
            assert name in COMMANDS, (page.name, name)
            known = {one for option in options_of(COMMANDS[name]) for one in names_of(option)}
            assert set(re.findall(r"--[\w-]+", rest)) <= known, (page.name, name, rest)


def options_of(command: Any) -> list[Any]:
    return [one for one in command.params if one.param_type_name == "option"]


def names_of(option: Any) -> list[str]:
    return [*option.opts, *option.secondary_opts]


def default_of(option: Any) -> str:
    """Return how the page must write an option's default; nothing where the command works it out."""
    if option.required:
        return "required"
    if option.is_flag:
        return f"`{option.opts[0]}`" if option.default else "off"
    return "" if option.default is None else f"`{option.default}`"


def test_every_decision_is_linked_from_the_architecture() -> None:
    text = read("ARCHITECTURE.md")
    for decision in ROOT.glob("docs/adr/*.md"):
        assert f"(docs/adr/{decision.name})" in text


def test_the_map_names_each_file_that_is_there_and_no_other() -> None:
    mapped: set[str] = set()
    for folder, row in re.findall(r"^\| `(\w+/(?:\w+/)?)`(.*?) \|", read("ARCHITECTURE.md"), re.MULTILINE):
        assert (ROOT / folder).is_dir(), folder
        mapped.update(f"{folder}{name}" for name in re.findall(r"`(\w+\.py)`", row))
    files = {
        str(file.relative_to(ROOT))
        for package in ("config", "states", "notifications", "flows")
        for file in (ROOT / package).rglob("*.py")
        if file.name != "__init__.py" and "migrations" not in file.parts
    }
    assert mapped == files


def test_the_timelines_have_the_dates_that_the_cohort_gives() -> None:
    hold_3 = Library().cohort("hold-3")
    hours = hold_3.definition.working_time
    calendar = Calendar.of(hold_3.cohort.dates, hold_3.definition)
    text = read("docs/coordinator.md")
    for name, heading in (("expectation_talk", "**Forventningssamtalen**"), ("mentor_meeting_m1", "**Mentormødet**")):
        spec = hold_3.definition.commitments[name]
        assert spec.opens is not None
        anchors = {"due": calendar.day_of(spec.due)}
        anchors["missed"] = calendar.day_of(spec.miss, known(anchors))
        instants = [calendar.opening_at(spec.opens)]
        instants += [calendar.notice_at(one.when, known(anchors)) for one in spec.reminders]
        instants += [calendar.deadline_at(one.when, known(anchors)) for one in spec.escalation]
        expected = {*known(anchors).values(), *(hours.local(at).date() for at in instants if at is not None)}
        told = re.findall(
            r"^\| [^|]+ \| ([^|]+) \| [^|]+ \|$", text.partition(heading)[2].split("\n\n")[1], re.MULTILINE
        )
        assert set(told) - {"dato", "---"} == {format_date(day, "d. MMMM", locale="da") for day in expected}


def known(anchors: Mapping[str, date | None]) -> dict[str, date]:
    return {name: day for name, day in anchors.items() if day is not None}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link, heading in re.findall(r"\]\(([^)#]*)(?:#([^)]+))?\)", page.read_text("utf-8")):
        if not link.startswith("http"):
            target = page.parent / link if link else page
            assert target.exists(), link
            if re.fullmatch(r"L\d+", heading) and target.suffix != ".md":
                assert int(heading[1:]) <= len(target.read_text("utf-8").splitlines()), (link, heading)
            else:
                assert not heading or heading in headings(target), (link, heading)


def headings(page: Path) -> set[str]:
    """The addresses of a page's headings: small letters, hyphens for blanks, nothing else but letters and digits."""
    found = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in found}


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_no_page_is_longer_than_one_reads(page: Path) -> None:
    assert len(page.read_text("utf-8").splitlines()) < 300
