"""What coordinators do in the cockpit, click by click from the overview; see ``cockpit.py``.

Each task ends with its last Submit and returns what the server answered. Some want something done before: they stand
in an order in which it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from playwright.sync_api import Response

from tests.support.clicks import Clicks

LATE = "Forventningssamtale: 26 dage"
MEETING = "Mentormøde i modul 1"
MODULE_2 = "Modul 2, dag 1"
PAGE = re.compile("v2.artifacts.artifact")

Do = Callable[[Clicks], Response | None]


class Task(NamedTuple):
    """A task: what it is called in the table, how it is done, and whether it asks for a confirmation."""

    name: str
    do: Do
    confirms: bool = False


def late(talent: str, act: str, fill: Callable[[Clicks], None] = lambda _: None) -> Do:
    """Return the task of following an act of a late row."""

    def do(hands: Clicks) -> Response:
        hands.follow(act, hands.row(talent, LATE))
        fill(hands)
        return hands.submit()

    return do


def of_talent(talent: str, act: str, fill: Callable[[Clicks], None] = lambda _: None, row: str = "") -> Do:
    """Return the task of following an act of a talent's page, or of a row of it."""

    def do(hands: Clicks) -> Response:
        hands.follow(talent)
        hands.page.get_by_role("heading", name="Aftaler").wait_for()
        hands.follow(act, hands.row(row) if row else None)
        fill(hands)
        return hands.submit()

    return do


def stale(talent: str, act: str, before: Do, fill: Callable[[Clicks], None] = lambda _: None) -> Do:
    """Return the task of opening a form from a page that was opened before something else was done."""

    def do(hands: Clicks) -> Response:
        hands.follow(talent)
        hands.page.get_by_role("heading", name="Aftaler").wait_for()
        link = hands.page.get_by_role("link", name=act, exact=True).first
        address, count = link.get_attribute("href"), hands.count
        hands.begin()
        before(hands)
        hands.settle()
        hands.begin(str(address))
        hands.count += count + 1
        fill(hands)
        return hands.submit()

    return do


def shown_first(hands: Clicks, go: str) -> Response:
    """Submit, look at the page that the run shows, and go on from there."""
    hands.submit()
    hands.settle()
    hands.open_run(re.compile("^(Følgerne|Besked, som)"))
    hands.follow(PAGE)
    hands.follow(go)
    return hands.submit()


def another_day(milestone: str, act: str, day: date) -> Do:
    """Return the task of giving a day another date, from the page of dates."""

    def do(hands: Clicks) -> Response:
        hands.follow("Kalender")
        hands.follow(act, hands.row(milestone))
        hands.pick("Ny dato", day)
        return shown_first(hands, "gennemfør det her")

    return do


def all_but_two(hands: Clicks) -> Response:
    """Record the talk for all but two."""
    hands.follow("Forventningssamtale")
    hands.choose("Talenter, I vælger eller undtager", "Tina Farsøgård", "Jakob Løgstrup")
    return hands.submit()


def message(hands: Clicks) -> Response:
    """Write to all talents."""
    hands.follow("Skriv en besked")
    hands.choose("Til", "Alle talenter (Hold 3)")
    hands.write("Emne", "Husk gode sko")
    hands.write("Besked", "Vi går en tur i skoven.")
    return shown_first(hands, "send den herfra")


def report(hands: Clicks) -> None:
    """Fetch the report."""
    with hands.page.expect_download():
        hands.follow("Rapport til styregruppen (Excel)")


def _absent(hands: Clicks) -> None:
    hands.choose("Dag", MODULE_2)


def _leader(address: str) -> Callable[[Clicks], None]:
    def fill(hands: Clicks) -> None:
        hands.write("Den nye leders navn", "Bo Dam")
        hands.write("Den nye leders mailadresse", address)

    return fill


def _module_6(hands: Clicks) -> None:
    hands.choose("Aftale", "Mentormøde i modul 6")


def _writing(label: str, text: str) -> Callable[[Clicks], None]:
    return lambda hands: hands.write(label, text)


def _picking(label: str, day: date) -> Callable[[Clicks], None]:
    return lambda hands: hands.pick(label, day)


TALK = late("Mette Brøndgaard", "registrér")
TASKS: tuple[Task, ...] = (
    Task("expectation talk", TALK),
    Task("mentor meeting", of_talent("Søren Aagesen", "registrér", row=MEETING)),
    Task("other commitment", of_talent("Søren Aagesen", "registrér", row="Personligt ledelsesgrundlag")),
    Task("absence", of_talent("Kirsten Østerby", "Registrér afbud", _absent)),
    Task("waiver", late("Jens Ågård", "frafald", _writing("Begrundelse", "På barsel"))),
    Task("new mentor", of_talent("Louise Skjærbæk", "Registrér ny nærmeste leder", _leader("bo.dam@kommune.example"))),
    Task("withdraw", of_talent("Rasmus Krogsgård", "Udmeld et talent", _writing("Bekræft", "Rasmus Krogsgård")), True),
    Task("leave", of_talent("Birgitte Næsborg", "Registrér orlov")),
    Task("empty form", late("Henrik Løkkegård", "frafald")),
    Task("address without @", of_talent("Henrik Løkkegård", "Registrér ny nærmeste leder", _leader("bo.dam"))),
    Task("date to come", late("Henrik Løkkegård", "registrér", _picking("Dato", date(2027, 12, 24)))),
    Task("same talk twice", stale("Pia Børglund", "registrér", late("Pia Børglund", "registrér"))),
    Task("same absence twice", of_talent("Kirsten Østerby", "Registrér afbud", _absent)),
    Task(
        "withdrawn talent chosen",
        stale(
            "Anders Sejlstrup",
            "Registrér afbud",
            of_talent("Anders Sejlstrup", "Udmeld et talent", _writing("Bekræft", "Anders Sejlstrup")),
            _absent,
        ),
    ),
    Task("meeting of module 6, recorded in module 1", of_talent("Camilla Åsted", "registrér", _module_6, MEETING)),
    Task("new deadline", late("Morten Kærsgård", "ny frist", _picking("Ny frist", date(2027, 4, 5)))),
    Task("hand over", late("Hanne Gærum", "giv videre")),
    Task("take back", of_talent("Søren Aagesen", "fortryd", _writing("Hvorfor", "Det var en anden"))),
    Task(
        "note",
        of_talent("Lone Bælum", "Notér om et talent", _writing("Bemærkning", "Har ringet og hørt, at alt er vel")),
    ),
    Task("talk for all but two", all_but_two),
    Task("move a day", another_day("Modul 3, dag 1", "Flyt en dag", date(2027, 6, 3)), True),
    Task("set the alumni day", another_day("Alumnedag", "Sæt alumnedagen", date(2028, 4, 5)), True),
    Task("message of one's own", message, True),
    Task("report", report),
)
