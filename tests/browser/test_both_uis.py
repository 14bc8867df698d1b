"""Prefect's first and second UI, under our Content-Security-Policy: pages, links, forms, graphs and diagrams."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from flows.cockpit.literal import link
from flows.cockpit.ui import DEFAULT, FIRST, SECOND, Ui
from tests.support.browser import WITH_WEBGL, follow, watched
from tests.support.prefect import artifact, ask, flow_runs, task_runs
from tests.support.served import Served, meeting_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.parametrize("ui", [FIRST, SECOND], ids=["first UI", "second UI"]),
]

FORM = "Registrér mentormøde"
MEETING = "Mentormøde i modul 1"
TALENTS = {FIRST: "Søren Aagesen", SECOND: "Kirsten Østerby"}
GREENS = """async png => {
    const picture = await createImageBitmap(await (await fetch("data:image/png;base64," + png)).blob());
    const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
    canvas.drawImage(picture, 0, 0);
    const {data} = canvas.getImageData(0, 0, picture.width, picture.height);
    let greens = 0;
    for (let i = 0; i < data.length; i += 4) greens += data[i + 1] > data[i] + 60 && data[i + 1] > data[i + 2] + 40;
    return greens;
}"""


@pytest.mark.parametrize("width", [1280, 390])
def test_the_overview_leads_to_each_talent_and_back(served: Served, ui: Ui, width: int) -> None:
    with watched(served.place.ui, width=width) as context:
        page = context.new_page()
        open_page(page, served, ui, "hold-3")
        expect(page.get_by_role("heading", name="Hold 3: overblik")).to_be_visible()
        talent = follow(page, "Mette Brøndgaard")
        expect(talent.get_by_role("heading", name="Mette Brøndgaard", exact=True).last).to_be_visible()
        assert f"{DEFAULT.base}/artifacts/artifact/" in talent.url
        back = follow(talent, "← Hold 3")
        expect(back.get_by_role("heading", name="Hold 3: overblik")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (FORM, "Talent og nærmeste leder har holdt mentormødet i et modul."),
        ("Afklar mails", "For mails, der blev afvist eller er uafklarede."),
    ],
)
def test_what_is_deployed_says_what_it_is_for_and_leads_to_the_overview(
    page: Page, served: Served, ui: Ui, name: str, text: str
) -> None:
    page.goto(ui.form(deployment(served, name)["id"]).removesuffix("/run"))
    page.get_by_text("Description", exact=True).click()
    expect(page.get_by_text(text)).to_be_visible()
    overview = follow(page, "Hold 3")
    expect(overview.get_by_role("heading", name="Hold 3: overblik")).to_be_visible()


def test_a_link_opens_a_form_filled_in_and_one_click_sends_it(page: Page, served: Served, ui: Ui) -> None:
    name = TALENTS[ui]
    (talent,) = (one for one in choices(served, "talent") if one.startswith(name))
    given = {"talent": talent, "commitment": MEETING, "held_on": "2027-03-12", "note": 'Æblet & "50 %" [#1](?)'}
    there = link("Registrér", ui.form(deployment(served, FORM)["id"], given))
    page.goto(ui.page(new_page(served, f"side-link-{ui.quoted}", f"# En side\n\n{there}")))
    filled = follow(page, "Registrér")
    expect(filled.get_by_text(talent).first).to_be_visible()
    expect(filled.get_by_text(MEETING).first).to_be_visible()
    expect(filled.get_by_text(re.compile(r"Mar(ch)? 12th, 2027"))).to_be_visible()
    expect(filled.locator("textarea").first).to_have_value(given["note"])
    filled.get_by_role("button", name="Submit").click()
    run = filled.get_by_role("link", name=re.compile(rf"{FORM} · {name}"))
    expect(run.first).to_be_visible(timeout=120_000)
    run.first.click()
    expect(filled.get_by_text("Completed", exact=True).first).to_be_visible(timeout=120_000)
    assert meeting_of(served, name) == "kept"


def test_a_runs_graph_is_drawn(served: Served, ui: Ui) -> None:
    run = next(one for one in flow_runs(served.place, "react") if task_runs(served.place, one["id"]))
    with watched(served.place.ui, flags=WITH_WEBGL) as context:
        page = context.new_page()
        page.goto(ui.run(run["id"]))
        canvas = page.locator("canvas").first
        expect(canvas).to_be_visible()
        greens = 0
        for _ in range(20):
            page.wait_for_timeout(500)
            greens = page.evaluate(GREENS, base64.b64encode(canvas.screenshot()).decode())
            if greens:
                break
        assert greens, "no completed task is seen on the graph"


def test_a_diagram_is_drawn_where_it_is_said_to_be(page: Page, served: Served, ui: Ui) -> None:
    diagram = "```mermaid\nstateDiagram-v2\n  [*] --> Orlov\n```\n\nSlut"
    page.goto(ui.page(new_page(served, "side-diagram", diagram)))
    expect(page.get_by_text("Slut", exact=True).first).to_be_visible()
    drawn = page.locator("svg[id*=mermaid]")
    if ui.draws_mermaid:
        expect(drawn.get_by_text("Orlov")).to_be_visible()
    else:
        expect(page.get_by_text("[*] --> Orlov")).to_be_visible()
        expect(drawn).to_have_count(0)


@pytest.mark.parametrize(
    "path", ["/dashboard", "/runs", "/flows", "/deployments", "/artifacts", "/automations", "/events", "/settings"]
)
def test_what_else_there_is_works_without_asking_anybody_outside(page: Page, served: Served, ui: Ui, path: str) -> None:
    page.goto(f"{ui.base}{path}")
    expect(page.get_by_text("Switch to V", exact=False).first).to_be_visible()
    page.wait_for_load_state("networkidle")


def open_page(page: Page, served: Served, ui: Ui, ident: str) -> None:
    found = artifact(served.place, f"side-{ident}")
    assert found is not None
    page.goto(ui.page(found["latest_id"]))


def new_page(served: Served, key: str, markdown: str) -> str:
    return str(ask(served.place, "/artifacts/", {"key": key, "type": "markdown", "data": markdown})["id"])


def deployment(served: Served, name: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = ask(served.place, "/deployments/filter", {"deployments": {"name": {"any_": [name]}}})
    return found[0]


def choices(served: Served, field: str) -> list[str]:
    return list(deployment(served, FORM)["parameter_openapi_schema"]["properties"][field]["enum"])
