"""Coordinators get one mail on working mornings on which something waits for them, and on no other (docs/adr/0044)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from config.errors import RejectedError, TransportBlockedError
from notifications.transports.protocol import Mail
from states.facts import Fact, Outcome
from states.morning import ask_in_the_morning
from states.store.database import Database
from states.store.reach_tables import UnreachableRow
from states.store.tables import EffectRow, HistoryRow, TaskRow
from tests.support.driver import hold_3
from tests.support.mailroom import Post

COORDINATOR = "karen.thorsen@aalborg.example.org"
BO = {"name": "Bo Holm", "email": "bo.holm@aalborg.example.org"}
OVERDUE = "2027-03-24"
"""The day on which two talents' mentor meeting is the coordinator's to chase."""


@pytest.fixture
def post(sqlite: Database) -> Post:
    """Two talents; on 24 March the coordinator has two tasks. All that is due before then was sent."""
    post = Post(sqlite, people=2)
    post.driven.until("2027-03-23 12:00")
    post.empty()
    close_all(post)
    post.tray.mails.clear()
    return post


def close_all(post: Post) -> None:
    with post.database.write() as connection:
        connection.execute(update(TaskRow).values(status="done", closed_at=post.now()))


def morning(post: Post, local: str) -> list[Outcome]:
    """Let time pass up to a local time, and a tick be then."""
    post.driven.until(local)
    return ask_in_the_morning(post.database, post.now())


def asked(post: Post) -> list[Mail]:
    """The mails that say what waits, in the order in which they were sent; all that is due is sent first."""
    post.empty()
    return [mail for mail in post.tray.mails if "ting venter på dig" in mail.text + mail.subject]


def lines(mail: Mail) -> list[str]:
    return re.findall(r"^- (.*)$", mail.text, re.M)


def a_task(post: Post, ident: str, owner: str, opened: str, **given: Any) -> None:
    row = {"id": ident, "cohort_id": "hold-3", "subject": ident, "owner_id": owner, "title": ident, "text": ""}
    with post.database.write() as connection:
        connection.execute(insert(TaskRow), row | {"opened_at": post.driven.at(opened), "status": "open"} | given)


class TestWhen:
    def test_a_morning_on_which_something_waits_brings_one_mail(self, post: Post) -> None:
        [outcome] = morning(post, f"{OVERDUE} 08:00")
        assert [step.id for step in outcome.transitions] == [f"hold-3/morning#{OVERDUE}"]
        [mail] = asked(post)
        assert mail.to.email == COORDINATOR
        assert mail.subject == "2 ting venter på dig"
        assert len(lines(mail)) == 2

    def test_tasks_of_this_very_tick_are_among_what_it_says(self, post: Post) -> None:
        morning(post, f"{OVERDUE} 08:00")
        effect = post.effect("morning")
        assert post.status(effect) == "pending"
        post.outbox.carry_out(effect)
        assert {one.status for one in post.driven.tasks("meeting_overdue")} == {"done"}, "opened first"
        assert len(lines(post.tray.mails[-1])) == 2

    def test_nothing_waits_and_nobody_is_written_to(self, post: Post) -> None:
        assert morning(post, "2027-03-23 12:30") == []
        assert asked(post) == []

    @pytest.mark.parametrize("again", ["08:15", "15:45"])
    def test_it_comes_once_a_day(self, post: Post, again: str) -> None:
        morning(post, f"{OVERDUE} 08:00")
        assert morning(post, f"{OVERDUE} {again}") == []
        assert len(asked(post)) == 1

    def test_what_comes_up_later_that_day_waits_for_the_next_morning(self, post: Post) -> None:
        morning(post, "2027-03-23 12:30")
        a_task(post, "hold-3/later", "hold-3/coordinator-1", "2027-03-23 13:00")
        assert morning(post, "2027-03-23 15:00") == []
        assert morning(post, f"{OVERDUE} 08:00") != []

    @pytest.mark.parametrize("local", ["2027-03-24 07:45", "2027-03-24 16:00", "2027-03-25 09:00", "2027-03-27 09:00"])
    def test_not_before_or_after_work_nor_on_a_holiday_or_a_saturday(self, post: Post, local: str) -> None:
        a_task(post, "hold-3/one", "hold-3/coordinator-1", "2027-03-22 13:00")
        assert morning(post, local) == []

    def test_a_tick_that_is_late_asks_late(self, post: Post) -> None:
        post.driven.oversleep(f"{OVERDUE} 11:00")
        assert ask_in_the_morning(post.database, post.now()) != []
        assert len(asked(post)) == 1

    def test_other_mails_of_the_morning_are_in_the_same_one(self, post: Post) -> None:
        morning(post, f"{OVERDUE} 08:00")
        fact = Fact("stand-in", "tester", {"whom": "hold-3/coordinator-1", "first_day": "2027-04-12", "holder": BO})
        post.driven.engine.arrange(
            "hold-3", "stand_in", Fact(fact.key, fact.actor, {**fact.details, "last_day": "2027-04-16"})
        )
        [mail] = [one for one in asked(post) if one.to.email == COORDINATOR]
        assert mail.subject == "2 ting venter på dig (og 1 besked mere)"
        assert len(lines(mail)) == 2


class TestWhatItSays:
    def test_the_oldest_comes_first_and_says_by_when(self, post: Post) -> None:
        a_task(post, "B", "hold-3/coordinator-1", "2027-03-23 09:00", due_on=post.driven.at("2027-03-26").date())
        a_task(post, "A", "hold-3/coordinator-1", "2027-03-22 09:00", due_on=post.driven.at("2027-03-22").date())
        a_task(post, "C", "hold-3/coordinator-1", "2027-03-23 09:00")
        morning(post, "2027-03-23 12:30")
        [mail] = asked(post)
        assert lines(mail) == ["A (fristen var den 22. marts)", "B (senest den 26. marts)", "C (siden den 23. marts)"]

    def test_each_line_leads_to_its_page_where_the_cockpit_has_an_address(self, post: Post) -> None:
        post.outbox = post.another(cockpit="https://cockpit.example")
        a_task(post, "hold-3/A#1", "hold-3/coordinator-1", "2027-03-22 09:00")
        morning(post, "2027-03-23 12:30")
        [mail] = asked(post)
        assert lines(mail) == ["hold-3/A#1 (siden den 22. marts):"]
        assert "(siden den 22. marts):\nhttps://cockpit.example/side/hold-3-a-1\n" in mail.text
        title = r"hold-3/A#1 \(siden den 22. marts\)"
        link = r'<li [^>]*><a href="https://cockpit.example/side/hold-3-a-1"[^>]*>'
        assert re.search(f"{link}{title}</a></li>", mail.html)
        assert "https://cockpit.example/side/hold-3\n" in mail.text

    def test_without_an_address_it_names_the_page_only(self, post: Post) -> None:
        morning(post, f"{OVERDUE} 08:00")
        [mail] = asked(post)
        assert "http" not in mail.text
        assert "fra overblikket over Hold 3" in mail.text

    def test_a_title_is_text(self, post: Post) -> None:
        a_task(post, "A", "hold-3/coordinator-1", "2027-03-22 09:00", title="<b>Ring</b> & vent")
        morning(post, "2027-03-23 12:30")
        [mail] = asked(post)
        assert "&lt;b&gt;Ring&lt;/b&gt; &amp; vent" in mail.html
        assert "<b>Ring" not in mail.html

    def test_mails_that_were_refused_are_a_line_a_day(self, post: Post) -> None:
        refuse(post, 2)
        morning(post, f"{OVERDUE} 08:00")
        [mail] = asked(post)
        assert "2 mails fra den 23. marts kom ikke frem, eller er uafklarede" in lines(mail)

    def test_one_refused_mail_says_whose_it_was_and_what_about(self, post: Post) -> None:
        refuse(post, 1)
        morning(post, f"{OVERDUE} 08:00")
        [mail] = asked(post)
        [line] = [line for line in lines(mail) if line.startswith("Mailen til")]
        assert re.fullmatch(r"Mailen til .+ kom ikke frem, eller er uafklaret: .+", line)

    def test_what_will_settle_itself_is_not_asked(self, post: Post) -> None:
        blocked = {"subject": "hold-3/mails_blocked"}
        a_task(post, "hold-3/mails_blocked@1", "hold-3/coordinator-1", "2027-03-23 09:00", **blocked)
        assert morning(post, "2027-03-23 12:30") == []

    def test_mails_that_a_corrected_address_sends_are_no_line_of_their_own(self, post: Post) -> None:
        refuse(post, 1)
        with post.database.write() as connection:
            rows = connection.scalars(select(EffectRow.recipient_id).where(EffectRow.status == "rejected"))
            [person] = set(rows)
            mark = {"person_id": person, "email": "x@x.example", "since": post.now(), "reason": "unknown"}
            connection.execute(insert(UnreachableRow), mark)
        assert morning(post, "2027-03-23 12:30") == []

    def test_what_was_decided_before_it_went_is_not_asked_any_more(self, post: Post) -> None:
        a_task(post, "A", "hold-3/coordinator-1", "2027-03-22 09:00")
        morning(post, "2027-03-23 12:30")
        close_all(post)
        assert asked(post) == []
        assert post.status(post.effect("morning")) == "dropped"


class TestWhom:
    def test_each_coordinator_gets_their_own_and_the_first_those_of_nobody(self, two: Post) -> None:
        a_task(two, "A", "hold-3/coordinator-1", "2027-01-05 09:00")
        a_task(two, "B", "hold-3/coordinator-2", "2027-01-05 09:00")
        a_task(two, "C", "hold-3/consultant-aalborg", "2027-01-05 10:00")
        morning(two, "2027-01-06 08:00")
        assert said(two) == {COORDINATOR: ["A", "C"], "ida.falk@aalborg.example.org": ["B"]}

    def test_a_coordinator_without_tasks_hears_nothing(self, two: Post) -> None:
        a_task(two, "A", "hold-3/coordinator-1", "2027-01-05 09:00")
        morning(two, "2027-01-06 08:00")
        assert said(two) == {COORDINATOR: ["A"]}

    def test_who_stands_in_is_asked_in_the_holders_place_and_no_longer(self, two: Post) -> None:
        days = {"first_day": "2027-01-06", "last_day": "2027-01-07", "holder": BO}
        two.driven.engine.arrange(
            "hold-3", "stand_in", Fact("stand-in", "tester", {"whom": "hold-3/coordinator-1", **days})
        )
        a_task(two, "A", "hold-3/coordinator-1", "2027-01-05 09:00")
        morning(two, "2027-01-06 08:00")
        assert said(two) == {BO["email"]: ["A"]}
        a_task(two, "B", "hold-3/stand-in-1", "2027-01-06 09:00")
        two.tray.mails.clear()
        morning(two, "2027-01-08 08:00")
        assert said(two) == {COORDINATOR: ["A", "B"]}

    def test_a_new_coordinator_is_asked_in_the_place_of_the_one_who_left(self, two: Post) -> None:
        a_task(two, "A", "hold-3/coordinator-1", "2027-01-05 09:00")
        morning(two, "2027-01-06 08:00")
        two.driven.engine.arrange(
            "hold-3", "replace", Fact("new", "tester", {"whom": "hold-3/coordinator-1", "holder": BO})
        )
        assert said(two) == {BO["email"]: ["A"]}


class TestNeverLostNeverTwice:
    def test_it_is_one_row_of_history_and_one_effect(self, post: Post) -> None:
        morning(post, f"{OVERDUE} 08:00")
        with post.database.read() as connection:
            rows = connection.execute(select(HistoryRow.id).where(HistoryRow.trigger == "morning")).scalars().all()
            keys = connection.execute(select(EffectRow.key).where(EffectRow.message == "morning")).scalars().all()
        assert rows == [f"hold-3/morning#{OVERDUE}"]
        assert keys == [f"hold-3/morning#{OVERDUE}/morning/hold-3/coordinator-1"]

    def test_a_blocked_transport_keeps_the_mail_and_the_next_mornings_takes_its_place(self, post: Post) -> None:
        a_task(post, "A", "hold-3/coordinator-1", "2027-03-22 09:00")
        morning(post, "2027-03-23 12:30")

        def blocked(_: Mail) -> None:
            raise TransportBlockedError("the key is not valid")

        post.tray.instead = blocked
        with pytest.raises(TransportBlockedError):
            post.outbox.carry_out(post.effect("morning"))
        post.tray.instead = None
        morning(post, f"{OVERDUE} 08:00")
        [mail] = asked(post)
        assert mail.subject == "3 ting venter på dig"

    def test_a_refused_one_asks_for_no_decision_of_its_own(self, post: Post) -> None:
        a_task(post, "A", "hold-3/coordinator-1", "2027-03-22 09:00")
        morning(post, "2027-03-23 12:30")
        refuse_all(post)
        close_all(post)
        post.driven.now = post.driven.at("2027-03-23 13:00")
        assert post.status(post.effect("morning")) == "rejected"
        assert morning(post, "2027-03-23 13:00") == []


@pytest.fixture
def two(sqlite: Database) -> Post:
    """Two talents and two coordinators, on a day before anything begins."""
    first = hold_3().coordinators[0]
    ida = first.model_copy(update={"name": "Ida Falk", "email": "ida.falk@aalborg.example.org"})
    post = Post(sqlite, people=2, cohort=hold_3().model_copy(update={"coordinators": (first, ida)}))
    post.driven.until("2027-01-05 12:00")
    post.empty()
    post.tray.mails.clear()
    return post


def said(post: Post) -> dict[str, list[str]]:
    """What is asked of whom, by address: the first word of each line."""
    post.empty()
    return {mail.to.email: [line.split()[0] for line in lines(mail)] for mail in post.tray.mails if lines(mail)}


def refuse(post: Post, most: int) -> None:
    """Let so many mails of 23 March, to different people, have been refused."""
    with post.database.write() as connection:
        mine = (
            (EffectRow.kind == "mail")
            & (EffectRow.status == "sent")
            & (EffectRow.recipient_id != "hold-3/coordinator-1")
        )
        rows = connection.execute(select(EffectRow.mail_id).where(mine).order_by(EffectRow.id.desc())).scalars()
        some = list(dict.fromkeys(rows))[:most]
        refused = {"status": "rejected", "changed_at": post.now(), "note": "no such mailbox"}
        connection.execute(update(EffectRow).where(EffectRow.mail_id.in_(some)).values(refused))


def refuse_all(post: Post) -> None:
    def refused(_: Mail) -> None:
        raise RejectedError("no such mailbox")

    post.tray.instead = refused
    post.empty()
    post.tray.instead = None
