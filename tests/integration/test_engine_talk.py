"""R8, R12: the leader convenes the expectation talk; silence is reminded, missed and escalated."""

from __future__ import annotations

from tests.support.driver import Driver


def test_the_leader_is_asked_six_weeks_before_kickoff_and_the_talent_told_what_to_expect(driven: Driver) -> None:
    driven.until("2027-01-13")
    assert driven.commitment("expectation_talk", 5).state == "planned"
    driven.until("2027-01-14")
    assert driven.commitment("expectation_talk", 5).state == "open"
    convene, expect = driven.mails("talk_convene", "talk_expect", number=5)
    assert (convene.to, convene.on) == ("leader-05", "2027-01-14")
    assert (expect.to, expect.on) == ("05", "2027-01-14")


def test_reminders_at_four_and_two_weeks_then_missed_and_escalated_at_one(driven: Driver) -> None:
    driven.until("2027-02-17")
    assert [mail.on for mail in driven.mails("talk_reminder", number=5)] == ["2027-01-28", "2027-02-11"]
    assert driven.mails("talk_escalated") == []
    driven.until("2027-02-18")
    assert driven.commitment("expectation_talk", 5).state == "escalated.1"
    [told] = driven.mails("talk_escalated", number=5)
    assert (told.to, told.on) == ("consultant-aalborg", "2027-02-18")
    [task] = driven.tasks("talk_missed", number=5)
    assert (task.to, task.details["due_on"]) == ("coordinator-1", "2027-02-22")


def test_a_talk_held_in_time_ends_the_matter(driven: Driver) -> None:
    driven.until("2027-02-01").fire("expectation_talk:keep", 5, held_on="2027-01-30")
    driven.until("2027-03-01")
    assert driven.commitment("expectation_talk", 5).state == "kept"
    assert [mail.on for mail in driven.mails("talk_reminder", number=5)] == ["2027-01-28"]
    assert driven.mails("talk_escalated", number=5) == []
    assert driven.armed("hold-3-05/expectation_talk") == []


def test_the_escalation_goes_to_each_talents_own_organisation(driven: Driver) -> None:
    driven.until("2027-02-18")
    told = {mail.to for mail in driven.mails("talk_escalated")}
    assert told == {f"consultant-{organisation}" for organisation in driven.cohort.organisations}


def test_a_talk_can_be_waived_from_any_stage(driven: Driver) -> None:
    driven.fire("expectation_talk:waive", 1)
    driven.until("2027-01-20").fire("expectation_talk:waive", 2)
    driven.until("2027-03-01").fire("expectation_talk:waive", 3)
    assert {driven.commitment("expectation_talk", number).state for number in (1, 2, 3)} == {"waived"}
    assert {task.status for task in driven.tasks("talk_missed", number=3)} == {"dropped"}
    assert driven.armed("hold-3-03/expectation_talk") == []
