"""Lists of people: what is read, in which formats, and every problem named by row and column."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from config.errors import DefinitionError, FileMissingError
from config.people import PersonRow, TalentRow, read_people
from tests.support.list_form import COLUMNS, FORM, REQUIRED

HOLD_3 = Path(__file__).parents[2] / "config" / "cohorts" / "hold-3"
ORGANISATIONS = ("aalborg", "hjoerring", "frederikshavn", "broenderslev", "vesthimmerland", "region")

Row = dict[str, object]
Check = Callable[..., list[str]]


def row(number: object = 1, **changes: object) -> Row:
    """A good row of a talent of its own; ``changes`` by column, with _ for blank and hyphen."""
    good: Row = {
        "nr": number,
        "navn": f"Søren Å {number}",
        "e-mail": f"soeren{number}@aalborg.example.org",
        "organisation": "aalborg",
        "enhed": "Hjemmepleje Nord",
        "niveau": "leder af ledere",
        "leder navn": f"Inge Ø {number}",
        "leder e-mail": f"inge{number}@aalborg.example.org",
        "leder titel": "Områdechef",
    }
    names = {"email": "e-mail", "leader": "leder navn", "leader_email": "leder e-mail"}
    return good | {names.get(key, key): value for key, value in changes.items()}


def csv_text(*rows: Row, delimiter: str = ";", columns: tuple[str, ...] = COLUMNS) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, delimiter=delimiter, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.fixture
def problems(tmp_path: Path) -> Check:
    """Writes rows as a list and gives what is wrong with it, without the file's name."""

    def _problems(*rows: Row) -> list[str]:
        path = tmp_path / "people.csv"
        path.write_text(csv_text(*rows), encoding="utf-8", newline="")
        return refusal(path)

    return _problems


def refusal(path: Path) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        read_people(path, ORGANISATIONS, FORM)
    return [str(problem).removeprefix(str(path)).lstrip(":").strip() for problem in caught.value.problems]


EXPECTED = TalentRow(
    number=1,
    name="Søren Å 1",
    email="soeren1@aalborg.example.org",
    organisation="aalborg",
    unit="Hjemmepleje Nord",
    level="leader_of_leaders",
    leader=PersonRow("Inge Ø 1", "inge1@aalborg.example.org"),
    leader_title="Områdechef",
    row=2,
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ","])
def test_csv_is_read_however_it_was_saved(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "people.CSV"
    path.write_bytes(csv_text(row(), delimiter=delimiter).encode(encoding))
    assert read_people(path, ORGANISATIONS, FORM).talents == (EXPECTED,)


def test_columns_come_in_any_order_and_case_and_others_are_ignored(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    text = csv_text(row() | {"bemærkning": "x"}, columns=(*reversed(COLUMNS), "bemærkning"))
    header, rest = text.split("\r\n", 1)
    path.write_text(f"{header.upper()}\r\n{rest}", encoding="utf-8", newline="")
    assert read_people(path, ORGANISATIONS, FORM).talents == (EXPECTED,)


def test_the_title_of_the_leader_is_optional(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(csv_text(row(), columns=REQUIRED), encoding="utf-8")
    assert read_people(path, ORGANISATIONS, FORM).talents[0].leader_title == ""


def test_texts_are_trimmed_addresses_lowered_blank_rows_skipped(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    untidy = row(email=" Soeren1@Aalborg.Example.org ", navn="  Søren\u00a0 Å 1", organisation="Aalborg ", niveau="LL")
    path.write_text(csv_text({}, untidy, {}), encoding="utf-8")
    [talent] = read_people(path, ORGANISATIONS, FORM).talents
    assert (talent.email, talent.name, talent.organisation, talent.row) == (EXPECTED.email, EXPECTED.name, "aalborg", 3)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("leder af ledere", "leader_of_leaders"),
        ("LL", "leader_of_leaders"),
        ("Leder af medarbejdere", "leader_of_employees"),
        ("lm", "leader_of_employees"),
    ],
)
def test_both_levels_are_known_by_name_and_letters(tmp_path: Path, text: str, level: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(csv_text(row(niveau=text)), encoding="utf-8")
    assert read_people(path, ORGANISATIONS, FORM).talents[0].level == level


def test_excel_rows_keep_their_numbers_and_whole_floats_are_numbers(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(list(COLUMNS))
    for number in (1.0, None, None, 2):
        sheet.append([] if number is None else list((row(int(number)) | {"nr": number}).values()))
    workbook.create_sheet("Noter").append(["not read"])
    workbook.save(tmp_path / "people.xlsx")
    talents = read_people(tmp_path / "people.xlsx", ORGANISATIONS, FORM).talents
    assert [(talent.number, talent.row) for talent in talents] == [(1, 2), (2, 5)]
    assert talents[0] == EXPECTED


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("people.ods", b"", "is neither .csv nor .xlsx; save the list as one of them"),
        ("people.xlsx", b"navn", "is not an Excel workbook, or is protected by a password"),
        ("people.csv", b"", "is empty"),
        ("people.csv", "nr;navn".encode("utf-16"), "is neither UTF-8 nor Windows-1252 text; save it as 'CSV UTF-8'"),
        ("people.csv", csv_text().encode(), "has no talents"),
        ("people.csv", b'nr;navn\n1;"x', "2: cannot be read from here on"),
    ],
)
def test_a_file_that_is_no_list_is_refused(tmp_path: Path, name: str, content: bytes, what: str) -> None:
    (tmp_path / name).write_bytes(content)
    [problem] = refusal(tmp_path / name)
    assert problem.startswith(what)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError, match=r"people\.xlsx: no such list of people"):
        read_people(tmp_path / "people.xlsx", ORGANISATIONS, FORM)


def test_every_missing_and_double_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("nr;navn;Navn;e-mail;organisation;enhed;niveau;leders navn\n1;a\n", encoding="utf-8")
    there = "this column is missing; there are nr, navn, Navn, e-mail, organisation, enhed, niveau, leders navn"
    assert refusal(path) == [
        "1: navn: this column is there twice",
        f"1: leder navn: {there}",
        f"1: leder e-mail: {there}",
    ]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"navn": " "}, "navn: is blank"),
        ({"enhed": ""}, "enhed: is blank"),
        ({"leader": ""}, "leder navn: is blank"),
        ({"leader_email": ""}, "leder e-mail: is blank"),
        ({"leader": "", "leader_email": ""}, "leder navn: Søren Å 1 has no leader"),
        ({"nr": "0"}, "nr: '0' is not a whole number from 1"),
        ({"nr": "1,5"}, "nr: '1,5' is not a whole number from 1"),
        ({"nr": ""}, "nr: is blank"),
        ({"niveau": "chef"}, "niveau: unknown level 'chef'; write one of leder af ledere, ll, leder af medarbejdere"),
        ({"organisation": "Hjørring"}, "organisation: unknown organisation 'hjørring', did you mean 'hjoerring'?"),
        ({"organisation": "x"}, f"organisation: unknown organisation 'x'; known: {', '.join(sorted(ORGANISATIONS))}"),
        ({"email": "soeren"}, "e-mail: 'soeren' is not a mail address: An email address must have an @-sign."),
        ({"email": "søren@aalborg.example.org"}, "e-mail: 'søren@aalborg.example.org' is not a mail address: "),
        ({"leader_email": "a@b"}, "leder e-mail: 'a@b' is not a mail address: "),
        ({"leader_email": "soeren1@aalborg.example.org", "leader": "Søren Å 1"},
         "leder e-mail: Søren Å 1 cannot be their own leader"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_row_is_named_by_row_and_column(problems: Check, changes: Row, what: str) -> None:
    [problem] = problems(row(2), row(1, **changes))
    assert problem.startswith(f"3: {what}")


def test_a_number_stands_for_one_talent(problems: Check) -> None:
    assert problems(row(1), row(2, nr=1)) == ["3: nr: 1 is already the number of Søren Å 1 (row 2)"]


@pytest.mark.parametrize("name", ["Søren Å 1", "Someone Else"])
def test_a_talent_is_listed_once(problems: Check, name: str) -> None:
    twice = row(2, email="SOEREN1@aalborg.example.org", navn=name)
    assert problems(row(1), twice) == ["3: e-mail: soeren1@aalborg.example.org is already talent Søren Å 1 (row 2)"]


def test_a_leader_of_two_talents_is_named_alike(problems: Check) -> None:
    assert problems(row(1), row(2, leader_email="inge1@aalborg.example.org", leader="Inge Ø. 1")) == [
        "3: leder e-mail: inge1@aalborg.example.org belongs to 'Inge Ø 1' in row 2, here to 'Inge Ø. 1';"
        " one address is one person, always named alike"
    ]


def test_a_talent_who_leads_another_is_named_alike(problems: Check) -> None:
    [problem] = problems(row(1, leader_email="soeren2@aalborg.example.org", leader="Sören"), row(2))
    assert problem.startswith("2: leder e-mail: soeren2@aalborg.example.org belongs to 'Søren Å 2' in row 3, here to")


def led_by(number: int, leader: int) -> Row:
    return row(number, leader=f"Søren Å {leader}", leader_email=f"soeren{leader}@aalborg.example.org")


def test_a_talent_may_lead_other_talents(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(csv_text(led_by(1, 2), row(2), led_by(3, 2)), encoding="utf-8")
    assert len(read_people(path, ORGANISATIONS, FORM).talents) == 3


def test_leaders_never_go_in_a_circle(problems: Check) -> None:
    circles = [led_by(9, 3), led_by(1, 2), led_by(2, 1), led_by(5, 3), led_by(3, 4), led_by(4, 5)]
    assert problems(*circles) == [
        "3: leder e-mail: the leaders go in a circle: Søren Å 1 → Søren Å 2 → Søren Å 1",
        "5: leder e-mail: the leaders go in a circle: Søren Å 5 → Søren Å 3 → Søren Å 4 → Søren Å 5",
    ]


def test_all_problems_of_a_file_come_at_once_in_the_order_of_its_rows(problems: Check) -> None:
    found = problems(row(1), row(1, navn=""), row(3, email="x", niveau="?"), led_by(4, 4))
    assert [problem.split(": ")[:2] for problem in found] == [
        ["3", "navn"],
        ["3", "nr"],
        ["3", "e-mail"],
        ["4", "e-mail"],
        ["4", "niveau"],
        ["5", "leder e-mail"],
    ]


class TestHold3:
    """The made-up people that come with the project."""

    def test_the_two_files_say_the_same(self) -> None:
        read = [read_people(HOLD_3 / name, ORGANISATIONS, FORM) for name in ("people.csv", "people.xlsx")]
        assert read[0] == read[1]

    def test_there_are_24_talents_of_both_levels_from_all_organisations(self) -> None:
        talents = read_people(HOLD_3 / "people.csv", ORGANISATIONS, FORM).talents
        assert [talent.number for talent in talents] == list(range(1, 25))
        sizes = {"aalborg": 6, "hjoerring": 4, "frederikshavn": 4, "broenderslev": 3, "vesthimmerland": 3, "region": 4}
        assert Counter(talent.organisation for talent in talents) == sizes
        assert set(Counter(talent.level for talent in talents).values()) == {12}

    def test_two_leaders_lead_two_talents_each_of_their_own_organisation(self) -> None:
        talents = read_people(HOLD_3 / "people.csv", ORGANISATIONS, FORM).talents
        led = Counter((talent.leader, talent.organisation) for talent in talents)
        assert sorted(led.values())[-3:] == [1, 2, 2]

    def test_nobody_can_be_mailed_by_accident(self) -> None:
        for talent in read_people(HOLD_3 / "people.csv", ORGANISATIONS, FORM).talents:
            for email in (talent.email, talent.leader.email):
                assert email.endswith(f"@{talent.organisation}.example.org")

    def test_excel_opens_the_csv_with_danish_letters(self) -> None:
        assert (HOLD_3 / "people.csv").read_bytes().startswith("\ufeffnr;navn;".encode())
