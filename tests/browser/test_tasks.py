"""What a coordinator does about a task: opens it from the overview, opens a form filled in, and the task is closed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Row, select

from flows.cockpit.ui import FIRST, SECOND, Ui
from states.store.tables import CommitmentRow, TaskRow
from tests.support.browser import follow
from tests.support.prefect import artifact
from tests.support.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TALENTS = {FIRST: ("hold-3-15", 15), SECOND: ("hold-3-16", 16)}
FORM = "Giv videre til intern konsulent"


@pytest.mark.parametrize("ui", [FIRST, SECOND], ids=["first UI", "second UI"])
def test_a_task_is_settled_from_its_page_by_a_form_that_is_filled_in(page: Page, served: Served, ui: Ui) -> None:
    journey, number = TALENTS[ui]
    title = task(served, journey).title
    overview = artifact(served.place, "side-hold-3")
    assert overview is not None
    page.goto(ui.page(overview["latest_id"]))
    row = page.get_by_role("row").filter(has_text=title).first
    address = row.get_by_role("link", name="åbn").get_attribute("href")
    assert address is not None
    page.goto(address)
    expect(page.get_by_role("heading", name=title).last).to_be_visible()
    for label in ("Registrér forventningssamtale", "Frafald en aftale", "Aftal en ny frist", FORM):
        expect(page.get_by_role("link", name=label)).to_be_visible()

    form = follow(page, FORM)
    expect(form.get_by_text(re.compile(rf"\(Hold 3, nr\. {number}\)")).first).to_be_visible()
    expect(form.get_by_text("Forventningssamtale", exact=True).first).to_be_visible()
    form.get_by_role("button", name="Submit").click()
    run = form.get_by_role("link", name=re.compile(rf"{FORM} · .*nr\. {number}\)"))
    expect(run.first).to_be_visible(timeout=120_000)
    run.first.click()
    expect(form.get_by_text("Completed", exact=True).first).to_be_visible(timeout=120_000)

    assert task(served, journey).status == "done"
    page.goto(address)
    expect(page.get_by_text("Opgaven er lukket").first).to_be_visible()


def test_what_a_form_needs_beside_is_left_to_the_coordinator(page: Page, served: Served) -> None:
    found = artifact(served.place, "side-hold-3-17")
    assert found is not None
    page.goto(SECOND.page(found["latest_id"]))
    page = follow(page, "åbn")
    form = follow(page, "Registrér forventningssamtale")
    expect(form.get_by_text(re.compile(r"\(Hold 3, nr\. 17\)")).first).to_be_visible()
    expect(form.get_by_text(re.compile(r"Mar(ch)? 15th, 2027"))).to_be_visible()
    page.go_back()
    form = follow(page, "Frafald en aftale")
    expect(form.get_by_text(re.compile(r"\(Hold 3, nr\. 17\)")).first).to_be_visible()
    with form.expect_response(re.compile("create_flow_run$")) as refused:
        form.get_by_role("button", name="Submit").click()
    assert refused.value.status == 409
    expect(form.get_by_text("'because' is a required property", exact=True)).to_be_visible()
    with served.database.read() as connection:
        query = select(CommitmentRow.state).where(CommitmentRow.id == "hold-3-17/expectation_talk")
        assert connection.scalar(query) == "escalated.1"


def task(served: Served, journey: str) -> Row[Any]:
    """The coordinator's first task about a talent's expectation talk."""
    with served.database.read() as connection:
        query = select(TaskRow.__table__).where(TaskRow.subject == f"{journey}/expectation_talk").order_by(TaskRow.id)
        return connection.execute(query.where(TaskRow.title.contains("vi har ikke hørt"))).one()
