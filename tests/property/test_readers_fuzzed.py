"""Whatever a file holds, its reader gives data or an error of ours: never another one.

``READER_CASES=20000`` tries so many files for each reader; ``make fuzz`` does.
"""

# ruff: noqa: E501  the pieces are lists of words
from __future__ import annotations

import os
import random
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from config.checks.all import check_all
from config.cohort import Cohort
from config.errors import DefinitionError, FileMissingError
from config.files.salvage import salvage
from config.files.yaml_file import load_yaml
from config.library import Library
from config.people import read_people
from config.programme import Programme
from tests.support.definitions import MENTOR_LIGHT, copy_of, written_messages
from tests.support.list_form import FORM

CASES = int(os.environ.get("READER_CASES", "200"))
HOLD_3 = Path(__file__).parents[2] / "config" / "cohorts" / "hold-3"
LIST = (HOLD_3 / "people.csv").read_bytes()[:900]
WORKBOOK = (HOLD_3 / "people.xlsx").read_bytes()
COHORT = MENTOR_LIGHT.cohort_file("spring").read_bytes()
PROGRAMME = MENTOR_LIGHT.programme_file("mentor-light").read_bytes()
MESSAGES = written_messages(MENTOR_LIGHT.programme_file("mentor-light"))

YAML_PIECES = [
    b"!!bool ", b"!!int ", b"!!set ", b"&a ", b"*a", b"<<: *a\n", b"? ", b": ", b"- ", b"[", b"]", b"{", b"}", b"|\n", b">-\n",
    b"%YAML 1.1\n---\n", b"%YAML 9.9\n---\n", b"%TAG ! x\n---\n", b"'", b'"', b'"\\UFFFFFFFF"', b'"\\ud800"', b'"\\a"', b"\n",
    b"  ", b"\t", b"#", b"---\n", b"...\n", b"0x" + b"f" * 5000, b"1" * 5000, b"1e999", b".nan", b"0001-01-01",
    b"9999-12-31T23:59:59-23:59", b"2027-02-30", b"\xff", b"\x00", b"\xe2\x80\xa8", b"~", b"!", b"@", b"1:99:99", b"0o9", b"null",
    b"true", b"[" * 200, b"- " * 200, b"{a: " * 200, b" - 9999mo", b"../", b"{number:>99999999}", b"javascript:x",
]  # fmt: skip
CSV_PIECES = [b";", b";;;;;", b'"', b'""', b"\n", b"\r", b"\r\n", b",", b"\x00", b"\xff", b"\x81", b"\xef\xbb\xbf", b"\x1b[2J",
    b"\xe2\x80\xae", b"=?x?=", b"#REF!", b"9" * 500, b"x" * 3000, b"\n" * 3000, b"@", b" ", "ø".encode("cp1252"), "ø".encode(),
]  # fmt: skip
XML_PIECES = [b"<", b">", b"/>", b"<c/>", b"<row>", b"</row>", b'r="', b'r="A99999999"', b'r="ZZZ1"', b't="s"', b't="e"', b't="d"',
    b't="b"', b"<v>x</v>", b"<v>1e999</v>", b"<v>-1</v>", b"<v>999999999</v>", b"&#7;", b"&amp;", b"&x;", b"<!DOCTYPE x>", b"\x00",
    b"\xff", b'"', b's="999"', b"<si/>", b'encoding="utf-7"', b'encoding="cp037"', b"<f>A1</f>", b'numFmtId="14"', b"xmlns=",
]  # fmt: skip


def mutated(data: bytes, pieces: list[bytes], chance: random.Random) -> bytes:
    """``data`` with a few pieces put in, bytes changed, stretches cut out or doubled."""
    found = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randint(0, len(found))
        match chance.randrange(5):
            case 0 | 1:
                found[at:at] = chance.choice(pieces)
            case 2:
                del found[at : at + chance.randint(1, 40)]
            case 3:
                found[at : at + 1] = bytes([chance.randrange(256)])
            case _:
                found[at:at] = found[at : at + chance.randint(1, 300)]
    return bytes(found)


def mutated_workbook(chance: random.Random) -> bytes:
    """A workbook whose parts are changed, or whose archive is."""
    if chance.random() < 0.3:
        return mutated(WORKBOOK, [b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\xff\xff\xff\xff", b"\0\0"], chance)
    packed = BytesIO()
    with ZipFile(BytesIO(WORKBOOK)) as archive, ZipFile(packed, "w") as changed:
        names = archive.namelist()
        chosen = chance.sample(names, chance.randint(1, 3))
        for name in names:
            part = archive.read(name)
            if name in chosen:
                part = mutated(part, XML_PIECES, chance) if chance.random() < 0.9 else b""
            if name not in chosen or chance.random() < 0.95:
                changed.writestr(name, part, chance.choice([ZIP_STORED, ZIP_DEFLATED]))
    return packed.getvalue()


def seeds() -> st.SearchStrategy[random.Random]:
    return st.integers(0, 2**63).map(random.Random)


CSV = st.one_of(st.binary(max_size=300), seeds().map(lambda chance: mutated(LIST, CSV_PIECES, chance)))
# A workbook takes long to make; made within a strategy, Hypothesis would take another thread's use of the global
# ``random`` meanwhile (a server's client has some) for its own.
XLSX = st.one_of(st.binary(max_size=300), st.integers(0, 2**63))
YAML_TEXTS = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    seeds().map(lambda chance: mutated(chance.choice([COHORT[:1200], PROGRAMME[:1500]]), YAML_PIECES, chance)),
)
fuzzed = settings(max_examples=CASES, suppress_health_check=list(HealthCheck), print_blob=True, database=None)


def read_list(name: str, data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        with suppress(DefinitionError):
            read_people(path, ["aalborg", "hjoerring"], FORM)


@fuzzed
@given(CSV)
@example(b"")
def test_a_csv_gives_people_or_an_error_of_ours(data: bytes) -> None:
    read_list("people.csv", data)


@fuzzed
@given(XLSX)
@example(b"PK\x05\x06" + bytes(18))
def test_a_workbook_gives_people_or_an_error_of_ours(data: bytes | int) -> None:
    read_list("people.xlsx", data if isinstance(data, bytes) else mutated_workbook(random.Random(data)))


@fuzzed
@given(YAML_TEXTS)
@example(b'a: "\\UFFFFFFFF"')
@example(b"? [a]\n: 1")
@example(b"dates: {kickoff: {-20: x}}")
def test_a_yaml_file_gives_data_or_an_error_of_ours(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.yaml"
        path.write_bytes(data)
        with suppress(DefinitionError):
            source = load_yaml(path)
            for model in (Programme, Cohort):
                assert all(str(problem).startswith(str(path)) for problem in salvage(model, source).problems)


@settings(max_examples=max(50, CASES // 20), suppress_health_check=list(HealthCheck), database=None)
@given(seeds())
def test_a_whole_configuration_is_checked_whatever_its_files_hold(chance: random.Random) -> None:
    with TemporaryDirectory() as folder:
        copy = copy_of(MENTOR_LIGHT, "mentor-light", "spring", Path(folder) / "config")
        for file, pieces in ((copy.programme, YAML_PIECES), (copy.cohort, YAML_PIECES), (copy.people, CSV_PIECES)):
            if chance.random() < 0.6:
                file.write_bytes(mutated(file.read_bytes(), pieces, chance))
        for problem in check_all(Library(copy.root), ["spring"], MESSAGES):
            assert str(problem).isprintable()
        with suppress(DefinitionError, FileMissingError):
            Library(copy.root).cohort("spring")
