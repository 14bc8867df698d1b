"""The outbox: claimed, handed over, recorded. Never lost, never twice (invariant 5)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from config.errors import (
    DeliveryError,
    DeliveryUnknownError,
    RejectedError,
    RetryLaterError,
    TemplateError,
    TransportBlockedError,
    UnknownRecordError,
)
from notifications.outbox import LEASE, Letterhead, Outbox
from notifications.transports.protocol import Address, Mail, Receipt, Transport
from notifications.transports.sendgrid import SendGridTransport
from notifications.transports.smtp import SmtpTransport
from states.store.database import Database
from states.store.tables import PENDING, EffectRow, MailRow, TaskRow
from tests.support.driver import Driver
from tests.support.sendgrid_server import sendgrid_server
from tests.support.smtp_server import Script, smtp_server

SENDER = Address("Talent Nord", "talentnord@example.org")


@dataclass
class Tray:
    """A transport at the outermost edge that keeps what it is given, or does as it is told."""

    name: str = "tray"
    mails: list[Mail] = field(default_factory=list)
    instead: Callable[[Mail], None] | None = None

    def send(self, mail: Mail) -> Receipt:
        if self.instead is not None:
            self.instead(mail)
        self.mails.append(mail)
        return Receipt(f"ref-{mail.message_id}")


class Post:
    """An outbox over a driven cohort."""

    def __init__(self, database: Database, people: int = 2) -> None:
        self.driven = Driver(database, people=people).enrol()
        self.database = database
        self.tray = Tray()
        self.at: datetime | None = None
        self.outbox = self.another()

    def another(self, reply_to: Address | None = None, transport: Transport | None = None) -> Outbox:
        return Outbox(self.database, transport or self.tray, Letterhead(SENDER, Path(), reply_to), self.now)

    def now(self) -> datetime:
        return self.at or self.driven.now

    def pending(self) -> list[int]:
        with self.database.read() as connection:
            due = select(EffectRow.id).where(PENDING, EffectRow.send_at <= self.now()).order_by(EffectRow.id)
            return list(connection.scalars(due))

    def statuses(self) -> set[str]:
        with self.database.read() as connection:
            return set(connection.scalars(select(EffectRow.status)))

    def empty(self) -> None:
        for effect in self.pending():
            self.outbox.carry_out(effect)

    def fail_with(self, error: BaseException) -> None:
        def instead(_mail: Mail) -> None:
            raise error

        self.tray.instead = instead


def test_a_mail_is_claimed_handed_over_and_recorded(database: Database) -> None:
    post = Post(database)
    post.driven.until("2026-12-30 08:00")
    post.empty()
    assert post.statuses() == {"sent"}
    with database.read() as connection:
        mails = connection.execute(select(MailRow.__table__)).all()
    assert {mail.status for mail in mails} == {"sent"}
    assert {mail.reference for mail in mails} == {f"ref-{mail.message_id}" for mail in post.tray.mails}
    assert {mail.to.email for mail in post.tray.mails} >= {"mette.broendgaard@aalborg.example.org"}


def test_several_things_due_the_same_morning_are_one_mail(database: Database) -> None:
    """R48: two invitations, a reminder and the preparation, when nobody has looked for weeks."""
    post = Post(database, people=1)
    post.driven.until("2027-02-25 08:00")
    post.empty()
    mine = [mail for mail in post.tray.mails if mail.to.email.startswith("mette")]
    assert len(mine) == 1
    assert mine[0].subject == "Talent Nord: 4 ting til dig"
    with database.read() as connection:
        sent = select(EffectRow.mail_id).where(EffectRow.recipient_id == "hold-3-01", EffectRow.status == "sent")
        rows = connection.execute(sent).all()
    assert {row.mail_id for row in rows} == {mine[0].message_id}


def test_carried_out_twice_is_sent_once(database: Database) -> None:
    post = Post(database)
    post.driven.until("2026-12-30 08:00")
    effects = post.pending()
    for effect in (*effects, *effects):
        assert post.outbox.carry_out(effect).status == "sent"
    assert len(post.tray.mails) == len({mail.message_id for mail in post.tray.mails}) == len(effects)


def test_two_workers_at_once_send_each_mail_once(database: Database) -> None:
    post = Post(database, people=4)
    post.driven.until("2026-12-30 08:00")
    effects = post.pending()
    errors: list[BaseException] = []

    def work(outbox: Outbox, mine: list[int]) -> None:
        try:
            for effect in mine:
                outbox.carry_out(effect)
        except BaseException as error:
            errors.append(error)
            raise

    workers = [
        threading.Thread(target=work, args=(post.another(), effects)),
        threading.Thread(target=work, args=(post.another(), effects[::-1])),
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert errors == []
    assert len(post.tray.mails) == len(effects)
    assert post.statuses() == {"sent"}


class Killed(BaseException):
    """As if the process had been ended."""


def test_a_crash_after_the_hand_over_leaves_it_unknown_and_never_sends_again(database: Database) -> None:
    post = Post(database, people=1)
    post.driven.until("2026-12-30 08:00")
    (first, *_) = post.pending()
    post.fail_with(Killed())
    with pytest.raises(Killed):
        post.outbox.carry_out(first)
    assert post.outbox.settle() == 0
    post.tray.instead = None
    post.empty()
    post.at = post.driven.now + LEASE + timedelta(seconds=1)
    assert post.outbox.settle() == 1
    assert post.outbox.carry_out(first).status == "unknown"
    assert post.statuses() == {"sent", "unknown"}
    assert len(post.tray.mails) == 2  # the leader and the consultant


@pytest.mark.parametrize(
    ("error", "status"),
    [(RejectedError("no such mailbox"), "rejected"), (DeliveryUnknownError("it was cut off"), "unknown")],
)
def test_what_the_peer_refused_or_may_have_taken_is_not_sent_again(
    database: Database, error: DeliveryError, status: str
) -> None:
    post = Post(database, people=1)
    post.driven.until("2026-12-30 08:00")
    (first, *_) = post.pending()
    post.fail_with(error)
    assert post.outbox.carry_out(first).status == status
    post.tray.instead = None
    assert post.outbox.carry_out(first).status == status
    assert post.tray.mails == []


def test_what_the_peer_surely_did_not_take_waits_and_goes_later(database: Database) -> None:
    post = Post(database, people=1)
    post.driven.until("2026-12-30 08:00")
    (first, *_) = post.pending()
    post.fail_with(RetryLaterError("too many", 90))
    assert post.outbox.carry_out(first).status == "pending"
    assert first not in post.pending()
    post.tray.instead = None
    post.at = post.driven.now + timedelta(seconds=91)
    assert first in post.pending()
    assert post.outbox.carry_out(first).status == "sent"


def test_a_blocked_transport_is_told_and_everything_waits(database: Database) -> None:
    post = Post(database, people=1)
    post.driven.until("2026-12-30 08:00")
    before = post.pending()
    post.fail_with(TransportBlockedError("the key is not valid"))
    with pytest.raises(TransportBlockedError):
        post.outbox.carry_out(before[0])
    assert post.pending() == before


def test_a_message_that_cannot_be_rendered_keeps_no_other_back(database: Database) -> None:
    post = Post(database, people=1)
    post.driven.until("2027-02-25 08:00")
    mine = post.pending()
    with database.write() as connection:
        connection.execute(update(EffectRow).where(EffectRow.id == mine[0]).values(message="no_such_message"))
    with pytest.raises(TemplateError):
        post.outbox.carry_out(mine[0])
    for effect in mine[1:]:
        post.outbox.carry_out(effect)
    assert {"sent", "rejected"} <= post.statuses()
    assert "pending" not in post.statuses()
    assert len(post.tray.mails) > 0


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
    post.driven.until("2026-12-30 08:00")
    first, second, *_ = post.pending()
    post.outbox.carry_out(first)
    elsewhere = Address("Talent Nord", "svar@example.org")
    post.another(elsewhere).carry_out(second)
    assert post.tray.mails[0].reply_to == Address("Karen Møller Thorsen", "karen.thorsen@aalborg.example.org")
    assert post.tray.mails[1].reply_to == elsewhere


def test_a_mails_id_says_nothing_about_anyone(database: Database) -> None:
    post = Post(database, people=1)
    post.driven.until("2026-12-30 08:00")
    post.empty()
    assert all(mail.message_id.startswith("tn-") and len(mail.message_id) == 35 for mail in post.tray.mails)


def test_what_an_outage_has_kept_back_still_goes_in_working_hours(database: Database) -> None:
    """R47: due on a Wednesday, looked at again on the Saturday, sent on the Monday."""
    post = Post(database, people=1)
    post.driven.until("2026-12-30 08:00")
    waiting = post.pending()
    post.at = post.driven.at("2027-01-02 10:00")
    post.empty()
    assert post.tray.mails == []
    assert post.pending() == []
    post.at = post.driven.at("2027-01-04 08:00")
    assert post.pending() == waiting
    post.empty()
    assert post.statuses() == {"sent"}
    assert {mail.date for mail in post.tray.mails} == {post.at}


def test_an_effect_that_is_not_due_yet_waits(database: Database) -> None:
    post = Post(database, people=1)
    post.driven.until("2026-12-30 08:00")
    (first, *_) = post.pending()
    post.at = post.driven.now - timedelta(minutes=1)
    assert post.outbox.carry_out(first).status == "pending"
    assert post.tray.mails == []


def test_an_effect_that_is_not_there_is_named(database: Database) -> None:
    with pytest.raises(UnknownRecordError, match="'4711'"):
        Post(database, people=1).outbox.carry_out(4711)


def test_over_a_real_smtp_server(sqlite: Database) -> None:
    post = Post(sqlite, people=1)
    post.driven.until("2026-12-30 08:00")
    due = post.pending()
    with smtp_server(Script()) as peer:
        outbox = post.another(
            transport=SmtpTransport("127.0.0.1", peer.port, user="", password="", starttls=False, timeout=10)
        )
        assert {outbox.carry_out(effect).status for effect in (*due, *due)} == {"sent"}
    assert len(peer.taken) == len(due)
    assert "mette.broendgaard@aalborg.example.org" in {to for envelope in peer.taken for to in envelope.rcpt_tos}
    assert references(sqlite) == {"2.0.0 queued as 4711"}


def test_over_the_real_sendgrid_client(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    post = Post(sqlite, people=1)
    post.driven.until("2026-12-30 08:00")
    due = post.pending()
    with sendgrid_server("SG.not-a-real-key") as peer:
        outbox = post.another(transport=SendGridTransport(peer.key, peer.host, 10))
        peer.status, peer.headers = 429, {"X-RateLimit-Reset": "1"}
        assert outbox.carry_out(due[0]).status == "pending"
        post.at = post.driven.now + timedelta(hours=1)
        peer.status, peer.headers = 202, {"X-Message-Id": "sg-42"}
        assert {outbox.carry_out(effect).status for effect in (*due, *due)} == {"sent"}
        assert len(peer.bodies) == 1 + len(due)
    assert references(sqlite) == {"sg-42"}


def references(database: Database) -> set[str]:
    """What the peer called the mails that it took."""
    with database.read() as connection:
        return set(connection.scalars(select(MailRow.reference)))
