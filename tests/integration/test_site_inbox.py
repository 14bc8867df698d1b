"""The demo's inbox: each reads the mails that went to them, and nobody but the demo has it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.applications import Starlette

from config.errors import ServerError
from flows.site.inbox import INBOX, MAIL_POLICY, Inbox, inbox_routes
from flows.site.serve import serve
from notifications.transports.files import FilesTransport
from notifications.transports.protocol import Address, Attachment, Mail
from states.store.database import Database
from tests.support.asked import Asked
from tests.support.driver import Driver
from tests.support.site import standing

ANNA, BO = Address("Anna Holm", "anna.holm@example.org"), Address("Bo <b>Lund</b>", "bo.lund@example.org")


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Asked]:
    transport = FilesTransport(tmp_path)
    plan = Attachment("plan.docx", "application/octet-stream", b"a plan")
    for number, to in enumerate((ANNA, BO, ANNA), start=1):
        transport.send(
            Mail(
                message_id=f"tn-{number}",
                sender=Address("Talent Nord", "talentnord@example.org"),
                to=to,
                reply_to=None,
                subject=f"Mail {number}",
                text=f"Tekst {number}",
                html=f"<!DOCTYPE html><html><head></head><body><p>Tekst {number}</p></body></html>",
                date=datetime(2027, 1, number, 8, tzinfo=UTC),
                attachments=(plan,) if number == 3 else (),
            )
        )
    with Asked(Starlette(routes=inbox_routes(Inbox(tmp_path))), "http://127.0.0.1:4280") as asked:
        yield asked


def test_everybody_is_listed_with_how_many_mails_they_have(browser: Asked) -> None:
    page = browser.get(INBOX).text
    assert page.index("Anna Holm</a> (2 mails)") < page.index("Lund&lt;/b&gt;</a> (1 mail)")


def test_a_persons_mails_come_the_newest_first(browser: Asked) -> None:
    page = browser.get(f"{INBOX}/{ANNA.email}").text
    assert page.index("Mail 3") < page.index("Mail 1")
    assert "Mail 2" not in page


def test_a_long_subject_is_read_as_it_was_written(browser: Asked, tmp_path: Path) -> None:
    subject = "Forberedelse til modul 6: Ledelse gennem eksekvering og resultatskabelse"
    transport = FilesTransport(tmp_path)
    sent = datetime(2027, 1, 9, 8, tzinfo=UTC)
    transport.send(Mail("tn-9", ANNA, ANNA, None, subject, "Tekst", "<html><head></head></html>", sent))
    assert [one.subject for one in Inbox(tmp_path).letters()][-1] == subject


def test_the_inbox_is_nobodys_page(browser: Asked) -> None:
    for path in (INBOX, f"{INBOX}/{ANNA.email}", f"{INBOX}/mail/2027-01-03T0800_tn-3"):
        page = browser.get(path).text
        assert "findes kun i demoen" in page
        assert "/nyt-link" not in page


def test_a_mail_is_shown_in_a_frame_in_which_nothing_runs(browser: Asked) -> None:
    name = "2027-01-03T0800_tn-3"
    page = browser.get(f"{INBOX}/mail/{name}")
    assert 'sandbox="allow-top-navigation-by-user-activation"' in page.text
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    body = browser.get(f"{INBOX}/mail/{name}/html")
    assert body.headers["content-security-policy"] == MAIL_POLICY
    assert '<base target="_top">' in body.text


def test_what_a_mail_brings_can_be_fetched(browser: Asked) -> None:
    assert browser.get(f"{INBOX}/mail/2027-01-03T0800_tn-3/fil/plan.docx").content == b"a plan"


@pytest.mark.parametrize(
    "path",
    [
        "nobody@example.org",
        "mail/no-such",
        "mail/no-such/html",
        "mail/..%2f..%2fetc%2fpasswd/html",
        "mail/2027-01-03T0800_tn-3/fil/x",
    ],
)
def test_what_is_not_there_is_not_found(browser: Asked, path: str) -> None:
    assert browser.get(f"{INBOX}/{path}").status_code == 404


def test_a_site_that_serves_people_has_no_inbox(sqlite: Database) -> None:
    with standing(Driver(sqlite, people=1).enrol()) as stand:
        assert stand.browser.get(INBOX).status_code == 404


def test_no_other_machine_is_shown_an_inbox(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="this machine alone"):
        serve("0.0.0.0", 0, tmp_path)
