"""R13, R14, R19, R20, R22, R24 to R27, R40, R41, R47: milestones move journeys, notices tell each person once."""

from __future__ import annotations

from collections import Counter
from datetime import time

from states.store.database import Database
from tests.support.driver import Driver, hold_3_people, replayed


def test_milestones_lead_through_the_programme(database: Database) -> None:
    """R41: with the dates of hold-3, at the minute each event ends."""
    driven = Driver(database, people=4).enrol()
    seen = []
    for moment in (
        "2027-02-25 16:29", "2027-02-25 16:30", "2027-03-11 16:00", "2027-04-01 16:00", "2027-04-28 21:00",
        "2027-04-29 16:00", "2027-06-02 16:00", "2027-06-23 16:00", "2027-08-25 16:00", "2027-09-15 16:00",
        "2027-10-06 21:30", "2027-10-07 16:00", "2027-11-10 16:00", "2027-12-01 16:00", "2028-03-29 16:00",
    ):  # fmt: skip
        driven.until(moment)
        seen.append(driven.state(1))
    assert seen == [
        "active.before.talk", "active.started", "active.m1.sprint", "active.m1.between", "active.m2.bootcamp",
        "active.m2.sprint", "active.m3.sprint", "active.m3.between", "active.m4.sprint", "active.m4.between",
        "active.m5.bootcamp", "active.m5.sprint", "active.m6.sprint", "active.complete", "alumni",
    ]  # fmt: skip


def test_kickoff_invites_talents_leaders_and_consultants_once_each(driven: Driver) -> None:
    """R13: talents 1 and 2 have the same leader, and Aalborg one consultant for six talents."""
    driven.until("2027-02-24")
    for message, on in (("kickoff_invitation", "2027-01-14"), ("kickoff_reminder", "2027-02-18")):
        mails = driven.mails(message)
        assert {mail.on for mail in mails} == {on}
        told = Counter(mail.to for mail in mails)
        assert set(told.values()) == {1}
        leaders = {talent.leader.email for talent in driven.people.talents}
        assert len(told) == 24 + len(leaders) + len(driven.cohort.organisations)


def test_module_mails_come_three_and_two_weeks_before_day_1_and_three_days_before_each_day(driven: Driver) -> None:
    """R17, R19, R20: the leader hears of it first, then the talent gets one mail with all there is to prepare."""
    driven.until("2027-04-02")
    mails = [mail for mail in driven.mails(number=7) if mail.details.get("milestone", "").startswith("m1")]
    assert [(mail.message, mail.details["milestone"], mail.on, mail.to) for mail in mails] == [
        ("module_for_leader", "m1d1", "2027-02-18", "leader-07"),
        ("module_invitation", "m1d1", "2027-02-25", "07"),
        ("module_day_reminder", "m1d1", "2027-03-08", "07"),
        ("module_day_reminder", "m1d2", "2027-03-24", "07"),  # Three days before is Easter Monday (R47).
    ]


def test_a_mentor_of_two_talents_is_invited_once_to_each_network_meeting(driven: Driver) -> None:
    """R40."""
    driven.until("2027-11-01")
    invited = Counter((mail.to, mail.details["milestone"]) for mail in driven.mails("network_invitation"))
    assert set(invited.values()) == {1}
    assert {milestone for to, milestone in invited if to == "leader-01"} == {"network1", "network2", "network3"}
    assert all(not to.isdigit() for to, _ in invited)
    assert driven.state(1) == "active.m5.sprint", "a network meeting moves no journey"


def test_the_challenge_owner_is_briefed_three_weeks_before_the_presentation(driven: Driver) -> None:
    """R22, R24: one mail to each module's own challenge owner."""
    driven.until("2027-10-08")
    mails = driven.mails("challenge_owner_briefing")
    assert [(mail.to, mail.on) for mail in mails] == [("owner-m2", "2027-04-08"), ("owner-m5", "2027-09-16")]


def test_learning_groups_are_formed_when_day_1_of_module_1_ends(driven: Driver) -> None:
    """R27: 24 talents make four groups of six, which mix organisations; those of one team sit apart."""
    driven.until("2027-03-11 15:59")
    assert {driven.journey(number).group_number for number in range(1, 25)} == {None}
    driven.until("2027-03-11 16:00")
    journeys = [driven.journey(number) for number in range(1, 25)]
    assert Counter(journey.group_number for journey in journeys) == {1: 6, 2: 6, 3: 6, 4: 6}
    aalborg = Counter(journey.group_number for journey in journeys if journey.organisation == "aalborg")
    assert max(aalborg.values()) <= 2


def test_the_leadership_foundation_is_due_by_day_2(driven: Driver) -> None:
    """R25; a reminder three days before is Easter Monday: it goes on the last working day before (R47)."""
    driven.until("2027-05-01")
    mine = driven.mails("foundation_write", "foundation_reminder", "foundation_missed", number=1)
    assert [(mail.message, mail.on) for mail in mine] == [
        ("foundation_write", "2027-03-12"),
        ("foundation_reminder", "2027-03-24"),
        ("foundation_missed", "2027-04-02"),
    ]
    [task] = driven.tasks("foundation_overdue", number=1)
    assert (task.on, task.details["due_on"]) == ("2027-04-12", "2027-04-19")


def test_political_homework_is_due_by_day_1_of_module_6(driven: Driver) -> None:
    """R26."""
    driven.until("2027-11-12")
    homework = driven.commitment("political_homework", 1)
    assert (str(homework.opened_on), str(homework.due_on)) == ("2027-10-07", "2027-11-10")
    mine = driven.mails("politics_discuss", "politics_reminder", "politics_missed", number=1)
    assert [mail.on for mail in mine] == ["2027-10-08", "2027-10-27", "2027-11-11"]


def test_every_mail_of_the_whole_programme_goes_out_in_working_hours(driven: Driver) -> None:
    """R47."""
    driven.until("2028-06-01")
    hours = driven.definition.working_time
    for mail in driven.mails():
        moment = hours.local(mail.send_at)
        assert hours.is_working_day(moment.date()), mail
        assert time(8) <= moment.time() < time(16), mail


def test_nobody_gets_the_same_message_twice_for_one_cause(driven: Driver) -> None:
    driven.until("2028-06-01")
    said = Counter((mail.message, mail.to, mail.subject, mail.send_at, str(mail.details)) for mail in driven.mails())
    assert [what for what, times in said.items() if times > 1] == []


def test_current_states_are_what_replaying_history_gives(database: Database) -> None:
    """Invariant 2, over the whole programme with some facts in between."""
    driven = Driver(database, people=6).enrol()
    driven.until("2027-03-15").fire("mentor_meeting_m1:keep", 1, 2, held_on="2027-03-15")
    driven.until("2027-04-20").fire("leave", 3)
    driven.until("2027-07-01").fire("return", 3)
    driven.fire("second_half_choice:keep", 1, choice="second_mentor")
    driven.until("2027-09-01").fire("withdraw", 6)
    driven.until("2028-05-01")
    states = replayed(driven.history())
    assert {number: driven.state(number) for number in range(1, 7)} == {
        number: states[f"hold-3-{number:02d}"] for number in range(1, 7)
    }
    for number in range(1, 7):
        for name, state in driven.states(number).items():
            assert states.get(f"hold-3-{number:02d}/{name}", "planned") == state
        assert states.get(f"hold-3-{number:02d}/second_half", "not_yet") == driven.beside(number)


def test_a_talent_who_joins_late_is_moved_along_and_not_asked_for_what_is_over(database: Database) -> None:
    driven = Driver(database, people=4).enrol().until("2027-03-20")
    driven.enrol(hold_3_people(5))
    assert set(driven.states(5)).isdisjoint({"mentor_meeting_m1"})
    assert "leadership_foundation" in driven.states(5)
    driven.until("2027-04-02")
    assert driven.state(5) == driven.state(1) == "active.m1.between"


def test_enrolling_the_same_people_again_changes_nothing(database: Database) -> None:
    driven = Driver(database, people=4).enrol().until("2027-03-20")
    before = driven.dump()
    assert driven.engine.enrol(driven.cohort, driven.definition, driven.people).transitions == ()
    assert driven.dump() == before
