"""YAML files are read with their lines, and whatever is wrong in them is named by file, line and field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from config.errors import DefinitionError, FileMissingError, Problem
from config.files.yaml_file import Source, load_yaml, problems_of
from config.working_time import WorkingTime

Write = Callable[[str], Path]

PROGRAMME = """\
# a comment
name: Talent Nord
opens: 08:00
from: 2027-03-25
share: 0.5
on: yes
commitments:
  - id: talk
    due: kickoff - 1w

  - id: meeting
    due: m1d1 + 7d
places:
  m1: {town: Aalborg,
       rooms: 3}
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(text: str) -> Path:
        path = tmp_path / "source.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return _write


def refused(path: Path) -> list[tuple[int | None, str, str]]:
    with pytest.raises(DefinitionError) as caught:
        load_yaml(path)
    assert {problem.file for problem in caught.value.problems} == {str(path)}
    return [(problem.line, problem.field, problem.what) for problem in caught.value.problems]


def test_data_is_plain(write: Write) -> None:
    data = load_yaml(write(PROGRAMME)).data
    assert data == {
        "name": "Talent Nord",
        "opens": "08:00",
        "from": date(2027, 3, 25),
        "share": 0.5,
        "on": "yes",
        "commitments": [{"id": "talk", "due": "kickoff - 1w"}, {"id": "meeting", "due": "m1d1 + 7d"}],
        "places": {"m1": {"town": "Aalborg", "rooms": 3}},
    }
    assert (type(data), type(data["name"]), type(data["commitments"])) == (dict, str, list)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 2),
        (("name",), 2),
        (("commitments",), 7),
        (("commitments", 0), 8),
        (("commitments", 1, "due"), 12),
        (("places", "m1", "rooms"), 15),
        (("places", "m2", "rooms"), 13),  # the nearest parent that exists
        (("commitments", 7), 7),
        (("name", "more"), 2),
        (("nothing",), 2),
    ],
)
def test_each_part_knows_its_line(write: Write, path: tuple[str | int, ...], line: int) -> None:
    assert load_yaml(write(PROGRAMME)).line(path) == line


def test_shared_and_merged_parts_stand_where_they_were_written(write: Write) -> None:
    source = load_yaml(write("base: &base\n  days: 7\nmeeting:\n  <<: *base\n  id: m\n"))
    assert source.data["meeting"] == {"days": 7, "id": "m"}
    assert source.line(("meeting", "days")) == 2


def test_an_empty_file_is_nothing(write: Write) -> None:
    source = load_yaml(write("# only a comment\n"))
    assert source.data is None
    assert source.line(("name",)) is None


def test_a_byte_order_mark_is_no_text(write: Write) -> None:
    assert load_yaml(write("\ufeffname: x\n")).data == {"name": "x"}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError, match=r"gone\.yaml"):
        load_yaml(tmp_path / "gone.yaml")


def test_all_duplicate_keys_and_impossible_values_are_named_at_once(write: Write) -> None:
    assert refused(write("a: 1\nb:\n  - c: 2\n    c: 3\na: 4\nd: 2027-02-31\n")) == [
        (4, "b.0.c", "is set twice, first in line 3"),
        (5, "a", "is set twice, first in line 1"),
        (6, "d", "2027-02-31 does not exist: day is out of range for month"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: 1\nb: [1\nc: 2\n", 3, "is not YAML: expected ',' or ']', but got ':' (while parsing a flow sequence)"),
        ("a: 1\n\tb: 2\n", 2, "is not YAML: found character '\\t' that cannot start any token"),
        ("a: *nowhere\n", 1, "is not YAML: found undefined alias 'nowhere'"),
        ("a: 1\n---\nb: 2\n", 2, "is not YAML: but found another document"),
        ("a: \x01\n", None, "is not YAML: unacceptable character #x0001"),
        ("a: 1\nb: !odd x\n", 2, "is not YAML: the tag '!odd'; leave it out"),
        ("name: &loop [*loop]\n", 1, "holds a part that holds itself"),
        ("? {a: 1}\n: 2\n", 1, "has a key that is no word"),
    ],
)
def test_what_is_not_yaml_is_named_by_line(write: Write, text: str, line: int | None, what: str) -> None:
    [(found, field, sentence)] = refused(write(text))
    assert (found, field) == (line, "")
    assert sentence.startswith(what)


def test_text_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("navn: Hjørring\n".encode("cp1252"))
    assert refused(path) == [(None, "", "is not UTF-8 text; save it as UTF-8")]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Talk(Strict):
    kind: Literal["talk"]
    due: str


class Visit(Strict):
    kind: Literal["visit"]
    days: int

    @field_validator("days")
    @classmethod
    def _short(cls, days: int) -> int:
        if days > 2:
            raise ValueError("a visit lasts two days at the most")
        return days


class Programme(Strict):
    name: str
    level: Literal["leaders", "employees"] = "leaders"
    start: date = date(2027, 1, 4)
    opens: time = time(8)
    size: int = Field(default=6, ge=5, le=7)
    commitments: list[Annotated[Talk | Visit, Field(discriminator="kind")]] = []
    towns: dict[str, Talk] = {}
    working_time: WorkingTime = WorkingTime()


def problems(source: Source, *prefix: str) -> list[tuple[int | None, str, str]]:
    part = source.data
    for step in prefix:
        part = part[step]
    with pytest.raises(ValidationError) as caught:
        Programme.model_validate(part)
    found = problems_of(caught.value, source, prefix, Programme)
    assert all(isinstance(problem, Problem) and problem.file == source.file for problem in found)
    return [(problem.line, problem.field, problem.what) for problem in found]


@pytest.mark.parametrize(
    ("text", "line", "field", "what"),
    [
        ("level: leaders", 1, "name", "is missing"),
        ("name: x\nsise: 6", 2, "sise", "unknown key, did you mean 'size'?"),
        (
            "name: x\nlevel: leader",
            2,
            "level",
            "should be 'leaders' or 'employees', not 'leader', did you mean 'leaders'?",
        ),
        ("name: x\nlevel: 9", 2, "level", "should be 'leaders' or 'employees', not 9"),
        ("name: 7", 1, "name", "should be a text, not 7"),
        ("name: x\nsize: six", 2, "size", "should be a whole number, not 'six'"),
        ("name: x\nsize: 8", 2, "size", "should be less than or equal to 7, not 8"),
        ("name: x\nstart: soon", 2, "start", "should be a date such as 2027-03-25, not 'soon'"),
        ("name: x\nopens: early", 2, "opens", "should be a time such as 08:00, not 'early'"),
        ("name: x\ncommitments: 3", 2, "commitments", "should be a list, not 3"),
        ("name: x\ntowns:\n- a", 2, "towns", "should be keys with values"),
        ("name: x\ncommitments:\n- kind: talk", 3, "commitments.0.due", "is missing"),
        (
            "name: x\ncommitments:\n- kind: talk\n  due: now\n- kind: visit\n  days: 3",
            6,
            "commitments.1.days",
            "a visit lasts two days at the most",
        ),
        (
            "name: x\ncommitments:\n- kind: talk\n  due: a\n  dew: b",
            5,
            "commitments.0.dew",
            "unknown key, did you mean 'due'?",
        ),
        ("name: x\ntowns:\n  m1: {kind: talk,\n    due: 3}", 4, "towns.m1.due", "should be a text, not 3"),
        ("name: x\ntowns:\n  m1: {kind: talk, due: a,\n    do: 3}", 4, "towns.m1.do", "unknown key; known: due, kind"),
        ("name: x\nworking_time:\n  open: 08:00", 3, "working_time.open", "unknown key, did you mean 'opens'?"),
        (
            "name: x\nworking_time:\n  closes: 07:00",
            2,
            "working_time",
            "it closes at 07:00, which is not after it opens at 08:00",
        ),
    ],
)
def test_each_error_is_said_in_a_sentence(write: Write, text: str, line: int, field: str, what: str) -> None:
    assert problems(load_yaml(write(text))) == [(line, field, what)]


def test_an_unknown_kind_lists_the_known_ones(write: Write) -> None:
    [(line, field, what)] = problems(load_yaml(write("name: x\ncommitments:\n- kind: walk")))
    assert (line, field) == (3, "commitments.0")
    assert "'walk'" in what
    assert "'talk', 'visit'" in what


def test_all_errors_come_in_the_order_of_the_file_under_their_prefix(write: Write) -> None:
    source = load_yaml(write("programmes:\n  nord:\n    naem: x\n    size: six\n    opens: early\n"))
    assert problems(source, "programmes", "nord") == [
        (2, "programmes.nord.name", "is missing"),
        (3, "programmes.nord.naem", "unknown key, did you mean 'name'?"),
        (4, "programmes.nord.size", "should be a whole number, not 'six'"),
        (5, "programmes.nord.opens", "should be a time such as 08:00, not 'early'"),
    ]


def test_without_the_model_an_unknown_key_is_named_all_the_same(write: Write) -> None:
    source = load_yaml(write("name: x\nsise: 6"))
    with pytest.raises(ValidationError) as caught:
        Programme.model_validate(source.data)
    assert [str(problem) for problem in problems_of(caught.value, source)] == [f"{source.file}:2: sise: unknown key"]
