"""What the guide for coordinators says, done as they do it: in the second UI, at 1280 pixels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Page, expect

from flows.cockpit import ui
from tests.support.browser import skip_without_browser, watched
from tests.support.clicks import Clicks
from tests.support.prefect import artifact
from tests.support.served import Served, hold_3_served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("guide")]

DAY = datetime(2027, 3, 15, 9, tzinfo=UTC)
LATE = "Forventningssamtale: 26 dage"
ADDRESS = re.compile("v2.artifacts.artifact")
"""The address of a page, as it stands in the log of a run."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Hold-3 on 15 March 2027; these tests record so much that they have a server of their own."""
    skip_without_browser()
    with hold_3_served(tmp_path_factory.mktemp("guide"), DAY) as found:
        yield found


@pytest.fixture
def clicks(served: Served) -> Iterator[Clicks]:
    """A coordinator's hands on a small screen, with the overview as a bookmark."""
    expect.set_options(timeout=60_000)
    with watched(served.place.ui, width=1280) as context:
        context.set_default_timeout(60_000)
        hands = Clicks(context.new_page(), bookmark(served, "side-hold-3"))
        hands.begin()
        yield hands
    expect.set_options(timeout=5_000)


def test_the_overview_is_found_from_the_bare_address_by_one_click(clicks: Clicks) -> None:
    clicks.begin("/")
    clicks.follow("Overblik: Hold 3")
    expect(clicks.page.get_by_role("heading", name="Hold 3: overblik")).to_be_visible()
    expect(clicks.row("Jens Ågård", LATE)).to_contain_text("Karen Møller Thorsen")
    assert clicks.count == 1


def test_a_held_meeting_is_recorded_from_a_late_row_and_read_by_three_clicks(clicks: Clicks) -> None:
    clicks.follow("registrér", clicks.row("Jens Ågård", LATE))
    clicks.submit()
    clicks.open_run(re.compile("^Registrér forventningssamtale · Jens Ågård"))
    assert clicks.count == 3
    says(clicks.page, "Forventningssamtale: gennemført · Jens Ågård: ")
    clicks.follow(ADDRESS)
    expect(clicks.row("Forventningssamtale", "17. feb. 2027")).to_contain_text("gennemført for sent")
    expect(clicks.row("Forventningssamtale: gennemført")).to_contain_text("registreret af koordinator")
    clicks.follow("← Hold 3")
    expect(clicks.page.get_by_role("heading", name="Hold 3: overblik")).to_be_visible()
    expect(clicks.page.get_by_role("row").filter(has_text="Jens Ågård").filter(has_text=LATE)).to_have_count(0)


def test_a_refusal_says_what_is_wrong_and_leads_back_to_the_form_as_it_was_filled_in(clicks: Clicks) -> None:
    clicks.follow("registrér", clicks.row("Louise Skjærbæk", LATE))
    clicks.pick("Dato", date(2027, 12, 24))
    clicks.submit()
    clicks.open_run(re.compile("^Registrér forventningssamtale · Louise Skjærbæk"))
    expect(clicks.page.get_by_text("Afvist", exact=True).first).to_be_visible()
    says(clicks.page, "Intet er registreret. Dato: 24. december 2027 er ikke kommet endnu. Ret det, og send formularen")
    expect(clicks.page.get_by_text(re.compile("Traceback|Error"))).to_have_count(0)
    clicks.open_artifact()
    clicks.follow("Ret formularen, og send den igen")
    expect(clicks.page.get_by_text("Louise Skjærbæk (Hold 3, nr. 05)").first).to_be_visible()
    expect(clicks.page.get_by_text("December 24th, 2027")).to_be_visible()


def test_a_new_deadline_is_agreed_and_the_talent_is_late_no_more(clicks: Clicks) -> None:
    clicks.follow("ny frist", clicks.row("Kirsten Østerby", LATE))
    clicks.pick("Ny frist", date(2027, 4, 5))
    clicks.submit()
    assert clicks.count == 4
    clicks.open_run(re.compile("^Aftal en ny frist · Kirsten Østerby"))
    says(clicks.page, "Forventningssamtale: ny frist · Kirsten Østerby: ")
    clicks.follow(ADDRESS)
    expect(clicks.row("Forventningssamtale", "5. apr. 2027")).to_contain_text("i gang")


def test_what_all_but_two_have_held_is_recorded_at_once(clicks: Clicks) -> None:
    left = ("Anders Sejlstrup", "Pia Børglund")
    clicks.follow("Forventningssamtale")
    clicks.choose("Talenter, I vælger eller undtager", *left)
    clicks.submit()
    assert clicks.count == 5
    clicks.open_run(re.compile("^Registrér for flere talenter · Alle på Hold 3, undtagen de valgte"))
    says(clicks.page, re.compile(r"Forventningssamtale: gennemført · \d\d talenter: "))
    clicks.begin()
    late = clicks.page.get_by_role("row").filter(has_text=LATE)
    clicks.see(clicks.page.get_by_text(re.compile("24 talenter, 2 med noget, der er overskredet")))
    for row, name in zip(late.all(), sorted(left, reverse=True), strict=True):
        expect(row).to_contain_text(name)


def test_a_meeting_is_taken_back_and_stands_as_before(clicks: Clicks) -> None:
    clicks.follow("Rasmus Krogsgård")
    talent = clicks.page.url
    clicks.follow("registrér", clicks.row("Mentormøde i modul 1", "i gang"))
    clicks.submit()
    clicks.open_run(re.compile("^Registrér mentormøde · Rasmus Krogsgård"))
    clicks.follow(ADDRESS)
    expect(clicks.row("Mentormøde i modul 1", "18. mar. 2027")).to_contain_text("gennemført")

    clicks.begin()
    clicks.follow("Rasmus Krogsgård")
    clicks.follow("fortryd", clicks.row("Mentormøde i modul 1: gennemført", "registreret af koordinator"))
    clicks.write("Hvorfor", "Det var Rasmus Holm, der ringede")
    clicks.submit()
    assert clicks.count == 4
    clicks.open_run(re.compile("^Fortryd · .*Rasmus Krogsgård"))
    says(clicks.page, re.compile("Rasmus Krogsgård: "))
    clicks.page.goto(talent)
    clicks.see(clicks.page.get_by_text("siden taget tilbage"))
    expect(clicks.row("Mentormøde i modul 1", "18. mar. 2027")).to_contain_text("i gang")


def test_a_day_is_moved_when_its_consequences_have_been_seen(clicks: Clicks) -> None:
    calendar = see_what_follows(clicks, "Flyt en dag", "Modul 3, dag 1", date(2027, 6, 3))
    expect(clicks.page.get_by_role("heading", name="Modul 3, dag 1: følgerne af en ændring")).to_be_visible()
    expect(clicks.row("Mentormøde i modul 3", "24: ")).to_contain_text("10. juni 2027")
    carry_it_out(clicks, "Modul 3, dag 1")
    clicks.page.goto(calendar)
    clicks.see(clicks.row("Modul 3, dag 1", "3. jun. 2027"))


def test_a_message_of_ones_own_is_seen_first_and_sent_from_there(clicks: Clicks) -> None:
    clicks.follow("Skriv en besked")
    clicks.choose("Til", "Alle talenter (Hold 3)")
    clicks.write("Emne", "Husk gode sko")
    clicks.write("Besked", "Vi går en tur i skoven på modul 2.")
    clicks.submit()
    clicks.open_run("Besked, som den bliver · Husk gode sko")
    says(clicks.page, "Intet er sendt endnu. Se på siden under Artifacts")
    clicks.follow(ADDRESS)
    expect(clicks.page.get_by_role("heading", name="Til Mette Brøndgaard")).to_be_visible()
    expect(clicks.page.get_by_text("Vi går en tur i skoven på modul 2.")).to_have_count(24)
    clicks.follow("send den herfra")
    clicks.submit()
    clicks.open_run("Besked · Husk gode sko")
    says(clicks.page, "Beskeden er på vej: 24 mails sendt")
    clicks.begin()
    clicks.follow("Mette Brøndgaard")
    clicks.see(clicks.row("Husk gode sko", "sendt"))


def test_the_alumni_day_gets_its_date(clicks: Clicks) -> None:
    calendar = see_what_follows(clicks, "Sæt alumnedagen", "Alumnedag", date(2028, 4, 5))
    carry_it_out(clicks, "Alumnedag")
    clicks.page.goto(calendar)
    clicks.see(clicks.row("Alumnedag", "5. apr. 2028"))


def test_the_report_for_the_steering_group_is_fetched_from_the_overview(clicks: Clicks) -> None:
    with clicks.page.expect_download() as fetched:
        clicks.follow("Rapport til styregruppen (Excel)")
    assert re.fullmatch(r".*[Hh]old.3.*\.xlsx", fetched.value.suggested_filename)
    assert fetched.value.path().read_bytes().startswith(b"PK")


def see_what_follows(clicks: Clicks, act: str, milestone: str, to: date) -> str:
    """Ask from the calendar for another day, and read what follows; returns the calendar's address."""
    clicks.follow("Kalender")
    calendar = clicks.page.url
    clicks.follow(act, clicks.row(milestone))
    clicks.pick("Ny dato", to)
    clicks.submit()
    clicks.open_run(re.compile(f"^Følgerne af en ny dag · {milestone}"))
    says(clicks.page, "Intet er ændret endnu. Følgerne står på siden under Artifacts, og derfra gennemfører I.")
    clicks.follow(ADDRESS)
    return calendar


def carry_it_out(clicks: Clicks, milestone: str) -> None:
    """Do from the page of the consequences what it shows."""
    clicks.follow("gennemfør det her")
    clicks.submit()
    clicks.open_run(re.compile(f"^En dag ændres · {milestone}"))
    says(clicks.page, "Dagen er ændret")


def says(page: Page, sentence: str | re.Pattern[str]) -> None:
    """The run's page says a sentence, under Logs, on which it opens."""
    expect(page.get_by_text(sentence).first).to_be_visible()


def bookmark(served: Served, key: str) -> str:
    """The address that a coordinator has kept of a page."""
    found = artifact(served.place, key)
    assert found is not None
    return ui.DEFAULT.page(found["latest_id"])
