"""docs/rules.md and docs/invariants.md are true: complete, every citation known, every proof a test that exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from config.errors import DefinitionError, FileMissingError
from flows.cli import app
from flows.rule_list import FILES, Rule, read_rules, rules_named
from tests.unit.test_said import SAID

ROOT = Path(__file__).parents[2]
WANTED = [*(f"R{number}" for number in range(1, 69)), *(f"invariant {number}" for number in range(1, 15))]
FOLDERS = ("config", "states", "notifications", "flows", "tests", "bench", "docs")
KINDS = {".py", ".yaml", ".j2", ".md"}
RULES = [rule for path in FILES for rule in read_rules(path)]
WORDS = "tests/unit/test_said.py::test_what_a_rule_asks_to_be_told_is_told"


def cited(text: str) -> set[str]:
    """The rules and invariants that a text names, as ``R1``, ``invariant 1`` or ``invariants 1, 2 and 3``."""
    found = set(re.findall(r"\bR\d+\b", text))
    for numbers in re.findall(r"\binvariants? (\d+(?:(?:, | and | to )\d+)*)", text, re.IGNORECASE):
        found |= {f"invariant {number}" for number in re.findall(r"\d+", numbers)}
    return found


def unknown(files: Iterable[Path], known: Iterable[str]) -> list[str]:
    """What files cite and no list has."""
    rules = set(known)
    return [f"{file.name}: {one}" for file in files for one in sorted(cited(file.read_text("utf-8")) - rules)]


def names_in(file: Path) -> Iterator[str]:
    """The tests of a file as pytest names them; rules and invariants of a stateful test by their class."""
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, ast.FunctionDef) and is_test(part, node.name):
                    yield f"{node.name}::{part.name}"


def is_test(method: ast.FunctionDef, owner: str) -> bool:
    called = {ast.unparse(one).partition("(")[0] for one in method.decorator_list}
    return bool(called & {"rule", "invariant"}) or (owner.startswith("Test") and method.name.startswith("test_"))


def not_there(rules: Iterable[Rule], root: Path) -> list[str]:
    """Proofs that name no test."""
    found: list[str] = []
    for rule in rules:
        for proof in rule.proofs:
            file, _, name = proof.partition("::")
            if not (root / file).is_file() or name not in names_in(root / file):
                found.append(f"{rule.ident}: {proof}")
    return found


def test_every_rule_and_every_invariant_is_there_once_and_in_order() -> None:
    assert [rule.ident for rule in RULES] == WANTED


def test_every_named_test_exists() -> None:
    assert not_there(RULES, ROOT) == []


def test_every_citation_is_of_a_rule_that_is_there() -> None:
    files = [file for name in FOLDERS for file in sorted((ROOT / name).rglob("*")) if file.suffix in KINDS]
    assert len(files) > 200
    assert unknown([*files, *ROOT.glob("*.md")], WANTED) == []


def test_what_is_said_word_for_word_is_claimed_by_its_rules_and_no_other() -> None:
    assert {rule.ident for rule in RULES if WORDS in rule.proofs} == {case[0] for case in SAID}


def test_nothing_outside_the_repository_is_named() -> None:
    for path in FILES:
        text = path.read_text("utf-8")
        assert not re.search(r"shared/|/work|https?:", text)
        assert all((ROOT / one).exists() for one in re.findall(r"`([\w.]+/[\w./]*)[`:]", text))


# -- a check that cannot fail is none ------------------------------------------------------------------------------


def test_a_row_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "rules.md").write_text(
        "| rule | what it says | proven by |\n|---|---|---|\n"
        "| R1 | One. | `tests/a.py::test_one`, `tests/a.py::test_two` |\n"
        "| R2 | Two. | `tests/a.py::test_two`, *open*: a part. |\n"
        "| invariant 3 | Three. | *open*: not built (R1, `check`). |\n"
    )
    one, two = "tests/a.py::test_one", "tests/a.py::test_two"
    assert read_rules(tmp_path / "rules.md") == [
        Rule("R1", "One.", (one, two), ""),
        Rule("R2", "Two.", (two,), "a part."),
        Rule("invariant 3", "Three.", (), "not built (R1, `check`)."),
    ]


def test_a_rule_has_the_section_that_it_stands_in(tmp_path: Path) -> None:
    (tmp_path / "rules.md").write_text(
        "# All\n## Before\n| R1 | One. | *open*: a. |\n## After\n| R2 | Two. | *open*: b. |\n"
    )
    assert [rule.section for rule in read_rules(tmp_path / "rules.md")] == ["Before", "After"]


def test_rules_are_named_one_by_one_or_from_one_to_another() -> None:
    assert rules_named("R33 to R36, R59: to whom; R2 til R3, R2") == ["R33", "R34", "R35", "R36", "R59", "R2", "R3"]
    assert rules_named("XR3, R, r5") == []


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ("| R1 | One. | |", "1: R1: names no test and is not open"),
        ("| R1 | One. | *open*: |", "1: R1: is open without a reason"),
        ("| R1 | One. | `tests/a.py::test_one`, *open*: |", "1: R1: is open without a reason"),
        ("| R1 | | *open*: why |", "1: R1: says nothing"),
        ("| R1 | One. | surely |", "1: R1: 'surely' is neither a test nor '*open*: why'"),
        ("| R1 | One. |", "1: R1: a row has three cells: the rule, what it says, what proves it"),
        ("| R1 | One. | *open*: a | b |", "1: R1: a row has three cells: the rule, what it says, what proves it"),
        ("| R1 | One. | *open*: why |\n| R1 | One. | *open*: why |", "2: R1: is there twice"),
    ],
)
def test_what_is_wrong_in_a_row_is_named_with_its_line(tmp_path: Path, rows: str, what: str) -> None:
    path = tmp_path / "rules.md"
    path.write_text(rows)
    with pytest.raises(DefinitionError) as caught:
        read_rules(path)
    assert f"{path}:{what}" in [str(problem) for problem in caught.value.problems]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError, match=r"nothing\.md: no such list of rules"):
        read_rules(tmp_path / "nothing.md")


def test_a_citation_of_nothing_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("# R1 and R2. Invariants 3, 4 and 5; R6 to R7\n#: invariant 8\n")
    found = unknown([tmp_path / "a.py"], ["R1", "R6", "invariant 4"])
    assert found == ["a.py: R2", "a.py: R7", "a.py: invariant 3", "a.py: invariant 5", "a.py: invariant 8"]


def test_a_proof_that_is_no_test_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "def test_one(): ...\ndef helper(): ...\n"
        "class TestA:\n    def test_two(self): ...\n"
        "class Walk:\n    @invariant()\n    def holds(self): ...\n    def test_three(self): ...\n"
    )
    there = ("a.py::test_one", "a.py::TestA::test_two", "a.py::Walk::holds")
    gone = ("a.py::helper", "a.py::test_two", "a.py::Walk::test_three", "a.py", "b.py::test_one", "a.py::test_one[x]")
    assert not_there([Rule("R1", "One.", (*there, *gone), "")], tmp_path) == [f"R1: {proof}" for proof in gone]


# -- the command ---------------------------------------------------------------------------------------------------


def printed(*options: str) -> str:
    ended = CliRunner().invoke(app, ["rules", *options], catch_exceptions=False)
    assert ended.exit_code == 0
    return ended.output


def test_the_command_prints_each_with_its_proof_or_what_is_open() -> None:
    text = printed()
    assert [ident for ident in WANTED if not re.search(rf"^│ {ident} +│", text, re.MULTILINE)] == []
    assert f"{len(WANTED)} rules" in text
    column = "".join(line.split("│")[3].strip() for line in text.splitlines() if line.startswith("│"))
    assert [proof for rule in RULES for proof in rule.proofs if proof not in column] == []


def test_the_command_prints_what_is_open_alone() -> None:
    text = printed("--open")
    shown = {ident for ident in WANTED if re.search(rf"^│ {ident} +│", text, re.MULTILINE)}
    assert shown == {rule.ident for rule in RULES if rule.open}
    assert 0 < len(shown) < len(WANTED)
    assert "open: not built" in text
