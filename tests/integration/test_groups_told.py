"""Who is in a learning group is told (R58); a second mentor hears of a leave, and of the end (R7, R60)."""

from __future__ import annotations

from states.store.database import Database
from tests.support.driver import Driver, hold_3_people


def told(driven: Driver, message: str) -> set[tuple[str, str]]:
    return {(mail.to, mail.on) for mail in driven.mails(message) if mail.status != "dropped"}


def test_everybody_is_told_who_is_in_the_group_once_it_is_formed(database: Database) -> None:
    driven = Driver(database, people=6).enrol().until("2027-03-12")
    assert told(driven, "group_members") == {(f"0{number}", "2027-03-12") for number in range(1, 7)}


def test_who_joins_and_the_group_they_join_are_told(database: Database) -> None:
    driven = Driver(database, people=6).enrol().until("2027-03-20").all_sent()
    driven.enrol(hold_3_people(7))
    news = {(to, on) for to, on in told(driven, "group_members") if on > "2027-03-15"}
    assert news == {(f"0{number}", "2027-03-22") for number in range(1, 8)}


def test_who_leaves_is_told_by_the_news_of_that_alone(database: Database) -> None:
    driven = Driver(database, people=6).enrol().until("2027-03-20").all_sent()
    before = told(driven, "group_members")
    driven.fire("withdraw", 1)
    assert told(driven, "group_members") == before


def test_a_second_mentor_hears_of_a_leave_and_is_thanked_at_the_end(database: Database) -> None:
    driven = Driver(database, people=6).enrol().until("2027-07-01 12:00").all_sent()
    driven.fire("second_half_choice:keep", 1, choice="second_mentor")
    person = {"name": "Vibe Skov", "email": "vibe@aalborg.example"}
    driven.fire("second_mentor:keep", 1, person=person, held_on="2027-07-01")
    driven.fire("leave", 1)
    second = driven.journey(1).second_mentor_id.removeprefix("hold-3-")
    assert second in {to for to, _ in told(driven, "leave_started")}
    driven.until("2027-08-10 12:00").all_sent()
    driven.fire("return", 1)
    assert second in {to for to, _ in told(driven, "leave_ended")}
    driven.until("2027-12-10")
    assert told(driven, "second_mentor_thanks") == {(second, "2027-12-02")}
