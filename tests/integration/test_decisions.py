"""What a coordinator decides on a mail that was refused or perhaps lost: a fact, kept in the talent's history."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from config.errors import (
    DeliveryError,
    DeliveryUnknownError,
    FactIncompleteError,
    FactReusedError,
    MailDecidedError,
    MailOvertakenError,
    RejectedError,
    UnknownRecordError,
)
from notifications.decisions import resend, settle
from states.facts import Fact
from states.store.database import Database
from states.store.tables import EffectRow, FactRow, HistoryRow, MailRow
from states.views.undelivered import MailRecord, failed_in, list_mails
from tests.support.mailroom import Post


class Office:
    """A coordinator before whom mails lie that were not delivered."""

    def __init__(self, database: Database, error: DeliveryError) -> None:
        self.post = Post(database, people=1)
        self.database = database
        self.post.driven.until("2027-01-14 08:00")
        self.post.fail_with(error)
        self.post.empty()
        self.post.tray.instead = None

    def failed(self) -> list[MailRecord]:
        with self.database.read() as connection:
            return list_mails(connection, "hold-3")

    def resend(self, *mails: str, key: str = "k1") -> None:
        resend(self.database, mails, Fact(key, "coordinator", {}), self.post.now())

    def settle(self, *mails: str, arrived: bool, key: str = "k1") -> None:
        settle(self.database, mails, Fact(key, "coordinator", {}), self.post.now(), arrived=arrived)

    def dump(self) -> list[tuple[object, ...]]:
        with self.database.read() as connection:
            tables = (EffectRow, MailRow, FactRow, HistoryRow)
            return [tuple(row) for table in tables for row in connection.execute(select(table.__table__))]


REFUSED, LOST = RejectedError("no such mailbox"), DeliveryUnknownError("it was cut off")


def test_a_list_says_what_was_not_delivered_to_whom_and_why(database: Database) -> None:
    office = Office(database, REFUSED)
    failed = office.failed()
    assert {(one.status, one.why, one.day.isoformat()) for one in failed} == {
        ("rejected", "no such mailbox", "2027-01-14")
    }
    assert len({one.to for one in failed}) == len(failed) == 3
    assert all(one.id.startswith("tn-") for one in failed)
    with database.read() as connection:
        subjects = dict(connection.execute(select(MailRow.id, MailRow.subject)).tuples().all())
    assert {one.about for one in failed} == {subjects[one.id] for one in failed} != {""}


def test_what_never_became_a_mail_is_named_by_what_brought_it_about(database: Database) -> None:
    office = Office(database, REFUSED)
    office.post.driven.until("2027-01-28 08:00")
    with database.read() as connection:
        (waits, *_) = list_mails(connection, "hold-3", ("pending",))
        trigger = connection.scalars(select(EffectRow.trigger).where(EffectRow.key == waits.id)).one()
    assert waits.about == office.post.driven.definition.trigger_label(trigger) != ""


def test_of_several_things_in_one_mail_those_that_are_true_can_still_be_sent_again(database: Database) -> None:
    post = Post(database, people=1)
    post.driven.until("2027-02-25 08:00")
    post.fail_with(REFUSED)
    post.empty()
    with database.write() as connection:
        first = select(func.min(EffectRow.id)).where(EffectRow.mail_id.is_not(None)).group_by(EffectRow.mail_id)
        together = first.having(func.count() > 1)
        connection.execute(update(EffectRow).where(EffectRow.id.in_(together)).values(overtaken="withdraw"))
        several = {str(one) for one in connection.scalars(select(EffectRow.mail_id).where(EffectRow.id.in_(together)))}
        listed = {one.id: one.overtaken for one in list_mails(connection, "hold-3")}
    assert several
    assert not any(listed[mail] for mail in several)


@pytest.mark.parametrize("error", [REFUSED, LOST], ids=["refused", "unknown"])
def test_what_was_refused_or_lost_is_sent_again_when_a_person_says_so(database: Database, error: DeliveryError) -> None:
    office = Office(database, error)
    mails = [one.id for one in office.failed()]
    office.resend(*mails)
    office.post.empty()
    assert office.failed() == []
    assert office.post.statuses() == {"sent"}
    assert len(office.post.tray.mails) == len(mails)
    assert not {one.message_id for one in office.post.tray.mails} & set(mails), "a peer knows them apart"


def test_a_decision_stands_in_the_history_with_the_fact_and_its_actor(database: Database) -> None:
    office = Office(database, LOST)
    (mail, *_) = [one for one in office.failed() if one.journeys]
    with database.read() as connection:
        carried = connection.scalars(select(EffectRow.message).where(EffectRow.mail_id == mail.id)).all()
    office.resend(mail.id)
    with database.read() as connection:
        steps = connection.execute(select(HistoryRow.__table__).where(HistoryRow.cause == "fact k1")).all()
        fact = connection.execute(select(FactRow.__table__).where(FactRow.key == "k1")).one()
    assert len(steps) == len(carried) == 2, "of each thing that is said in it: the invitation, and the talk"
    for step in steps:
        assert (step.machine, step.trigger, step.source, step.dest) == ("mail", "resend", "unknown", "pending")
        assert step.journey_id == mail.journeys[0]
    assert (fact.actor, fact.subjects) == ("coordinator", [mail.id])


def test_sending_again_twice_sends_once(database: Database) -> None:
    office = Office(database, REFUSED)
    mail = office.failed()[0].id
    office.resend(mail)
    office.resend(mail)  # The same fact: asked twice, told once.
    with pytest.raises(MailDecidedError, match="was sent again already"):
        office.resend(mail, key="k2")
    office.post.empty()
    assert len(office.post.tray.mails) == 1
    with pytest.raises(MailDecidedError, match="was sent again already"):
        office.resend(mail, key="k3")
    (sent,) = (one.message_id for one in office.post.tray.mails)
    with pytest.raises(MailDecidedError, match="was sent"):
        office.resend(sent, key="k4")


def test_one_key_stands_for_one_decision(database: Database) -> None:
    office = Office(database, REFUSED)
    first, second, *_ = (one.id for one in office.failed())
    office.resend(first)
    with pytest.raises(FactReusedError):
        office.resend(second)


def test_all_or_none_of_several_mails_are_sent_again(database: Database) -> None:
    office = Office(database, REFUSED)
    before = office.dump()
    with pytest.raises(UnknownRecordError, match="no mail 'tn-0'"):
        office.resend(office.failed()[0].id, "tn-0")
    assert office.dump() == before


def test_a_mail_that_has_arrived_counts_as_sent_and_is_not_sent_again(database: Database) -> None:
    office = Office(database, LOST)
    mails = [one.id for one in office.failed()]
    office.settle(*mails, arrived=True)
    office.post.empty()
    assert office.post.tray.mails == []
    assert office.post.statuses() == {"sent"}


def test_a_mail_that_has_not_arrived_can_be_sent_again(database: Database) -> None:
    office = Office(database, LOST)
    mail = office.failed()[0].id
    office.settle(mail, arrived=False)
    assert {one.status for one in office.failed() if one.id == mail} == {"rejected"}
    with pytest.raises(MailDecidedError, match="was refused, so it has not arrived"):
        office.settle(mail, arrived=True, key="k2")
    office.resend(mail, key="k3")
    office.post.empty()
    assert len(office.post.tray.mails) == 1


def test_settling_what_was_sent_changes_nothing(database: Database) -> None:
    office = Office(database, LOST)
    office.resend(*[one.id for one in office.failed()])
    office.post.empty()
    before = office.dump()
    with pytest.raises(MailDecidedError, match="was sent"):
        office.settle(office.post.tray.mails[0].message_id, arrived=False, key="k2")
    assert office.dump() == before


def test_what_is_no_longer_true_is_not_sent_again(database: Database) -> None:
    office = Office(database, REFUSED)
    office.post.driven.fire("withdraw", 1)
    mail = next(one for one in office.failed() if one.journeys)
    assert mail.overtaken
    before = office.dump()
    with pytest.raises(MailOvertakenError, match="no longer true"):
        office.resend(mail.id)
    assert office.dump() == before


def test_a_note_that_is_not_plain_is_refused_and_changes_nothing(database: Database) -> None:
    office = Office(database, REFUSED)
    before = office.dump()
    with pytest.raises(FactIncompleteError, match="note"):
        resend(database, [office.failed()[0].id], Fact("k1", "coordinator", {"note": "a\x1b[2J"}), office.post.now())
    assert office.dump() == before


def test_several_things_in_one_mail_are_one_decision(database: Database) -> None:
    post = Post(database, people=1)
    post.driven.until("2027-02-25 08:00")
    post.fail_with(REFUSED)
    post.empty()
    with database.read() as connection:
        listed = list_mails(connection, "hold-3")
        assert failed_in(connection, "hold-3") == len(listed)
        assert len(listed) < len(connection.scalars(select(EffectRow.id).where(EffectRow.status == "rejected")).all())
