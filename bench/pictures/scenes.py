"""The days of the year that the guide shows, and what a coordinator looks at and does on each of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Locator, Page

from bench.pictures.camera import ENDS, SIDES, Camera
from bench.work import NotDoneError
from flows.cockpit.ui import DEFAULT
from tests.support.prefect import run_deployment

COORDINATOR = "karen.thorsen@aalborg.example.org"
LATE, LATE_NUMBER = "Anders Sejlstrup", 10
LIST_ROWS = 6
PHONE, MAIL = 390, 680


class Scene(NamedTuple):
    """A day (aware, in working hours; something happens on its morning), and what is taken on it.

    ``take`` gets the camera and the folder of the served day.
    """

    day: datetime
    take: Callable[[Camera, Path], None]


# -- four weeks before kick-off ------------------------------------------------------------------------------------


def before_kickoff(camera: Camera, _: Path) -> None:
    start = camera.open("/")
    start.get_by_role("link", name="Overblik: Hold 3").wait_for()
    camera.take("start", _first_heading(start, "1 ★ Overblik"), start.get_by_text("Her er holdenes sider"))
    overview = camera.page("side-hold-3")
    camera.take("before", _heading(overview, "Hold 3: overblik"), _row(overview, 0, LIST_ROWS), _prose(overview))


# -- a week in a module --------------------------------------------------------------------------------------------


def week_in_a_module(camera: Camera, _: Path) -> None:
    overview = camera.page("side-hold-3")
    camera.take("late", _heading(overview, "Overskredet"), overview.locator("table").nth(1), _prose(overview))
    row = overview.get_by_role("row").filter(has_text=f"{LATE}").first
    form = camera.open(_address(row.get_by_role("link", name="registrér")))
    _task(camera, overview)
    _calendar(camera)
    _message(camera)
    _moved(camera)
    submit = form.get_by_role("button", name="Submit")
    camera.take("form", form.get_by_role("heading", name="Parameters"), submit)
    submit.click()
    form.get_by_role("link", name=re.compile(f"Registrér mentormøde · {LATE}")).first.click()
    _run_taken(camera, form, "recorded", re.compile("Se siden:"))
    _refused(camera)
    talent = camera.page(f"side-hold-3-{LATE_NUMBER:02d}")
    camera.take("talent", _heading(talent, LATE), _row(talent, 0, 5), _prose(talent))


def _task(camera: Camera, overview: Page) -> None:
    task = camera.open(_address(overview.get_by_role("link", name="åbn").first))
    camera.take("task", _heading(task, LATE), task.get_by_text("Formularen åbner udfyldt."), _prose(task))


def _calendar(camera: Camera) -> None:
    calendar = camera.page("side-hold-3-calendar")
    camera.take("calendar", _heading(calendar, "Hold 3: kalender"), _row(calendar, 0, 7), _prose(calendar))


def _message(camera: Camera) -> None:
    told = {
        "to": ["Alle talenter (Hold 3)"],
        "subject": "Parkering på Hotel Comwell",
        "text": "Der er arbejde på vejen den 1. april.\n\nParkér ved indgangen mod syd.",
    }
    run_deployment(camera.place, "message/Skriv en besked", told)
    page = camera.page("side-hold-3-own-message")
    camera.take("message", _heading(page, "Parkering på Hotel Comwell"), _row(page, 0, 4), _prose(page))


def _moved(camera: Camera) -> None:
    told = {"day": "Modul 3, dag 1 (Hold 3)", "to": "2027-06-09"}
    run_deployment(camera.place, "move_day/Flyt en dag", told)
    page = camera.page("side-hold-3-new-day")
    camera.take("moved", _heading(page, "følgerne af en ændring"), _row(page, 2, 1), _prose(page))


def _refused(camera: Camera) -> None:
    label = f"{LATE} (Hold 3, nr. {LATE_NUMBER:02d})"
    told = {"talent": label, "commitment": "Mentormøde i modul 2", "held_on": "2027-03-24"}
    run = run_deployment(camera.place, "record/Registrér mentormøde", told)
    page = camera.open(DEFAULT.run(run["id"]))
    _run_taken(camera, page, "refused", re.compile("Intet er registreret"))


def _run_taken(camera: Camera, page: Page, name: str, said: re.Pattern[str]) -> None:
    page.get_by_role("tab", name="Logs").click()
    title = page.get_by_text(f"Registrér mentormøde · {LATE}").first
    camera.take(name, title, page.get_by_text(said).last, page.locator("main"), margin=(0, ENDS))


# -- midway ----------------------------------------------------------------------------------------------------------


def midway(camera: Camera, home: Path) -> None:
    overview = camera.page("side-hold-3")
    camera.take("overview", _heading(overview, "Hold 3: overblik"), _row(overview, 2, 4), _prose(overview))
    telephone = camera.page("side-hold-3", PHONE)
    camera.take(
        "telephone",
        _heading(telephone, "Hold 3: overblik"),
        _row(telephone, 0, 2),
        telephone.locator("main"),
        margin=(0, ENDS),
    )
    morning = camera.blank(MAIL)
    morning.set_content(_morning_mail(home / "mail"))
    camera.take("morning", morning.locator("table").first, morning.locator("table").first)
    runs = camera.open(_address(overview.get_by_role("link", name="Hvad der er gjort")))
    listed = runs.get_by_role("listitem").filter(has=runs.get_by_role("link", name="Hold 3 · "))
    camera.take("runs", listed.first, listed.nth(LIST_ROWS), margin=(SIDES, 4))


def _morning_mail(folder: Path) -> str:
    """Return the newest mail of what waits for the coordinator, as its reader sees it."""
    for file in sorted(folder.glob("*.eml"), reverse=True):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        html = mail.get_body(("html",))
        if COORDINATOR in str(mail["To"]) and "venter på dig" in str(mail["Subject"]) and html is not None:
            return str(html.get_content())
    raise NotDoneError("a mail of the morning", None, COORDINATOR)


# -- the end ---------------------------------------------------------------------------------------------------------


def end(camera: Camera, _: Path) -> None:
    overview = camera.page("side-hold-3")
    camera.take("end", _heading(overview, "Hold 3: overblik"), _row(overview, 2, LIST_ROWS), _prose(overview))


SCENES = (
    Scene(datetime(2027, 1, 28, 9, 30, tzinfo=UTC), before_kickoff),
    Scene(datetime(2027, 3, 24, 9, 30, tzinfo=UTC), week_in_a_module),
    Scene(datetime(2027, 9, 8, 8, 30, tzinfo=UTC), midway),
    Scene(datetime(2027, 12, 8, 9, 30, tzinfo=UTC), end),
)


def _heading(page: Page, name: str) -> Locator:
    return _prose(page).get_by_role("heading", name=name).first


def _first_heading(page: Page, name: str) -> Locator:
    return page.get_by_text(name, exact=True).first


def _prose(page: Page) -> Locator:
    return page.locator(".prose").first


def _row(page: Page, table: int, row: int) -> Locator:
    return page.locator("table").nth(table).get_by_role("row").nth(row)


def _address(link: Locator) -> str:
    found = link.get_attribute("href")
    assert found is not None, str(link)
    return found
