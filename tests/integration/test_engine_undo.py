"""Any fact can be taken back: all stands as history without it would have it, at this moment (R62, *Fortryd*)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from config.errors import CorrectionRefusedError, DayRefusedError, UnknownRecordError
from states.facts import Fact
from states.store.database import Database
from states.store.reach_tables import AbsenceRow
from states.store.tables import CohortRow, MilestoneRow, PersonRow
from tests.support.driver import Driver, day, hold_3_people, replayed, undated, unsecured

MEETING = "mentor_meeting_m1"


def undo(driven: Driver, key: str, by: str = "undo-1") -> Any:
    """Take the fact with this key back."""
    return driven.engine.undo(key, Fact(by, "tester", {"because": "a slip"}))


def at_module_1(database: Database, people: int = 6) -> Driver:
    """A cohort on 12 March 2027: the first mentor meetings are open and due on the 18th."""
    return Driver(database, people=people).enrol().until("2027-03-12 12:00").all_sent()


def test_a_meeting_that_was_not_held_is_open_again_with_its_reminders_and_deadline(database: Database) -> None:
    driven = at_module_1(database)
    before, armed = driven.states(1), driven.armed(f"hold-3-01/{MEETING}")
    driven.fire(f"{MEETING}:keep", 1, key="slip", held_on="2027-03-12")
    assert driven.states(1)[MEETING] == "kept"
    outcome = undo(driven, "slip")
    assert driven.states(1) == before
    assert driven.armed(f"hold-3-01/{MEETING}") == armed
    assert [(one.source, one.dest, one.trigger) for one in outcome.transitions] == [("kept", "open", "correct")]
    replayed(driven.history())


def test_a_deadline_that_has_passed_meanwhile_is_missed_now(database: Database) -> None:
    driven = at_module_1(database)
    driven.fire(f"{MEETING}:keep", 1, key="slip", held_on="2027-03-12")
    driven.until("2027-04-05 12:00").all_sent()
    undo(driven, "slip")
    meeting = driven.commitment(MEETING, 1)
    assert (meeting.state, meeting.due_on, meeting.missed_on) == ("missed", date(2027, 3, 18), date(2027, 4, 5))
    assert {(mail.to, mail.on) for mail in driven.mails("meeting_missed", number=1)} == {
        ("01", "2027-04-05"),
        ("leader-01", "2027-04-05"),
    }
    driven.until("2027-04-09")
    assert driven.states(1)[MEETING] == "escalated.1", "three working days after it was missed"


def test_escalation_goes_on_from_where_it_stopped(database: Database) -> None:
    driven = at_module_1(database).until("2027-03-19 12:00").all_sent()
    assert driven.states(1)[MEETING] == "missed"
    driven.fire(f"{MEETING}:keep", 1, key="slip", held_on="2027-03-19")
    driven.until("2027-04-19 12:00")
    undo(driven, "slip")
    assert driven.states(1)[MEETING] == "missed"
    assert driven.until("2027-04-21").states(1)[MEETING] == "missed"
    assert driven.until("2027-04-24").states(1)[MEETING] == "escalated.1"


def test_a_task_that_was_closed_by_mistake_is_open_again(database: Database) -> None:
    driven = at_module_1(database).until("2027-03-25 12:00").all_sent()
    task = driven.tasks("meeting_overdue", number=1)[0]
    assert task.status == "pending"
    driven.fire(f"{MEETING}:keep", 1, key="slip", held_on="2027-03-25")
    assert driven.tasks("meeting_overdue", number=1)[0].status == "dropped"
    undo(driven, "slip")
    assert driven.tasks("meeting_overdue", number=1)[0].status == "pending"


def test_what_nobody_was_told_yet_is_never_told(database: Database) -> None:
    driven = at_module_1(database)
    driven.fire("leave", 1, key="slip")
    undo(driven, "slip")
    assert {mail.status for mail in driven.mails("leave_started")} == {"dropped"}
    assert not driven.mails("fact_corrected")


def test_whoever_was_told_is_told_the_correction_and_nobody_else(database: Database) -> None:
    driven = at_module_1(database)
    driven.fire("leave", 1, key="slip")
    driven.all_sent()
    told = {mail.to for mail in driven.mails("leave_started")}
    driven.until("2027-03-14 12:00")
    undo(driven, "slip")
    news = driven.mails("fact_corrected")
    assert {mail.to for mail in news} == told
    assert {mail.on for mail in news} == {"2027-03-15"}, "a Sunday: on the next working morning"


def test_a_leave_that_never_was_leaves_everything_as_it_would_be(database: Database) -> None:
    driven = at_module_1(database)
    driven.fire("leave", 1, key="slip")
    driven.until("2027-04-16 12:00")
    undo(driven, "slip")
    assert driven.state(1) == driven.state(2)
    mine, theirs = driven.states(1), driven.states(2)
    assert mine.keys() == theirs.keys()
    assert mine[MEETING] == "missed", "its deadline has passed while it was on pause"
    assert {name for name in mine if mine[name] != theirs[name]} <= {MEETING, "leadership_foundation"}
    assert not [task for task in driven.tasks("leave_return") if task.status != "dropped"]
    replayed(driven.history())


def test_a_withdrawal_is_told_the_next_working_morning(database: Database) -> None:
    driven = at_module_1(database)
    driven.fire("withdraw", 1, key="slip")
    assert {mail.on for mail in driven.mails("withdrawn")} == {"2027-03-15"}, "a Friday: on Monday"


@pytest.mark.parametrize("event", ["withdraw", "transfer", "leave"])
def test_an_event_undone_at_once_leaves_no_trace_but_history(database: Database, event: str) -> None:
    driven = Driver(database, people=6).enrol().until("2027-05-12 12:00").all_sent()
    before, armed = {n: driven.states(n) for n in range(1, 7)}, sorted(driven.armed())
    partners = [driven.commitment("shadow_visit", n).partner_id for n in range(1, 7)]
    assert before[1]["shadow_visit"] == "open"
    driven.fire(event, 1, key="slip")
    undo(driven, "slip")
    assert {n: driven.states(n) for n in range(1, 7)} == before
    assert sorted(driven.armed()) == armed
    assert [driven.commitment("shadow_visit", n).partner_id for n in range(1, 7)] == partners
    assert not [mail for mail in driven.mails() if mail.status == "pending"]
    replayed(driven.history())


def test_a_return_that_never_was_leads_back_into_the_leave(database: Database) -> None:
    driven = at_module_1(database)
    driven.fire("leave", 1)
    driven.until("2027-04-20 12:00").all_sent()
    before = driven.states(1)
    driven.fire("return", 1, key="slip")
    driven.until("2027-05-12 12:00").all_sent()
    undo(driven, "slip")
    assert driven.state(1) == "on_leave"
    assert driven.states(1) == before
    assert not driven.armed(f"hold-3-01/{MEETING}")


def test_a_new_leader_who_is_none_gives_the_old_one_back(database: Database) -> None:
    driven = at_module_1(database)
    old = driven.journey(1).mentor_id
    driven.fire("change_mentor", 1, key="slip", new_mentor={"name": "Ny Leder", "email": "ny@aalborg.example"})
    assert driven.journey(1).mentor_id != old
    undo(driven, "slip")
    assert driven.journey(1).mentor_id == old


def test_an_absence_and_its_withdrawal_are_taken_back_alike(database: Database) -> None:
    driven = at_module_1(database)
    driven.fire("absence", 1, key="away", milestone="m1d2")
    undo(driven, "away", "undo-away")
    assert not _absences(driven)
    driven.fire("absence", 1, key="again", milestone="m1d2")
    driven.fire("absence_withdrawn", 1, key="back", milestone="m1d2")
    undo(driven, "back", "undo-back")
    assert _absences(driven) == [("hold-3-01", "m1d2")]


def test_a_choice_taken_back_takes_what_followed_with_it(database: Database) -> None:
    driven = Driver(database, people=6).enrol().until("2027-07-01 12:00").all_sent()
    driven.fire("second_half_choice:keep", 1, key="slip", choice="second_mentor")
    driven.until("2027-07-07 12:00").all_sent()
    asked = {mail.to for mail in driven.mails("second_mentor_ask_group")}
    assert driven.beside(1) == "searching"
    undo(driven, "slip")
    assert driven.states(1)["second_half_choice"] == "open"
    assert driven.states(1)["second_mentor"] == "planned"
    assert driven.beside(1) == "choosing"
    assert asked <= {mail.to for mail in driven.mails("fact_corrected")}
    replayed(driven.history())


def test_who_was_found_by_mistake_is_not_the_second_mentor(database: Database) -> None:
    driven = Driver(database, people=6).enrol().until("2027-07-01 12:00").all_sent()
    driven.fire("second_half_choice:keep", 1, key="choice", choice="second_mentor")
    person = {"name": "Vibe Skov", "email": "vibe@aalborg.example"}
    driven.fire("second_mentor:keep", 1, key="slip", person=person, held_on="2027-07-01")
    with pytest.raises(CorrectionRefusedError, match="second_mentor:keep"):
        undo(driven, "choice")
    undo(driven, "slip")
    assert driven.journey(1).second_mentor_id is None
    assert (driven.states(1)["second_mentor"], driven.beside(1)) == ("open", "searching")
    undo(driven, "choice", "undo-2")
    assert driven.beside(1) == "choosing"


def test_an_agreed_deadline_is_given_back(database: Database) -> None:
    driven = at_module_1(database).until("2027-03-25 12:00").all_sent()
    before = driven.commitment(MEETING, 1)
    driven.fire(f"{MEETING}:extend", 1, key="slip", due_on="2027-04-20")
    undo(driven, "slip")
    after = driven.commitment(MEETING, 1)
    names = ("state", "due_on", "missed_on", "agreed")
    assert [getattr(after, name) for name in names] == [getattr(before, name) for name in names]


def test_a_moved_day_is_moved_back_and_those_who_heard_hear_again(database: Database) -> None:
    driven = at_module_1(database)
    driven.move("m3d1", day("2027-06-03"), key="slip")
    driven.all_sent()
    told = {mail.to for mail in driven.mails("date_moved")}
    assert told
    undo(driven, "slip")
    assert _day(driven, "m3d1") == date(2027, 6, 9) or _day(driven, "m3d1") == driven.cohort.dates["m3d1"].date
    assert len(driven.mails("date_moved")) == 2 * len(told)
    assert not driven.mails("fact_corrected")


def test_an_alumni_day_set_by_mistake_has_to_be_found_again(database: Database) -> None:
    driven = Driver(database, people=2, cohort=undated("alumni_day")).enrol().until("2028-01-15 12:00").all_sent()
    assert driven.commitment("alumni_date").state == "open"
    driven.move("alumni_day", day("2028-03-28", "13:00", "17:00"), key="slip")
    assert driven.commitment("alumni_date").state == "kept"
    undo(driven, "slip")
    assert _day(driven, "alumni_day") is None
    assert driven.commitment("alumni_date").state == "open"
    replayed(driven.history())


def test_a_day_that_cannot_be_what_it_was_stays(database: Database) -> None:
    driven = at_module_1(database)
    driven.move("m1d2", day("2027-04-08"), key="slip")
    driven.until("2027-04-07 12:00")
    with pytest.raises(DayRefusedError):
        undo(driven, "slip")
    assert _day(driven, "m1d2") == date(2027, 4, 8)


def test_a_challenge_told_by_mistake_is_unknown_again(database: Database) -> None:
    driven = Driver(database, people=2, cohort=unsecured()).enrol().until("2027-03-01 12:00").all_sent()
    told = {
        "owner": "Direktionen i Aalborg Kommune",
        "representative": {"name": "Ida Bro", "email": "ida.bro@aalborg.example"},
        "title": "Kø",
    }
    driven.fire("challenge_m2:keep", key="slip", held_on="2027-03-01", **told)
    driven.fire("challenge_m5:keep", key="right", held_on="2027-03-01", **told)
    undo(driven, "slip")
    assert driven.commitment("challenge_m2").state in {"planned", "open", "missed", "escalated.1"}
    assert set(_described(driven)["challenges"]) == {"m5"}


def test_people_enrolled_by_mistake_are_out_of_sight_and_hear_that_it_was_one(database: Database) -> None:
    driven = Driver(database, people=6).enrol().until("2027-03-01 12:00").all_sent()
    driven.enrol(hold_3_people(7))
    driven.until("2027-03-04 12:00").all_sent()
    told = {mail.to for mail in driven.mails(number=7)}
    undo(driven, "enrol:hold-3:1")
    assert driven.state(7) == "taken_back"
    assert set(driven.states(7).values()) == {"cancelled"}
    assert {mail.to for mail in driven.mails("fact_corrected")} == told
    replayed(driven.history())


def test_who_was_enrolled_by_mistake_can_be_enrolled_again(database: Database) -> None:
    driven = Driver(database, people=6).enrol().until("2027-03-01 12:00").all_sent()
    driven.enrol(hold_3_people(7))
    undo(driven, "enrol:hold-3:1")
    driven.enrol(hold_3_people(7)).until("2027-04-20")
    assert driven.state(7) == driven.state(1)
    assert driven.states(7)["mentor_meeting_m1"] == driven.states(1)["mentor_meeting_m1"]
    replayed(driven.history())


def test_what_another_fact_rests_on_is_refused_and_named(database: Database) -> None:
    driven = at_module_1(database)
    driven.fire("leave", 1, key="leave")
    driven.fire("return", 1, key="return")
    with pytest.raises(CorrectionRefusedError, match="'return'") as refused:
        undo(driven, "leave")
    assert (refused.value.why, refused.value.other) == ("rests", "return")
    undo(driven, "return")
    undo(driven, "leave", "undo-2")
    assert driven.state(1) == driven.state(2)


def test_a_fact_is_taken_back_once_and_a_correction_never(database: Database) -> None:
    driven = at_module_1(database)
    driven.fire(f"{MEETING}:keep", 1, key="slip", held_on="2027-03-12")
    first = undo(driven, "slip")
    assert undo(driven, "slip") == first, "the same correction again, by its key"
    with pytest.raises(CorrectionRefusedError, match="taken back before"):
        undo(driven, "slip", "undo-2")
    with pytest.raises(CorrectionRefusedError, match="tell that one again"):
        undo(driven, "undo-1", "undo-3")
    with pytest.raises(UnknownRecordError):
        undo(driven, "nothing", "undo-4")


def test_a_refused_correction_changes_nothing(database: Database) -> None:
    driven = at_module_1(database)
    driven.fire("leave", 1, key="leave")
    driven.fire("return", 1, key="return")
    before = driven.dump()
    with pytest.raises(CorrectionRefusedError):
        undo(driven, "leave")
    assert driven.dump() == before


def test_a_preview_shows_what_is_done_and_writes_nothing(database: Database) -> None:
    driven = at_module_1(database)
    driven.fire("leave", 1, key="slip")
    driven.all_sent()
    before = driven.dump()
    shown = driven.engine.preview_undo("slip")
    assert driven.dump() == before
    outcome = undo(driven, "slip")
    assert [(one.id, one.source, one.dest) for one in shown.steps] == [
        (one.id, one.source, one.dest) for one in outcome.transitions
    ]
    assert {one.recipient_id for one in shown.told} == {
        f"hold-3-{mail.to}" if mail.to.isdigit() else f"hold-3/{mail.to}" for mail in driven.mails("fact_corrected")
    }


def test_the_fact_and_its_correction_stay_in_history(database: Database) -> None:
    driven = at_module_1(database)
    driven.fire(f"{MEETING}:keep", 1, key="slip", held_on="2027-03-12")
    driven.now += timedelta(minutes=5)
    undo(driven, "slip")
    causes = [(row.trigger, row.cause) for row in driven.history(f"hold-3-01/{MEETING}")[-2:]]
    assert causes == [("keep", "fact slip"), ("correct", "fact undo-1")]


def _day(driven: Driver, milestone: str) -> date | None:
    with driven.database.read() as connection:
        return connection.scalar(select(MilestoneRow.day).where(MilestoneRow.id == milestone))


def _absences(driven: Driver) -> list[tuple[str, str]]:
    with driven.database.read() as connection:
        return [tuple(row) for row in connection.execute(select(AbsenceRow.journey_id, AbsenceRow.milestone))]


def _described(driven: Driver) -> dict[str, Any]:
    with driven.database.read() as connection:
        return dict(json.loads(str(connection.scalar(select(CohortRow.cohort)))))


# -- what others build on stays ------------------------------------------------------------------------------------


def test_what_is_right_about_a_partner_stays_when_the_withdrawal_is_taken_back(database: Database) -> None:
    driven = Driver(database, people=6).enrol().until("2027-05-12 12:00").all_sent()
    driven.fire("withdraw", 1, key="slip")
    other = next(n for n in range(2, 7) if driven.history(f"hold-3-0{n}/shadow_visit")[-1].trigger == "pair")
    driven.fire("shadow_visit:extend", other, due_on="2027-07-20")
    undo(driven, "slip")
    visit = driven.commitment("shadow_visit", other)
    assert (visit.due_on, visit.agreed) == (date(2027, 7, 20), True)


def test_a_choice_is_taken_back_after_its_deadline_too(database: Database) -> None:
    driven = Driver(database, people=6).enrol().until("2027-07-01 12:00").all_sent()
    driven.fire("second_half_choice:keep", 1, key="slip", choice="second_mentor")
    driven.until("2027-08-30 12:00").all_sent()
    undo(driven, "slip")
    choice = driven.commitment("second_half_choice", 1)
    assert (choice.state, choice.choice, driven.states(1)["second_mentor"]) == ("kept", "none", "planned")
    assert driven.beside(1) == "neither"


def test_who_was_enrolled_again_hears_what_the_others_have_and_sits_in_a_group(database: Database) -> None:
    driven = Driver(database, people=6).enrol().until("2027-03-01 19:00").all_sent()
    driven.enrol(hold_3_people(7))
    driven.engine.tick()
    invited = {mail.message for mail in driven.mails("module_invitation", number=7)}
    undo(driven, "enrol:hold-3:1")
    driven.until("2027-03-15 12:00").all_sent()
    driven.enrol(hold_3_people(7))
    assert driven.journey(7).group_number == 1
    assert driven.states(7)["expectation_talk"] == "planned", "the leader is asked for the talk, like any late joiner's"
    assert "07" in {mail.to for mail in driven.mails("group_members")}
    assert invited


def test_nothing_that_a_leave_has_asked_for_stays_open(database: Database) -> None:
    driven = at_module_1(database)
    driven.fire("leave", 1, key="slip")
    driven.until("2027-04-20 12:00")
    asked = [one for one in driven.tasks(number=1) if one.subject == "hold-3-01" and one.status != "dropped"]
    assert asked
    undo(driven, "slip")
    assert not [one for one in driven.tasks(number=1) if one.subject == "hold-3-01" and one.status != "dropped"]


def test_nothing_that_came_of_a_return_is_left(database: Database) -> None:
    driven = Driver(database, people=6).enrol().until("2027-02-20 12:00").all_sent()
    driven.fire("leave", 1)
    driven.until("2027-03-05 12:00").all_sent()
    driven.fire("return", 1, key="slip")
    driven.until("2027-03-26 12:00")
    assert [one for one in driven.tasks("meeting_overdue", number=1) if one.status == "pending"]
    undo(driven, "slip")
    waiting = [one.message for one in (*driven.mails(number=1), *driven.tasks(number=1)) if one.status == "pending"]
    assert not [one for one in waiting if one.startswith(("meeting", "foundation", "module"))]


def test_partners_of_people_enrolled_by_mistake_find_one_another(database: Database) -> None:
    driven = Driver(database, people=6).enrol().until("2027-05-12 12:00").all_sent()
    driven.enrol(hold_3_people(7))
    driven.engine.tick()
    driven.now += timedelta(minutes=5)
    undo(driven, "enrol:hold-3:1")
    partners = {driven.commitment("shadow_visit", n).partner_id for n in range(1, 7)}
    assert "hold-3-07" not in partners
    assert None not in partners


def test_whoever_was_told_of_two_talents_is_told_the_correction_of_both(database: Database) -> None:
    driven = at_module_1(database)
    driven.fire("leave", 1, 2, key="slip")
    driven.all_sent()
    told = sorted((mail.to, mail.subject) for mail in driven.mails("leave_started"))
    undo(driven, "slip")
    assert sorted((mail.to, mail.subject) for mail in driven.mails("fact_corrected")) == told


def test_a_day_moved_twice_is_told_once_when_the_second_move_is_taken_back(database: Database) -> None:
    driven = at_module_1(database)
    driven.move("m3d1", day("2027-06-03"), key="right")
    driven.move("m3d1", day("2027-06-04"), key="slip")
    undo(driven, "slip")
    waiting = [mail.to for mail in driven.mails("date_moved") if mail.status == "pending"]
    assert sorted(waiting) == sorted(set(waiting))
    assert waiting


def test_a_reminder_that_is_untrue_by_now_is_not_sent_after_all(database: Database) -> None:
    driven = at_module_1(database).until("2027-03-15 08:00")
    driven.fire(f"{MEETING}:keep", 1, key="slip", held_on="2027-03-14")
    driven.until("2027-04-05 12:00")
    undo(driven, "slip")
    assert "pending" not in {mail.status for mail in driven.mails("meeting_reminder", number=1)}


def test_an_absence_and_a_leave_are_taken_back_one_after_the_other(database: Database) -> None:
    driven = at_module_1(database).until("2027-03-20 12:00").all_sent()
    driven.fire("absence", 1, key="absence", milestone="m1d2")
    driven.fire("leave", 1, key="leave")
    driven.until("2027-03-29 12:00").all_sent()
    undo(driven, "leave", "undo-1")
    undo(driven, "absence", "undo-2")
    assert driven.state(1) == driven.state(2)


def test_whoever_was_told_of_a_challenge_by_mistake_is_told_and_not_who_sets_it(database: Database) -> None:
    driven = Driver(database, people=2, cohort=unsecured()).enrol().until("2027-04-15 12:00").all_sent()
    for key, where, name in (("right", "Aalborg", "Ida Bro"), ("slip", "Hjørring", "Bo Vest")):
        person = {"name": name, "email": f"{name.split()[0].lower()}@{key}.example"}
        told = {"owner": f"Direktionen i {where}", "representative": person, "title": "Kø"}
        driven.fire("challenge_m2:keep", key=key, held_on="2027-04-15", **told)
        driven.all_sent()
    undo(driven, "slip")
    corrected = [mail.to for mail in driven.mails("fact_corrected")]
    with driven.database.read() as connection:
        people = select(PersonRow.email).where(PersonRow.id.in_([f"hold-3/{one}" for one in corrected]))
        assert set(connection.scalars(people)) == {"bo@slip.example"}
