"""The ``talentnord`` command as an operator meets it: what it prints, and how it ends."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from config.library import Library
from flows.cli import app
from flows.server.ports import free_port
from states.machines.rules import rules_for
from states.views.diagram import commitment_diagram, journey_diagram
from tests.support.command import Command, Ended
from tests.support.definitions import MENTOR_LIGHT, TALENT_NORD, Copy, copy_of

REHEARSAL = ("rehearse", "--cohort", "spring", "--profile", "usual", "--seed", "3")


@pytest.fixture
def talentnord(run_command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """The command, with a database and a mail folder of its own; ``root`` is where its configuration lies."""
    monkeypatch.setenv("TALENTNORD_DATABASE_URL", f"sqlite:///{tmp_path}/domain.db")
    monkeypatch.setenv("TALENTNORD_MAIL_DIRECTORY", str(tmp_path / "mail"))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str, root: Path | None = None) -> Ended:
        if root is not None:
            monkeypatch.setenv("TALENTNORD_CONFIG_ROOT", str(root))
        return run_command(*arguments)

    return run


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """Talent Nord and hold-3, to be edited."""
    return copy_of(TALENT_NORD, "talent-nord", "hold-3", tmp_path / "config")


@pytest.fixture
def light(tmp_path: Path) -> Copy:
    """The second programme with its own templates, to be edited."""
    light = copy_of(MENTOR_LIGHT, "mentor-light", "spring", tmp_path / "light")
    shutil.copytree(MENTOR_LIGHT.root / "templates", light.root / "templates")
    return light


# -- check -----------------------------------------------------------------------------------------------------------


def test_check_prints_a_page_about_the_cohort_and_ok(talentnord: Command) -> None:
    ended = talentnord("check", "--cohort", "hold-3")
    assert (ended.code, ended.err) == (0, "")
    first, *_, last = ended.out.splitlines()
    assert first.startswith("talent-nord: ")
    assert first.endswith("0 places where someone is stuck")
    assert "Hold 3 (hold-3) · Talent Nord, version" in ended.out
    assert "Koordinatorer" in ended.out
    assert last == "ok"


def test_check_looks_at_every_cohort_there_is(talentnord: Command) -> None:
    ended = talentnord("check", root=MENTOR_LIGHT.root)
    assert ended.code == 0
    assert "Spring (spring) · Mentor Light" in ended.out


def test_check_names_an_error_with_its_line_and_what_may_have_been_meant(talentnord: Command, copy: Copy) -> None:
    copy.edit(copy.cohort, "programme: talent-nord", "programme: talent-nrd")
    ended = talentnord("check", "--cohort", "hold-3", root=copy.root)
    assert (ended.code, ended.out) == (2, "")
    assert f"{copy.cohort}:{copy.line(copy.cohort, 'programme:')}: " in ended.err
    assert "did you mean 'talent-nord'?" in ended.err
    assert "Traceback" not in ended.err


def test_check_names_every_error_at_once(talentnord: Command, light: Copy) -> None:
    """In the programme, the cohort and the list of people, each with its line."""
    light.edit(light.programme, "mail: supper_call", "mail: super_call")
    light.edit(light.programme, "due: w1d1 - 1d", "deu: w1d1 - 1d")
    light.edit(light.cohort, "email: ian.joss@", "email: ian.joss.")
    light.edit(light.people, "5;Eve Tarn;eve.tarn@south.example.org;south", "4;Eve Tarn;eve;sowth")
    ended = talentnord("check", root=light.root)
    assert ended.code == 2
    assert "ok" not in ended.out.split()
    for file, mark in [
        (light.programme, "super_call"),
        (light.programme, "deu:"),
        (light.cohort, "ian.joss."),
        (light.people, "4;Eve Tarn"),
    ]:
        assert f"{file}:{light.line(file, mark)}: " in ended.err
    assert "did you mean 'supper_call'" in ended.err
    assert "Traceback" not in ended.err


def test_check_names_who_could_be_stuck(talentnord: Command, copy: Copy) -> None:
    """Invariant 6: a leave that opens no task for anybody is never ended."""
    text = copy.programme.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in text if "task: leave_return" not in line]
    assert len(kept) == len(text) - 1
    copy.programme.write_text("".join(kept), "utf-8")
    ended = talentnord("check", "--cohort", "hold-3", root=copy.root)
    assert ended.code == 2
    assert "on_leave" in ended.err


# -- what does not exist ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["check", "import", "status"])
def test_a_cohort_that_is_not_there_is_one_clear_message(
    talentnord: Command, command: str, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALENTNORD_DATABASE_URL", sqlite_url)
    ended = talentnord(command, "--cohort", "hold-4")
    assert ended.code == 2
    assert "hold-4" in ended.err
    assert "Traceback" not in ended.err
    assert len(ended.err.splitlines()) == 1


def test_a_profile_that_is_not_there_is_named_with_its_like(talentnord: Command, tmp_path: Path) -> None:
    ended = talentnord("rehearse", "--out", str(tmp_path / "out"), "--profile", "typicl")
    assert ended.code == 2
    assert "did you mean 'typical'?" in ended.err


def test_a_programme_that_is_not_there_is_named_with_its_like(talentnord: Command) -> None:
    ended = talentnord("diagram", "--programme", "talentnord")
    assert ended.code == 2
    assert "did you mean 'talent-nord'?" in ended.err


def test_settings_that_are_wrong_are_named_without_their_values(
    talentnord: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALENTNORD_MAIL_TRANSPORT", "pigeon")
    monkeypatch.setenv("TALENTNORD_SMTP_PORT", "secret-in-the-wrong-place")
    ended = talentnord("status")
    assert ended.code == 2
    faults = [line.partition(":")[0] for line in ended.err.splitlines()]
    assert faults == ["TALENTNORD_MAIL_TRANSPORT", "TALENTNORD_SMTP_PORT"]
    assert "secret" not in ended.err


def test_the_command_itself_ends_without_a_traceback() -> None:
    command = [str(Path(sys.executable).parent / "talentnord"), "check", "--cohort", "hold-4"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.count("\n") == 1


# -- import, status, diagram -----------------------------------------------------------------------------------------


def test_a_cohort_is_imported_once_and_its_status_told(
    talentnord: Command, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALENTNORD_DATABASE_URL", sqlite_url)
    nobody = str(free_port())
    assert talentnord("status").out == "No cohort is enrolled yet: talentnord import --cohort hold-3\n"
    assert talentnord("import", "--cohort", "hold-3", "--port", nobody).out == "Hold 3: 24 talents enrolled\n"
    assert talentnord("import", "--cohort", "hold-3", "--port", nobody).out == "Hold 3: nothing to change\n"
    assert talentnord("status").out.startswith("Hold 3: 24 talents, ")
    [told] = json.loads(talentnord("status", "--json").out)
    assert (told["cohort"], told["talents"], told["states"]) == ("Hold 3", 24, {"active.before.talk": 24})
    assert told["stuck"] == []


def test_a_cohort_with_errors_is_not_imported(talentnord: Command, copy: Copy) -> None:
    copy.edit(copy.cohort, "programme: talent-nord", "programme: talent-nrd")
    assert talentnord("import", root=copy.root).code == 2
    assert "is not there" in talentnord("status").err, "nothing was made"


def test_the_diagram_is_the_definitions(talentnord: Command) -> None:
    rules = rules_for(Library(MENTOR_LIGHT.root).programme("mentor-light").definition)
    ended = talentnord("diagram", "--programme", "mentor-light", root=MENTOR_LIGHT.root)
    assert (ended.code, ended.out) == (0, journey_diagram(rules) + "\n")


def test_the_diagram_shows_effects_and_single_commitments(talentnord: Command) -> None:
    rules = rules_for(Library(MENTOR_LIGHT.root).programme("mentor-light").definition)
    name = next(iter(rules.commitments))
    of_one = ("diagram", "--programme", "mentor-light", "--commitment")
    ended = talentnord(*of_one, name, "--effects", root=MENTOR_LIGHT.root)
    assert (ended.code, ended.out) == (0, commitment_diagram(rules, name, effects=True) + "\n")
    ended = talentnord(*of_one, name[:-1], root=MENTOR_LIGHT.root)
    assert (ended.code, ended.out) == (2, "")
    assert f"no commitment '{name[:-1]}' in the programme, did you mean '{name}'?" in ended.err


def test_the_diagram_marks_where_a_talent_stands(
    talentnord: Command, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALENTNORD_DATABASE_URL", sqlite_url)
    talentnord("import", "--cohort", "hold-3", "--port", str(free_port()))
    assert "▶ Før start · forventningssamtale mangler" in talentnord("diagram", "--talent", "hold-3-07").out
    ended = talentnord("diagram", "--talent", "hold-3-77")
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)


# -- rehearse --------------------------------------------------------------------------------------------------------


def test_a_rehearsal_prints_what_it_wrote(talentnord: Command, tmp_path: Path) -> None:
    ended = talentnord(*REHEARSAL, "--out", str(tmp_path / "out"), "--json", root=MENTOR_LIGHT.root)
    told = json.loads(ended.out)
    assert ended.code == 0
    assert told == json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert (told["profile"], told["seed"], told["stuck"]) == ("usual", 3, [])
    assert len(list((tmp_path / "out" / "mail").glob("*.eml"))) == told["mails"]


# -- help ------------------------------------------------------------------------------------------------------------


def test_every_command_and_every_option_of_it_has_help(talentnord: Command) -> None:
    listed = talentnord("--help").out
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        ended = talentnord(name, "--help")
        assert ended.code == 0
        assert name in listed
        for option in command.params:
            assert option.opts[0] in ended.out
            assert getattr(option, "help", ""), option


def test_without_a_command_there_is_help(talentnord: Command) -> None:
    ended = talentnord()
    assert "rehearse" in ended.out + ended.err
