"""The steering group's report as an Excel workbook: three sheets, and every text in it is text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from io import BytesIO
from typing import Any

from babel.dates import format_date
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from config.files.yaml_file import load_yaml
from config.plain_text import without_the_unseen
from notifications.languages import report_in
from states.views.report import PROMISED, Report

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENDING = ".xlsx"
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet may take for the beginning of a formula, at the latest when somebody edits the cell."""
_WIDEST = 45
_BOLD = Font(bold=True)

Value = str | int | date | None


def report_file(report: Report, language: str = "da") -> bytes:
    """Return the workbook: totals by organisation, a row for each talent, a row for each commitment."""
    words = _words(language)
    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    day = format_date(report.day, "long", locale=language)
    title = words["as_of"].format(programme=report.programme, cohort=report.cohort, day=day)
    numbers = [(one.talents, *_counts(one.counts)) for one in report.totals]
    totals: list[Sequence[Value]] = [(one.organisation, *row) for one, row in zip(report.totals, numbers, strict=True)]
    totals.append((words["all"], *map(sum, zip(*numbers, strict=True))))
    _sheet(book, words, "totals", title, ("organisation", "number", *PROMISED), totals)
    talents: list[Sequence[Value]] = [
        [one.name, one.organisation, one.leader, one.place, *_counts(one.counts)] for one in report.talents
    ]
    _sheet(book, words, "talents", title, ("name", "organisation", "leader", "place", *PROMISED), talents)
    promises: list[Sequence[Value]] = [[one.talent or words["of_cohort"], *one[1:]] for one in report.promises]
    _sheet(book, words, "promises", title, ("name", "organisation", "label", "state", "due"), promises)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def report_name(report: Report, language: str = "da") -> str:
    """Return what the file is called, without its ending."""
    return str(_words(language)["file"].format(cohort=report.cohort, day=report.day.isoformat()))


@cache
def _words(language: str) -> Any:
    return load_yaml(report_in(language)).data


def _counts(counts: dict[str, int]) -> list[int]:
    return [counts[what] for what in PROMISED]


def _sheet(
    book: Workbook, words: Any, name: str, title: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]
) -> None:
    """Add a sheet: what it is, the columns' names, and the rows."""
    sheet: Worksheet = book.create_sheet(str(words[name]))
    _put(sheet, 1, 1, title).font = _BOLD
    widest = [0] * len(columns)
    for number, row in enumerate([[str(words["columns"][one]) for one in columns], *rows], start=3):
        for place, value in enumerate(row, start=1):
            cell = _put(sheet, number, place, value)
            widest[place - 1] = max(widest[place - 1], len(str(cell.value or "")))
            if number == 3:
                cell.font = _BOLD
    for place, width in enumerate(widest, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = min(width, _WIDEST) + 2
    sheet.freeze_panes = "A4"


def _put(sheet: Worksheet, row: int, column: int, value: Value) -> Cell:
    """Write a cell; what would read as a formula is marked as text, so that nobody's spreadsheet works it out."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    if value == "":
        return cell
    if isinstance(value, str):
        cell.value = without_the_unseen(value)
        cell.data_type = "s"
        if value.startswith(_FORMULAS):
            cell.quotePrefix = True
    else:
        cell.value = value
        if isinstance(value, date):
            cell.number_format = "dd-mm-yyyy"
    return cell
