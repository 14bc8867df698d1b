"""R7, R29: leave and return, transfer, withdrawal, a new mentor, absence."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from config.definition import Definition
from config.errors import FactIncompleteError, TransitionRefusedError
from config.when import parse_when
from states.store.database import Database
from states.store.tables import EffectRow
from tests.support.driver import Driver, hold_3_people, talent_nord

GRETE = {"name": "Grete Lund", "email": "grete.lund@aalborg.example.org"}


def leader_of(driven: Driver, number: int) -> dict[str, str]:
    leader = driven.people.talents[number - 1].leader
    return {"name": leader.name, "email": leader.email}


@pytest.fixture
def driven(sqlite: Database) -> Driver:
    return Driver(sqlite, people=6).enrol().until("2027-03-16")


def test_leave_pauses_what_was_promised(driven: Driver) -> None:
    driven.fire("leave", 1)
    assert driven.state(1) == "on_leave"
    assert set(driven.states(1).values()) <= {"planned", "escalated.1", "kept"}
    assert driven.states(1)["mentor_meeting_m1"] == "planned"
    assert [timer for name in driven.states(1) for timer in driven.armed(f"hold-3-01/{name}")] == []
    [task] = driven.tasks("leave_return")
    assert (task.to, task.details["due_on"]) == ("coordinator-1", "2027-04-13")
    told = {mail.to for mail in driven.mails("leave_started")}
    assert told == {"01", "leader-01", "02", "03", "04", "05", "06", "consultant-aalborg", "administration"}


def test_on_leave_nobody_is_reminded_moved_or_invited(driven: Driver) -> None:
    driven.fire("leave", 1)
    seen = len(driven.mails(number=1))
    driven.until("2027-08-01")
    assert driven.state(1) == "on_leave"
    assert len(driven.mails(number=1)) == seen


def test_return_leads_to_where_the_cohort_stands_now(driven: Driver) -> None:
    driven.fire("leave", 1)
    driven.until("2027-07-01").fire("return", 1)
    assert driven.state(1) == driven.state(2) == "active.m3.between"
    assert {task.status for task in driven.tasks("leave_return")} == {"dropped"}


def test_return_takes_up_what_can_still_be_kept_and_ends_what_is_overdue(driven: Driver) -> None:
    driven.fire("leave", 1)
    driven.until("2027-03-30").fire("return", 1)
    driven.until("2027-03-30 12:01")
    states = driven.states(1)
    assert states["mentor_meeting_m1"] == "cancelled"
    assert states["leadership_foundation"] == "open"
    assert states["mentor_meeting_m2"] == "planned"
    driven.until("2027-04-29 16:00")
    assert driven.states(1)["mentor_meeting_m2"] == "open"


def test_a_deadline_that_hangs_on_the_opening_is_over_on_return_as_it_was_told(sqlite: Database) -> None:
    """Due two weeks after it opened, 2027-03-25: who comes back later is not asked again."""
    programme = talent_nord().programme
    from_opening = {"due": parse_when("opened + 2w"), "reminders": ()}
    commitments = [
        one.model_copy(update=from_opening) if one.id == "leadership_foundation" else one
        for one in programme.commitments
    ]
    definition = Definition(programme.model_copy(update={"commitments": tuple(commitments)}))
    driven = Driver(sqlite, people=2, definition=definition).enrol().until("2027-03-16")
    driven.fire("leave", 1, 2)
    driven.until("2027-03-20").fire("return", 1)
    driven.until("2027-03-30").fire("return", 2)
    states = [driven.commitment("leadership_foundation", number).state for number in (1, 2)]
    assert states == ["open", "cancelled"]


def test_leave_of_a_day_asks_for_the_same_again(driven: Driver) -> None:
    driven.fire("leave", 1)
    driven.until("2027-03-17").fire("return", 1)
    driven.until("2027-03-19 09:00")
    assert driven.states(1)["mentor_meeting_m1"] == "missed"


def test_what_was_missed_before_the_leave_stays_missed_with_its_tasks(driven: Driver) -> None:
    """Nothing of it is true only because somebody was away for a minute."""
    driven.until("2027-03-25 12:00")
    late = {name: state for name, state in driven.states(1).items() if state.startswith(("missed", "escalated"))}
    assert set(late) == {"expectation_talk", "mentor_meeting_m1"}
    tasks = driven.tasks("talk_missed", "meeting_overdue", number=1)
    waits = driven.armed("hold-3-01/mentor_meeting_m1")
    assert [trigger for trigger, _ in waits] == ["mentor_meeting_m1:escalate"]
    driven.fire("leave", 1)
    assert {name: driven.states(1)[name] for name in late} == late
    assert driven.armed("hold-3-01/mentor_meeting_m1") == [], "no escalation while the talent is away"
    driven.fire("return", 1)
    assert {name: driven.states(1)[name] for name in late} == late
    assert driven.tasks("talk_missed", "meeting_overdue", number=1) == tasks
    assert driven.armed("hold-3-01/mentor_meeting_m1") == waits


def test_who_returns_from_a_leave_is_told_what_it_has_ended(driven: Driver) -> None:
    driven.until("2027-03-20 12:00").fire("leave", 1)
    driven.until("2027-05-20").fire("return", 1)
    [mail] = [one for one in driven.mails("leave_ended", number=1) if one.to == "01"]
    assert mail.details["lapsed"] == ["leadership_foundation", "mentor_meeting_m2"]
    assert driven.states(1)["mentor_meeting_m1"] == "missed"


def test_who_returns_is_told_of_what_was_announced_meanwhile(driven: Driver) -> None:
    driven.fire("leave", 1)
    driven.until("2027-04-16").fire("return", 1)
    driven.until("2027-04-19")
    mine = [(mail.message, mail.details["milestone"]) for mail in driven.mails("module_invitation", number=1)]
    assert mine == [("module_invitation", "m1d1"), ("module_invitation", "m2d1")]
    assert len(driven.mails("module_invitation", number=2)) == 2, "the others are not told again"


def test_who_was_on_leave_when_groups_were_formed_gets_one_on_return(sqlite: Database) -> None:
    driven = Driver(sqlite, people=12).enrol().until("2027-03-01")
    driven.fire("leave", 1)
    driven.until("2027-04-05").fire("return", 1)
    groups = [driven.journey(number).group_number for number in range(2, 13)]
    smallest = min((1, 2), key=groups.count)
    assert driven.journey(1).group_number == smallest


@pytest.mark.parametrize("event", ["withdraw", "transfer"])
@pytest.mark.parametrize("first", [None, "leave"])
@pytest.mark.parametrize("when", ["2027-01-05", "2027-04-28 23:00", "2028-01-15"])
def test_leaving_for_good_ends_everything(sqlite: Database, event: str, first: str | None, when: str) -> None:
    driven = Driver(sqlite, people=4).enrol().until(when)
    if first:
        driven.fire(first, 1)
    driven.fire(event, 1)
    assert driven.state(1) == {"withdraw": "withdrawn", "transfer": "transferred"}[event]
    assert set(driven.states(1).values()) <= {"cancelled", "kept", "kept_late", "waived"}
    assert [timer for name in driven.states(1) for timer in driven.armed(f"hold-3-01/{name}")] == []
    pending = {mail.message for mail in driven.mails(number=1) if mail.status == "pending"}
    assert pending == {"withdrawn" if event == "withdraw" else "transferred"}
    seen = len(driven.mails(number=1))
    driven.until("2028-04-01")
    assert len(driven.mails(number=1)) == seen
    for again in ("leave", "return", "withdraw", "transfer", "absence"):
        with pytest.raises(TransitionRefusedError):
            driven.fire(again, 1, milestone="m1d1")


def test_withdrawal_is_told_to_everyone_concerned(driven: Driver) -> None:
    driven.fire("withdraw", 1)
    told = {mail.to for mail in driven.mails("withdrawn")}
    assert told == {"01", "leader-01", "02", "03", "04", "05", "06", "consultant-aalborg", "administration"}


def test_what_a_mentor_is_to_be_told_for_another_talent_survives_a_withdrawal(sqlite: Database) -> None:
    """Talents 1 and 2 share a leader and a consultant; an invitation to them is one mail, caused by talent 1."""
    driven = Driver(sqlite, people=2).enrol().until("2027-01-14 09:00")
    driven.fire("withdraw", 1)
    pending = {mail.to for mail in driven.mails("kickoff_invitation") if mail.status == "pending"}
    assert pending == {"leader-01", "consultant-aalborg", "02"}
    driven.fire("withdraw", 2)
    assert {mail.to for mail in driven.mails("kickoff_invitation") if mail.status == "pending"} == set()


def test_a_new_mentor_takes_over(driven: Driver) -> None:
    driven.fire("change_mentor", 1, new_mentor=GRETE)
    mentor = driven.journey(1).mentor_id
    assert mentor not in {"hold-3/leader-01", None}
    assert driven.state(1) == "active.m1.sprint"
    told = {mail.to for mail in driven.mails("mentor_changed")}
    assert told == {"01", mentor.removeprefix("hold-3-"), "consultant-aalborg", "administration"}
    driven.until("2027-03-18")
    assert {mail.to for mail in driven.mails("meeting_due", number=1)} == {"01", mentor.removeprefix("hold-3-")}
    assert {mail.to for mail in driven.mails("meeting_due", number=2)} == {"02", "leader-01"}


def test_what_waits_for_the_old_mentor_goes_to_the_new_one(database: Database) -> None:
    """Talents 1 and 2 share a leader, who goes on being told what concerns talent 2."""
    driven = Driver(database, people=2).enrol().until("2027-01-14 09:00")
    before = driven.mails("talk_convene", "kickoff_invitation")
    driven.fire("change_mentor", 1, new_mentor=GRETE)
    grete = driven.journey(1).mentor_id.removeprefix("hold-3-")
    convened = [(mail.to, mail.subject, mail.status) for mail in driven.mails("talk_convene")]
    assert convened == [
        (grete, "hold-3-01/expectation_talk", "pending"),
        ("leader-01", "hold-3-02/expectation_talk", "pending"),
    ]
    invited = {(mail.to, mail.subject) for mail in driven.mails("kickoff_invitation") if "leader" in mail.to}
    assert invited == {("leader-01", "hold-3-02")}
    assert [mail.subject for mail in driven.mails("kickoff_invitation") if mail.to == grete] == ["hold-3-01"]
    assert len(driven.mails("talk_convene", "kickoff_invitation")) == len(before) + 1


def test_a_mentor_who_was_the_last_to_be_told_is_not_told_any_more(database: Database) -> None:
    driven = Driver(database, people=2).enrol().until("2027-01-14 09:00")
    for number in (1, 2):
        driven.fire("change_mentor", number, new_mentor=GRETE)
    waiting = [(mail.to, mail.message) for mail in driven.mails() if mail.status == "pending"]
    assert "leader-01" not in {to for to, _ in waiting}
    # Grete leads both now, and is invited once.
    grete = driven.journey(1).mentor_id.removeprefix("hold-3-")
    assert driven.journey(2).mentor_id == driven.journey(1).mentor_id
    assert waiting.count((grete, "kickoff_invitation")) == 1
    assert waiting.count((grete, "talk_convene")) == 2


def test_what_the_old_mentor_has_been_told_stays_told(sqlite: Database) -> None:
    driven = Driver(sqlite, people=1).enrol().until("2027-01-14 09:00")
    with sqlite.write() as connection:
        connection.execute(update(EffectRow).values(status="sent"))
    driven.fire("change_mentor", 1, new_mentor=GRETE)
    assert [(mail.to, mail.status) for mail in driven.mails("talk_convene")] == [("leader-01", "sent")]
    driven.fire("change_mentor", 1, new_mentor=leader_of(driven, 1))
    assert driven.journey(1).mentor_id == "hold-3/leader-01"


def test_a_mentor_who_comes_back_before_anything_was_sent_gets_it_again(sqlite: Database) -> None:
    driven = Driver(sqlite, people=2).enrol().until("2027-01-14 09:00")
    before = {(mail.to, mail.message, mail.subject) for mail in driven.mails() if mail.status == "pending"}
    driven.fire("change_mentor", 1, new_mentor=GRETE)
    driven.fire("change_mentor", 1, new_mentor=leader_of(driven, 1))
    after = {(mail.to, mail.message, mail.subject) for mail in driven.mails() if mail.status == "pending"}
    told = {one for one in after if one[1] == "mentor_changed"}
    assert {(to, message) for to, message, _ in after - told} == {(to, message) for to, message, _ in before}
    assert {to for to, _, _ in told} == {"01", "leader-01", "consultant-aalborg", "administration"}


def test_a_new_mentor_who_leads_another_talent_is_the_same_person(driven: Driver) -> None:
    leader = driven.people.talents[2].leader
    driven.fire("change_mentor", 1, new_mentor={"name": leader.name, "email": leader.email.upper()})
    assert driven.journey(1).mentor_id == "hold-3/leader-03"
    driven.until("2027-04-08")
    invited = [mail.to for mail in driven.mails("network_invitation")]
    assert invited.count("leader-03") == 1


def test_the_old_mentor_is_told_of_the_change_and_not_if_it_is_taken_back_first(driven: Driver) -> None:
    """R7: whoever knew of being the mentor."""
    with driven.database.write() as connection:
        connection.execute(update(EffectRow).values(status="sent"))
    driven.fire("change_mentor", 1, new_mentor=GRETE)
    assert ("leader-01", "pending") in {(mail.to, mail.status) for mail in driven.mails("mentor_changed")}
    driven.fire("change_mentor", 1, new_mentor=leader_of(driven, 1))
    told = {(mail.to, mail.status) for mail in driven.mails("mentor_changed")}
    assert {status for to, status in told if to == "leader-01"} == {"dropped", "pending"}
    waiting = {to for to, status in told if status == "pending"}
    assert waiting == {"01", "leader-01", "consultant-aalborg", "administration"}, "Grete never hears of it"


def test_a_known_address_under_another_name_is_no_new_mentor(driven: Driver) -> None:
    leader = leader_of(driven, 3)
    before = driven.dump()
    with pytest.raises(FactIncompleteError, match=f"belongs to '{leader['name']}', here to 'Inge'; one address"):
        driven.fire("change_mentor", 1, new_mentor=leader | {"name": "Inge"})
    assert driven.dump() == before
    driven.fire("change_mentor", 1, new_mentor=leader | {"name": f"{leader['name'].upper()} "})
    assert driven.journey(1).mentor_id == "hold-3/leader-03"


@pytest.mark.parametrize("mentor", [None, "Grete", {}, {"name": "Grete"}, {"name": "Grete", "email": "grete"}])
def test_a_new_mentor_needs_a_name_and_a_mail_address(driven: Driver, mentor: object) -> None:
    before = driven.dump()
    with pytest.raises(FactIncompleteError, match="new_mentor"):
        driven.fire("change_mentor", 1, new_mentor=mentor)
    assert driven.dump() == before


def test_absence_is_told_to_the_learning_group_and_the_administration(driven: Driver) -> None:
    """R29."""
    driven.fire("absence", 1, milestone="m1d2")
    told = driven.mails("absence")
    assert {mail.to for mail in told} == {"02", "03", "04", "05", "06", "administration"}
    assert {mail.details["milestone"] for mail in told} == {"m1d2"}
    assert driven.state(1) == "active.m1.sprint"
    driven.fire("absence", 1, milestone="m1d2")
    assert len(driven.dump()["absences"]) == 1


@pytest.mark.parametrize("details", [{}, {"milestone": "m9d1"}])
def test_absence_names_a_day(driven: Driver, details: dict[str, str]) -> None:
    before = driven.dump()
    with pytest.raises(FactIncompleteError, match="milestone"):
        driven.fire("absence", 1, **details)
    assert driven.dump() == before


def test_a_late_comer_is_told_of_what_is_ahead(driven: Driver) -> None:
    driven.until("2027-04-16").enrol(hold_3_people(7))
    driven.until("2027-04-19")
    assert [mail.details["milestone"] for mail in driven.mails("module_invitation", number=7)] == ["m2d1"]
    assert driven.journey(7).group_number == 1


def test_what_one_alone_was_to_be_told_passes_to_nobody(driven: Driver) -> None:
    """Only invitations, which several share, pass to one who stays: not the news of somebody's own leave."""
    driven.fire("leave", 1)
    driven.fire("withdraw", 1)
    assert {(mail.status, mail.subject) for mail in driven.mails("leave_started")} == {("dropped", "hold-3-01")}


def test_a_new_leader_gets_the_old_ones_mails_and_not_those_of_another_role(driven: Driver) -> None:
    """The consultant stands in as leader: what is for the consultant stays when there is a leader again."""
    organisation = driven.people.talents[0].organisation
    consultant = driven.cohort.organisations[organisation].consultant
    driven.fire("change_mentor", 1, new_mentor={"name": consultant.name, "email": consultant.email})
    driven.until("2027-04-05 08:00")
    before = {mail.to for mail in driven.mails("meeting_escalated", number=1)}
    driven.fire("change_mentor", 1, new_mentor=GRETE)
    assert {mail.to for mail in driven.mails("meeting_escalated", number=1)} == before != set()


def test_one_new_leader_of_several_is_one_person(driven: Driver) -> None:
    driven.fire("change_mentor", 1, 3, new_mentor=GRETE)
    assert driven.journey(1).mentor_id == driven.journey(3).mentor_id
    assert sum("grete.lund" in str(row) for row in driven.dump()["persons"]) == 1
