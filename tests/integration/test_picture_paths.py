"""Pictures of a cohort as it stands: what they are drawn from, who is given them, and the page that says it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from sqlalchemy import update
from starlette.responses import PlainTextResponse

from config.errors import UnknownRecordError
from flows.cockpit.pictures import Pictures, pictures_markdown, pictures_of
from flows.server.own_paths import Maker, OwnPaths
from flows.server.process import authorization
from notifications.pictures.made import Picture
from states.store.database import Database
from states.store.tables import EffectRow
from states.views.cohort_grid import CohortGrid
from states.views.year_ahead import DayAhead, DeadlineAhead
from tests.support.driver import Driver, undated
from tests.support.first_meetings import after_the_first_meetings

PATHS = ["/billede/hold-3/hold.svg", "/billede/hold-3/aaret.svg", "/billede/hold-3/mails.svg"]


@pytest.fixture
def driven(sqlite: Database) -> Driver:
    return after_the_first_meetings(sqlite)


def shown(driven: Driver) -> Pictures:
    with driven.database.read() as connection:
        return pictures_of(connection, "hold-3", driven.now)


def cells(grid: CohortGrid, column: str) -> dict[int, str]:
    """How the talents stand with a day or a commitment, by their numbers."""
    place = [one.id for one in grid.columns].index(column)
    return {int(row.journey[-2:]): row.cells[place] for row in sorted(grid.rows, key=lambda row: row.journey)}


def set_mails(driven: Driver, *given: tuple[str, str]) -> None:
    """Let the first mails have become this, each at a local time; all others went out long ago."""
    with driven.database.write() as connection:
        mine = EffectRow.kind == "mail"
        connection.execute(update(EffectRow).where(mine).values(status="sent", changed_at=driven.at("2026-12-01")))
        for number, (status, at) in enumerate(given, start=1):
            when = driven.at(at)
            values = {"status": status, "changed_at": None if status == "pending" else when, "send_at": when}
            connection.execute(update(EffectRow).where(mine, EffectRow.id == number).values(**values))


# -- what they are drawn from ----------------------------------------------------------------------------------------


def test_a_commitment_stands_in_the_picture_as_in_its_row(driven: Driver) -> None:
    found = cells(shown(driven).grid, "mentor_meeting_m1")
    assert list(found.values()) == ["kept", "kept_late", "waived", "missed", "missed", "missed"]


def test_columns_follow_the_calendar_and_today_parts_them(driven: Driver) -> None:
    grid = shown(driven).grid
    names = [one.id for one in grid.columns]
    assert names[:6] == ["expectation_talk", "kickoff", "m1d1", "mentor_meeting_m1", "m1d2", "leadership_foundation"]
    assert names[grid.passed - 1 : grid.passed + 1] == ["mentor_meeting_m1", "m1d2"]
    dated = [one.day for one in grid.columns if one.day is not None]
    assert dated == sorted(dated)
    assert {one.id for one in grid.columns} >= {step.id for step in driven.definition.steps}
    assert "challenge_m2" not in names, "it is the cohort's and not a talent's"


def test_days_tell_who_sent_apologies_and_who_is_not_there(driven: Driver) -> None:
    driven.fire("absence", 1, milestone="m1d2")
    driven.fire("leave", 2)
    grid = shown(driven).grid
    assert cells(grid, "kickoff")[1] == "held"
    assert (cells(grid, "m1d2")[1], cells(grid, "m1d2")[2], cells(grid, "m1d2")[3]) == ("absent", "off", "planned")


def test_who_has_been_behind_for_longest_comes_first(driven: Driver) -> None:
    driven.fire("expectation_talk:waive", 1, 2, 3, because="aftalt")
    driven.fire("expectation_talk:keep", 4, held_on="2027-03-19")
    rows = shown(driven).grid.rows
    assert [row.journey[-2:] for row in rows] == ["05", "06", "04", "01", "02", "03"]
    assert [row.days_late for row in rows] == [33, 33, 4, 0, 0, 0]
    assert [row.journey[-2:] for row in shown(driven).grid.late] == ["05", "06", "04"]


def test_what_lies_ahead_has_its_days_its_sprints_and_its_deadlines_with_how_many(driven: Driver) -> None:
    lines = shown(driven).year.lines
    assert DayAhead("Modul 1, dag 1", date(2027, 3, 11), "Modul 1 · AL-sprint", date(2027, 4, 1)) in lines
    assert DeadlineAhead("Personligt ledelsesgrundlag", date(2027, 4, 1), 6) in lines
    assert DeadlineAhead("Udfordring til bootcamp i modul 2", date(2027, 3, 30), 0) not in lines, "it is secured"
    assert not [one for one in lines if one.label == "Supplerende mentor"], "nobody has chosen one"
    assert [one.day for one in lines] == sorted(one.day for one in lines if one.day)
    assert shown(driven).year.days[0].label == "Modul 1, dag 2", "what has been is not ahead"


def test_a_day_without_a_date_stands_last_and_says_so(sqlite: Database) -> None:
    driven = Driver(sqlite, people=1, cohort=undated("alumni_day")).enrol()
    assert shown(driven).year.lines[-1] == DayAhead("Alumnedag", None)


def test_mails_count_once_in_the_week_in_which_they_became_what_they_are(driven: Driver) -> None:
    set_mails(
        driven,
        ("sent", "2027-03-22 00:00"),
        ("rejected", "2027-03-21 23:59"),
        ("unknown", "2027-02-01"),
        ("sent", "2027-01-31 23:59"),
        ("pending", "2027-03-22 11:00"),
        ("pending", "2027-03-22 13:00"),
        ("dropped", "2027-03-22 11:00"),
    )
    weeks = shown(driven).mails.weeks
    assert [one.number for one in weeks] == [5, 6, 7, 8, 9, 10, 11, 12]
    assert [tuple(one.counts.values()) for one in weeks if one.total] == [(0, 0, 0, 1), (0, 0, 1, 0), (1, 1, 0, 0)]


def test_of_several_told_in_one_mail_it_is_one(driven: Driver) -> None:
    set_mails(driven, ("sent", "2027-03-22 10:00"), ("sent", "2027-03-22 10:00"))
    with driven.database.write() as connection:
        connection.execute(update(EffectRow).where(EffectRow.id.in_([1, 2])).values(mail_id="one"))
    assert shown(driven).mails.count("sent") == 1


def test_a_cohort_that_is_not_known_has_none(driven: Driver) -> None:
    with driven.database.read() as connection, pytest.raises(UnknownRecordError):
        pictures_of(connection, "hold-9", driven.now)


# -- the page that has them as text ----------------------------------------------------------------------------------


def test_the_page_says_in_words_what_the_pictures_show(driven: Driver) -> None:
    set_mails(driven, ("rejected", "2027-03-22 10:00"))
    links = {"hold-3": "/h", **{row.journey: f"/{row.journey}" for row in shown(driven).grid.rows}}
    page = pictures_markdown(shown(driven), links).replace("\\", "")
    assert all(f"]({path})" in page for path in PATHS)
    assert "![6 af 6 talenter er bagud; flest mangler Forventningssamtale (6).]" in page
    [row] = [line for line in page.splitlines() if line.startswith("| [Mette Brøndgaard](/hold-3-01)")]
    assert "| Forventningssamtale (33 dage) | i gang: Personligt ledelsesgrundlag; gennemført til tiden: Mentor" in row
    assert "| 1. apr. 2027 | Personligt ledelsesgrundlag (frist) | 6 talenter |" in page
    assert "| 11. mar. 2027 | Modul 1, dag 1 | Modul 1 · AL-sprint til 1. apr. 2027 |" in page
    assert "| 12 (fra 22. mar.) | 0 | 0 | 1 | 0 | 1 |" in page


# -- served ----------------------------------------------------------------------------------------------------------


def ask(
    driven: Driver, path: str, word: str | None = None, method: str = "GET", headers: dict[str, str] | None = None
) -> httpx.Response:
    """Ask our own app in front of one that answers everything with 418."""
    return answer(Maker(str(driven.database.url), lambda: driven.now).picture, path, word, method, headers)


def answer(
    make: Callable[[str, Picture], str], path: str, word: str | None, method: str, headers: Any
) -> httpx.Response:
    async def asked() -> httpx.Response:
        app = OwnPaths(PlainTextResponse("prefect", 418), authorization(word), None, make)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://own") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(asked())


@pytest.mark.parametrize("path", PATHS)
def test_a_picture_is_served_that_no_cache_keeps_and_that_runs_nothing(driven: Driver, path: str) -> None:
    found = ask(driven, path)
    assert found.status_code == 200
    assert ElementTree.fromstring(found.text.strip()).tag.endswith("svg")
    assert found.headers["content-type"].startswith("image/svg+xml")
    assert found.headers["cache-control"] == "no-store"
    assert found.headers["content-security-policy"] == "default-src 'none'"
    assert found.headers["x-content-type-options"] == "nosniff"


def test_where_a_clock_was_turned_ahead_what_has_happened_is_not_ahead(driven: Driver) -> None:
    make = Maker(str(driven.database.url), lambda: driven.at("2026-11-26")).picture
    found = answer(make, PATHS[0], None, "GET", {})
    assert "Lavet 22. marts 2027 kl. 12.00" in found.text


def test_nothing_in_a_picture_needs_what_the_policy_forbids(driven: Driver) -> None:
    for path in PATHS:
        text = ask(driven, path).text
        assert not [one for one in ("<script", "style=", "<style", "href=", "onload", "<image") if one in text]


@pytest.mark.parametrize(
    "path",
    [
        "hold-9/hold.svg",
        "hold-3/hold",
        "hold-3/andet.svg",
        "hold-3",
        "",
        "hold.svg",
        "..%2f..%2fetc/hold.svg",
        "hold-3/hold.svg/more",
        "%27/hold.svg",
    ],
    ids=["cohort", "no-ending", "picture", "none", "empty", "no-cohort", "upwards", "more", "quote"],
)
def test_another_path_is_not_found(driven: Driver, path: str) -> None:
    assert ask(driven, f"/billede/{path}").status_code == 404


@pytest.mark.parametrize(
    "headers",
    [{}, authorization("name:wrong"), {"authorization": "Basic"}],
    ids=["none", "wrong", "empty"],
)
@pytest.mark.parametrize("path", PATHS)
def test_without_the_password_nobody_gets_it(driven: Driver, path: str, headers: dict[str, str]) -> None:
    refused = ask(driven, path, "name:word", headers=headers)
    assert (refused.status_code, refused.content) == (401, b"")
    assert ask(driven, path, "name:word", headers=authorization("name:word")).status_code == 200


def test_within_a_page_no_window_asks_for_the_password_but_the_link_below_it_does(driven: Driver) -> None:
    within = ask(driven, PATHS[0], "name:word", headers={"sec-fetch-dest": "image"})
    alone = ask(driven, PATHS[0], "name:word", headers={"sec-fetch-dest": "document"})
    assert (within.status_code, "www-authenticate" in within.headers) == (401, False)
    assert (alone.status_code, "www-authenticate" in alone.headers) == (401, True)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_is_written_there(driven: Driver, method: str) -> None:
    assert ask(driven, PATHS[0], method=method).status_code == 405


def test_without_a_database_it_says_so_without_its_name(tmp_path: Path) -> None:
    make = Maker(f"sqlite:///{tmp_path}/secret-name.db", datetime.now).picture
    found = answer(make, PATHS[0], None, "GET", {})
    assert found.status_code == 503
    assert "secret-name" not in found.text
