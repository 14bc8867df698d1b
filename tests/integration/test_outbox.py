"""The outbox: claimed, handed over, recorded. Never lost, never twice (invariant 5)."""

from __future__ import annotations

import re
import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from config.errors import (
    DeliveryError,
    DeliveryUnknownError,
    RejectedError,
    RetryLaterError,
    TemplateError,
    TransportBlockedError,
)
from notifications.mail_records import LEASE
from notifications.outbox import Outbox
from states.store.database import Database
from states.store.tables import EffectRow, MailRow, PersonRow
from tests.support.driver import hold_3
from tests.support.mailroom import Post
from tests.support.meanwhile import while_it_is_written


def test_a_mail_is_claimed_handed_over_and_recorded(database: Database) -> None:
    post = Post(database)
    post.driven.until("2027-01-14 08:00")
    post.empty()
    assert post.statuses() == {"sent"}
    with database.read() as connection:
        mails = connection.execute(select(MailRow.__table__)).all()
    assert {mail.status for mail in mails} == {"sent"}
    assert {mail.reference for mail in mails} == {f"ref-{mail.message_id}" for mail in post.tray.mails}
    assert {mail.to.email for mail in post.tray.mails} >= {"mette.broendgaard@aalborg.example.org"}


def test_several_things_due_the_same_morning_are_one_mail(database: Database) -> None:
    """R48: two invitations and a reminder, when nobody has looked for weeks."""
    post = Post(database, people=1)
    post.driven.until("2027-02-25 08:00")
    post.empty()
    mine = [mail for mail in post.tray.mails if mail.to.email.startswith("mette")]
    assert len(mine) == 1
    assert mine[0].subject == "Velkommen til Talent Nord: fælles kick-off den 25. februar (og 2 beskeder mere)"
    with database.read() as connection:
        sent = select(EffectRow.mail_id).where(EffectRow.recipient_id == "hold-3-01", EffectRow.status == "sent")
        rows = connection.execute(sent).all()
    assert {row.mail_id for row in rows} == {mine[0].message_id}


def test_one_address_in_two_roles_gets_one_mail(database: Database) -> None:
    """R48: the leader of talent 1 is the internal consultant too; both are invited to the kick-off."""
    post = Post(database, people=1)
    post.driven.until("2027-01-14 08:00")
    leader = post.driven.people.talents[0].leader.email
    with database.write() as connection:
        connection.execute(update(PersonRow).where(PersonRow.id == "hold-3/consultant-aalborg").values(email=leader))
    post.empty()
    assert sorted(post.told()) == sorted([leader, post.driven.people.talents[0].email])
    assert post.statuses() == {"sent"}


@pytest.mark.parametrize("same", [True, False], ids=["one coordinator", "two coordinators"])
def test_one_address_in_two_cohorts_gets_one_mail_if_one_answer_serves_both(database: Database, same: bool) -> None:
    post = Post(database, people=1)
    other = hold_3().model_copy(update={"id": "hold-4", "name": "Hold 4"})
    if not same:
        contact = other.coordinators[0].model_copy(update={"email": "another@aalborg.example.org"})
        other = other.model_copy(update={"coordinators": (contact,)})
    post.driven.engine.enrol(other, post.driven.definition, post.driven.people)
    post.driven.until("2027-01-14 08:00")
    post.empty()
    assert post.statuses() == {"sent"}
    told = Counter(post.told())
    assert set(told.values()) == ({1} if same else {2})
    named = set(re.findall(r"^\d\. (Hold \d): ", post.tray.mails[0].text, re.MULTILINE))
    assert named == ({"Hold 3", "Hold 4"} if same else set())


def test_a_mail_for_two_cohorts_is_written_anew_when_the_second_has_moved_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ADR 14 holds for each cohort that a mail speaks of."""
    post = Post(database, people=1)
    other = hold_3().model_copy(update={"id": "hold-4", "name": "Hold 4"})
    post.driven.engine.enrol(other, post.driven.definition, post.driven.people)
    post.driven.until("2027-01-14 08:00")

    while_it_is_written(monkeypatch, lambda: post.driven.fire("leave", "hold-4-01"), "write_digest")
    post.empty()
    mine = [mail.text for mail in post.tray.mails if mail.to.email == post.driven.people.talents[0].email]
    assert "du er på orlov" in "".join(mine)
    assert "Hold 3: Velkommen" in "".join(mine)
    assert "Hold 4: Velkommen" not in "".join(mine)


def test_carried_out_twice_is_sent_once(database: Database) -> None:
    post = Post(database)
    post.driven.until("2027-01-14 08:00")
    effects, readers = post.pending(), post.readers()
    for effect in (*effects, *effects):
        assert post.outbox.carry_out(effect).status == "sent"
    assert len(post.tray.mails) == len({mail.message_id for mail in post.tray.mails}) == len(readers) == 4


def test_two_workers_at_once_send_each_mail_once(database: Database) -> None:
    post = Post(database, people=4)
    post.driven.until("2027-01-14 08:00")
    effects, readers = post.pending(), post.readers()
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
    assert len(post.tray.mails) == len(readers) == 7
    assert post.statuses() == {"sent"}


class Killed(BaseException):
    """As if the process had been ended."""


def test_a_crash_after_the_hand_over_leaves_it_unknown_and_never_sends_again(database: Database) -> None:
    post = Post(database, people=1)
    post.driven.until("2027-01-14 08:00")
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
    post.driven.until("2027-01-14 08:00")
    (first, *_) = post.pending()
    post.fail_with(error)
    assert post.outbox.carry_out(first).status == status
    post.tray.instead = None
    assert post.outbox.carry_out(first).status == status
    assert post.tray.mails == []


def test_what_the_peer_surely_did_not_take_waits_and_goes_later(database: Database) -> None:
    post = Post(database, people=1)
    post.driven.until("2027-01-14 08:00")
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
    post.driven.until("2027-01-14 08:00")
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
