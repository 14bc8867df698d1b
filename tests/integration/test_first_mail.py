"""Somebody's first mail about a cohort says what is kept about them: once, whatever becomes of mails."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from config.errors import DeliveryUnknownError, RejectedError, RetryLaterError
from notifications.due import read_effect
from notifications.mail_records import Claim, claim
from states.store.database import Database
from tests.support.driver import hold_3, hold_3_people
from tests.support.mailroom import Post, reachable_at
from tests.support.message_cases import plain

TALENT, LEADER = hold_3_people(1).talents[0].email, hold_3_people(1).talents[0].leader.email
KEPT, ASK = "Vi gemmer dine kontaktoplysninger", "så spørg Karen Møller Thorsen."


@pytest.fixture
def post(sqlite: Database) -> Post:
    """One talent, who is to be invited to the kick-off, the first thing that anybody hears."""
    post = Post(sqlite, people=1)
    post.driven.until("2027-01-14 08:00")
    return post


def to(post: Post, email: str) -> list[int]:
    """How often each mail to an address says what is kept."""
    mine = [mail for mail in post.tray.mails if mail.to.email == email]
    assert [mail.text.count(KEPT) for mail in mine] == [plain(mail.html).count(KEPT) for mail in mine]
    assert [mail.text.count(ASK) for mail in mine] == [mail.text.count(KEPT) for mail in mine]
    return [mail.text.count(KEPT) for mail in mine]


def lived(post: Post, *days: str) -> None:
    for day in days:
        post.driven.until(day)
        post.empty()


def test_the_first_mail_says_it_and_no_later_one(post: Post) -> None:
    lived(post, "2027-01-14 08:00", "2027-01-28 08:00", "2027-02-18 08:00")
    for email in (TALENT, LEADER):
        assert to(post, email)[0] == 1
        assert sum(to(post, email)) == 1
        assert len(to(post, email)) > 1
    talent, leader = (next(m.text for m in post.tray.mails if m.to.email == email) for email in (TALENT, LEADER))
    assert "hvilke møder og opgaver du aftaler" in talent
    assert "hvilke møder du og talentet aftaler" in leader


def test_a_mail_of_several_matters_says_it_once(post: Post) -> None:
    lived(post, "2027-02-25 08:00")
    assert to(post, TALENT) == [1]


def test_what_is_refused_or_given_back_told_nobody(post: Post) -> None:
    effect = post.effect("kickoff_invitation")
    post.fail_with(RetryLaterError("busy", 60))
    post.outbox.carry_out(effect)
    post.at = post.driven.now + timedelta(seconds=61)
    post.fail_with(RejectedError("no such mailbox"))
    post.outbox.carry_out(effect)
    post.succeed()
    post.driven.enrol(reachable_at("mette.ny@example.org"))
    post.outbox.carry_out(effect)
    assert to(post, "mette.ny@example.org") == [1]


def test_what_may_have_arrived_may_have_told_them(post: Post) -> None:
    post.fail_with(DeliveryUnknownError("no answer"))
    post.outbox.carry_out(post.effect("kickoff_invitation"))
    post.succeed()
    lived(post, "2027-02-25 08:00")
    assert to(post, TALENT) == [0]


def test_a_mail_that_is_the_first_no_longer_is_not_claimed_as_it_was_written(post: Post) -> None:
    post.outbox.carry_out(post.effect("kickoff_invitation"))
    post.driven.until("2027-02-18 08:00")
    with post.database.read() as connection:
        effect, position = read_effect(connection, post.effect("kickoff_reminder"))
    assert effect.recipient_id == "hold-3-01"
    late = Claim("tn-late", "Emne", (effect,), {"hold-3": position}, "worker", introduces=frozenset({"hold-3"}))
    with post.database.write() as connection:
        assert not claim(connection, late, post.now())
        assert claim(connection, replace(late, introduces=frozenset()), post.now())


def test_each_cohort_has_a_first_mail_and_one_mail_says_the_same_once(post: Post) -> None:
    another(post, 4)
    post.empty()
    assert to(post, TALENT) == [1]
    assert set(re.findall(r"^\d\. (Hold \d): ", post.tray.mails[0].text, re.MULTILINE)) == {"Hold 3", "Hold 4"}
    lived(post, "2027-02-18 08:00")
    another(post, 5)
    post.empty()
    assert to(post, TALENT) == [1, 0, 1]


def another(post: Post, number: int) -> None:
    cohort = hold_3().model_copy(update={"id": f"hold-{number}", "name": f"Hold {number}"})
    post.driven.engine.enrol(cohort, post.driven.definition, post.driven.people)
    post.driven.engine.tick(post.now())


def test_whoever_signs_is_not_told_to_ask_themself(post: Post) -> None:
    lived(post, "2027-02-25 08:00")
    karen = [mail for mail in post.tray.mails if mail.to.email.startswith("karen")]
    assert not any(KEPT in mail.text for mail in karen)
