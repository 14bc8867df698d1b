"""What a coordinator does in Prefect's UI, with mouse and keyboard: record a meeting, look at a cohort and a talent."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from states.store.tables import JourneyRow, PersonRow
from tests.support.browser import follow
from tests.support.prefect import ask
from tests.support.served import Served, meeting_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FORM = "Registrér mentormøde"
TALENT = "Mette Brøndgaard"
MEETING = "Mentormøde i modul 1"
HELD = date(2027, 3, 12)


def test_a_mentor_meeting_is_recorded_in_a_form(page: Page, served: Served) -> None:
    open_form(page)
    choose(page, "Talent", TALENT)
    choose(page, "Aftale", MEETING)
    pick(page, "Dato", HELD)
    page.get_by_role("button", name="Submit").click()
    # The UI goes back to the deployment and lists the run, renamed after what it records.
    run = page.get_by_role("link", name=re.compile(rf"Registrér mentormøde · {TALENT}"))
    expect(run.first).to_be_visible(timeout=120_000)
    run.first.click()
    expect(page.get_by_text("Completed", exact=True).first).to_be_visible(timeout=120_000)
    assert meeting_of(served, TALENT) == "kept"


def test_a_run_is_followed_without_loading_the_page_again(page: Page, served: Served) -> None:
    refresh = ask(served.place, "/deployments/filter", {"deployments": {"name": {"any_": ["1 ★ Overblik"]}}})[0]["id"]
    later = {"type": "SCHEDULED", "state_details": {"scheduled_time": "2040-01-01T12:00:00Z"}}
    run = ask(served.place, f"/deployments/{refresh}/create_flow_run", {"name": "followed", "state": later})
    page.goto(f"/runs/flow-run/{run['id']}")
    expect(page.get_by_text("Scheduled", exact=True).first).to_be_visible()
    ask(served.place, f"/flow_runs/{run['id']}/set_state", {"state": {"type": "COMPLETED"}, "force": True})
    expect(page.get_by_text("Completed", exact=True).first).to_be_visible()


def test_the_form_says_what_it_is_for_and_leads_to_the_overview_and_to_each_talent(page: Page, served: Served) -> None:
    open_deployment(page)
    page.get_by_text("Description", exact=True).click()
    expect(page.get_by_text("Talent og nærmeste leder har holdt mentormødet i et modul.")).to_be_visible()

    overview = follow(page, "Hold 3")
    expect(overview.get_by_role("heading", name="Hold 3: overblik")).to_be_visible()
    for name in talents(served):
        table = overview.locator("table").last
        expect(table.get_by_role("row").filter(has=overview.get_by_role("link", name=name))).to_have_count(1)

    talent = follow(overview, TALENT)
    expect(talent.get_by_role("heading", name=TALENT, exact=True).last).to_be_visible()
    expect(talent.get_by_role("row").filter(has_text=MEETING).first).to_be_visible()
    # Its address can be kept and opened again.
    talent.reload()
    expect(talent.get_by_role("row").filter(has_text=MEETING).first).to_be_visible()

    back = follow(talent, "← Hold 3")
    expect(back.get_by_role("heading", name="Hold 3: overblik")).to_be_visible()


# -- how one gets about in Prefect's UI ----------------------------------------------------------------------------


def open_deployment(page: Page) -> None:
    page.goto("/deployments")
    # The first UI shows ten at a time.
    page.get_by_role("searchbox", name="Search deployments").fill(FORM)
    page.get_by_role("link", name=FORM).first.click()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_visible()


def open_form(page: Page) -> None:
    open_deployment(page)
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("Custom run").click()
    expect(page.get_by_role("button", name="Submit")).to_be_visible()
    expect(field(page, "Talent")).to_be_visible()
    # Neither the programme nor the form itself is asked for.
    expect(page.locator(".schema-form-property__label")).to_have_text(
        ["Talent", "Aftale", "Dato", re.compile("Udviklingsplanen er"), re.compile("Bemærkning")]
    )


def field(page: Page, label: str) -> Locator:
    named = page.locator(".schema-form-property__label").get_by_text(label, exact=True)
    return page.locator(".schema-form-property").filter(has=named)


def choose(page: Page, label: str, option: str) -> None:
    # By its arrow: a click in the middle of a list of Prefect 3.8.8's first UI opens it and closes it again.
    field(page, label).locator(".p-select-button__icon").click()
    page.locator(".p-select-options").get_by_text(option).first.click()
    expect(field(page, label)).to_contain_text(option)


def pick(page: Page, label: str, day: date) -> None:
    field(page, label).locator(".p-date-button__control").click()
    today = datetime.now(UTC).date()
    months = (day.year - today.year) * 12 + day.month - today.month
    side = "after" if months > 0 else "before"
    for _ in range(abs(months)):
        page.locator(f".p-calendar-header__{side} button").click()
    page.locator(".p-calendar-date-picker__date--in-month").get_by_text(str(day.day), exact=True).click()
    page.get_by_role("button", name="Apply").click()
    expect(field(page, label)).to_contain_text(f"{day:%b} {day.day}")


# -- what is true --------------------------------------------------------------------------------------------------


def talents(served: Served) -> list[str]:
    with served.database.read() as connection:
        return list(connection.scalars(select(PersonRow.name).join(JourneyRow, JourneyRow.talent_id == PersonRow.id)))
