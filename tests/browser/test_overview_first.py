"""A coordinator's first minute at 1280 pixels: finds the overview, sees all of it, and opens a late row's form."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from states.store.tables import FactRow
from tests.support.browser import follow, watched
from tests.support.prefect import artifact, ask, run_deployment, wait_until
from tests.support.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TALENT, LABEL = "Hanne Gærum", re.compile(r"Hanne Gærum \(Hold 3, nr\. 13\)")
ABSENT = "Mads Ørbæk"
CUT = "tables => tables.map(table => table.scrollWidth - table.parentElement.clientWidth)"
EDGES = "cells => cells.map(cell => cell.getBoundingClientRect().right)"


@pytest.fixture
def desk(served: Served) -> Iterator[Page]:
    """A tab as wide as a small screen."""
    with watched(served.place.ui, width=1280) as context:
        yield context.new_page()


def test_the_bare_address_leads_to_the_overview_by_one_click(desk: Page) -> None:
    desk.goto("/")
    expect(desk.get_by_role("tab", name="Description")).to_have_attribute("data-state", "active")
    overview = follow(desk, "Overblik: Hold 3")
    expect(overview.get_by_role("heading", name="Hold 3: overblik")).to_be_visible()


def test_in_the_list_of_deployments_what_leads_there_comes_first_and_nothing_is_advertised(desk: Page) -> None:
    desk.goto("/v2/deployments")
    first = desk.get_by_role("row").nth(1)
    expect(first.get_by_role("link", name="1 ★ Overblik")).to_be_visible()
    for path in ("/v2/deployments", "/v2/dashboard", "/v2/runs"):
        desk.goto(path)
        expect(desk.get_by_text("Settings", exact=True).first).to_be_visible()
        desk.wait_for_load_state("networkidle")
        expect(desk.get_by_text(re.compile("Upgrade|Try the V2|Prefect Cloud"))).to_have_count(0)


def test_a_late_row_leads_to_its_form_filled_in_and_no_table_is_cut_off(desk: Page, served: Served) -> None:
    open_overview(desk, served)
    expect(desk.get_by_role("heading", name="Overskredet")).to_be_visible()
    assert max(desk.locator("table").evaluate_all(CUT)) <= 0
    late = desk.locator("table").first
    expect(late.locator("th")).to_have_text(["Talent", "Overskredet, og hvad I kan gøre", "Hvis tur"])
    row = late.get_by_role("row").filter(has=desk.get_by_role("link", name=TALENT))
    expect(row).to_contain_text("Forventningssamtale: 26 dage")
    form = follow_in(desk, row.get_by_role("link", name="registrér").get_attribute("href"))
    expect(form.get_by_text(LABEL).first).to_be_visible()
    expect(form.get_by_text("Forventningssamtale", exact=True).first).to_be_visible()
    expect(form.get_by_text(re.compile(r"Mar(ch)? 15th, 2027"))).to_be_visible()
    expect(form.get_by_role("button", name="Submit")).to_be_enabled()


def test_on_a_telephone_who_is_late_with_what_whose_turn_it_is_and_what_can_be_done_is_seen(served: Served) -> None:
    with watched(served.place.ui, width=390) as context:
        page = context.new_page()
        open_overview(page, served)
        late = page.locator("table").first
        assert late.evaluate_all(CUT) == [0]
        assert max(late.locator("th").evaluate_all(EDGES)) <= 390
        row = late.get_by_role("row").filter(has=page.get_by_role("link", name=TALENT))
        assert max(row.get_by_role("link").evaluate_all(EDGES)) <= 390
        expect(row.get_by_role("link", name="giv videre")).to_be_visible()


def test_on_a_telephone_all_talents_are_seen_and_what_takes_a_line_of_history_back(served: Served) -> None:
    record_absence(served)
    with watched(served.place.ui, width=390) as context:
        page = context.new_page()
        open_overview(page, served)
        everybody = page.locator("table").last
        expect(everybody.locator("th")).to_have_text(["Talent", "Hvor", "Udviklingsplan", "Gruppe"])
        assert everybody.evaluate_all(CUT) == [0]
        talent = follow(page, ABSENT)
        expect(talent.get_by_role("heading", name="Historik")).to_be_visible()
        history = talent.locator("table").last
        assert history.evaluate_all(CUT) == [0]
        undo = history.get_by_role("link", name="fortryd").first
        expect(undo).to_be_visible()
        assert max(undo.evaluate_all(EDGES)) <= 390


def test_tasks_and_dates_have_pages_with_their_acts(desk: Page, served: Served) -> None:
    open_overview(desk, served)
    tasks = follow(desk, re.compile("^Opgaver"))
    expect(tasks.get_by_role("heading", name="Karen Møller Thorsen: mine opgaver")).to_be_visible()
    row = tasks.get_by_role("row").filter(has_text=TALENT).first
    expect(row.get_by_role("link", name="giv videre")).to_be_visible()
    assert max(tasks.locator("table").evaluate_all(CUT)) <= 0
    calendar = follow(follow(tasks, "← Hold 3"), "Kalender")
    expect(calendar.get_by_role("heading", name="Hold 3: kalender")).to_be_visible()
    assert max(calendar.locator("table").evaluate_all(CUT)) <= 0
    day = calendar.get_by_role("row").filter(has_text="Modul 2, dag 1")
    form = follow_in(calendar, day.get_by_role("link", name="Flyt en dag").get_attribute("href"))
    expect(form.get_by_text("Modul 2, dag 1 (Hold 3)").first).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_overview_shows_where_all_talents_are_as_a_picture(served: Served, width: int) -> None:
    with watched(served.place.ui, width=width) as context:
        page = context.new_page()
        open_overview(page, served)
        seen(page, re.compile("24 talenter er bagud"), width)


def test_the_other_pictures_have_a_page_of_their_own_with_the_same_as_text(desk: Page, served: Served) -> None:
    open_overview(desk, served)
    pictures = follow(desk, "Billeder")
    expect(pictures.get_by_role("heading", name="Hold 3: billeder")).to_be_visible()
    for said in ("24 talenter er bagud", "ligger foran", "I de seneste 8 uger er"):
        seen(pictures, re.compile(said), 1280)
    assert max(pictures.locator("table").evaluate_all(CUT)) <= 0
    expect(pictures.get_by_role("row").filter(has_text=TALENT)).to_contain_text("Forventningssamtale")


def test_a_picture_opens_alone(desk: Page, served: Served) -> None:
    open_overview(desk, served)
    alone = follow(desk, "åbn billedet alene")
    alone.wait_for_url("**/billede/hold-3/hold.svg")
    assert alone.evaluate("document.documentElement.localName") == "svg"


def test_what_was_recorded_is_taken_back_by_three_clicks_from_the_overview(desk: Page, served: Served) -> None:
    record_absence(served)
    open_overview(desk, served)
    talent = follow(desk, ABSENT)
    row = talent.get_by_role("row").filter(has_text="registreret af koordinator")
    row.get_by_role("link", name="fortryd").click()
    expect(desk.get_by_text(re.compile(rf"· Afbud · {ABSENT}$")).first).to_be_visible()
    desk.get_by_role("textbox").last.fill("Hun kommer alligevel")
    desk.get_by_role("button", name="Submit").click()

    def corrected() -> bool:
        with served.database.read() as connection:
            return connection.scalar(select(FactRow.key).where(FactRow.corrects.is_not(None))) is not None

    wait_until(corrected, within=120)


def test_no_run_and_no_tags_fill_a_pages_side(served: Served) -> None:
    page = artifact(served.place, "side-hold-3")
    assert page is not None
    assert page["flow_run_id"] is None


def test_the_runs_that_people_care_about_are_listed_apart(desk: Page, served: Served) -> None:
    open_overview(desk, served)
    runs = follow(desk, "Hvad der er gjort")
    expect(runs.get_by_role("link", name=re.compile("Hold 3 · ")).first).to_be_visible()
    expect(runs.get_by_role("link", name=re.compile("Tiden går|Alle sider og lister"))).to_have_count(0)
    internal = ask(served.place, "/flow_runs/filter", {"flow_runs": {"tags": {"all_": ["internt"]}}})
    assert {"Alle sider og lister opdateres"} <= {one["name"] for one in internal}


def record_absence(served: Served) -> None:
    """Record that a talent will be away; a second time nothing follows."""
    told = {"talent": f"{ABSENT} (Hold 3, nr. 22)", "milestone": "Modul 3, dag 1"}
    run_deployment(served.place, "record/Registrér afbud", told)


def seen(page: Page, said: re.Pattern[str], width: int) -> None:
    """See that a picture is there, whole, and not wider than the page."""
    picture = page.get_by_role("img", name=said)
    picture.scroll_into_view_if_needed()
    page.wait_for_function("picture => picture.complete", arg=picture.element_handle())
    assert picture.evaluate("picture => picture.naturalWidth") >= 600
    place = picture.bounding_box()
    assert place is not None
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= width


def open_overview(page: Page, served: Served) -> None:
    found = artifact(served.place, "side-hold-3")
    assert found is not None
    page.goto(f"/v2/artifacts/artifact/{found['latest_id']}")
    expect(page.get_by_role("heading", name="Hold 3: overblik")).to_be_visible()


def follow_in(page: Page, address: str | None) -> Page:
    assert address is not None
    page.goto(address)
    return page
