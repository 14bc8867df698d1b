"""An answer on the site has its consequences within a minute, by processes as ``talentnord up`` runs them."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
from sqlalchemy import select

from states.store.tables import EffectRow, HistoryRow, PersonRow, RunLinkRow
from tests.support.prefect import wait_until
from tests.support.served import Served, hold_3_served
from tests.support.site_process import answer_link, path_of, talentnord_site

DAY = datetime(2027, 1, 21, 9, tzinfo=UTC)
LEADER, TALK = "hold-3/leader-01", "hold-3-01/expectation_talk"


def the_run(served: Served) -> str | None:
    """The run that took what the answer has caused."""
    taken = select(RunLinkRow.flow_run_id).join(HistoryRow, HistoryRow.id == RunLinkRow.history_id)
    with served.database.read() as connection:
        found = connection.scalar(taken.where(HistoryRow.id.startswith(f"{TALK}#"), HistoryRow.trigger == "keep"))
    return str(found) if found else None


def test_react_follows_an_answer_within_a_minute(tmp_path: Path) -> None:
    with hold_3_served(tmp_path, DAY) as served:
        environment = {
            "PREFECT_API_URL": served.place.api,
            "TALENTNORD_DATABASE_URL": str(served.database.url),
            "TALENTNORD_MAIL_DIRECTORY": str(tmp_path / "mail"),
        }
        with served.database.read() as connection:
            email = str(connection.scalar(select(PersonRow.email).where(PersonRow.id == LEADER)))
        with talentnord_site(tmp_path, "--port", "0", now=DAY, environment=environment) as site:
            link = path_of(tmp_path, email, answer_link(LEADER, TALK))
            with httpx.Client(base_url=site.address) as browser:
                version = browser.get(link).text.partition('name="version" value="')[2].partition('"')[0]
                form = {"option": "held", "version": version, "held_on": "2027-01-20", "plan": "written"}
                began = time.monotonic()
                assert browser.post(link, data=form, headers={"origin": site.address}).status_code == 303
                assert time.monotonic() - began < 5
            wait_until(lambda: the_run(served), 60)
    with served.database.read() as connection:
        due = (EffectRow.subject == TALK) & (EffectRow.status == "pending") & (EffectRow.send_at <= DAY)
        assert connection.scalar(select(EffectRow.id).where(due)) is None
