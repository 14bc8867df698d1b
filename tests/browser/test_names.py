"""The worst names in Prefect's real UI: they are shown to the letter, and nothing else comes of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import select, update

from states.store.database import Database
from states.store.tables import CohortRow, JourneyRow, PersonRow
from tests.support.browser import BROWSER, FLAGS, skip_without_browser
from tests.support.http_server import serving
from tests.support.prefect import artifact, ask, flow_runs, run_deployment, task_runs
from tests.support.served import Served, hold_3_served
from tests.support.worst_names import GOOD, PIXEL, WORST

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("names")]

DAY = datetime(2027, 3, 15, 9, tzinfo=UTC)
COHORT = f"![Hold 3]({PIXEL}) <b>[hold](javascript:alert(1))</b>"
FORM = "Registrér mentormøde"
FOUND = """() => ({
  text: document.body.innerText,
  leads: [...document.querySelectorAll("a, img, script, iframe, form, object, link")].map(one => [
    one.getAttribute("href"), one.getAttribute("src"), one.localName == "script" ? one.text : ""
  ].join(" ")),
})"""
EVIL = re.compile(r"evil|alert\(|pixel|mailto:|javascript:", re.IGNORECASE)


class Names:
    """Hold-3 with the worst names, a browser's tab on it, and how often a picture was fetched that a name has."""

    def __init__(
        self, served: Served, page: Page, talents: dict[str, str], everybody: list[str], fetched: list[str]
    ) -> None:
        self.served = served
        self.page = page
        self.talents = talents
        self.all = everybody
        self.fetched = fetched

    def look(self, path: str, *shown: str, tab: str = "") -> None:
        """Open a page, wait until all of these texts are shown, and see that nothing else came of them."""
        self.page.goto(path)
        if tab:
            self.page.get_by_text(tab, exact=True).first.click()
        wanted = [" ".join(text.split()) for text in shown]
        self.page.wait_for_function(f"wanted => wanted.every(one => {_SEEN}.includes(one))", arg=wanted, timeout=30_000)
        found = self.page.evaluate(FOUND)
        # What a form is filled in with is part of its address, and data there.
        leads = [one.partition("/run?parameters=")[0] for one in found["leads"]]
        assert [one for one in leads if EVIL.search(one)] == []
        rest = self.page.evaluate(f"() => {_SEEN}")
        for name in sorted(self.all, key=len, reverse=True):
            rest = rest.replace(" ".join(name.split()), "")
        assert re.findall(r".{0,40}(?:\\|&#\d).{0,40}", rest) == [], "an escape is seen"
        assert self.fetched == []

    def artifact(self, ident: str) -> str:
        """Return the path of a page's artifact."""
        found = artifact(self.served.place, f"side-{ident}")
        assert found is not None
        return f"/artifacts/artifact/{found['latest_id']}"


_SEEN = r"document.body.innerText.replaceAll('\u2060', '').replace(/\s+/g, ' ')"


@contextmanager
def pixel() -> Iterator[tuple[str, list[str]]]:
    """Serve a picture, and say who fetched it."""
    fetched: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fetched.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with serving(server):
        yield f"http://127.0.0.1:{server.server_address[1]}/pixel.png", fetched


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Names]:
    skip_without_browser()
    with pixel() as (address, fetched):
        bad = [name.replace(PIXEL, address) for name in (*WORST, *GOOD)]
        talents: dict[str, str] = {}

        def rename(database: Database) -> None:
            with database.write() as connection:
                connection.execute(update(CohortRow).values(name=COHORT.replace(PIXEL, address)))
                rows = connection.execute(select(JourneyRow.id, JourneyRow.talent_id)).all()
                people = connection.scalars(select(PersonRow.id).order_by(PersonRow.id)).all()
                given = {ident: bad[number % len(bad)] for number, ident in enumerate(people)}
                for ident, name in given.items():
                    connection.execute(update(PersonRow).where(PersonRow.id == ident).values(name=name))
                talents.update({row.id: given[row.talent_id] for row in rows})

        with hold_3_served(tmp_path_factory.mktemp("names"), DAY, rename) as served, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=BROWSER, args=list(FLAGS))
            context = browser.new_context(base_url=served.place.ui, viewport={"width": 1400, "height": 1200})
            yield Names(served, context.new_page(), talents, bad, fetched)
            browser.close()


@pytest.mark.parametrize("ui", ["", "/v2"], ids=["first UI", "second UI"])
def test_in_the_overview(names: Names, ui: str) -> None:
    names.look(ui + names.artifact("hold-3"), *names.talents.values())


def test_on_every_talents_page(names: Names) -> None:
    for ident, name in names.talents.items():
        names.look(names.artifact(ident), name)


def test_in_the_list_of_pages(names: Names) -> None:
    names.look("/artifacts", "side-hold-3")


def test_in_what_a_form_says_of_itself(names: Names) -> None:
    (form,) = ask(names.served.place, "/deployments/filter", {"deployments": {"name": {"any_": [FORM]}}})
    names.look(
        f"/deployments/deployment/{form['id']}?tab=Description", "![Hold 3](http", "<b>[hold](javascript:alert(1))</b>"
    )


def test_in_the_runs_of_forms_and_of_what_follows(names: Names) -> None:
    name = names.talents["hold-3-01"]
    (form,) = ask(names.served.place, "/deployments/filter", {"deployments": {"name": {"any_": [FORM]}}})
    label = form["parameter_openapi_schema"]["properties"]["talent"]["enum"]
    (mine,) = [one for one in label if one.endswith("nr. 01)")]
    given = {"talent": mine, "commitment": "Mentormøde i modul 1", "held_on": "2027-03-12"}
    run = run_deployment(names.served.place, f"record/{FORM}", given)
    names.look("/runs", name)
    names.look(f"/runs/flow-run/{run['id']}", name)
    tasks = [
        one for flow in flow_runs(names.served.place, "react") for one in task_runs(names.served.place, flow["id"])
    ]
    assert any("](" in one["name"] for one in tasks)
    for one in [one for one in tasks if EVIL.search(one["name"])][:3]:
        names.look(f"/runs/flow-run/{one['flow_run_id']}", one["name"], tab="Task Runs")
        names.look(f"/runs/task-run/{one['id']}", one["name"])
