"""When mails do not get through, the coordinator has a task for it, once, until they do again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select

from config.errors import DeliveryError, RejectedError, TransportBlockedError
from notifications.decisions import resend
from notifications.transports.protocol import Mail
from states.facts import Fact
from states.store.database import Database
from states.store.tables import EffectRow, MailRow, TaskRow
from states.views.undelivered import list_mails
from tests.support.mailroom import Post


def tasks(post: Post) -> list[tuple[str, str, str]]:
    with post.database.read() as connection:
        query = select(TaskRow.title, TaskRow.owner_id, TaskRow.status).order_by(TaskRow.opened_at, TaskRow.id)
        return [tuple(row) for row in connection.execute(query)]


def send_all_but(post: Post, failing: int, error: DeliveryError) -> int:
    """Send what is due; the first so many mails fail. Return how many mails were tried."""
    tried: list[Mail] = []

    def first_few(mail: Mail) -> None:
        tried.append(mail)
        if len(tried) <= failing:
            raise error

    post.tray.instead = first_few
    for due in post.outbox.due():
        for effect in due.effects:
            try:
                post.outbox.carry_out(effect)
            except TransportBlockedError:
                break
    post.tray.instead = None
    return len(tried)


FAILING = ("Mails kommer ikke frem", "hold-3/coordinator-1", "open")
BLOCKED = ("Ingen mails bliver sendt", "hold-3/coordinator-1", "open")
REFUSED = RejectedError("no such mailbox")


@pytest.fixture
def post(sqlite: Database) -> Post:
    """The invitations to 24 talents, their leaders and consultants are due."""
    post = Post(sqlite, people=24)
    post.driven.until("2027-01-14 08:00")
    return post


def test_more_than_a_twentieth_refused_opens_one_task(post: Post) -> None:
    tried = send_all_but(post, 3, REFUSED)
    alarms = post.outbox.sound_alarm()
    assert alarms.wrong == (f"3 of the last {tried} mails were refused or are unknown; 'talentnord mails' lists them",)
    assert alarms.changed == ("hold-3",)
    assert tasks(post) == [FAILING]
    assert post.outbox.sound_alarm().changed == ()
    assert tasks(post) == [FAILING]


def test_a_twentieth_is_not_more_than_a_twentieth(post: Post) -> None:
    tried = send_all_but(post, 2, REFUSED)
    assert tried > 40
    assert post.outbox.sound_alarm() == ((), ())
    assert tasks(post) == []


@pytest.mark.parametrize(("mails", "called_for"), [(4, False), (5, True)])
def test_of_fewer_than_five_mails_no_share_is_taken(post: Post, mails: int, called_for: bool) -> None:
    send_all_but(post, 1, REFUSED)
    with post.database.write() as connection:
        kept = select(MailRow.id).order_by(MailRow.status, MailRow.id).limit(mails)
        rest = MailRow.id.not_in(connection.scalars(kept).all())
        connection.execute(delete(MailRow).where(rest))
    assert bool(post.outbox.sound_alarm().wrong) == called_for


def test_after_an_hour_the_tick_is_quiet_and_the_task_stays_until_all_is_decided(post: Post) -> None:
    send_all_but(post, 5, REFUSED)
    post.outbox.sound_alarm()
    post.at = post.driven.now + timedelta(hours=1)
    assert post.outbox.sound_alarm() == ((), ())
    assert tasks(post) == [FAILING]
    with post.database.read() as connection:
        failed = [one.id for one in list_mails(connection, "hold-3")]
    resend(post.database, failed, Fact("k1", "coordinator", {}), post.now())
    assert post.outbox.sound_alarm() == ((), ("hold-3",))
    assert [status for _, _, status in tasks(post)] == ["done"]


def test_mails_that_are_being_sent_again_are_no_failures_any_more(post: Post) -> None:
    send_all_but(post, 5, REFUSED)
    with post.database.read() as connection:
        failed = [one.id for one in list_mails(connection, "hold-3")]
    resend(post.database, failed, Fact("k1", "coordinator", {}), post.now())
    assert post.outbox.sound_alarm().wrong == ()


def test_a_peer_that_takes_no_mail_opens_a_task_that_says_why_and_closes_with_the_first_mail(post: Post) -> None:
    send_all_but(post, 100, TransportBlockedError("535 key refused"))
    alarms = post.outbox.sound_alarm()
    assert alarms == (("the mail server takes no mail: 535 key refused",), ("hold-3",))
    assert tasks(post) == [BLOCKED]
    with post.database.read() as connection:
        assert "535 key refused" in (connection.scalar(select(TaskRow.text)) or "")
    post.at = post.driven.at("2027-01-14 22:00")
    assert post.outbox.due() != []
    assert post.outbox.sound_alarm() == ((), ())
    assert tasks(post) == [BLOCKED], "in the evening nothing was tried, so nothing is known to be mended"
    post.at = post.driven.at("2027-01-15 09:00")
    send_all_but(post, 0, REFUSED)
    another = BLOCKED[0].replace("Ingen", "En anden:")
    with post.database.write() as connection:
        task = dict(connection.execute(select(TaskRow.__table__)).one()._mapping)
        connection.execute(insert(TaskRow).values(task | {"id": "another", "subject": "another", "title": another}))
    assert post.outbox.sound_alarm() == ((), ("hold-3",))
    assert {title: status for title, _, status in tasks(post)} == {BLOCKED[0]: "done", another: "open"}
    with post.database.read() as connection:
        assert set(connection.scalars(select(EffectRow.status))) == {"sent"}
