"""What the mails of the English example say, each read as whoever gets it, also when something has changed."""

from __future__ import annotations

from datetime import date, time
from typing import NamedTuple

import pytest
from sqlalchemy import select, update

from config.library import Library
from notifications.calendar_feed import feed
from notifications.context import CohortReader
from notifications.digest import words_of
from notifications.due import read_effect
from notifications.render import render_message, render_task
from notifications.transports.protocol import Address
from states.facts import Fact
from states.store.database import Database
from states.store.tables import EffectRow
from tests.support.driver import Driver, day

LIBRARY = Library()
LOADED = LIBRARY.cohort("autumn-27")
AMY, LUCY, JACK = ("autumn-27-01", "autumn-27-03", "autumn-27-04")


class Said(NamedTuple):
    """A mail or task as its reader gets it, without greeting and signature."""

    to: str
    subject: str
    text: str


@pytest.fixture
def autumn(sqlite: Database) -> Driver:
    now = LOADED.definition.working_time.at(date(2027, 8, 6), time(9))
    return Driver(sqlite, people=LOADED.people, cohort=LOADED.cohort, definition=LOADED.definition, now=now).enrol()


def said(driven: Driver, message: str, to: str = "") -> list[Said]:
    """Each mail or task of a message that is not dropped, by its reader; only those ``to`` somebody if named."""
    found = []
    with driven.database.read() as connection:
        query = select(EffectRow.id, EffectRow.kind).where(EffectRow.message == message, EffectRow.status != "dropped")
        reader = CohortReader(connection, "autumn-27", driven.now)
        for row in connection.execute(query.order_by(EffectRow.id)):
            effect, _ = read_effect(connection, row.id)
            context = reader.context(effect)
            words = words_of(LOADED.definition, LIBRARY.root)
            if row.kind == "mail":
                mail = render_message(message, context, *words)
                subject, text = mail.subject, mail.text
            else:
                task = render_task(message, context, *words)
                subject, text = task.title, task.text
            plain = " ".join(text.replace("**", "").replace("\\", "").split())
            found.append(Said(context.recipient.name, subject, plain))
    return [one for one in found if to in ("", one.to)]


def one(driven: Driver, message: str, to: str) -> Said:
    [found] = said(driven, message, to)
    return found


class TestASlip:
    def undone(self, driven: Driver, event: str, talent: str, **details: str) -> list[Said]:
        driven.engine.fire(event, [talent], Fact("slip", "coordinator", details))
        driven.until(f"{driven.now.date()} 16:59").until("2027-10-26 10:00").all_sent()
        with driven.database.write() as connection:
            sent = update(EffectRow).where(EffectRow.status == "sent")
            connection.execute(sent.values(changed_at=driven.now))
        driven.engine.undo("slip", Fact("undone", "coordinator"))
        return said(driven, "taken_back")

    def test_is_told_to_everybody_who_heard_that_somebody_leaves(self, autumn: Driver) -> None:
        told = self.undone(autumn.until("2027-10-25"), "leaves", JACK)
        assert {one.to for one in told} == {"Jack Doyle", "Ruth Ames", "Sam Ortiz", "Fenwick front desk"}
        for one in told:
            assert one.text.startswith("We wrote to you on 26 October about ")
            assert ". That was a slip, and it has been taken back." in one.text
        by_reader = {one.to: one.text for one in told}
        assert "Nothing has changed: your first hundred days go on as before." in by_reader["Jack Doyle"]
        assert "Nothing has changed: Jack Doyle stays in First Hundred Days." in by_reader["Sam Ortiz"]
        assert "Please put them on the lists of all days to come again." in by_reader["Fenwick front desk"]

    def test_of_an_absence_is_told_to_the_front_desk(self, autumn: Driver) -> None:
        [told] = self.undone(autumn.until("2027-10-25"), "not_coming", LUCY, milestone="lunch")
        assert told.to == "Fenwick front desk"
        assert told.subject == "Correction: Lucy Chen and “Hundred-day lunch”"
        assert "Lucy Chen comes to “Hundred-day lunch”, Wednesday 15 December 2027, 12:00 to 14:00." in told.text


class TestACalendar:
    def test_comes_from_the_programme_by_whose_address_it_is_subscribed(self, autumn: Driver) -> None:
        with autumn.database.read() as connection:
            sender = Address("Talent Nord", "mail@example.org")
            content = feed(connection, "autumn-27", AMY, sender, autumn.now).decode()
        organizers = {line for line in content.splitlines() if line.startswith("ORGANIZER")}
        assert organizers == {'ORGANIZER;CN="First Hundred Days":mailto:mail@example.org'}


class TestTheWelcome:
    def test_tells_a_buddy_whose_buddy_they_are(self, autumn: Driver) -> None:
        autumn.until("2027-08-24")
        assert one(autumn, "welcome", "Tom Baines").text.startswith(
            "You are the buddy of Amy Pike (Optics, amy.pike@fenwick.example.org)."
            " It begins on 6 September with a welcome morning. Come and find Amy there."
        )
        both = one(autumn, "welcome", "Sam Ortiz").text
        assert "Lucy Chen (" in both
        assert " and Jack Doyle (" in both
        assert "Come and find Lucy and Jack there." in both

    def test_tells_a_manager_of_two_about_both(self, autumn: Driver) -> None:
        autumn.until("2027-11-30")
        told = [one(autumn, message, "Olive Reed").text for message in ("welcome", "lunch_invitation")]
        assert "the first hundred days of Amy Pike and Ravi " in told[0]
        assert "tell Amy and Ravi in front of everybody one thing each that has gone better" in told[1]


class TestADay:
    def test_that_has_changed_says_so_and_what_it_was(self, autumn: Driver) -> None:
        autumn.until("2027-10-10").all_sent()
        autumn.move("m2d1", day("2027-10-21"))
        told = one(autumn, "day_changed", "Amy Pike")
        assert told.subject == "Changed: Day 2: How we work"
        assert told.text.startswith("First Hundred Days: “Day 2: How we work” has changed. It was Wednesday 20 October")
        assert "Please correct your calendar." in told.text

    def test_that_is_called_off_has_somebody_find_a_new_one_which_is_not_called_a_change(self, autumn: Driver) -> None:
        autumn.until("2027-10-10").all_sent()
        autumn.move("m2d1", None)
        task = one(autumn, "find_day", "Priya Nair")
        assert task.subject == "Autumn 2027: find a new date for “Day 2: How we work”"
        autumn.until("2027-10-12").all_sent()
        autumn.move("m2d1", day("2027-10-21"))
        *_, told = said(autumn, "day_changed", "Amy Pike")
        assert told.subject == "New date: Day 2: How we work"
        assert told.text.startswith("First Hundred Days: “Day 2: How we work” has a new date:")
        assert "Please put it in your calendar." in told.text

    def test_is_over_when_it_is_spoken_of_and_nobody_is_said_to_have_been_there(self, autumn: Driver) -> None:
        autumn.until("2027-10-21")
        coffee = said(autumn, "coffee_ask", "Tom Baines")[-1].text
        assert coffee.startswith("Day 2, “How we work”, was on 20 October. Ask Amy Pike out for coffee")
        assert one(autumn, "goals_ask", "Amy Pike").text.startswith("Day 2 was about your goals for the first year.")


class TestAReminder:
    def test_names_the_date_and_asks_for_what_is_done(self, autumn: Driver) -> None:
        autumn.until("2027-09-29")
        coffee = one(autumn, "nudge", "Tom Baines").text
        assert "we have not heard yet that it is done. Once it is done, say so" in coffee
        autumn.until("2027-11-17")
        goals = next(told for told in said(autumn, "nudge", "Lucy Chen") if "Goals" in told.subject)
        assert goals.subject == "Goals for the first year: by 23 November"
        assert "we have not heard yet that they are written. Once they are, say so" in goals.text


class TestAFollowUp:
    def test_names_whom_it_waits_for_and_how_to_reach_them(self, autumn: Driver) -> None:
        autumn.until("2027-11-30")
        by_subject = {told.subject: told.text for told in said(autumn, "follow_up", "Priya Nair")}
        goals = by_subject["Lucy Chen: no word yet of goals for the first year"]
        assert "Ask Lucy Chen (lucy.chen@fenwick.example.org) what is in the way" in goals
        assert "Sam Ortiz" not in goals
        coffee = by_subject["Amy Pike: no word yet of coffee after day 1"]
        assert "coffee after day 1 with Amy Pike; the last day was" in coffee
        assert "Ask Tom Baines (tom.baines@fenwick.example.org) what is in the way" in coffee
        assert "@fenwick.example.org) is the people partner and can help." in coffee


class TestAGoodbye:
    def test_speaks_of_the_one_who_leaves_and_not_of_others(self, autumn: Driver) -> None:
        autumn.until("2027-10-25")
        autumn.engine.fire("leaves", [JACK], Fact("gone", "coordinator"))
        assert one(autumn, "has_left", "Sam Ortiz").text == (
            "Jack Doyle leaves First Hundred Days. You get no further mails about Jack."
            " Thank you for what you have done for Jack."
        )
