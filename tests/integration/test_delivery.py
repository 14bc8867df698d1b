"""What became of mails is known from SendGrid's events, which settle the unknown ones by themselves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from config.errors import DeliveryUnknownError
from notifications.decisions import resend, settle
from states.facts import Fact
from states.store.database import Database
from states.store.reach_tables import DeliveryEventRow
from states.store.tables import EffectRow, FactRow, MailRow
from tests.support.mailroom import before_the_talk
from tests.support.sendgrid_events import BLOCKED, BOUNCE, DEFERRED, DELIVERED, DROPPED, PROCESSED, WITHHELD, Told

TALENT, LEADER = "hold-3-01", "hold-3/leader-01"
NEW = "ny.adresse@aalborg.example.org"
LOST = DeliveryUnknownError("it was cut off")


# -- unknown mails -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "status", "trigger"),
    [
        (PROCESSED, "sent", "taken"),
        (DEFERRED, "sent", "taken"),
        (DELIVERED, "sent", "arrived"),
        (BOUNCE, "rejected", "bounced"),
        (BLOCKED, "rejected", "bounced"),
        (DROPPED, "rejected", "bounced"),
        (WITHHELD, "rejected", "bounced"),
    ],
    ids=str,
)
def test_an_unknown_mail_is_settled_by_what_sendgrid_tells(
    lost: Told, event: dict[str, str], status: str, trigger: str
) -> None:
    mail = lost.mail_to(LEADER)
    assert lost.came_of(mail) == ("unknown", {"unknown"})
    assert lost.tell(lost.event(mail, event)) == 1
    assert lost.came_of(mail) == (status, {status})
    step = (trigger, "unknown", status, f"fact sendgrid:{mail}:{trigger}")
    assert lost.history() == [step, step], "of each thing that is said in it: the invitation, and the talk"


def test_who_told_is_kept_and_nothing_personal_with_it(lost: Told) -> None:
    mail = lost.mail_to(LEADER)
    lost.tell(lost.event(mail, BOUNCE))
    with lost.post.database.read() as connection:
        fact = connection.execute(select(FactRow.__table__).where(FactRow.key.startswith("sendgrid:"))).one()
        event = connection.execute(select(DeliveryEventRow.__table__)).one()
    assert (fact.actor, fact.subjects, fact.details) == ("sendgrid", [mail], {})
    assert (event.mail_id, event.event, event.reason) == (mail, "bounce", "550 5.1.1 <[address]>: no such mailbox")


def test_a_mail_whose_sender_was_killed_is_settled_too(told: Told) -> None:
    mail = told.mail_to(LEADER)
    with told.post.database.write() as connection:
        connection.execute(update(MailRow).where(MailRow.id == mail).values(status="claimed"))
        connection.execute(update(EffectRow).where(EffectRow.mail_id == mail).values(status="claimed"))
    told.tell(told.event(mail, PROCESSED))
    assert told.came_of(mail) == ("sent", {"sent"})


def test_a_sender_that_is_slower_than_the_event_changes_nothing(database: Database) -> None:
    told = Told(before_the_talk(database))
    post = told.post

    def tells_before_it_breaks(mail: object) -> None:
        told.tell(told.event(told.mails()[-1], PROCESSED))
        raise LOST

    post.tray.instead = tells_before_it_breaks
    assert post.outbox.carry_out(post.effect("talk_convene")).status == "sent"
    assert told.came_of(told.mails()[-1]) == ("sent", {"sent"})


def test_a_person_who_has_settled_a_mail_has_the_last_word_but_for_a_bounce(lost: Told) -> None:
    talents, leaders = lost.mail_to(TALENT), lost.mail_to(LEADER)
    settle(lost.post.database, [talents], Fact("k1", "coordinator"), lost.post.now(), arrived=False)
    settle(lost.post.database, [leaders], Fact("k2", "coordinator"), lost.post.now(), arrived=True)
    lost.tell(lost.event(talents, DELIVERED), lost.event(leaders, BOUNCE))
    assert lost.came_of(talents) == ("rejected", {"rejected"})
    assert lost.came_of(leaders) == ("rejected", {"rejected"})


def test_a_mail_that_was_sent_again_meanwhile_is_not_settled_by_the_news_of_the_first(lost: Told) -> None:
    first = lost.mail_to(LEADER)
    resend(lost.post.database, [first], Fact("k1", "coordinator"), lost.post.now())
    lost.tell(lost.event(first, DELIVERED))
    assert lost.came_of(first) == ("sent", set())
    assert lost.post.status(lost.post.effect("talk_convene")) == "pending"


# -- which events count --------------------------------------------------------------------------------------------


def test_what_is_told_twice_counts_once(told: Told) -> None:
    event = told.event(told.mail_to(LEADER), BOUNCE)
    assert told.tell(event, event) == 1
    before = told.post.driven.dump()
    assert told.tell(event) == 0
    assert told.post.driven.dump() == before


def test_mails_that_are_not_ours_are_passed_over(told: Told) -> None:
    before = told.post.driven.dump()
    assert told.tell(told.event("tn-of-another-installation", BOUNCE)) == 0
    assert told.post.driven.dump() == before


def test_a_batch_tells_of_several_mails(lost: Told) -> None:
    mails = [lost.mail_to(TALENT), lost.mail_to(LEADER)]
    assert lost.tell(*(lost.event(mail, DELIVERED) for mail in mails), lost.event("elsewhere", BOUNCE)) == 2
    assert {lost.came_of(mail)[0] for mail in mails} == {"sent"}


def test_news_of_a_mail_that_was_sent_leaves_no_trace_in_history(told: Told) -> None:
    mail = told.mail_to(LEADER)
    told.tell(told.event(mail, PROCESSED), told.event(mail, DEFERRED), told.event(mail, DELIVERED))
    assert told.history() == []
    assert told.came_of(mail) == ("sent", {"sent"})


def test_two_batches_at_once_are_one_after_the_other(lost: Told) -> None:
    mail = lost.mail_to(LEADER)
    events = [lost.event(mail, what) for what in (PROCESSED, DELIVERED, BOUNCE, DROPPED) for _ in range(3)]
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lost.tell, events)) == len(events)
    assert lost.came_of(mail) == ("rejected", {"rejected"})
    assert len(lost.tasks()) == 1
