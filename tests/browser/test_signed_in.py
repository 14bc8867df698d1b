"""``talentnord up`` with sign-in: who comes in by a mailed link records under their own name, and no other (R67)."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from config.library import Library
from config.settings import Settings
from flows.cockpit import ui
from flows.server.door import COOKIE
from flows.server.entrance import made_password
from flows.server.process import ServerPlace
from flows.server.stamping import LABEL
from flows.site.keys import site_keys
from notifications.links import Links, Purpose
from notifications.passes import stamp
from states.store.database import Database
from states.store.tables import FactRow
from tests.support.browser import follow, skip_without_browser, watched
from tests.support.prefect import ask, run_deployment, wait_until
from tests.support.served import enrol_hold_3
from tests.support.up import talentnord_up

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("signed_in")]

DAY = datetime(2027, 3, 15, 9, tzinfo=UTC)
KAREN, OFFICE, NAME = "karen.thorsen@aalborg.example.org", "hold-3/coordinator-1", "Karen Møller Thorsen"
MEETING = "Registrér mentormøde"
PAGES = ("dashboard", "runs", "deployments", "artifacts", "events", "work-pools")


@dataclass(frozen=True)
class Cockpit:
    """A running ``up`` where coordinators sign in, and the folder it was started in."""

    place: ServerPlace
    folder: Path

    @property
    def settings(self) -> Settings:
        """Its settings, as far as the key goes."""
        return Settings(site_key_file=self.folder / "var" / "site.key")

    @property
    def password(self) -> str:
        """What its programs have, and browsers never learn."""
        return made_password(self.settings)

    def links(self) -> list[str]:
        """The links that were mailed to sign in by, by the time of their mails."""
        found = []
        for file in sorted((self.folder / "var" / "mail").glob("*.eml"), key=lambda one: one.stat().st_mtime):
            mail = message_from_bytes(file.read_bytes(), policy=policy.default)
            text = mail.get_body(("plain",))
            assert text is not None
            found += re.findall(r"http://\S+/log-ind/\S+", text.get_content())
        return found

    def actor(self, key: str) -> str:
        """Who told a fact."""
        return self.facts().get(key, "nobody")

    def facts(self) -> dict[str, str]:
        """All facts, and who told each."""
        database = Database(f"sqlite:///{self.folder}/var/talentnord.db")
        with database.read() as connection:
            found = dict(connection.execute(select(FactRow.key, FactRow.actor)).tuples().all())
        database.close()
        return found

    def page_told_by(self, key: str, name: str) -> dict[str, Any] | None:
        """A page as it was last published, if it says that a coordinator of this name has told something."""
        body = {"artifacts": {"key": {"any_": [key]}}}
        found: list[dict[str, Any]] = ask(self.place, "/artifacts/latest/filter", body, password=self.password)
        return found[0] if f"{name} (koordinator)" in found[0]["data"].replace("\\", "") else None


@pytest.fixture(scope="module")
def cockpit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cockpit]:
    folder = tmp_path_factory.mktemp("signed-in")
    (folder / "var").mkdir(mode=0o700)
    settings = Settings(database_url=f"sqlite:///{folder}/var/talentnord.db", mail_directory=folder / "var" / "mail")
    enrol_hold_3(settings, DAY)
    ahead = int((DAY - datetime.now(UTC)).total_seconds())
    environment = {"TALENTNORD_CLOCK_AHEAD": str(ahead), "TALENTNORD_SIGN_IN": "true"}
    with talentnord_up(folder, "--port", "0", environment=environment) as (_, place):
        found = Cockpit(place, folder)
        wait_until(lambda: has_lists(found), within=240)
        yield found
    tokens = [link.rpartition("/")[2].encode() for link in found.links()]
    for file in [*folder.glob("var/*.log"), *folder.glob("var/prefect/*.log"), folder / "said"]:
        kept = file.read_bytes()
        assert found.password.partition(":")[2].encode() not in kept, file
        assert not any(token in kept for token in tokens), file


def has_lists(cockpit: Cockpit) -> bool:
    body = {"deployments": {"name": {"any_": ["Udmeld et talent"]}}}
    found = ask(cockpit.place, "/deployments/filter", body, password=cockpit.password)
    return any("enum" in one["parameter_openapi_schema"]["properties"].get("talent", {}) for one in found)


def a_mail(cockpit: Cockpit) -> str:
    """The id of a mail that was sent, as its file is called by it."""
    found = wait_until(lambda: sorted(cockpit.folder.glob("var/mail/*.eml")))
    return found[0].stem.rpartition("_")[2]


def label(number: int) -> str:
    talent = Library().cohort("hold-3").people.talents[number - 1]
    return f"{talent.name} (Hold 3, nr. {number:02d})"


def meeting(number: int) -> dict[str, str]:
    return {"talent": label(number), "commitment": "Mentormøde i modul 1", "held_on": "2027-03-12"}


def form(cockpit: Cockpit) -> dict[str, Any]:
    found: dict[str, Any] = ask(cockpit.place, f"/deployments/name/record/{quote(MEETING)}", password=cockpit.password)
    return found


def start(cockpit: Cockpit, number: int, **more: object) -> dict[str, Any]:
    """Start the form as a program does, and return the run when it has ended."""
    deployment = form(cockpit)
    body = {"state": {"type": "SCHEDULED"}, "parameters": deployment["parameters"] | meeting(number), **more}
    made = ask(cockpit.place, f"/deployments/{deployment['id']}/create_flow_run", body, password=cockpit.password)
    return ended(cockpit, made["id"])


def ended(cockpit: Cockpit, run: str) -> dict[str, Any]:
    def now() -> dict[str, Any] | None:
        found: dict[str, Any] = ask(cockpit.place, f"/flow_runs/{run}", password=cockpit.password)
        return found if found["state_type"] in {"COMPLETED", "FAILED", "CRASHED"} else None

    return wait_until(now, within=120)


@pytest.fixture
def context(cockpit: Cockpit) -> Iterator[BrowserContext]:
    """A browser that has not signed in."""
    skip_without_browser()
    with watched(cockpit.place.ui, width=1280, expected=re.compile(r"status of 401")) as found:
        yield found


def sign_in(cockpit: Cockpit, page: Page) -> None:
    before = len(cockpit.links())
    page.get_by_label("Din mailadresse").fill(KAREN)
    page.get_by_role("button", name="Send mig et link").click()
    expect(page.get_by_role("heading", name="Se efter i din indbakke")).to_be_visible()
    page.goto(wait_until(lambda: cockpit.links()[before:], within=20)[0])
    expect(page.get_by_role("heading", name=f"Velkommen, {NAME}")).to_be_visible()
    page.get_by_role("button", name="Log ind").click()


def test_whoever_has_not_signed_in_is_told_nothing(cockpit: Cockpit) -> None:
    for password in (None, "talentnord:forkert"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            ask(cockpit.place, "/artifacts/filter", {}, password=password)
        assert refused.value.code == 401
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{cockpit.place.ui}/v2/artifacts")
    assert refused.value.code == 401
    for ours in ("rapport/hold-3.xlsx", f"mail/{a_mail(cockpit)}", "mail/tn-0"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{cockpit.place.ui}/{ours}")
        assert refused.value.code == 401


def test_a_websocket_without_the_password_hears_nothing(cockpit: Cockpit) -> None:
    where = urlsplit(cockpit.place.api)
    connection = HTTPConnection(where.netloc, timeout=10)
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    connection.request("GET", "/api/events/out", headers={**upgrade, **key})
    assert connection.getresponse().status == 403
    connection.close()


def test_the_tick_and_what_it_runs_reach_the_server(cockpit: Cockpit) -> None:
    assert run_deployment(cockpit.place, "tick/tick", {}, cockpit.password)["state_type"] == "COMPLETED"


def test_what_a_program_starts_is_the_operators(cockpit: Cockpit) -> None:
    run = start(cockpit, 4)
    assert run["state_type"] == "COMPLETED", run["state"]["message"]
    assert cockpit.actor(f"form:{run['id']}") == "operator"


@pytest.mark.parametrize("forged", ["of another run", "with another key", "made up"])
def test_a_run_with_a_forged_stamp_is_nobodys_and_records_nothing(cockpit: Cockpit, forged: str) -> None:
    key, deployment = f"key {forged}", form(cockpit)["id"]
    token = {
        "of another run": stamp(Links([site_keys(cockpit.settings)[0]], ""), OFFICE, deployment, "another"),
        "with another key": stamp(Links(["x" * 40], ""), OFFICE, deployment, key),
        "made up": OFFICE,
    }[forged]
    run = start(cockpit, 5, idempotency_key=key, labels={LABEL: token})
    assert run["state"]["message"].startswith("Vi kan ikke se, hvem der har udfyldt formularen. Intet er registreret")
    assert cockpit.actor(f"form:{run['id']}") == "nobody"


def test_a_coordinator_signs_in_records_a_meeting_under_their_name_and_signs_out(
    cockpit: Cockpit, context: BrowserContext, tmp_path: Path
) -> None:
    page = context.new_page()
    filled_in = ui.DEFAULT.form(form(cockpit)["id"], meeting(2))
    page.goto(filled_in)
    page.screenshot(path=tmp_path / "ask.png")
    sign_in(cockpit, page)
    submit = page.get_by_role("button", name="Submit")
    expect(submit).to_be_visible()
    page.screenshot(path=tmp_path / "form.png")
    submit.click()
    wait_until(lambda: f"coordinator:{OFFICE}" in cockpit.facts().values(), within=60)
    talent = wait_until(lambda: cockpit.page_told_by("side-hold-3-02", NAME))
    page.goto(ui.DEFAULT.page(talent["latest_id"]))
    expect(page.get_by_text(f"{NAME} (koordinator)").first).to_be_visible()
    page.screenshot(path=tmp_path / "page.png", full_page=True)
    page.goto("/")
    expect(page.get_by_role("link", name="Overblik: Hold 3")).to_be_visible()
    report = context.request.get("/rapport/hold-3.xlsx")
    assert (report.status, report.body()[:2]) == (200, b"PK")
    mail = context.request.get(f"/mail/{a_mail(cockpit)}")
    assert (mail.status, "Sådan blev mailen skrevet" in mail.text()) == (200, True)
    assert not any(f"/{purpose}/" in mail.text() for purpose in Purpose), "nobody answers in its reader's place"
    for other in PAGES:
        page.goto(f"/v2/{other}")
        page.wait_for_load_state("networkidle")
    page.goto("/")
    follow(page, "Overblik: Hold 3").get_by_role("link", name="Log ud").click()
    expect(page.get_by_role("heading", name=f"Du er logget ind som {NAME}")).to_be_visible()
    page.screenshot(path=tmp_path / "out.png")
    page.get_by_role("button", name="Log ud").click()
    expect(page.get_by_role("heading", name="Log ind")).to_be_visible()
    # What else there is is set by Prefect's second UI itself, for a service that it cannot reach from here.
    assert COOKIE not in {cookie.get("name") for cookie in context.cookies()}
