"""What a coordinator does about a mail that was refused: finds it on its page, and sends it again with a form."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from states.store.tables import EffectRow, MailRow
from tests.browser.test_cockpit import choose
from tests.support.browser import follow
from tests.support.prefect import artifact, run_deployment
from tests.support.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WHY = "550 no such mailbox"


@pytest.fixture
def refused(served: Served) -> str:
    """The id of a mail to a talent that the peer has refused, as every page knows by now."""
    with served.database.write() as connection:
        to_talents = select(EffectRow.mail_id).where(EffectRow.status == "sent", EffectRow.role == "talent")
        mail = str(connection.scalars(to_talents.order_by(EffectRow.id.desc()).limit(1)).one())
        connection.execute(update(MailRow).where(MailRow.id == mail).values(status="rejected"))
        connection.execute(update(EffectRow).where(EffectRow.mail_id == mail).values(status="rejected", note=WHY))
    assert run_deployment(served.place, "refresh/1 ★ Overblik", {})["state_type"] == "COMPLETED"
    return mail


def test_a_refused_mail_is_found_and_sent_again(page: Page, served: Served, refused: str) -> None:
    overview = artifact(served.place, "side-hold-3")
    assert overview is not None
    page.goto(f"/artifacts/artifact/{overview['latest_id']}")
    mails = follow(page, re.compile("kom ikke frem"))
    expect(mails.get_by_role("heading", name="Hold 3: mails, der ikke kom frem").last).to_be_visible()
    row = mails.get_by_role("row").filter(has_text=WHY)
    expect(row).to_have_count(1)
    expect(row).to_contain_text("afvist")

    page.goto("/deployments")
    page.get_by_role("link", name="Afklar mails").first.click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("Custom run").click()
    expect(page.get_by_role("button", name="Submit")).to_be_visible()
    choose(page, "Mail", f"(afvist: {WHY})")
    choose(page, "Hvad skal der ske", "Send igen")
    page.get_by_role("button", name="Submit").click()
    run = page.get_by_role("link", name=re.compile("Send igen"))
    expect(run.first).to_be_visible(timeout=120_000)
    run.first.click()
    expect(page.get_by_text("Completed", exact=True).first).to_be_visible(timeout=120_000)
    with served.database.read() as connection:
        assert connection.scalar(select(EffectRow.id).where(EffectRow.mail_id == refused)) is None
        again = connection.execute(select(EffectRow.status, EffectRow.mail_id).where(EffectRow.resent == 1)).all()
    assert {one.status for one in again} == {"sent"}
    assert len({one.mail_id for one in again}) == 1
