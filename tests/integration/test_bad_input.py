"""Bad files as an operator meets them: a sentence, exit code 2, soon, and in little memory whatever they ask for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from config.list_columns import ListForm
from tests.support import bad_files
from tests.support.command import Command, Ended
from tests.support.definitions import MENTOR_LIGHT, ROOT, TALENT_NORD, Copy, copy_of

# Runs the command and says at its end what memory it had at the most, in kilobytes: that of this program alone (what
# ``getrusage`` tells of a child begins with the memory of the process it was made from).
MEASURED = """
import sys
from pathlib import Path
from flows.cli import main
try:
    main()
finally:
    said = Path("/proc/self/status").read_text()
    print("memory", said.partition("VmHWM:")[2].split()[0], file=sys.stderr)
"""
MOST_MEMORY = 300 * 1024


@pytest.fixture
def talentnord(run_command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """The command, with a database of its own; its first word is where its configuration lies."""
    monkeypatch.setenv("TALENTNORD_DATABASE_URL", f"sqlite:///{tmp_path}/domain.db")
    monkeypatch.chdir(tmp_path)

    def run(root: Path, *arguments: str) -> Ended:
        monkeypatch.setenv("TALENTNORD_CONFIG_ROOT", str(root))
        return run_command(*arguments)

    return run


def write(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def a_million_rows(path: Path) -> None:
    row = (bad_files.GOOD_ROW + "\n").encode()
    path.write_bytes(bad_files.HEADER.encode() + b"\n" + row * 1_000_000)


def a_million_short_rows(path: Path) -> None:
    path.write_bytes(bad_files.HEADER.encode() + b"\n1" * 500_000)


HEAVY: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "a bomb of 1.5 GB": ("x.xlsx", lambda path: bad_files.zip_bomb(path, 1536), "unpacks to more than 8 MB"),
    "a bomb that lies": ("x.xlsx", lambda path: bad_files.zip_bomb(path, 1536, lying=True), "is not an Excel workbook"),
    "a million rows": ("x.csv", a_million_rows, "is larger than 1024 KB"),
    "a million short rows": ("x.csv", a_million_short_rows, "2001: has more than 2000 rows"),
}  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read where Linux tells it")
@pytest.mark.parametrize(("file", "make", "what"), HEAVY.values(), ids=HEAVY.keys())
def test_what_unfolds_is_refused_in_little_memory(
    tmp_path: Path, file: str, make: Callable[[Path], object], what: str
) -> None:
    copy = copy_of(MENTOR_LIGHT, "mentor-light", "spring", tmp_path / "config")
    make(copy.people.parent / file)
    copy.edit(copy.cohort, "people: people.csv", f"people: {file}")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TALENTNORD_CONFIG_ROOT": str(copy.root)}
    command = [sys.executable, "-c", MEASURED, "check", "--cohort", "spring"]
    ended = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, cwd=tmp_path, timeout=120
    )
    sentence, memory = ended.stderr.strip().rsplit("\n", 1)
    assert "Traceback" not in sentence
    assert ended.returncode == 2
    assert f"{file}:" in sentence
    assert what in sentence
    assert int(memory.removeprefix("memory ")) < MOST_MEMORY


PLAIN_LIST = ";".join(ListForm.plain().columns).encode() + b"\n" + bad_files.row(navn="Bo\a").encode()
"""A list of a programme that names no headings of its own."""

PEOPLE: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "without sheets": ("x.xlsx", bad_files.without_sheets, "has no sheet with cells"),
    "only a chart": ("x.xlsx", bad_files.only_a_chart, "has no sheet with cells"),
    "damaged": ("x.xlsx", bad_files.damaged, "is not an Excel workbook"),
    "packed in an unknown way": ("x.xlsx", bad_files.unknown_packing, "is not an Excel workbook"),
    "with an encrypted part": ("x.xlsx", bad_files.encrypted_part, "is not an Excel workbook"),
    "with macros": ("x.xlsx", bad_files.with_macros, "holds macros"),
    "BEL": ("x.csv", write(PLAIN_LIST), r"2: name: 'Bo\x07' holds a control"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "make", "what"), PEOPLE.values(), ids=PEOPLE.keys())
def test_a_bad_list_of_people_is_a_sentence(
    talentnord: Command, tmp_path: Path, file: str, make: Callable[[Path], object], what: str
) -> None:
    copy = copy_of(MENTOR_LIGHT, "mentor-light", "spring", tmp_path / "config")
    make(copy.people.parent / file)
    copy.edit(copy.cohort, "people: people.csv", f"people: {file}")
    for command in ("check", "import"):
        ended = talentnord(copy.root, command, "--cohort", "spring")
        assert (ended.code, "Traceback" in ended.err) == (2, False)
        assert any(f"{file}:" in line and what in line for line in ended.err.splitlines()), ended.err
    assert not (tmp_path / "domain.db").exists()


YAML: dict[str, tuple[str, str]] = {
    "nested 3000": ("[" * 3000 + "]" * 3000, "1: is not YAML: nested deeper than 30 levels"),
    "nested 5000": ("{a: " * 5000, "1: is not YAML: nested deeper than 30 levels"),
    "nested 100k": ("[" * 100_000, "1: is not YAML: nested deeper than 30 levels"),
    "0xfff": ("id: spring\nname: 0x" + "f" * 10_000, "2: name: is too large a number"),
    "!!bool foo": ("id: !!bool foo", "1: is not YAML: the tag '!!bool'; leave it out"),
    "ESC": ('id: spring\nname: "\\e[2J"', r"2: name: '\x1b[2J' holds a control character (U+001B)"),
}


@pytest.mark.parametrize(("text", "what"), YAML.values(), ids=YAML.keys())
def test_a_bad_cohort_is_a_sentence(talentnord: Command, tmp_path: Path, text: str, what: str) -> None:
    copy = copy_of(MENTOR_LIGHT, "mentor-light", "spring", tmp_path / "config")
    copy.cohort.write_text(text, encoding="utf-8")
    ended = talentnord(copy.root, "check", "--cohort", "spring")
    assert (ended.code, "Traceback" in ended.err) == (2, False)
    assert f"cohort.yaml:{what}" in ended.err


def test_year_one_is_a_sentence(talentnord: Command, tmp_path: Path) -> None:
    copy = copy_of(TALENT_NORD, "talent-nord", "hold-3", tmp_path / "config")
    copy.edit(copy.cohort, "date: 2027-02-25", "date: 0001-01-01")
    ended = talentnord(copy.root, "check", "--cohort", "hold-3")
    assert (ended.code, "Traceback" in ended.err) == (2, False)
    assert "dates.kickoff.date: 0001-01-01 cannot be meant" in ended.err


@pytest.fixture
def stuck(tmp_path: Path) -> Copy:
    """A programme in which a leave opens no task for anybody: nobody ever ends it."""
    copy = copy_of(TALENT_NORD, "talent-nord", "hold-3", tmp_path / "config")
    (copy.root / "profiles").mkdir()
    (copy.root / "profiles" / "typical.yaml").write_text("id: typical\nname: x\n", "utf-8")
    text = copy.programme.read_text("utf-8").splitlines(keepends=True)
    copy.programme.write_text("".join(line for line in text if "task: leave_return" not in line), "utf-8")
    return copy


@pytest.mark.parametrize("arguments", [("check",), ("import",), ("rehearse", "--out", "out")])
def test_what_check_refuses_no_command_takes(
    talentnord: Command, tmp_path: Path, stuck: Copy, arguments: tuple[str, ...]
) -> None:
    ended = talentnord(stuck.root, *arguments, "--cohort", "hold-3")
    assert (ended.code, "Traceback" in ended.err) == (2, False)
    assert "a talent is stuck in on_leave" in ended.err
    assert not (tmp_path / "domain.db").exists()
    assert not (tmp_path / "out").exists()


def test_a_sender_whom_no_mail_could_name_is_refused(talentnord: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stands in every mail: one control character would silence everyone."""
    monkeypatch.setenv("TALENTNORD_SENDER_NAME", "Talent \a Nord")
    ended = talentnord(MENTOR_LIGHT.root, "status")
    assert ended.code == 2
    assert ended.err.startswith("TALENTNORD_SENDER_NAME: ")
    assert ended.err.strip().isprintable()
