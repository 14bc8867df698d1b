"""A second, different programme runs from data alone: nothing of Talent Nord is built into the code."""

from __future__ import annotations

import email
import re
import shutil
from email import policy
from pathlib import Path
from typing import Any

import pytest

from config.checks.all import check_all
from config.library import Library
from config.profile import load_profile
from config.settings import load_settings
from flows.cockpit.forms import choices_for, schema
from flows.rehearsal.to_files import Rehearsed, rehearse
from notifications.messages import messages_of
from states.engine import Engine
from states.exploration.explore import explore
from states.store.database import Database
from tests.support.definitions import copy_of
from tests.support.driver import START

ROOT = Path(__file__).parents[2]
LIBRARY = Library(ROOT / "tests" / "data" / "config")
TALENT_NORD = Library().programme("talent-nord").definition


def test_it_checks_clean_and_nobody_can_get_stuck() -> None:
    problems = check_all(LIBRARY, ["spring"], messages_of(LIBRARY))
    assert [str(problem) for problem in problems if not problem.warning] == []
    assert explore(LIBRARY.programme("mentor-light").definition).problems == ()


def test_a_fault_elsewhere_does_not_make_its_templates_missing(tmp_path: Path) -> None:
    copy = copy_of(LIBRARY, "mentor-light", "spring", tmp_path / "light")
    shutil.copytree(LIBRARY.root / "templates", copy.root / "templates")
    copy.edit(copy.programme, "due: w1d1 - 1d", "deu: w1d1 - 1d")
    copy.edit(copy.programme, "mail: supper_call", "mail: super_call")
    found = [copy.short(problem) for problem in check_all(copy.library, ["spring"], messages_of(copy.library))]
    assert len(found) == 3
    assert f"mentor-light.yaml:{copy.line(copy.programme, 'super_call')}" in found[0]
    assert "no template 'super_call', did you mean 'supper_call'?" in found[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("spring")
    profile = load_profile(LIBRARY.root, "usual")
    steps = list(rehearse(LIBRARY.cohort("spring"), profile, out, 3, load_settings(), LIBRARY))
    last = steps[-1]
    assert isinstance(last, Rehearsed)
    assert last.summary.stuck == ()
    assert set(last.summary.states) == {"fellow", "gone"}
    assert last.summary.mails > 20
    return out


def mails(folder: Path) -> list[Any]:
    paths = sorted((folder / "mail").glob("*.eml"))
    return [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]


def test_its_mails_are_its_own(folder: Path) -> None:
    for mail in mails(folder):
        text = mail.get_body(("plain",)).get_content()
        assert text.startswith("Dear ")
        assert "Mentor Light" in text
        assert not re.search(r"Talent Nord|Kære|hilsen|modul|[æøå]", text.replace(mail["To"], ""), re.IGNORECASE), text


def test_its_forms_ask_for_its_own_things(sqlite: Database) -> None:
    loaded = LIBRARY.cohort("spring")
    Engine(sqlite, lambda: START).enrol(loaded.cohort, loaded.definition, loaded.people)
    note, left = loaded.definition.programme.forms
    with sqlite.read() as connection:
        asks = schema(loaded.definition, note, choices_for(connection, "mentor-light", note, START))
        leaves = schema(loaded.definition, left, choices_for(connection, "mentor-light", left, START))
    assert [field["title"] for field in asks["properties"].values()] == ["Person", "What", "On", "Remark"]
    assert asks["properties"]["commitment"]["enum"] == [f"Note after workshop {number}" for number in (1, 2, 3)]
    assert list(leaves["properties"]) == ["talent", "note"]


OWN_WORDS = {
    *TALENT_NORD.milestones,
    *(spec.id for spec in TALENT_NORD.programme.commitments),
    *TALENT_NORD.programme.shapes,
    "forventningssamtale",
    "mentormøde",
    "skyggepraktik",
    "lederportræt",
    "alumnedag",
    "bootcamp_",
    "hold-3",
}
SHARED = {"challenge", "second_mentor", "bootcamp"}
"""TemplateSource of the code itself (a role, a view's field), which Talent Nord's data happens to use as names too."""


@pytest.mark.parametrize(
    "path", [*ROOT.glob("states/**/*.py"), *ROOT.glob("notifications/**/*.py"), *ROOT.glob("flows/*.py")]
)
def test_no_code_knows_talent_nords_own_words(path: Path) -> None:
    code = re.sub(r'"""(?:.|\n)*?"""|#.*', "", path.read_text("utf-8"))
    if path.name in {
        "cli.py",
        "import_command.py",
        "preview_command.py",
        "rules_command.py",
    }:  # The cohort that is meant where none is named.
        code = code.replace("hold-3", "").replace('"talent-nord"', "")
    found = {word for word in OWN_WORDS - SHARED if re.search(rf"\b{re.escape(word)}\b", code, re.IGNORECASE)}
    assert found == set()
