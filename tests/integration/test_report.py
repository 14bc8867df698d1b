"""The steering group's report, read back: who is where, what was kept, totals, and texts that are text."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select, update
from starlette.responses import PlainTextResponse

from flows.server.own_paths import Download, Maker, OwnPaths
from flows.server.process import authorization
from notifications.report_file import report_file
from states.store.database import Database
from states.store.tables import CommitmentRow, PersonRow
from states.views.report import Report, report_of
from tests.support.driver import Driver
from tests.support.first_meetings import after_the_first_meetings
from tests.support.terminal import Terminal

NAMES = ["=1+1", "+45 98 76 54 32", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x.example";"klik")']


@pytest.fixture
def driven(sqlite: Database) -> Driver:
    return after_the_first_meetings(sqlite)


def report(driven: Driver) -> Report:
    with driven.database.read() as connection:
        return report_of(connection, "hold-3", driven.now)


def book(driven: Driver) -> Workbook:
    return load_workbook(BytesIO(report_file(report(driven))))


def rows(workbook: Workbook, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet by its columns' names, which are in the third row."""
    _, _, columns, *found = workbook[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, columns), row, strict=True)) for row in found]


def test_it_says_what_it_is_and_of_when(driven: Driver) -> None:
    workbook = book(driven)
    assert workbook.sheetnames == ["Organisationer", "Talenter", "Aftaler"]
    assert workbook["Talenter"]["A1"].value == "Talent Nord, Hold 3: sådan står det 22. marts 2027"


def test_each_talent_has_a_row_with_where_they_are(driven: Driver) -> None:
    found = rows(book(driven), "Talenter")
    assert [row["Talent"] for row in found][:1] == ["Mette Brøndgaard"]
    assert len(found) == 6
    assert all("Modul 1" in row["Hvor"] for row in found)


def test_each_commitment_has_a_row_with_its_state_and_deadline(driven: Driver) -> None:
    found = rows(book(driven), "Aftaler")
    states = [row["Tilstand"] for row in found if row["Aftale"] == "Mentormøde i modul 1"]
    assert states[:4] == ["gennemført", "gennemført for sent", "frafaldet", "overskredet"]
    [first, *_] = [row["Frist"] for row in found if row["Aftale"] == "Mentormøde i modul 1"]
    assert isinstance(first, datetime)
    assert first.date() == date(2027, 3, 18)
    assert "Hele holdet" in {row["Talent"] for row in found}


def test_a_talents_numbers_count_their_commitments(driven: Driver) -> None:
    kept, late, waived, missed = rows(book(driven), "Talenter")[:4]
    assert (kept["Gennemført til tiden"], late["Gennemført for sent"], waived["Frafaldet"]) == (1, 1, 1)
    assert missed["Overskredet"] == kept["Overskredet"] + 1


def test_totals_add_up_organisation_by_organisation(driven: Driver) -> None:
    workbook = book(driven)
    *organisations, everybody = rows(workbook, "Organisationer")
    talents = rows(workbook, "Talenter")
    assert everybody["Organisation"] == "I alt"
    assert everybody["Talenter"] == len(talents)
    for column in ("Gennemført til tiden", "Gennemført for sent", "Overskredet", "Frafaldet", "Endnu ikke forfaldet"):
        assert everybody[column] == sum(row[column] for row in organisations) == sum(row[column] for row in talents)
    with driven.database.read() as connection:
        mine = CommitmentRow.journey_id.is_not(None) & (CommitmentRow.state != "cancelled")
        assert sum(list(everybody.values())[2:]) == connection.scalar(select(func.count()).where(mine))


def test_of_somebody_who_has_left_nothing_is_ahead(driven: Driver) -> None:
    driven.fire("withdraw", 5)
    left = rows(book(driven), "Talenter")[4]
    assert left["Hvor"] == "Afbrudt"
    assert left["Endnu ikke forfaldet"] == 0


@pytest.mark.parametrize("name", NAMES)
def test_what_begins_like_a_formula_is_text(driven: Driver, name: str) -> None:
    with driven.database.write() as connection:
        connection.execute(update(PersonRow).where(PersonRow.id == "hold-3-01").values(name=name))
    workbook = book(driven)
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value == name]
    assert len(cells) > 2
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.quotePrefix for cell in cells} == {True}


def test_no_cell_of_any_report_is_a_formula(driven: Driver) -> None:
    kinds = {cell.data_type for sheet in book(driven) for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n", "d"}


def test_a_name_of_long_ago_with_a_line_break_is_one_line(driven: Driver) -> None:
    with driven.database.write() as connection:
        connection.execute(update(PersonRow).where(PersonRow.id == "hold-3-01").values(name="Mette\r\n=1+1\x07"))
    assert rows(book(driven), "Talenter")[0]["Talent"] == "Mette =1+1"


# -- served ----------------------------------------------------------------------------------------------------------


def ask(report: Callable[[str], Download] | None, path: str, word: str | None = None, **given: Any) -> httpx.Response:
    """Ask our own app in front of one that answers everything with 418."""

    async def asked() -> httpx.Response:
        app = OwnPaths(PlainTextResponse("prefect", 418), authorization(word), report)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://own") as client:
            return await client.request(given.pop("method", "GET"), path, **given)

    return asyncio.run(asked())


def test_it_is_served_as_a_file_that_no_cache_keeps(driven: Driver) -> None:
    make = Maker(str(driven.database.url), lambda: driven.now).report
    answer = ask(make, "/rapport/hold-3.xlsx")
    assert answer.status_code == 200
    assert load_workbook(BytesIO(answer.content)).sheetnames[0] == "Organisationer"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''Hold%203%202027-03-22.xlsx"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")


@pytest.mark.parametrize(
    "path", ["hold-9.xlsx", "hold-3", "", "..%2f..%2fetc%2fpasswd.xlsx", "hold-3.xlsx/more", "%27.xlsx"]
)
def test_another_path_is_not_found(driven: Driver, path: str) -> None:
    make = Maker(str(driven.database.url), lambda: driven.now).report
    assert ask(make, f"/rapport/{path}").status_code == 404


@pytest.mark.parametrize(
    "headers",
    [{}, authorization("name:wrong"), {"authorization": "Basic"}, {"authorization": "Bearer x"}],
    ids=["none", "wrong", "empty", "another-kind"],
)
def test_without_the_password_nobody_gets_it(driven: Driver, headers: dict[str, str]) -> None:
    made: list[str] = []

    def make(cohort: str) -> Download:
        made.append(cohort)
        return Download("", b"")

    answer = ask(make, "/rapport/hold-3.xlsx", "name:word", headers=headers)
    assert (answer.status_code, answer.content, made) == (401, b"", [])
    assert ask(make, "/rapport/hold-3.xlsx", "name:word", headers=authorization("name:word")).status_code == 200


def test_nothing_is_written_there_and_all_else_is_prefects(driven: Driver) -> None:
    make = Maker(str(driven.database.url), lambda: driven.now).report
    assert ask(make, "/rapport/hold-3.xlsx", method="POST").status_code == 405
    assert ask(make, "/rapportering").status_code == 418


def test_without_a_database_it_says_so_without_its_name(tmp_path: Path) -> None:
    answer = ask(Maker(f"sqlite:///{tmp_path}/secret-name.db", datetime.now).report, "/rapport/hold-3.xlsx")
    assert answer.status_code == 503
    assert "secret-name" not in answer.text


def test_the_command_writes_it_for_its_owner_only(driven: Driver, tmp_path: Path) -> None:
    terminal = Terminal(str(driven.database.url), tmp_path, driven.now)
    done = terminal.run("report", "hold-3", "--out", "out/report.xlsx")
    assert (done.returncode, done.stdout) == (0, "6 talents in out/report.xlsx\n")
    written = tmp_path / "out" / "report.xlsx"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert rows(load_workbook(written), "Talenter")[0]["Talent"] == "Mette Brøndgaard"
    assert terminal.run("report", "hold-9", "--out", "x.xlsx").returncode == 2
