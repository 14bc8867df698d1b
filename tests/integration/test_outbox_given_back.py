"""What a peer gives back goes to whoever is to get it now, and only what still holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from config.errors import RejectedError, RetryLaterError
from notifications.mail_records import LEASE
from notifications.transports.protocol import Mail
from states.store.database import Database
from states.store.send_again import Return, key_for, let_wait
from states.store.tables import EffectRow, MailRow
from tests.support.driver import hold_3_people
from tests.support.mailroom import Post, reachable_at
from tests.support.meanwhile import before_statement

GRETE = {"name": "Grete Lund", "email": "grete.lund@aalborg.example.org"}
LEADER = hold_3_people(1).talents[0].leader.email
BUSY = RetryLaterError("too many", 60)


def meanwhile(post: Post, happens: Callable[[], object], answer: Exception) -> None:
    """Let something happen while the peer has the next mail in its hands, and then answer so."""

    def handed_over(_mail: Mail) -> None:
        post.tray.instead = None
        happens()
        raise answer

    post.tray.instead = handed_over


def a_minute_later(post: Post) -> None:
    """Send what is due a minute later."""
    post.at = post.driven.now + timedelta(seconds=61)
    post.empty()


def test_what_was_kept_meanwhile_is_dropped_when_the_peer_refuses_for_now(post: Post, to_leader: int) -> None:
    meanwhile(post, lambda: post.driven.fire("expectation_talk:keep", 1, held_on="2027-01-14"), BUSY)
    post.outbox.carry_out(to_leader)
    assert post.status(to_leader) == "dropped"
    a_minute_later(post)
    assert not [mail for mail in post.tray.mails if "forventningssamtale" in mail.subject.lower()]


def test_a_new_leader_gets_what_the_peer_gives_back(post: Post, to_leader: int) -> None:
    meanwhile(post, lambda: post.driven.fire("change_mentor", 1, new_mentor=GRETE), BUSY)
    post.outbox.carry_out(to_leader)
    a_minute_later(post)
    assert post.told().count(GRETE["email"]) == 1
    # The old one, who may have heard of it, is told that there is a new one, and nothing else.
    [farewell] = [mail for mail in post.tray.mails if mail.to.email == LEADER]
    assert "Grete Lund" in farewell.text
    assert "forventningssamtale" not in farewell.text


def test_a_leader_who_comes_back_meanwhile_is_told_once(post: Post, to_leader: int) -> None:
    leader = hold_3_people(1).talents[0].leader

    def there_and_back() -> None:
        post.driven.fire("change_mentor", 1, new_mentor=GRETE)
        post.driven.fire("change_mentor", 1, new_mentor={"name": leader.name, "email": leader.email})

    meanwhile(post, there_and_back, BUSY)
    post.outbox.carry_out(to_leader)
    a_minute_later(post)
    assert post.status(to_leader) == "sent"
    with post.database.read() as connection:
        to = connection.scalar(select(EffectRow.recipient_id).where(EffectRow.id == to_leader))
    assert to == "hold-3/leader-01"


def test_a_mail_that_the_peer_took_is_not_sent_to_the_new_leader(post: Post, to_leader: int) -> None:
    def changed(_mail: Mail) -> None:
        post.tray.instead = None
        post.driven.fire("change_mentor", 1, new_mentor=GRETE)

    post.tray.instead = changed
    assert post.outbox.carry_out(to_leader).status == "sent"
    assert post.told() == [LEADER]


def test_what_was_refused_to_the_old_leader_goes_to_the_new_one_at_once(post: Post, to_leader: int) -> None:
    post.fail_with(RejectedError("no such mailbox"))
    post.outbox.carry_out(to_leader)
    post.tray.instead = None
    post.driven.fire("change_mentor", 1, new_mentor=GRETE)
    assert post.status(to_leader) == "pending"
    post.empty()
    assert post.status(to_leader) == "sent"
    assert GRETE["email"] in post.told()


def test_a_good_answer_after_the_lease_is_believed(post: Post, to_leader: int) -> None:
    """The mail was called unknown for want of a record; its sender knows better."""

    def slow(_mail: Mail) -> None:
        post.at = post.driven.now + LEASE
        assert post.another().settle() == 1

    post.tray.instead = slow
    assert post.outbox.carry_out(to_leader).status == "sent"
    assert post.status(to_leader) == "sent"


def test_calling_a_mail_unknown_never_overwrites_what_its_sender_recorded(
    post: Post, to_leader: int, request: pytest.FixtureRequest
) -> None:
    if post.database.is_sqlite:
        pytest.skip("one writer at a time")
    elsewhere = Database(request.getfixturevalue("database_url"))
    other = post.another()
    other._database = elsewhere

    def slow(_mail: Mail) -> None:
        post.at = post.driven.now + LEASE

    post.tray.instead = slow
    settled: list[int] = []

    def settling() -> None:
        settled.append(other.settle())

    # The record of the sender comes between what ``settle`` reads and what it writes.
    def sent() -> None:
        with post.database.write() as connection:
            connection.execute(update(MailRow).values(status="sent"))
            connection.execute(update(EffectRow).where(EffectRow.id == to_leader).values(status="sent"))

    post.fail_with(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        post.outbox.carry_out(to_leader)
    post.at = post.driven.now + LEASE
    with before_statement(elsewhere, "UPDATE mails SET status", sent):
        settling()
    elsewhere.close()
    assert settled == [0]
    assert post.status(to_leader) == "sent"


def test_a_corrected_address_sends_what_was_refused_once_more(database: Database) -> None:
    post = Post(database, people=1)
    post.driven.until("2027-01-14 08:00")
    invitation = post.effect("kickoff_invitation")
    post.fail_with(RejectedError("no such mailbox"))
    post.outbox.carry_out(invitation)
    post.driven.enrol(reachable_at("mette.ny@example.org"))
    assert post.status(invitation) == "pending"
    post.outbox.carry_out(invitation)
    assert post.status(invitation) == "rejected"
    post.driven.enrol(reachable_at("mette.ny@example.org"))
    assert post.status(invitation) == "rejected"
    post.tray.instead = None
    post.driven.enrol(reachable_at("mette.nyest@example.org"))
    post.outbox.carry_out(invitation)
    assert post.told() == ["mette.nyest@example.org"]


def test_of_two_that_come_back_together_one_person_is_told_once(post: Post, to_leader: int) -> None:
    """What was refused to the new leader under the same key stays; what would become it a second time is dropped."""
    with post.database.write() as connection:
        row = connection.execute(select(EffectRow.__table__).where(EffectRow.id == to_leader)).one()._asdict()
        kept = {name: value for name, value in row.items() if name != "id"} | {"status": "rejected"}
        talent = "hold-3-01"
        key = key_for(row["key"], row["recipient_id"], talent)
        connection.execute(insert(EffectRow), [kept | {"key": key, "recipient_id": talent}])
        connection.execute(
            update(EffectRow).where(EffectRow.id == to_leader).values(status="rejected", successor_id=talent)
        )
        both = EffectRow.key.in_([row["key"], key])
        waiting = let_wait(connection, both, Return(post.now(), post.now(), "test", another_mail=True))
        found = dict(connection.execute(select(EffectRow.key, EffectRow.status).where(both)).tuples().all())
    assert len(waiting) == 1
    assert found == {row["key"]: "dropped", key: "pending"}
