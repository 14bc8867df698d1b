"""What the outbox keeps to: tasks, dropped mails, answers, working hours, and real peers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from config.errors import (
    UnknownRecordError,
)
from notifications.transports.protocol import Address
from notifications.transports.sendgrid import SendGridTransport
from notifications.transports.smtp import SmtpTransport
from states.store.database import Database
from states.store.tables import EffectRow, MailRow, TaskRow
from tests.support.mailroom import Post
from tests.support.sendgrid_server import sendgrid_server
from tests.support.smtp_server import Script, smtp_server


def test_a_task_opens_once_and_closes_with_its_commitment(database: Database) -> None:
    post = Post(database, people=1)
    post.driven.until("2027-02-18 08:00")
    post.empty()
    post.empty()
    with database.read() as connection:
        assert connection.scalars(select(TaskRow.status)).all() == ["open"]
    post.driven.fire("expectation_talk:keep", 1, held_on="2027-02-18")
    with database.read() as connection:
        assert connection.scalars(select(TaskRow.status)).all() == ["done"]


def test_a_task_that_is_closed_already_keeps_the_moment_it_was_closed(database: Database) -> None:
    post = Post(database, people=1)
    post.driven.until("2027-02-18 08:00")
    post.empty()
    with database.write() as connection:
        connection.execute(update(TaskRow).values(status="done", closed_at=post.now()))
    before = post.now()
    post.driven.until("2027-02-19")
    post.driven.fire("expectation_talk:keep", 1, held_on="2027-02-18")
    with database.read() as connection:
        assert connection.scalars(select(TaskRow.closed_at)).all() == [before]


def test_in_the_evening_what_is_due_to_one_waits_and_nothing_else_is_moved(database: Database) -> None:
    """A mail that is due only next week stays due next week."""
    post = Post(database, people=1)
    post.driven.until("2027-01-14 08:00")
    first, *others = post.pending()
    with database.write() as connection:
        connection.execute(
            update(EffectRow).where(EffectRow.id.in_(others)).values(send_at=post.driven.at("2027-01-22"))
        )
    post.at = post.driven.at("2027-01-14 22:00")
    assert post.outbox.carry_out(first).status == "pending"
    with database.read() as connection:
        due = dict(connection.execute(select(EffectRow.id, EffectRow.send_at)).tuples().all())
    assert due[first] > post.at
    assert {due[one] for one in others} == {post.driven.at("2027-01-22")}


def test_mails_that_wait_are_dropped_when_the_promise_is_kept(database: Database) -> None:
    """A talk held before the morning's mails went out: nobody is asked for it any more."""
    post = Post(database, people=1)
    post.driven.until("2027-02-04 08:00")
    talks = [effect for effect in post.driven.mails() if effect.message.startswith("talk_")]
    assert {effect.status for effect in talks} == {"pending"}
    post.driven.fire("expectation_talk:keep", 1, held_on="2027-02-04")
    post.empty()
    after = [effect for effect in post.driven.mails() if effect.message.startswith("talk_")]
    assert {effect.status for effect in after[: len(talks)]} == {"dropped"}
    assert not any("forventningssamtale" in mail.subject for mail in post.tray.mails)


def test_answers_go_to_the_coordinator_or_where_the_settings_say(database: Database) -> None:
    post = Post(database, people=1)
    post.driven.until("2027-01-14 08:00")
    first, second, *_ = post.pending()
    post.outbox.carry_out(first)
    elsewhere = Address("Talent Nord", "svar@example.org")
    post.another(elsewhere).carry_out(second)
    assert post.tray.mails[0].reply_to == Address("Karen Møller Thorsen", "karen.thorsen@aalborg.example.org")
    assert post.tray.mails[1].reply_to == elsewhere


def test_a_mails_id_says_nothing_about_anyone(database: Database) -> None:
    post = Post(database, people=1)
    post.driven.until("2027-01-14 08:00")
    post.empty()
    assert all(mail.message_id.startswith("tn-") and len(mail.message_id) == 35 for mail in post.tray.mails)


def test_what_an_outage_has_kept_back_still_goes_in_working_hours(database: Database) -> None:
    """R47: due on a Thursday, looked at again on the Saturday, sent on the Monday."""
    post = Post(database, people=1)
    post.driven.until("2027-01-14 08:00")
    waiting = post.pending()
    post.at = post.driven.at("2027-01-16 10:00")
    post.empty()
    assert post.tray.mails == []
    assert post.pending() == []
    post.at = post.driven.at("2027-01-18 08:00")
    assert post.pending() == waiting
    post.empty()
    assert post.statuses() == {"sent"}
    assert {mail.date for mail in post.tray.mails} == {post.at}


def test_an_effect_that_is_not_due_yet_waits(database: Database) -> None:
    post = Post(database, people=1)
    post.driven.until("2027-01-14 08:00")
    (first, *_) = post.pending()
    post.at = post.driven.now - timedelta(minutes=1)
    assert post.outbox.carry_out(first).status == "pending"
    assert post.tray.mails == []


def test_an_effect_that_is_not_there_is_named(database: Database) -> None:
    with pytest.raises(UnknownRecordError, match="'4711'"):
        Post(database, people=1).outbox.carry_out(4711)


def test_over_a_real_smtp_server(sqlite: Database) -> None:
    post = Post(sqlite, people=1)
    post.driven.until("2027-01-14 08:00")
    due, readers = post.pending(), post.readers()
    with smtp_server(Script()) as peer:
        outbox = post.another(
            transport=SmtpTransport("127.0.0.1", peer.port, user="", password="", starttls=False, timeout=10)
        )
        assert {outbox.carry_out(effect).status for effect in (*due, *due)} == {"sent"}
    assert len(peer.taken) == len(readers) == 3
    assert "mette.broendgaard@aalborg.example.org" in {to for envelope in peer.taken for to in envelope.rcpt_tos}
    assert references(sqlite) == {"2.0.0 queued as 4711"}


def test_over_the_real_sendgrid_client(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    post = Post(sqlite, people=1)
    post.driven.until("2027-01-14 08:00")
    due, readers = post.pending(), post.readers()
    with sendgrid_server("SG.not-a-real-key") as peer:
        outbox = post.another(transport=SendGridTransport(peer.key, peer.host, 10))
        peer.status, peer.headers = 429, {"X-RateLimit-Reset": "1"}
        assert outbox.carry_out(due[0]).status == "pending"
        post.at = post.driven.now + timedelta(hours=1)
        peer.status, peer.headers = 202, {"X-Message-Id": "sg-42"}
        assert {outbox.carry_out(effect).status for effect in (*due, *due)} == {"sent"}
        assert len(peer.bodies) == 1 + len(readers) == 4
    assert references(sqlite) == {"sg-42"}


def references(database: Database) -> set[str]:
    """What the peer called the mails that it took."""
    with database.read() as connection:
        return set(connection.scalars(select(MailRow.reference)))
