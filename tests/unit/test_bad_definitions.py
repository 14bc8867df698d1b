"""Programmes, cohorts and profiles that are broken, huge or hostile: each fault in a sentence with its line and field."""

# ruff: noqa: E501  a case is a line
from __future__ import annotations

from pathlib import Path

import pytest

from config.checks.all import check_all
from config.errors import DefinitionError
from config.files.yaml_file import load_yaml
from config.profile import load_profile
from tests.support.definitions import MENTOR_LIGHT, Copy, copy_of, written_messages

LIGHT_MESSAGES = written_messages(MENTOR_LIGHT.programme_file("mentor-light"))


def bomb(width: int, depth: int) -> str:
    """Aliases of aliases: ``width`` to the power of ``depth`` values."""
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, depth + 1)]
    return "\n".join(lines)


YAML_REFUSED: dict[str, tuple[str | bytes, str]] = {
    # its size and shape
    "larger than a definition is": ("#" * 257 * 1024, "is larger than 256 KB, and no definition"),
    "too many values": ("[" + "1," * 9000 + "]", "1: is not YAML: more than 8000 values, too many for a definition"),
    "nested 3000": ("[" * 3000 + "]" * 3000, "1: is not YAML: nested deeper than 30 levels"),
    "nested 5000": ("{a: " * 5000 + "}" * 5000, "1: is not YAML: nested deeper than 30 levels"),
    "nested 100k": ("[" * 100_000, "1: is not YAML: nested deeper than 30 levels"),
    "nested 100k by dashes": ("- " * 100_000, "1: is not YAML: nested deeper than 30 levels"),
    "aliases that unfold": (bomb(10, 8), ": unfolds to more than 8000 values"),
    "a part that holds itself": ("a: &a {b: *a}", "1: holds a part that holds itself"),
    "merges that unfold": (
        "a: &a {x: 1}\n" + "".join(f"b{n}: &b{n} {{<<: [{', '.join([f'*b{n - 1}' if n else '*a'] * 9)}]}}\n"
        for n in range(6)), "unfolds to more than 8000 values",
    ),
    # its values
    "a number of 10,000 digits": ("a: " + "9" * 10_000, "1: a: is too large a number"),
    "a number in hex without end": ("a: 0x" + "f" * 10_000, "1: a: is too large a number"),
    "a number of 20 digits": ("- 1\n- 99999999999999999999", "2: 1: is too large a number"),
    "infinite": ("a: .inf", "1: a: is no number that can be meant"),
    "no number": ("a: .nan", "1: a: is no number that can be meant"),
    "1e999": ("a: 1e999", "1: a: is no number that can be meant"),
    "a day that is not there": ("a: 2027-02-30", "1: a: 2027-02-30 does not exist: day is out of range"),
    "a month that is not there": ("a: 2027-13-01", "1: a: 2027-13-01 does not exist: month must be in 1..12"),
    "a text of a book": ("a: " + "x" * 2001, "1: a: is too long: 2001 characters, at most 2000"),
    "a key of a book": ("? " + "x" * 2001 + "\n: 1", "is too long: 2001 characters"),
    "BEL": ('a: "Bo\\a"', r"1: a: 'Bo\x07' holds a control character (U+0007)"),
    "ESC": ('a: "\\e[2J"', r"1: a: '\x1b[2J' holds a control character (U+001B)"),
    "NUL": ('a: "\\0"', r"1: a: '\x00' holds a control character (U+0000)"),
    "half a character": ('a: "\\ud800"', r"1: a: '\ud800' holds half a character (U+D800)"),
    "a next line": ('a: "x\\Ny"', "1: a: 'x\\x85y' holds a control character (U+0085)"),
    "a line separator": ('a: "x\\Ly"', r"1: a: 'x\u2028y' holds a line break (U+2028)"),
    "zero width": ('a: "x\\u200by"', "1: a: 'x\\u200by' holds a character that is not seen"),
    "written backwards": ('a: "\\u202ex"', "1: a: '\\u202ex' holds a character that is not seen"),
    "an encoded word": ("a: '=?utf-8?q?x?='", "1: a: '=?utf-8?q?x?=' holds '=?'"),
    "a key with BEL": ('"a\\a": 1', r"1: a\x07: 'a\x07' holds a control character"),
    # its language
    "!!bool foo": ("a: !!bool foo", "1: is not YAML: the tag '!!bool'; leave it out"),
    "!!int of a list": ("a: !!int [1]", "1: is not YAML: the tag '!!int'; leave it out"),
    "!!timestamp": ("a: !!timestamp x", "1: is not YAML: the tag '!!timestamp'; leave it out"),
    "!!binary": ("a: !!binary QUJD", "1: is not YAML: the tag '!!binary'; leave it out"),
    "!!set": ("a: !!set {b, c}", "1: is not YAML: the tag '!!set'; leave it out"),
    "!!python": ("a: !!python/object/apply:os.system [ls]", "1: is not YAML: the tag '!!python/object/apply:os.system'"),
    "a tag of one's own": ("%TAG ! tag:evil.example,2027:\n---\na: !x y", "3: is not YAML: the tag"),
    "a version of the future": ("%YAML 3.0\n---\na: 1", "1: is not YAML: found incompatible YAML document"),
    "an unknown alias": ("a: *b", "1: is not YAML: found undefined alias 'b'"),
    "two documents": ("a: 1\n---\nb: 2", "2: is not YAML: but found another document"),
    "a key that is a list": ("? [a]\n: 1", "1: has a key that is no word"),
    "a key that is a number": ("a: {-20: b}", "1: a.-20: this key is read as no text; write it in quotation marks"),
    "a key that is a day": ("2027-01-01: b", "1: 2027-01-01: this key is read as no text; write it in quotation marks"),
    "a key that is nothing": ("~: b", "1: ~: this key is read as no text; write it in quotation marks"),
    "a key twice": ("a: 1\na: 2", "2: a: is set twice, first in line 1"),
    "a tab": ("a:\n\tb: 1", "2: is not YAML: found character '\\t' that cannot start any token"),
    "a quotation mark that is not closed": ("a: 'b", "1: is not YAML: found unexpected end of stream"),
    "an escape that is none": ('a: "\\q"', "1: is not YAML: found unknown escape character"),
    "a character beyond all": ('a: "\\UFFFFFFFF"', ": is not YAML: "),
    "UTF-16": ("a: ø".encode("utf-16"), "is not UTF-8 text; save it as UTF-8"),
    "Windows-1252": ("a: ø".encode("cp1252"), "is not UTF-8 text; save it as UTF-8"),
    "a control character as it is": ("a: \x01", "is not YAML: unacceptable character"),
    "binary": (bytes(range(256)), "is not UTF-8 text; save it as UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "what"), YAML_REFUSED.values(), ids=YAML_REFUSED.keys())
def test_a_yaml_file_is_refused(tmp_path: Path, content: str | bytes, what: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DefinitionError) as refused:
        load_yaml(path)
    first = str(refused.value).splitlines()[0]
    assert first.startswith(f"{path}:")
    assert what in first
    assert first.isprintable()
    assert len(first) < 400 + len(str(path))


YAML_TAKEN: dict[str, tuple[str, object]] = {
    "nothing": ("", None),
    "blank lines": ("\n" * 1000, None),
    "emoji": ("a: 😀", "😀"),
    "a multi-line text": ("a: |\n  x\n  y\n", "x\ny\n"),
    "a tab within": ('a: "x\\ty"', "x\ty"),
    "<script>": ("a: <script>", "<script>"),
    "a shared part": ("b: &b [1]\na: *b", [1]),
    "a name twice for shared parts": ("b: &b 1\nc: &b 2\na: *b", 2),
    "yes, which YAML 1.2 takes for a text": ("a: yes", "yes"),
    "a quoted date": ("a: '2027-02-30'", "2027-02-30"),
    "a large number": ("a: 1000000000", 10**9),
}


@pytest.mark.parametrize(("text", "taken"), YAML_TAKEN.values(), ids=YAML_TAKEN.keys())
def test_a_yaml_file_is_taken_as(tmp_path: Path, text: str, taken: object) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    data = load_yaml(path).data
    assert (data if data is None else data["a"]) == taken


@pytest.fixture
def light(tmp_path: Path) -> Copy:
    return copy_of(MENTOR_LIGHT, "mentor-light", "spring", tmp_path / "config")


PLACE = "place: Old Mill}\n  w3d1"
COHORT_REFUSED: dict[str, tuple[str, str, str]] = {
    "a list elsewhere": ("people: people.csv", "people: ../../x.csv", "people: '../../x.csv' is not the name of a file in"),
    "a list from the root": ("people: people.csv", "people: /etc/passwd", "people: '/etc/passwd' is not the name of"),
    "a list by Windows' path": ("people: people.csv", r"people: ..\x.csv", "people: '..\\\\x.csv' is not the name of"),
    "a list that is the folder": ("people: people.csv", "people: ..", "people: '..' is not the name of a file in"),
    "a list with NUL": ("people: people.csv", 'people: "x\\0.csv"', "people: 'x\\x00.csv' holds a control character"),
    "a list of a long name": ("people: people.csv", f"people: {'x' * 300}.csv", "is too long: 304 characters"),
    "a programme elsewhere": ("programme: mentor-light", "programme: ../x", "programme: no programme '../x'"),
    "year 1": ("date: 2027-03-02", "date: 0001-01-01", "0001-01-01 cannot be meant: write a day between 2000 and 2100"),
    "year 9999": ("date: 2027-03-02", "date: 9999-12-31", "9999-12-31 cannot be meant"),
    "a place of blanks": (PLACE, 'place: "\u00a0"}\n  w3d1', "place: is blank"),
    "a place in two lines": (PLACE, 'place: "Old\\nMill"}\n  w3d1', "place: 'Old\\nMill' holds a control character"),
    "a place of a page": (PLACE, f"place: {'x' * 300}}}\n  w3d1", "place: 'xxx"),
    "javascript": (PLACE, "place: x, material: {Film: 'javascript:alert(1)'}}\n  w3d1", "material.Film: 'javascript:a"),
    "data": (PLACE, "place: x, material: {Film: 'data:text/html,x'}}\n  w3d1", "material.Film: 'data:text/html,x' is"),
    "http": (PLACE, "place: x, material: {Film: 'http://a.example.org'}}\n  w3d1", "material.Film: 'http://a.exampl"),
    "a title of nothing": (PLACE, "place: x, material: {' ': 'https://a.example.org'}}\n  w3d1", "is blank"),
    "staff of nothing": (PLACE, "place: x, staff: ['']}\n  w3d1", "staff.0: is blank"),
    "staff that is an error": (PLACE, "place: x, staff: ['#REF!']}\n  w3d1", "staff.0: '#REF!' is a spreadsheet's error"),
    "staff with a wrong reading direction": (PLACE, 'place: x, staff: ["\\u202ex"]}\n  w3d1', "staff.0: '\\u202ex' holds"),
    "a reason with BEL": (PLACE, 'place: x, reason: "\\a"}\n  w3d1', r"reason: '\x07' holds a control character"),
    "an id as a path": ("id: spring", "id: ../spring", "id: should match pattern"),
    "an id of a page": ("id: spring", f"id: {'x' * 61}", "id: should have at most 60 characters"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "what"), COHORT_REFUSED.values(), ids=COHORT_REFUSED.keys())
def test_a_cohort_is_refused(light: Copy, old: str, new: str, what: str) -> None:
    text = light.cohort.read_text(encoding="utf-8")
    assert old in text
    light.cohort.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = check_all(light.library, ["spring"], LIGHT_MESSAGES)
    assert any(what in str(problem) and problem.line and problem.file == str(light.cohort) for problem in found), found
    with pytest.raises(DefinitionError):
        light.library.cohort("spring")


@pytest.mark.parametrize("field", ["name", "title"])
@pytest.mark.parametrize("bad", [r"Karen \a T", r"\e[2J", r"\x7f", "=?utf-8?q?x?=", r"\u200b", r"\u202ex", "#N/A"])
def test_a_coordinator_who_would_silence_everyone_is_refused(light: Copy, field: str, bad: str) -> None:
    """Their name is the reply-to of every mail: no transport takes one that a header must not hold."""
    text = light.cohort.read_text(encoding="utf-8")
    start = text.index("coordinators:")
    name = text[text.index("name: ", start) : text.index(", email", start)]
    new = f'name: "{bad}"' if field == "name" else f'{name}, title: "{bad}"'
    light.cohort.write_text(text[:start] + text[start:].replace(name, new, 1), encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        light.library.cohort("spring")
    [problem] = refused.value.problems
    assert problem.field == f"coordinators.0.{field}"


PROGRAMME_REFUSED: dict[str, tuple[str, str, str]] = {
    "a language elsewhere": ("language: en", "language: ../en", "language: '../en' is not a language"),
    "templates elsewhere": ("templates: templates/", "templates: ../templates/", "is not a folder below the config"),
    "templates from the root": ("templates: templates/", "templates: /templates/", "is not a folder below the config"),
    "a layout of a gigabyte": ('begun: "In workshop {number}', 'begun: "{number:>1000000000}', "places.module.begun: {number} takes no ':' and no '!'"),
    "an attribute of a number": ('begun: "In workshop {number}', 'begun: "{number.__class__}', "{number.__class__} stands for"),
    "a name of blanks": ("name: Mentor Light", "name: ' '", "name: is blank"),
    "a name of a page": ("name: Mentor Light", f"name: {'x' * 300}", "is too long: 300 characters, at most 200"),
    "a label of an error": ("label: one day", "label: '#REF!'", "shapes.single.label: '#REF!' is a spreadsheet's error"),
    "a label in two lines": ("label: one day", 'label: "one\\nday"', "shapes.single.label: 'one\\nday' holds a control"),
    "a version of a billion and more": ("version: 3", "version: 30000000000", "version: is too large a number"),
    "a day's length without end": ("language: en", "language: en\ngroups: {size: .inf, formed_at: w1d1}", "groups.size:"),
    "a thousand years of months": ("- 2w", "- 9999mo - 9999mo", "is not a point in time"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "what"), PROGRAMME_REFUSED.values(), ids=PROGRAMME_REFUSED.keys())
def test_a_programme_is_refused(light: Copy, old: str, new: str, what: str) -> None:
    text = light.programme.read_text(encoding="utf-8")
    assert old in text
    light.programme.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = check_all(light.library, ["spring"], LIGHT_MESSAGES)
    assert any(what in str(problem) and problem.line and problem.file == str(light.programme) for problem in found), (
        found
    )


def profile_refused(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "mine.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        load_profile(tmp_path, "mine")
    return [str(problem).rpartition("mine.yaml:")[2] for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[" * 5000, "1: is not YAML: nested deeper than 30 levels"),
        ("id: mine\nname: \"\\a\"", r"2: name: '\x07' holds a control character"),
        ("id: mine\nname: ' '", "2: name: is blank"),
        ("id: mine\nname: x\nhabits: {default: {within: [.nan, 1]}}", "3: habits.default.within.0: is no number"),
        ("id: mine\nname: x\nhabits: {default: {late_days: [1, 999999]}}", "3: habits.default.late_days.1: should be less"),
        ("id: mine\nname: x\nincidents: [{event: leave, talent: 1, when: m1 + 9999mo + 9999mo}]", "is not a point in time"),
        ("id: mine\nname: x\nincidents: [{event: leave, talent: 0x" + "f" * 9000 + ", when: m1}]", "too large a number"),
    ],
    ids=lambda case: ascii(case)[:40],
)  # fmt: skip
def test_a_profile_is_refused(tmp_path: Path, text: str, what: str) -> None:
    assert what in profile_refused(tmp_path, text)[0]


def test_a_list_of_people_elsewhere_is_not_even_looked_at(light: Copy) -> None:
    """Not even what is wrong with it is told: that would say what it holds."""
    (light.root / "x.csv").write_text("hemmelig;liste\n1;2\n", encoding="utf-8")
    light.edit(light.cohort, "people: people.csv", "people: ../../x.csv")
    told = "\n".join(map(str, check_all(light.library, ["spring"], LIGHT_MESSAGES)))
    assert "is not the name of a file in this folder" in told
    assert "hemmelig" not in told
