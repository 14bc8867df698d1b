"""The words for what a coordinator got wrong: the same in each language, and none for what is said in code only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.checks.date_rules import BrokenRule
from config.files.yaml_file import load_yaml
from flows.cockpit.day_page import rule_sentence
from notifications.languages import dates_in, refusals_in
from notifications.refusals import field_fault, refused, refused_state

ROOT = Path(__file__).parents[2]
LANGUAGES = ("da", "en")
NO_FORM = {"flows/fact_commands.py", "states/moves/attendance.py", "states/plain_facts.py"}
"""What only a command, the site or a program can get wrong, besides what pages word by themselves."""
KINDS = {"FactIncompleteError", "PersonRefusedError"}


def words(language: str) -> Any:
    return load_yaml(refusals_in(language)).data


def test_each_language_says_the_same_things() -> None:
    danish, english = (words(language) for language in LANGUAGES)
    assert list(danish) == list(english)
    for part in ("sentences", "mail_stands", "faults"):
        assert list(danish[part]) == list(english[part])


def test_a_language_without_words_of_its_own_is_told_in_danish() -> None:
    assert refused_state("fo") == "Afvist"
    assert rule_sentence(BrokenRule("held", "Kick-off"), {}, "fo") == "Kick-off er allerede holdt"


def test_each_language_says_the_same_of_days() -> None:
    danish, english = (load_yaml(dates_in(language)).data for language in LANGUAGES)
    assert list(danish) == list(english)
    for part in ("rules", "told", "parts"):
        assert list(danish[part]) == list(english[part])


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_an_error_that_nobody_has_words_for_is_repeated(language: str) -> None:
    told = field_fault("hold-3-01/expectation_talk:keep is Wrong", language)
    assert told in {"kan ikke bruges, som det er skrevet", "cannot be used as it is written"}


def faults() -> Iterator[tuple[str, str]]:
    """What our code says of a form's field: the file, and the text with a mark in the place of what is filled in."""
    for package in ("flows", "states"):
        for file in sorted((ROOT / package).rglob("*.py")):
            where = str(file.relative_to(ROOT))
            if where in NO_FORM:
                continue
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                called = node.func if isinstance(node, ast.Call) else None
                if isinstance(node, ast.Call) and isinstance(called, ast.Name) and called.id in KINDS:
                    yield from ((where, text) for text in _said(node.args[2]))


def _said(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.JoinedStr):
        parts = (str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
        yield "".join(parts)


@pytest.mark.parametrize(("where", "text"), list(faults()), ids=[text for _, text in faults()])
def test_every_fault_of_a_field_has_words(where: str, text: str) -> None:
    for language in LANGUAGES:
        assert field_fault(text, language) != field_fault("", language), where


def test_a_sentence_says_what_to_do() -> None:
    assert refused("busy", "da").endswith("Vent et øjeblik, og send formularen igen.")
    assert refused("busy", "en").endswith("Wait a moment and submit the form again.")
