"""Lists of people that are broken, huge, hostile or only odd: each is refused in a sentence, or taken as something."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from config.errors import DefinitionError
from config.people import TalentRow, read_people
from tests.support import bad_files
from tests.support.bad_files import GOOD_ROW, HEADER, listed, row, with_parts, with_sheet, workbook
from tests.support.list_form import FORM

Make = Callable[[Path], object]

NO_WORKBOOK = "is not an Excel workbook, or is protected by a password"
NO_TEXT = "is neither UTF-8 nor Windows-1252 text; save it as 'CSV UTF-8'"
ENTITY = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'


def read(path: Path) -> tuple[TalentRow, ...]:
    return read_people(path, ["aalborg"], FORM).talents


def refused(path: Path) -> list[str]:
    """The sentences without the file's name, which each begins with."""
    with pytest.raises(DefinitionError) as caught:
        read(path)
    sentences = str(caught.value).splitlines()
    assert len(sentences) == len(caught.value.problems)
    assert all(sentence.startswith(f"{path}:") and sentence.isprintable() for sentence in sentences)
    return [sentence.removeprefix(f"{path}:").strip() for sentence in sentences]


CSV_REFUSED: dict[str, tuple[bytes, str]] = {
    # its size
    "larger than a list is": (b"x" * 1024 * 1025, "is larger than 1024 KB"),
    "a million rows": (HEADER.encode() + b"\n1" * 500_000, "2001: has more than 2000 rows, blank ones included"),
    "a million blank rows": (HEADER.encode() + b"\n" * 900_000, "2001: has more than 2000 rows, blank ones included"),
    "sixty columns": (f"{HEADER}{';x' * 51}\n".encode(), "1: has more than 50 columns"),
    "a cell as long as a book": (listed(row(enhed="x" * 3000)), "2: has a cell of more than 2000 characters"),
    "a cell longer than the reader takes": (listed(row(enhed="x" * 200_000)), "2: cannot be read from here on: field"),
    # its encoding
    "UTF-16": (listed(GOOD_ROW).decode().encode("utf-16"), NO_TEXT),
    "UTF-16 without a mark": (listed(GOOD_ROW).decode().encode("utf-16-le"), NO_TEXT),
    "UTF-32": (listed(GOOD_ROW).decode().encode("utf-32"), NO_TEXT),
    "Shift-JIS, kana": (listed(row(navn="やまだ たろう")).decode().encode("shift-jis", "replace"), NO_TEXT),
    "Shift-JIS, kanji": (listed(row(navn="山田太郎")).decode().encode("shift-jis", "replace"), NO_TEXT),
    "GBK": (listed(row(navn="王小明")).decode().encode("gbk", "replace"), NO_TEXT),
    "EUC-KR": (listed(row(navn="김민준")).decode().encode("euc-kr", "replace"), NO_TEXT),
    "Cyrillic (Windows-1251)": (listed(row(navn="Ольга")).decode().encode("cp1251", "replace"), NO_TEXT),
    "Danish of DOS (850)": (listed(GOOD_ROW).decode().encode("cp850"), NO_TEXT),
    "Danish of an old Mac": (listed(GOOD_ROW).decode().encode("mac-roman"), NO_TEXT),
    "UTF-8 cut within a letter": (listed(row(leder_titel="ø")).removesuffix(b"\xb8"), NO_TEXT),
    "a byte that no encoding has": (listed(row(navn="Bo")) + b"\x81", NO_TEXT),
    "NUL": (listed(row(navn="Bo\0")), NO_TEXT),
    "binary": (bytes(range(256)) * 10, NO_TEXT),
    # its form
    "empty": (b"", "is empty"),
    "only a byte order mark": (b"\xef\xbb\xbf", "is empty"),
    "only blank lines": (b"\n\n;;;\n", "is empty"),
    "no talents": (listed(), "has no talents"),
    "no header": (GOOD_ROW.encode(), "1: nr: this column is missing; there are 1, Søren Å,"),
    "a quotation mark that is not closed": (listed(row(navn='"Bo')), "2: cannot be read from here on: unexpected end"),
    "text after a quotation mark": (listed(row(navn='"Bo" x')), "2: cannot be read from here on: ';' expected after"),
    "a cell too many": (listed(f"{GOOD_ROW};x"), "2: 'x' stands below no heading; is there a separator too many?"),
    "a cell that has slipped": (listed(row(enhed="Nord; Syd")), "2: 'Chef' stands below no heading; is there"),
    "a carriage return within": (listed(row(navn="Bo\rHansen")), "2: cannot be read from here on: new-line character"),
    # its cells
    "BEL": (listed(row(navn="Karen \a T")), r"2: navn: 'Karen \x07 T' holds a control character (U+0007)"),
    "ESC": (listed(row(leder_navn="Bo\x1b[2J")), r"2: leder navn: 'Bo\x1b[2J' holds a control character (U+001B)"),
    "DEL": (listed(row(enhed="Nord\x7f")), r"2: enhed: 'Nord\x7f' holds a control character (U+007F)"),
    "an encoded word": (listed(row(navn="=?utf-8?q?Bo?=")), "2: navn: '=?utf-8?q?Bo?=' holds '=?'"),
    "zero width": (listed(row(navn="\u200b")), "2: navn: '\\u200b' holds a character that is not seen"),
    "written backwards": (listed(row(leder_titel="\u202efehC")), "2: leder titel: '\\u202efehC' holds a character"),
    "a line separator": (listed(row(navn="Bo\u2028x")), "2: navn: 'Bo\\u2028x' holds a line break (U+2028)"),
    "half a character": (listed(row(navn="Bo")).replace(b"Bo", b"\xed\xa0\x80"), NO_TEXT),
    "#REF!": (listed(row(navn="#REF!")), "2: navn: '#REF!' is a spreadsheet's error, not a text"),
    "#N/A": (listed(row(enhed="#N/A")), "2: enhed: '#N/A' is a spreadsheet's error, not a text"),
    "a name of a page": (listed(row(navn="x" * 1500)), "is too long: 1500 characters, at most 100"),
    "no letter": (listed(row(navn="?")), "2: navn: '?' is not a name: it has no letter"),
    "a header in an address": (listed(row(e_mail="bo@a.dk%0aBcc:x@y.dk")), "2: e-mail: 'bo@a.dk%0aBcc:x@y.dk' is not"),
    "two addresses": (listed(row(e_mail="bo@a.dk,x@y.dk")), "2: e-mail: 'bo@a.dk,x@y.dk' is not a mail address"),
    "an address that is an encoded word": (listed(row(e_mail="=?q?b?=@a.dk")), "2: e-mail: '=?q?b?=@a.dk' is not"),
    "a number that is none": (listed(row(nr="1e3")), "2: nr: '1e3' is not a whole number from 1"),
    "a number of other digits": (listed(row(nr="١")), "2: nr: '١' is not a whole number from 1"),
    "a number of a kilometre": (listed(row(nr="9" * 1500)), "2: nr: '9999"),
    "a negative number": (listed(row(nr="-1")), "2: nr: '-1' is not a whole number from 1"),
    "an organisation of a path": (listed(row(organisation="../x")), "2: organisation: unknown organisation '../x'"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "what"), CSV_REFUSED.values(), ids=CSV_REFUSED.keys())
def test_a_csv_is_refused(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    assert what in refused(path)[0]


def name(talents: tuple[TalentRow, ...]) -> str:
    return talents[0].name


CSV_TAKEN: dict[str, tuple[bytes, str]] = {
    "UTF-8": (listed(GOOD_ROW), "Søren Å"),
    "with a byte order mark": (b"\xef\xbb\xbf" + listed(GOOD_ROW), "Søren Å"),
    "Windows-1252": (listed(GOOD_ROW).decode().encode("cp1252"), "Søren Å"),
    "Windows-1252 with an apostrophe": (listed(row(navn="Åse d’Arc")).decode().encode("cp1252"), "Åse d’Arc"),
    "emoji": (listed(row(navn="Bo 😀")), "Bo 😀"),
    "a blank that does not break": (listed(row(navn="Bo\u00a0 Hansen ")), "Bo Hansen"),
    "a line break in quotation marks": (listed(row(navn='"Bo\r\nHansen"')), "Bo Hansen"),
    "separators in quotation marks": (listed(row(navn='"Hansen; Bo, jr."')), "Hansen; Bo, jr."),
    "blank cells too many": (listed(f"{GOOD_ROW};;; ;"), "Søren Å"),
    "accents apart": (listed(row(navn="A\u030ase")), "Åse"),
    "<script>": (listed(row(navn="<script>x</script>")), "<script>x</script>"),
    "a template": (listed(row(navn="{{7*7}}")), "{{7*7}}"),
    "SQL": (listed(row(navn="x' OR 1=1 --")), "x' OR 1=1 --"),
    "a formula": (listed(row(navn="=HYPERLINK(1)")), "=HYPERLINK(1)"),
    "Markdown": (listed(row(navn="[Bo](x)")), "[Bo](x)"),
    "Greek in UTF-8": (listed(row(navn="Ελένη")), "Ελένη"),
    "a column of our own": (HEADER.encode() + b";note\n" + GOOD_ROW.encode() + b";x\n", "Søren Å"),
    "a column without a heading that is blank": (HEADER.encode() + b";;\n" + GOOD_ROW.encode() + b";;\n", "Søren Å"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "taken"), CSV_TAKEN.values(), ids=CSV_TAKEN.keys())
def test_a_csv_is_taken_as(tmp_path: Path, content: bytes, taken: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    assert name(read(path)) == taken


CELL = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'
XLSX_REFUSED: dict[str, tuple[Make, str]] = {
    "not an archive": (lambda path: path.write_bytes(b"navn;x"), NO_WORKBOOK),
    "nothing": (lambda path: path.write_bytes(b""), NO_WORKBOOK),
    "an archive of something else": (lambda path: with_parts(workbook(path), {"xl/workbook.xml": None}), NO_WORKBOOK),
    "protected by a password": (bad_files.protected, NO_WORKBOOK),
    "cut off": (bad_files.cut_off, NO_WORKBOOK),
    "larger than a list is": (lambda path: path.write_bytes(b"PK" + bytes(6 * 1024**2)), "is larger than 5120 KB"),
    "without sheets": (bad_files.without_sheets, "has no sheet with cells"),
    "only a chart": (bad_files.only_a_chart, "has no sheet with cells"),
    "a blank sheet": (lambda path: with_sheet(path, ""), "is empty"),
    "damaged": (bad_files.damaged, NO_WORKBOOK),
    "packed in an unknown way": (bad_files.unknown_packing, NO_WORKBOOK),
    "packed in another way": (bad_files.bzipped, NO_WORKBOOK),
    "with an encrypted part": (bad_files.encrypted_part, NO_WORKBOOK),
    "a bomb": (lambda path: bad_files.zip_bomb(path, 9), "unpacks to more than 8 MB"),
    "a bomb that lies": (lambda path: bad_files.zip_bomb(path, 9, lying=True), NO_WORKBOOK),
    "a thousand parts": (
        lambda path: with_parts(workbook(path), {f"x{n}.bin": b"" for n in range(1001)}), "unpacks to more than 8 MB",
    ),
    "a hundred thousand styles": (
        lambda path: with_parts(workbook(path), {"xl/styles.xml": "<x>" + "<y/>" * 100_000 + "</x>"}), "holds too much",
    ),
    "two hundred thousand cells": (lambda path: with_sheet(path, "<row>" + "<c/>" * 200_000 + "</row>"), "too much"),
    "a row a billion below": (
        lambda path: with_sheet(path, '<row r="999999999"><c><v>1</v></c></row>'), "has more than 2000 rows",
    ),
    "a million blank rows": (
        lambda path: with_sheet(path, '<row r="1048576"><c r="A1048576"/></row>'), "has more than 2000 rows",
    ),
    "a cell at the far right": (lambda path: with_sheet(path, '<row><c r="XFD1"/></row>'), "1: is wider than 1024"),
    "sixty columns": (
        lambda path: with_sheet(path, f"<row>{CELL.format('BH1', 'x')}</row>"), "1: has more than 50 columns",
    ),
    "a column without end": (lambda path: with_sheet(path, '<row r="1"><c r="ZZZZZZ1"/></row>'), NO_WORKBOOK),
    "a row that is no number": (lambda path: with_sheet(path, '<row r="x"><c><v>1</v></c></row>'), NO_WORKBOOK),
    "a shared text that is not there": (
        lambda path: with_sheet(path, '<row r="1"><c r="A1" t="s"><v>99999</v></c></row>'), NO_WORKBOOK,
    ),
    "a number that is none": (lambda path: with_sheet(path, '<row r="1"><c r="A1"><v>x</v></c></row>'), NO_WORKBOOK),
    "entities": (lambda path: with_parts(workbook(path), {bad_files.SHEET: ENTITY}), NO_WORKBOOK),
    "entities in UTF-16": (
        lambda path: with_parts(workbook(path), {bad_files.SHEET: ENTITY.encode("utf-16")}), NO_WORKBOOK,
    ),
    "XML that is none": (lambda path: with_parts(workbook(path), {bad_files.SHEET: "<worksheet><"}), NO_WORKBOOK),
    "macros": (bad_files.with_macros, "holds macros; save it as an Excel workbook (.xlsx) without them"),
    "macros of another type": (lambda path: bad_files.with_macros(path, typed=False), "holds macros"),
    "macros without their part": (lambda path: bad_files.with_macros(path, named=False), "holds macros"),
    "BEL": (lambda path: with_sheet(path, f"<row>{CELL.format('A1', '&#7;')}</row>"), NO_WORKBOOK),
    "an error for a name": (lambda path: workbook(path, B="#REF!"), "2: navn: '#REF!' is a spreadsheet's error"),
    "written backwards": (lambda path: workbook(path, B="\u202eoB"), "2: navn: '\\u202eoB' holds a character"),
    "a formula that was never worked out": (lambda path: workbook(path, B="=A2"), "2: navn: is blank"),
    "a day for a number": (lambda path: workbook(path, A=datetime(2027, 1, 4)), "2: nr: '2027-01-04 00:00:00'"),  # noqa: DTZ001
    "half a number": (lambda path: workbook(path, A=1.5), "2: nr: '1.5' is not a whole number from 1"),
    "a number without end": (lambda path: workbook(path, A=1e300), "2: nr: '1000000"),
    "a truth for a number": (lambda path: workbook(path, A=True), "2: nr: 'True' is not a whole number from 1"),
    "a comment beside the list": (lambda path: workbook(path, K="husk!"), "2: 'husk!' stands below no heading"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "what"), XLSX_REFUSED.values(), ids=XLSX_REFUSED.keys())
def test_a_workbook_is_refused(tmp_path: Path, make: Make, what: str) -> None:
    path = tmp_path / "people.xlsx"
    make(path)
    assert what in refused(path)[0]


XLSX_TAKEN: dict[str, tuple[Make, str]] = {
    "good": (workbook, "Søren Å"),
    "a line break in a cell": (lambda path: workbook(path, B="Bo\nHansen"), "Bo Hansen"),
    "a number for a name": (lambda path: workbook(path, B=7), "7"),
    "BEL as Excel writes it down": (lambda path: workbook(path, B="Bo_x0007_"), "Bo_x0007_"),
    "a formula as text": (lambda path: workbook(path, B="'=1+1"), "'=1+1"),
    "a huge picture, which stays packed": (
        lambda path: with_parts(workbook(path), {"xl/media/image1.png": bytes(50 * 1024**2)}), "Søren Å",
    ),
    "a blank cell a thousand columns away": (lambda path: workbook(path, ALL=None), "Søren Å"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "taken"), XLSX_TAKEN.values(), ids=XLSX_TAKEN.keys())
def test_a_workbook_is_taken_as(tmp_path: Path, make: Make, taken: str) -> None:
    path = tmp_path / "people.xlsx"
    make(path)
    assert name(read(path)) == taken


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "people.csv").mkdir()
    path = tmp_path / "people.csv" / ("x" * 300 + ".csv")
    with pytest.raises(DefinitionError, match="cannot be read"):
        raise_unreadable(path)


def raise_unreadable(path: Path) -> None:
    from config.files.table_file import Findings, read_table

    read_table(path, (), (), Findings(str(path)))


def test_of_ten_thousand_faults_the_first_hundred_are_told(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(listed(*["x;?;?;?;?;?;?;?;"] * 1500))
    found = refused(path)
    assert len(found) == 101
    assert found[-1].endswith("more faults; mend these first")
