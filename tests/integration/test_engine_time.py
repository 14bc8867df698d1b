"""Time: late ticks, pinned definitions, dates that were moved, and who is enrolled when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from config.definition import Definition
from config.effects import Notice
from config.errors import CohortOverError, TickFailedError
from config.people import People, PersonRow
from config.programme import MilestoneSpec
from states.store.conditions import ARMED
from states.store.database import Database
from states.store.tables import TimerRow
from tests.support.driver import Driver, day, hold_3, hold_3_people, talent_nord, unsecured


@pytest.fixture
def driven(database: Database) -> Driver:
    return Driver(database, people=4, cohort=unsecured("m2")).enrol()


def test_a_tick_that_comes_weeks_late_says_only_what_is_still_true(driven: Driver) -> None:
    """Nobody ticked from before the first mail until after module 1 day 2."""
    driven.oversleep("2027-04-12")
    assert driven.state(1) == "active.m1.between"
    waiting = {(mail.message, mail.details.get("milestone", "")) for mail in driven.mails() if mail.status == "pending"}
    assert waiting == {
        ("talk_escalated", ""),
        ("kickoff_without_talk", ""),
        ("challenge_missed", ""),
        ("meeting_missed", ""),
        ("foundation_missed", ""),
        ("module_for_leader", "m2d1"),
        ("talk_late", ""),
        ("network_invitation", "network1"),
        ("meeting_escalated", ""),
        ("group_members", ""),
    }
    assert {mail.on for mail in driven.mails() if mail.status == "pending"} == {"2027-04-12"}
    tasks = {task.message for task in driven.tasks() if task.status == "pending"}
    assert tasks == {"talk_missed", "meeting_overdue", "foundation_overdue", "challenge_urgent"}


@pytest.mark.parametrize(("until", "reminders"), [("2027-03-15", ["remind_2"]), ("2027-03-16", [])])
def test_reminders_whose_time_passed_in_an_outage_are_not_made_up_for(
    driven: Driver, until: str, reminders: list[str]
) -> None:
    """The meeting opens late, after its first reminder's day: who is just told of it is not reminded in one breath.

    Nor is anyone within three working days; the deadline is on 2027-03-18.
    """
    driven.oversleep(until)
    meeting = "hold-3-01/mentor_meeting_m1"
    assert [row.trigger for row in driven.history(meeting)] == ["open"]
    assert [mail.message for mail in driven.mails(number=1) if mail.subject == meeting] == ["meeting_plan"]
    waits = [trigger for trigger, _ in driven.armed(meeting)]
    assert waits == [f"mentor_meeting_m1:{verb}" for verb in (*reminders, "miss")]


def test_an_invitation_that_is_late_for_its_day_but_not_too_late_goes_at_once(driven: Driver) -> None:
    driven.oversleep("2027-02-22")
    mails = driven.mails("kickoff_invitation", "kickoff_reminder", number=1)
    assert {(mail.message, mail.on) for mail in mails if mail.to == "01"} == {
        ("kickoff_invitation", "2027-02-22"),
        ("kickoff_reminder", "2027-02-22"),
    }


def test_a_late_tick_comes_to_the_same_states(sqlite: Database, calm: Database) -> None:
    punctual = Driver(calm, people=4).enrol().until("2027-12-20")
    late = Driver(sqlite, people=4).enrol()
    late.oversleep("2027-12-20")
    assert [late.state(number) for number in range(1, 5)] == [punctual.state(number) for number in range(1, 5)]
    differing = {name for name, state in late.states(1).items() if state != punctual.states(1)[name]}
    assert differing == set()


def test_ticking_again_does_nothing(driven: Driver) -> None:
    driven.until("2027-05-01")
    before = driven.dump()
    assert driven.engine.tick() == []
    assert driven.dump() == before


def spoil(driven: Driver, due: str) -> None:
    """Make the cohort's first timer from ``due`` on one that nothing knows, as a fault of ours would."""
    with driven.database.write() as connection:
        first = select(TimerRow.id).where(
            ARMED, TimerRow.cohort_id == driven.cohort.id, TimerRow.due_at >= driven.at(f"{due} 00:00")
        )
        ident = connection.scalar(first.order_by(TimerRow.due_at, TimerRow.rank, TimerRow.id).limit(1))
        connection.execute(update(TimerRow).where(TimerRow.id == ident).values(trigger="nobody:knows"))


def test_a_timer_that_cannot_be_fired_stops_its_own_cohort_alone(driven: Driver) -> None:
    Driver(driven.database, people=3, cohort=driven.cohort.model_copy(update={"id": "hold-4"})).enrol()
    spoil(driven, "2027-03-01")
    why = r"time stands still for 1 cohort, all else was done: hold-3: 'nobody:knows', due 2027-03-.*no trigger"
    for _ in range(2):
        with pytest.raises(TickFailedError, match=why) as caught:
            driven.oversleep("2027-06-01")
    # The second tick tried again, and had nothing else left to do.
    assert caught.value.outcomes == ()
    assert (driven.state(1), driven.state("hold-4-01")) == ("active.started", "active.m2.sprint")


def test_what_a_tick_did_before_it_failed_is_told(driven: Driver) -> None:
    spoil(driven, "2027-03-01")
    with pytest.raises(TickFailedError) as caught:
        driven.oversleep("2027-06-01")
    assert "kickoff" in [outcome.trigger for outcome in caught.value.outcomes]


def test_the_cohort_goes_on_when_the_fault_is_mended(driven: Driver, calm: Database) -> None:
    with driven.database.read() as connection:
        before = connection.execute(select(TimerRow.id, TimerRow.trigger)).all()
    spoil(driven, "2027-03-01")
    with pytest.raises(TickFailedError):
        driven.oversleep("2027-06-01")
    with driven.database.write() as connection:
        for ident, trigger in before:
            connection.execute(update(TimerRow).where(TimerRow.id == ident).values(trigger=trigger))
    driven.engine.tick()
    calm_one = Driver(calm, people=4, cohort=unsecured("m2")).enrol()
    calm_one.oversleep("2027-06-01")
    assert driven.states(1) == calm_one.states(1)
    assert driven.mails() == calm_one.mails()


def test_the_clock_may_go_back_without_harm(driven: Driver) -> None:
    driven.until("2027-03-16")
    before = driven.dump()
    driven.now = driven.at("2027-01-01")
    assert driven.engine.tick() == []
    assert driven.dump() == before


def _quicker() -> Definition:
    """The programme with a mentor meeting that is due after three days, under the same name."""
    programme = talent_nord().programme
    specs = tuple(
        spec.model_copy(update={"due": spec.due.anchored({}).__class__("day1", ((3, "d"),))})
        if spec.id == "mentor_meeting"
        else spec
        for spec in programme.commitments
    )
    return Definition(programme.model_copy(update={"version": 2, "commitments": specs}))


def test_a_running_cohort_keeps_its_definition(database: Database) -> None:
    """Invariant 9: two cohorts of one programme, the second after it was changed."""
    first = Driver(database, people=2).enrol()
    second = Driver(database, people=2, definition=_quicker(), cohort=hold_3().model_copy(update={"id": "hold-4"}))
    second.enrol()
    first.engine.enrol(first.cohort, _quicker(), hold_3_people(3))
    first.until("2027-03-15 09:00")
    assert first.commitment("mentor_meeting_m1", 1).state == "open"
    assert first.commitment("mentor_meeting_m1", 3).state == "open", "who joins follows the cohort"
    assert first.commitment("mentor_meeting_m1", "hold-4-01").state == "missed"


def test_who_joins_finds_the_dates_as_they_were_moved(driven: Driver) -> None:
    driven.until("2027-03-01").move("m1d1", day("2027-03-18"))
    driven.enrol(hold_3_people(5))
    assert str(driven.commitment("mentor_meeting_m1", 5).due_on) == "2027-03-25"
    assert str(driven.commitment("mentor_meeting_m1", 1).due_on) == "2027-03-25"


def test_a_day_that_is_moved_while_one_is_on_leave_waits_for_the_return(driven: Driver) -> None:
    driven.until("2027-03-16").fire("leave", 1)
    driven.move("m2d1", day("2027-05-03", "09:00", "21:00"))
    driven.until("2027-05-05")
    assert driven.states(1)["mentor_meeting_m2"] == "planned"
    driven.fire("return", 1)
    driven.until("2027-05-06")
    meeting = driven.commitment("mentor_meeting_m2", 1)
    assert (meeting.state, str(meeting.due_on)) == ("open", "2027-05-10")


def test_a_moved_day_is_told_once_and_nobody_is_invited_twice(driven: Driver) -> None:
    driven.until("2027-04-15").move("m2d1", day("2027-05-03", "09:00", "21:00"))
    told = [(mail.details["milestone"], mail.to) for mail in driven.mails("date_moved")]
    # The other day of the bootcamp goes along.
    assert sorted(told) == [(day, to) for day in ("m2d1", "m2d2") for to in ("01", "02", "03", "04")]
    driven.until("2027-05-03")
    invitations = [mail for mail in driven.mails("module_invitation", number=1) if mail.details["milestone"] == "m2d1"]
    assert len(invitations) == 1
    reminders = [
        mail.on for mail in driven.mails("module_day_reminder", number=1) if mail.details["milestone"] == "m2d1"
    ]
    assert reminders == ["2027-04-30"]


def test_a_network_meeting_is_moved_for_mentors_alone(driven: Driver) -> None:
    driven.until("2027-04-01").move("network1", day("2027-04-21", "13:00", "15:30"))
    assert {mail.to for mail in driven.mails("date_moved")} == {"leader-01", "leader-03"}
    assert len(driven.mails("date_moved")) == 2


def _with_leader(people: People, number: int, name: str, email: str) -> People:
    return People(
        tuple(
            replace(talent, leader=PersonRow(name, email)) if talent.number == number else talent
            for talent in people.talents
        )
    )


def _person(driven: Driver, ident: str) -> str:
    [row] = [str(row) for row in driven.dump()["persons"] if f"'{ident}'" in row]
    return row


def test_enrolling_again_corrects_a_leaders_address(driven: Driver) -> None:
    old = driven.people.talents[2].leader
    driven.enrol(
        _with_leader(_with_leader(driven.people, 3, old.name, "palle@example.org"), 4, old.name, "palle@example.org")
    )
    assert "palle@example.org" in _person(driven, "hold-3/leader-03")
    assert driven.journey(3).mentor_id == driven.journey(4).mentor_id == "hold-3/leader-03"


def test_enrolling_again_with_another_leader_gives_nobody_a_wrong_one(driven: Driver) -> None:
    """A new leader is an event (``change_mentor``); talent 2 keeps the leader shared with talent 1 until now."""
    palle = driven.people.talents[2].leader
    before = driven.dump()
    driven.enrol(_with_leader(driven.people, 1, palle.name, palle.email))
    assert driven.dump() == before


@pytest.mark.parametrize("told_late", [False, True])
def test_nobody_joins_a_cohort_that_is_over(database: Database, told_late: bool) -> None:
    """After the last day nothing would ever move them; also when that day is told of only afterwards."""
    driven = Driver(database, people=2).enrol().until("2027-12-26")
    driven.move("alumni_day", day("2027-12-15" if told_late else "2028-02-15", "12:00", "16:00", "Vores første hold"))
    driven.until("2028-03-01")
    before = driven.dump()
    with pytest.raises(CohortOverError, match=r"Hold 3 is over since .* \(Alumnedag\) and takes nobody more: Kirsten"):
        driven.enrol(hold_3_people(3))
    assert driven.dump() == before
    # The list as it was can be read again.
    driven.enrol(hold_3_people(2))
    assert driven.dump() == before


def test_nobody_is_enrolled_in_a_cohort_that_lies_in_the_past(database: Database) -> None:
    with pytest.raises(CohortOverError):
        Driver(database, people=2, now=datetime(2029, 1, 1, tzinfo=UTC)).enrol()


def test_one_who_joins_under_a_known_leader_shares_the_leader(driven: Driver) -> None:
    inge = driven.people.talents[0].leader
    driven.enrol(_with_leader(hold_3_people(6), 6, inge.name, inge.email))
    assert driven.journey(6).mentor_id == "hold-3/leader-01"
    assert driven.journey(5).mentor_id == "hold-3/leader-05"


def thanked_after(milestone: str, when: str) -> Definition:
    """The programme with one more notice of a milestone: an invitation in place of thanks."""
    thanks = Notice.model_validate({"id": "thank", "when": when, "effects": [{"mail": "thanks", "to": ["talent"]}]})
    programme = talent_nord().programme
    calendar = [
        entry.model_copy(update={"notices": (*entry.notices, thanks)})
        if isinstance(entry, MilestoneSpec) and entry.milestone == milestone
        else entry
        for entry in programme.calendar
    ]
    return Definition(programme.model_copy(update={"calendar": tuple(calendar)}))


@pytest.mark.parametrize(
    ("milestone", "when", "on"),
    [
        ("kickoff", "day + 1d", "2027-02-26"),
        ("kickoff", "day + 2d", "2027-03-01"),  # A Saturday: not before, but after it.
        ("alumni_day", "day + 1d", "2028-03-30"),
    ],
)
def test_a_notice_after_a_milestone_is_sent_after_it(sqlite: Database, milestone: str, when: str, on: str) -> None:
    driven = Driver(sqlite, people=2, definition=thanked_after(milestone, when)).enrol().until("2028-05-01")
    assert [(mail.to, mail.on) for mail in driven.mails("thanks")] == [("01", on), ("02", on)]


def test_after_an_outage_thanks_are_late_and_invitations_are_not_sent(sqlite: Database) -> None:
    driven = Driver(sqlite, people=2, definition=thanked_after("kickoff", "day + 1d")).enrol()
    driven.oversleep("2027-03-05")
    assert {mail.on for mail in driven.mails("thanks")} == {"2027-03-05"}
    assert driven.mails("kickoff_invitation") == []


def test_who_joins_after_a_milestone_is_thanked_for_nothing(sqlite: Database) -> None:
    driven = Driver(sqlite, people=1, definition=thanked_after("kickoff", "day + 1d")).enrol().until("2027-03-03")
    driven.enrol(hold_3_people(2)).until("2027-03-08")
    assert [mail.to for mail in driven.mails("thanks")] == ["01"]


def test_who_joins_late_stands_where_the_cohort_stands(sqlite: Database) -> None:
    driven = Driver(sqlite, people=1).enrol().until("2027-03-20")
    driven.enrol(hold_3_people(2))
    assert driven.state(2) == driven.state(1) == "active.m1.sprint"
    [enrolled] = driven.history("hold-3-02")
    assert (enrolled.source, enrolled.dest) == ("", "active.m1.sprint")
