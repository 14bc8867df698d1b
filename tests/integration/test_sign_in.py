"""Coordinators come in by a mailed link or by a trusted proxy; nobody else sees anything of what is behind (R67)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import httpx
import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from config.errors import DatabaseUnavailableError
from flows.server.door import COOKIE, ENCRYPTED_COOKIE, FRESH, Coordinators, Door, Spent
from flows.server.process import authorization
from flows.server.same_origin import guarded
from flows.server.sign_in import SignedIn
from flows.server.sign_in_pages import SignInPages
from flows.server.stamping import LABEL
from flows.site.limits import Limits
from notifications.links import Links
from notifications.passes import Passes, stamped_by
from states.facts import Fact
from states.store.database import Database
from tests.support.asked import Asked
from tests.support.driver import Driver
from tests.support.mailroom import SENDER, Tray

URL, OWN = "https://talentnord.kommune.example", "http://127.0.0.1:4200"
KAREN, OFFICE = "karen.thorsen@aalborg.example.org", "hold-3/coordinator-1"
WORD = "talentnord:hemmelig-17"
DEPLOYMENT = "0b5dc3f4-6c2c-4f0a-9c34-7f4f2e5ad001"
START = f"/api/deployments/{DEPLOYMENT}/create_flow_run"
PAGE = {"accept": "text/html,*/*", "sec-fetch-site": "none"}
HEADER = "X-Auth-Email"


class Entrance:
    """The entrance before an application that keeps what it was asked; no time passes but by ``later``."""

    def __init__(self, driven: Driver, header: str = "", address: str = URL) -> None:
        self.driven = driven
        self.tray = Tray()
        self.asked: list[tuple[str, str, dict[str, str], Any]] = []
        self._ahead = timedelta()
        self.links = Links(["k" * 40], URL)
        coordinators = Coordinators(driven.database, self.now, self._seconds)
        passes, proxies = Passes(self.links, self.now), frozenset({"127.0.0.1"})
        door = Door(coordinators, passes, Spent(self.now), (URL, OWN), header, proxies)
        limits = Limits(3, 900.0, self._seconds)
        self.pages = SignInPages(door, SENDER, self.tray.send, limits)
        methods = ["GET", "POST", "PATCH", "DELETE"]
        behind = Starlette(routes=[Route("/{path:path}", self._answer, methods=methods)])
        self.browser = Asked(guarded(SignedIn(behind, self.pages, self.links, WORD), [URL, OWN]), address)

    def now(self) -> Any:
        """What time it is."""
        return self.driven.now + self._ahead

    def _seconds(self) -> float:
        return self._ahead.total_seconds()

    def later(self, **by: float) -> None:
        """Let time pass for whoever has signed in."""
        self._ahead += timedelta(**by)

    async def _answer(self, request: Request) -> JSONResponse:
        body = await request.body()
        self.asked.append((request.method, request.url.path, dict(request.headers), json.loads(body or b"null")))
        return JSONResponse({"auth": "BASIC", "api_url": "/api"})

    def ask(self, email: str, leads_to: str = "/") -> None:
        """Ask for a link, and wait until that was looked at."""
        answer = self.browser.post("/log-ind", {"email": email, "til": leads_to})
        assert (answer.status_code, answer.headers["location"]) == (303, "/log-ind/sendt")
        done = [False]
        assert self.pages.afterwards.do(lambda: done.__setitem__(0, True))
        while not done[0]:
            pass

    def link(self) -> str:
        """The path of the link in the last mail."""
        found = re.search(rf"{URL}(/log-ind/\S+)", self.tray.mails[-1].text)
        assert found is not None
        return found[1]

    def signed_in(self, email: str = KAREN, leads_to: str = "/") -> dict[str, str]:
        """Sign in by mail, and return the headers of whoever has."""
        self.ask(email, leads_to)
        return {"cookie": cookie_of(self.browser.post(self.link(), {}))}

    def close(self) -> None:
        """End the threads."""
        self.pages.afterwards.finish()
        self.browser.__exit__(None, None, None)


def cookie_of(answer: httpx.Response) -> str:
    return answer.headers["set-cookie"].partition(";")[0]


@pytest.fixture
def driven(sqlite: Database) -> Driver:
    return Driver(sqlite, people=3).enrol().until("2027-01-21")


@pytest.fixture
def entrance(driven: Driver) -> Iterator[Entrance]:
    found = Entrance(driven)
    yield found
    found.close()


@pytest.fixture
def behind_a_proxy(driven: Driver) -> Iterator[Entrance]:
    found = Entrance(driven, HEADER)
    yield found
    found.close()


def start(entrance: Entrance, headers: dict[str, str], **more: object) -> httpx.Response:
    own = {"content-type": "application/json", "origin": URL, **headers}
    return entrance.browser.request("POST", START, own, json.dumps({"parameters": {}, **more}).encode())


@pytest.mark.parametrize("path", ["/", "/v2/dashboard", "/assets/index.js", "/api/flows/1", "/ui-settings", "/docs"])
def test_without_a_session_nothing_is_told(entrance: Entrance, path: str) -> None:
    assert entrance.browser.get(path).status_code == 401
    page = entrance.browser.request("GET", path, PAGE)
    assert page.status_code == 401
    assert "Send mig et link" in page.text
    assert entrance.asked == []


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_without_a_session_nothing_is_done(entrance: Entrance, method: str) -> None:
    for path in (START, "/api/flow_runs/filter", "/"):
        assert entrance.browser.request(method, path, {"origin": URL}).status_code == 401
    assert entrance.asked == []


def test_whether_the_server_is_well_everybody_may_ask(entrance: Entrance) -> None:
    assert entrance.browser.get("/api/health").status_code == 200


def test_a_program_gives_the_password_and_may_do_all_and_is_not_stamped(entrance: Entrance) -> None:
    given = authorization(WORD)
    assert entrance.browser.request("PATCH", "/api/deployments/1", given, b"{}").status_code == 200
    assert entrance.browser.request("POST", START, given, b'{"labels": {"a": "b"}}').status_code == 200
    assert entrance.asked[-1][3] == {"labels": {"a": "b"}}
    wrong = authorization("talentnord:forkert")
    assert entrance.browser.request("PATCH", "/api/deployments/1", wrong, b"{}").status_code == 401


def test_a_coordinator_signs_in_by_mail_and_comes_to_the_page_that_was_wanted(entrance: Entrance) -> None:
    wanted = "/v2/deployments/deployment/1/run?parameters=%7B%22talent%22%3A%221%22%7D"
    page = entrance.browser.request("GET", wanted, PAGE)
    assert f'value="{wanted}"' in page.text
    entrance.ask(f" {KAREN.upper()} ", wanted)
    (mail,) = entrance.tray.mails
    assert (mail.to.email, mail.subject) == (KAREN, f"Log ind på {SENDER.name}")
    assert entrance.link() in mail.html
    landed = entrance.browser.get(entrance.link())
    assert (landed.status_code, "set-cookie" in landed.headers) == (200, False)
    entered = entrance.browser.post(entrance.link(), {})
    assert (entered.status_code, entered.headers["location"]) == (303, wanted)
    seen = entrance.browser.get(wanted, cookie=cookie_of(entered))
    assert seen.status_code == 200


def test_the_cookie_is_for_this_server_alone_and_for_no_script(driven: Driver) -> None:
    for address, name, marks in (
        (URL, ENCRYPTED_COOKIE, {"httponly", "samesite=strict", "secure", "path=/", "max-age=43200"}),
        (OWN, COOKIE, {"httponly", "samesite=strict", "path=/", "max-age=43200"}),
    ):
        entrance = Entrance(driven, address=address)
        entrance.ask(KAREN)
        given = entrance.browser.post(entrance.link(), {}).headers["set-cookie"]
        entrance.close()
        assert given.startswith(f"{name}=")
        assert {part.strip().lower() for part in given.split(";")[1:]} == marks


def test_a_link_works_once(entrance: Entrance) -> None:
    entrance.signed_in()
    for answer in (entrance.browser.get(entrance.link()), entrance.browser.post(entrance.link(), {})):
        assert (answer.status_code, "set-cookie" in answer.headers) == (404, False)
        assert "Bed om et nyt" in answer.text


def test_a_link_works_for_a_quarter_of_an_hour(entrance: Entrance) -> None:
    entrance.ask(KAREN)
    entrance.later(minutes=15)
    assert entrance.browser.post(entrance.link(), {}).status_code == 404


def test_a_session_lasts_twelve_hours(entrance: Entrance) -> None:
    session = entrance.signed_in()
    entrance.later(hours=11, minutes=59)
    assert entrance.browser.request("GET", "/", session).status_code == 200
    entrance.later(minutes=1)
    assert entrance.browser.request("GET", "/", session).status_code == 401


def test_whoever_signs_out_is_out_with_every_copy_of_the_cookie(entrance: Entrance) -> None:
    session = entrance.signed_in()
    assert "Karen Møller Thorsen" in entrance.browser.request("GET", "/log-ud", session).text
    left = entrance.browser.post("/log-ud", {}, session)
    assert left.status_code == 303
    assert "max-age=0" in left.headers["set-cookie"].lower()
    assert entrance.browser.request("GET", "/", session).status_code == 401


@pytest.mark.parametrize("email", ["nobody@example.org", "no address", "", "mette.winther@aalborg.example.org"])
def test_whoever_is_no_coordinator_is_told_the_same_and_sent_nothing(entrance: Entrance, email: str) -> None:
    entrance.ask(email)
    assert entrance.tray.mails == []


def test_a_talent_is_sent_nothing(entrance: Entrance) -> None:
    with entrance.driven.database.read() as connection:
        (address,) = connection.exec_driver_sql("select email from persons where id = 'hold-3-01'").one()
    entrance.ask(address)
    assert entrance.tray.mails == []


def test_one_coordinator_is_sent_three_links_in_a_quarter_of_an_hour(entrance: Entrance) -> None:
    for _ in range(5):
        entrance.ask(KAREN)
    assert len(entrance.tray.mails) == 3
    entrance.later(minutes=5)
    entrance.ask(KAREN)
    assert len(entrance.tray.mails) == 4


def test_who_replaces_a_coordinator_comes_in_and_who_was_replaced_goes(entrance: Entrance) -> None:
    session = entrance.signed_in()
    holder = {"name": "Bo Holm", "email": "bo.holm@aalborg.example.org"}
    entrance.driven.engine.arrange("hold-3", "replace", Fact("r1", "operator", {"whom": OFFICE, "holder": holder}))
    assert entrance.browser.request("GET", "/", session).status_code == 200
    entrance.later(seconds=FRESH)
    assert entrance.browser.request("GET", "/", session).status_code == 401
    assert entrance.browser.request("GET", "/", entrance.signed_in(holder["email"])).status_code == 200


def test_a_stand_in_comes_in_on_the_days_on_which_they_stand_in(entrance: Entrance) -> None:
    holder = {"name": "Ida Falk", "email": "ida.falk@aalborg.example.org"}
    details = {"whom": OFFICE, "holder": holder, "first_day": "2027-01-22", "last_day": "2027-01-25"}
    entrance.driven.engine.arrange("hold-3", "stand_in", Fact("s1", "operator", details))
    entrance.ask(holder["email"])
    assert entrance.tray.mails == []
    entrance.later(days=1)
    session = entrance.signed_in(holder["email"])
    assert entrance.browser.request("GET", "/", session).status_code == 200
    entrance.ask(KAREN)
    assert entrance.tray.mails[-1].to.email == KAREN


def test_another_address_ends_the_sessions_of_the_old_one(entrance: Entrance) -> None:
    session = entrance.signed_in()
    details = {"whom": OFFICE, "email": "karen.ny@aalborg.example.org"}
    entrance.driven.engine.arrange("hold-3", "correct", Fact("c1", "operator", details))
    entrance.later(seconds=FRESH)
    assert entrance.browser.request("GET", "/", session).status_code == 401


@pytest.mark.parametrize("cookie", ["", "x", "=", "a.b.c", "x" * 5000])
def test_a_made_up_cookie_is_no_session(entrance: Entrance, cookie: str) -> None:
    for name in (COOKIE, ENCRYPTED_COOKIE):
        assert entrance.browser.get("/", cookie=f"{name}={cookie}").status_code == 401


def test_over_https_a_cookie_that_a_neighbouring_host_could_have_set_is_no_session(entrance: Entrance) -> None:
    session = entrance.signed_in()["cookie"]
    assert session.startswith(ENCRYPTED_COOKIE)
    tossed = session.replace(ENCRYPTED_COOKIE, COOKIE)
    assert entrance.browser.get("/", cookie=tossed).status_code == 401


def test_while_the_database_is_away_nobody_comes_in(entrance: Entrance) -> None:
    session = entrance.signed_in()
    entrance.ask(KAREN)
    entrance.later(seconds=FRESH)
    with patch.object(
        entrance.driven.database, "read", side_effect=DatabaseUnavailableError("the database", "is gone")
    ):
        for path in ("/", "/log-ud", entrance.link()):
            answer = entrance.browser.request("GET", path, session)
            assert (answer.status_code, "Prøv igen om lidt" in answer.text) == (503, True)
    assert entrance.asked == []


def test_a_cookie_of_other_letters_is_no_session(entrance: Entrance) -> None:
    assert entrance.pages.door.who(Headers(raw=[(b"cookie", b"talentnord=\xe6\xff")]), "") is None


def test_a_link_is_no_cookie(entrance: Entrance) -> None:
    entrance.ask(KAREN)
    token = entrance.link().rpartition("/")[2]
    assert entrance.browser.get("/", cookie=f"{ENCRYPTED_COOKIE}={token}").status_code == 401


def test_a_run_that_is_started_says_who_has_started_it(entrance: Entrance) -> None:
    assert start(entrance, entrance.signed_in(), labels={LABEL: "Bo"}, tags=["by:Bo"]).status_code == 200
    method, path, headers, body = entrance.asked[-1]
    assert (method, path) == ("POST", START)
    assert stamped_by(entrance.links, body["labels"][LABEL], DEPLOYMENT, body["idempotency_key"]) == OFFICE
    assert headers["authorization"] == authorization(WORD)["authorization"]


def test_the_browser_never_hears_of_the_password_and_is_asked_for_none(entrance: Entrance) -> None:
    told = entrance.browser.request("GET", "/ui-settings", entrance.signed_in())
    assert told.json() == {"auth": None, "api_url": "/api"}
    assert "hemmelig" not in told.text + str(told.headers)


def test_a_session_does_not_do_what_programs_do(entrance: Entrance) -> None:
    session = entrance.signed_in()
    own = {**session, "origin": URL}
    assert entrance.browser.request("PATCH", "/api/deployments/1", own, b"{}").status_code == 403
    assert entrance.browser.request("POST", "/api/flow_runs/", own, b"{}").status_code == 403
    assert entrance.asked == []


def test_a_session_sees_no_blocks_and_no_page_complains_of_it(entrance: Entrance) -> None:
    own = {**entrance.signed_in(), "origin": URL}
    told = entrance.browser.request("POST", "/api/block_documents/filter", own, b"{}")
    assert (told.status_code, told.json()) == (200, [])
    assert entrance.asked == []


def test_another_sites_page_starts_nothing_with_a_session(entrance: Entrance) -> None:
    session = entrance.signed_in()
    assert start(entrance, {**session, "origin": "https://evil.example"}).status_code == 403
    assert entrance.browser.post("/log-ud", {}, {**session, "origin": "https://evil.example"}).status_code == 403
    assert entrance.asked == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_a_mail_leads_to_is_asked_for_again_by_a_page_of_ours(entrance: Entrance, site: str) -> None:
    wanted = '/v2/runs?a="1"&b=2'
    page = entrance.browser.request("GET", wanted, {"accept": "text/html", "sec-fetch-site": site})
    assert (page.status_code, "set-cookie" in page.headers) == (200, False)
    assert 'content="0;url=/v2/runs?a=%221%22&amp;b=2"' in page.text
    again = entrance.browser.request("GET", wanted, {"accept": "text/html", "sec-fetch-site": "same-origin"})
    assert again.status_code == 401


@pytest.mark.parametrize(
    "leads_to", ["https://evil.example/", "//evil.example", "/\\evil", "evil", "", "/a b", "/a\nb"]
)
def test_no_link_leads_away(entrance: Entrance, leads_to: str) -> None:
    entrance.ask(KAREN, leads_to)
    assert entrance.browser.post(entrance.link(), {}).headers["location"] == "/"


def test_pages_are_kept_in_no_cache_and_show_in_no_frame(entrance: Entrance) -> None:
    for page in (entrance.browser.request("GET", "/", PAGE), entrance.browser.get("/log-ind/sendt")):
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-frame-options"] == "DENY"
        assert "<script" not in page.text


def test_a_trusted_proxy_says_who_it_is(behind_a_proxy: Entrance) -> None:
    said = {HEADER: KAREN.upper()}
    assert start(behind_a_proxy, said).status_code == 200
    body = behind_a_proxy.asked[-1][3]
    assert stamped_by(behind_a_proxy.links, body["labels"][LABEL], DEPLOYMENT, body["idempotency_key"]) == OFFICE
    assert "gennem din arbejdsplads" in behind_a_proxy.browser.request("GET", "/log-ud", said).text


def test_whom_the_proxy_names_is_a_coordinator_or_sees_nothing(behind_a_proxy: Entrance) -> None:
    for said in ({HEADER: "nobody@example.org"}, {}, {HEADER: ""}):
        page = behind_a_proxy.browser.request("GET", "/", {**PAGE, **said})
        assert page.status_code == 403
        assert "Send mig et link" not in page.text
    assert behind_a_proxy.browser.post("/log-ind", {"email": KAREN}).status_code in {404, 405}
    assert behind_a_proxy.tray.mails == []


def test_a_header_from_anybody_but_the_proxy_is_not_believed(driven: Driver) -> None:
    entrance = Entrance(driven, HEADER)
    entrance.pages.door = replace(entrance.pages.door, proxies=frozenset({"10.0.0.5"}))
    assert start(entrance, {HEADER: KAREN}).status_code == 401
    entrance.close()


def test_a_header_said_twice_is_not_believed(behind_a_proxy: Entrance) -> None:
    door = behind_a_proxy.pages.door
    twice = Headers(raw=[(HEADER.lower().encode(), KAREN.encode()), (HEADER.lower().encode(), b"bo@example.org")])
    assert door.who(twice, "127.0.0.1") is None


def test_without_the_setting_the_header_says_nothing(entrance: Entrance) -> None:
    assert start(entrance, {HEADER: KAREN}).status_code == 401
