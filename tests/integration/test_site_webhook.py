"""The address that SendGrid posts events to: what it answers, and the whole way with the real client and server."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from config.errors import DatabaseUnavailableError
from config.library import Library
from config.settings import Settings
from flows.services import put_together
from flows.site.afterwards import Afterwards
from flows.site.app import build_app
from flows.site.site import Site
from flows.site.webhook import EVENTS, LARGEST, webhook_routes
from notifications.delivery.signature import OLDEST, SIGNATURE, TIMESTAMP
from notifications.links import Links
from notifications.transports.sendgrid import SendGridTransport
from states.facts import Fact
from states.store.database import Database
from tests.support.mailroom import Post, Tray, before_the_talk
from tests.support.sendgrid_events import BOUNCE, DELIVERED, SigningKey, Told
from tests.support.sendgrid_server import sendgrid_server

KEY = SigningKey()
LEADER = "hold-3/leader-01"
NEW = "ny.adresse@aalborg.example.org"


def site(database: Database, now: Callable[[], datetime], key: str = KEY.public) -> Starlette:
    """A site with nothing but the webhook."""
    found = Settings(sendgrid_webhook_key=key)
    return Starlette(routes=webhook_routes(put_together(found, Library(), database, Tray(), now), found))


def site_of(post: Post, key: str = KEY.public) -> Starlette:
    """The same over a post's cohort, by its clock."""
    return site(post.database, post.now, key)


class Client:
    """Asks an app within this process."""

    def __init__(self, app: Starlette, url: str = "http://127.0.0.1") -> None:
        self._transport, self._url = httpx.ASGITransport(app), url

    def post(self, **asked: Any) -> httpx.Response:
        return self.ask("POST", **asked)

    def ask(self, method: str, **asked: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url=self._url) as client:
                return await client.request(method, EVENTS, **asked)

        return asyncio.run(ask())


@pytest.fixture
def client(told: Told) -> Client:
    return Client(site_of(told.post))


def signed(told: Told, *events: Any, ago: timedelta = timedelta()) -> dict[str, Any]:
    """What SendGrid posts: raw content and headers."""
    content = json.dumps(events, ensure_ascii=False).encode()
    return {"content": content, "headers": KEY.headers(content, told.post.now() - ago)}


# -- what it answers -----------------------------------------------------------------------------------------------


def test_what_sendgrid_posts_is_taken(told: Told, client: Client) -> None:
    mail = told.mail_to(LEADER)
    answer = client.post(**signed(told, told.event(mail, BOUNCE), told.event("elsewhere", DELIVERED)))
    assert (answer.status_code, answer.text) == (200, "1 new")
    assert list(told.marks()) == [LEADER]


def test_the_test_button_of_sendgrid_is_answered_with_yes(told: Told, client: Client) -> None:
    sample = {"email": "example@test.com", "event": "processed", "sg_event_id": "x", "category": ["cat facts"]}
    answer = client.post(**signed(told, sample))
    assert (answer.status_code, answer.text) == (200, "0 new")


def test_whatever_is_not_sendgrids_is_refused_and_changes_nothing(told: Told, client: Client) -> None:
    event = told.event(told.mail_to(LEADER), BOUNCE)
    good, before = signed(told, event), told.post.driven.dump()
    late = signed(told, event, ago=OLDEST + timedelta(minutes=1))
    forged = good["headers"] | SigningKey().headers(good["content"], told.post.now())
    nonsense = b'{"event": "bounce"}'
    answers = {
        "nothing signed": client.post(content=good["content"]),
        "no time": client.post(content=good["content"], headers={SIGNATURE: good["headers"][SIGNATURE]}),
        "no signature": client.post(content=good["content"], headers={TIMESTAMP: good["headers"][TIMESTAMP]}),
        "another key": client.post(content=good["content"], headers=forged),
        "changed": client.post(content=good["content"] + b" ", headers=good["headers"]),
        "replayed late": client.post(**late),
        "no list": client.post(content=nonsense, headers=KEY.headers(nonsense, told.post.now())),
        "asked for": client.ask("GET"),
        "too large": client.post(content=b" " * (LARGEST + 1), headers=good["headers"]),
    }
    assert {what: answer.status_code for what, answer in answers.items()} == {
        "nothing signed": 400,
        "no time": 400,
        "no signature": 400,
        "another key": 403,
        "changed": 403,
        "replayed late": 403,
        "no list": 400,
        "asked for": 405,
        "too large": 413,
    }
    assert told.post.driven.dump() == before
    assert client.post(**good).status_code == 200


def test_the_largest_batch_that_sendgrid_makes_is_taken_in_one_commit(told: Told, client: Client) -> None:
    mail = told.mail_to(LEADER)
    events = [told.event(mail, DELIVERED, padding="x" * 500) for _ in range(1000)]
    assert client.post(**signed(told, *events)).text == "1000 new"


def test_without_a_key_there_is_no_such_address(told: Told) -> None:
    assert Client(site_of(told.post, key="")).post(**signed(told)).status_code == 404


def test_while_the_database_is_away_sendgrid_is_to_try_again(
    told: Told, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise DatabaseUnavailableError("the database", "is away")

    monkeypatch.setattr("flows.site.webhook.settle_by_events", away)
    assert client.post(**signed(told)).status_code == 503


def test_no_log_and_no_answer_names_anybody(told: Told, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    mail = told.mail_to(LEADER)
    address = told.address_of(mail)
    good = signed(told, told.event(mail, BOUNCE, reason=f"550 <{address}> is not here"))
    answers = [
        client.post(**good),
        client.post(content=good["content"], headers={**good["headers"], TIMESTAMP: "1"}),
        client.post(content=good["content"][:-1], headers=KEY.headers(good["content"][:-1], told.post.now())),
    ]
    assert [answer.status_code for answer in answers] == [200, 403, 400]
    said = caplog.text + "".join(answer.text for answer in answers)
    assert not any(word in said for word in (address, address.partition("@")[0], mail, good["headers"][SIGNATURE]))


ANY_HEADERS = st.dictionaries(
    st.sampled_from([SIGNATURE, TIMESTAMP, "Content-Type", "Content-Length"]),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=120),
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), ANY_HEADERS)
def test_whatever_a_stranger_posts_is_a_refusal(sqlite: Database, content: bytes, headers: dict[str, str]) -> None:
    app = site(sqlite, lambda: datetime(2027, 1, 14, tzinfo=UTC))
    assert 400 <= Client(app).post(content=content, headers=headers).status_code < 500


def test_behind_the_guards_of_the_site_sendgrid_is_let_in_and_no_web_page(told: Told) -> None:
    found = Settings(sendgrid_webhook_key=KEY.public)
    services = put_together(found, Library(), told.post.database, Tray(), told.post.now)
    url = "https://svar.example.org"
    whole = build_app(services, Site(Links(["k" * 40], url), (url,), Afterwards()), webhook_routes(services, found))
    good = signed(told, told.event(told.mail_to(LEADER), DELIVERED))
    evil = {"content": good["content"], "headers": {**good["headers"], "Origin": "https://evil.example"}}
    assert Client(whole, url).post(**evil).status_code == 403
    assert Client(whole, "https://evil.example").post(**good).status_code == 421
    assert Client(whole, url).post(**good).text == "1 new"


# -- the whole way -------------------------------------------------------------------------------------------------


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """The app on a free port, by the server that it runs on."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def test_a_mail_whose_answer_was_lost_is_settled_and_one_that_bounced_is_sent_again_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    post = before_the_talk(database)
    told = Told(post)
    with sendgrid_server("SG.not-a-real-key") as peer, served(site_of(post)) as url:
        outbox = post.another(transport=SendGridTransport(peer.key, peer.host, 10))
        peer.drop = True
        for effect in post.pending():
            outbox.carry_out(effect)
        peer.drop = False
        mails = [body["personalizations"][0]["custom_args"]["message_id"] for body in peer.bodies]
        assert {told.came_of(mail)[0] for mail in mails} == {"unknown"}

        posted = [_as_sendgrid_tells(told, body, DELIVERED) for body in peer.bodies]
        assert httpx.post(url + EVENTS, **signed(told, *posted)).text == f"{len(posted)} new"
        assert post.statuses() == {"sent"}

        [bounced] = [one for one in posted if one["message_id"] == told.mail_to(LEADER)]
        lost = {**bounced, **BOUNCE, "sg_event_id": "bounced"}
        for _ in range(2):
            assert httpx.post(url + EVENTS, **signed(told, lost)).status_code == 200
        assert [subject for subject, _ in told.tasks()] == [f"{LEADER}/address_bounced"]

        fact = Fact("c1", "coordinator", {"whom": LEADER, "email": NEW})
        post.driven.engine.arrange("hold-3", "correct", fact)
        assert httpx.post(url + EVENTS, **signed(told, {**lost, "sg_event_id": "once more"})).status_code == 200
        peer.bodies.clear()
        for _ in range(2):
            for effect in post.pending():
                outbox.carry_out(effect)
        assert [body["personalizations"][0]["to"][0]["email"] for body in peer.bodies] == [NEW]
        assert (told.tasks(), told.marks()) == ([], {})


def _as_sendgrid_tells(told: Told, body: dict[str, Any], what: dict[str, str]) -> dict[str, Any]:
    """An event of a mail as SendGrid makes it of the request: custom arguments stand beside the rest."""
    (to,) = body["personalizations"]
    return {**told.event("", what), **to["custom_args"], "email": to["to"][0]["email"]}


def test_a_batch_that_is_too_large_is_not_read_to_its_end(told: Told) -> None:
    def without_end() -> Iterator[bytes]:
        for _ in range(64):
            yield b" " * 1024 * 1024

    with served(site_of(told.post)) as url:
        with suppress(httpx.WriteError):  # It may hang up on us, which says the same.
            assert httpx.post(url + EVENTS, content=without_end(), headers=signed(told)["headers"]).status_code == 413
        assert httpx.post(url + EVENTS, **signed(told)).status_code == 200
