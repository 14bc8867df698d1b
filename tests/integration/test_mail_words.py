"""A mail is read as it was sent: its words are kept when it is claimed, opened by coordinators, and open nothing."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update
from starlette.responses import PlainTextResponse

from config.errors import RejectedError
from flows.cockpit.markdown import mails_markdown, talent_markdown
from flows.server.own_paths import Maker, OwnPaths
from flows.server.process import authorization
from notifications.links import Links
from notifications.mail_page import mail_page
from notifications.transports.protocol import Mail
from states.store.database import Database
from states.store.tables import MailRow
from states.views.mail_words import MailWords, mail_words
from states.views.overview import Overview
from states.views.undelivered import list_mails
from tests.support.mailroom import Post

LINKS = Links(["a key of a site"], "https://svar.example.org")
TALENT, COHORT = "hold-3-01", {"hold-3": "/hold", "hold-3-01": "/talent"}


@pytest.fixture
def post(sqlite: Database) -> Post:
    """A talent and their leader, invited and told to hold their talk, in mails that lead to a site."""
    post = Post(sqlite, people=1)
    post.outbox = post.another(links=LINKS)
    for at in ("2027-01-04 09:00", "2027-01-14 08:00"):
        post.driven.until(at)
        post.empty()
    return post


def told(post: Post, part: str = "svar") -> Mail:
    """The first mail with such a link."""
    return next(mail for mail in post.tray.mails if f"example.org/{part}/" in mail.text)


def words(post: Post, mail: Mail) -> MailWords:
    with post.database.read() as connection:
        return mail_words(connection, mail.message_id)


def ask(post: Post, path: str, word: str | None = None, method: str = "GET", **headers: str) -> httpx.Response:
    return answer(str(post.database.url), path, word, method, headers)


def answer(database: str, path: str, word: str | None, method: str, headers: Any) -> httpx.Response:
    async def asked() -> httpx.Response:
        maker = Maker(database, datetime.now)
        app = OwnPaths(PlainTextResponse("prefect", 418), authorization(word), None, mail=maker.mail)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://own") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(asked())


class TestKept:
    def test_it_is_what_was_sent_but_for_the_links_that_are_its_readers_alone(self, post: Post) -> None:
        mail = told(post)
        kept = words(post, mail).text
        assert kept == re.sub(r"https://svar\.example\.org/\S+", "[link]", mail.text)
        assert "[link]" in kept

    def test_of_no_mail_anything_is_kept_that_opens_something(self, post: Post) -> None:
        assert len(post.tray.mails) == 3
        for mail in post.tray.mails:
            assert "svar.example.org" not in str(words(post, mail).text)

    def test_what_the_peer_refuses_is_kept_too(self, post: Post) -> None:
        def refuses(mail: Mail) -> None:
            raise RejectedError("550 no such mailbox")

        post.tray.instead = refuses
        post.driven.until("2027-01-28 08:00")
        post.empty()
        with post.database.read() as connection:
            [failed] = list_mails(connection, "hold-3")
            page = Overview(connection, "hold-3", post.now()).cohort()
            assert "Kære" in str(mail_words(connection, failed.id).text)
        assert f"[læs](/mail/{failed.id})" in mails_markdown(page, [failed], COHORT)


class TestRead:
    def test_a_talents_page_leads_to_each_mail_that_was_written(self, post: Post) -> None:
        with post.database.read() as connection:
            page = Overview(connection, "hold-3", post.now()).talent(TALENT)
        shown = talent_markdown(page, COHORT, draws_mermaid=False)
        mine = [one for one in page.mails if one.id]
        assert mine
        assert all(shown.count(f"[læs](/mail/{one.id})") == 1 for one in mine)

    def test_a_mail_that_is_still_to_be_written_has_no_words(self, post: Post) -> None:
        post.driven.until("2027-01-28 08:00")
        with post.database.read() as connection:
            page = Overview(connection, "hold-3", post.now()).talent(TALENT)
        assert {bool(one.id) for one in page.mails if one.status == "pending"} == {False}

    def test_its_page_says_to_whom_when_and_what_became_of_it(self, post: Post) -> None:
        mail = told(post)
        found = ask(post, f"/mail/{mail.message_id}")
        assert found.status_code == 200
        assert f"<h1>{mail.subject}</h1>" in found.text
        assert f"Til {mail.to.name} ({mail.to.email})" in found.text
        assert "torsdag den 14. januar 2027 kl. 08.00 · sendt · Hold 3" in found.text
        assert "[link]" in found.text
        assert "svar.example.org" not in found.text

    def test_what_people_wrote_is_text(self) -> None:
        bad = "<script>alert(1)</script>"
        page = mail_page(MailWords(bad, bad, bad, datetime(2027, 1, 4, 9, tzinfo=UTC), "sent", bad, bad))
        assert "<script" not in page
        assert page.count("&lt;script&gt;") == 6

    def test_of_a_mail_of_before_it_says_that_its_words_were_not_kept(self, post: Post) -> None:
        with post.database.write() as connection:
            connection.execute(update(MailRow).values(text=None))
            ident = connection.scalar(select(MailRow.id).limit(1))
        assert "før systemet begyndte at gemme dem" in ask(post, f"/mail/{ident}").text


class TestServed:
    def test_no_cache_keeps_it_and_it_runs_and_loads_nothing(self, post: Post) -> None:
        found = ask(post, f"/mail/{told(post).message_id}")
        assert found.headers["content-type"] == "text/html; charset=utf-8"
        assert found.headers["cache-control"] == "no-store"
        assert found.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'"
        assert found.headers["x-content-type-options"] == "nosniff"

    @pytest.mark.parametrize("path", ["", "tn-0", "..%2f..%2fetc", "%27", "hold-3"])
    def test_another_path_is_not_found(self, post: Post, path: str) -> None:
        assert ask(post, f"/mail/{path}").status_code == 404

    @pytest.mark.parametrize("headers", [{}, authorization("name:wrong")], ids=["none", "wrong"])
    def test_without_the_password_nobody_gets_it(self, post: Post, headers: dict[str, str]) -> None:
        path = f"/mail/{told(post).message_id}"
        refused = ask(post, path, "name:word", **headers)
        assert (refused.status_code, refused.content) == (401, b"")
        assert ask(post, path, "name:word", **authorization("name:word")).status_code == 200

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
    def test_nothing_is_written_there(self, post: Post, method: str) -> None:
        assert ask(post, f"/mail/{told(post).message_id}", method=method).status_code == 405

    def test_without_a_database_it_says_so_without_its_name(self, tmp_path: Path) -> None:
        found = answer(f"sqlite:///{tmp_path}/secret-name.db", "/mail/tn-1", None, "GET", {})
        assert found.status_code == 503
        assert "secret-name" not in found.text
