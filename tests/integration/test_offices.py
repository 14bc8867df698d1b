"""A coordinator or consultant is replaced, or stood in for: what is theirs goes to who holds the office then."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from config.errors import CorrectionRefusedError, FactIncompleteError, OfficeTakenError, UnknownRecordError
from config.library import Library
from states.facts import Fact, Outcome
from states.running_cohort import RunningCohort, read_cohort
from states.store.database import Database
from states.store.tables import EffectRow, JourneyRow, PersonRow, TaskRow
from tests.support.driver import Driver, replayed

BO = {"name": "Bo Holm", "email": "bo.holm@aalborg.example.org"}
IDA = {"name": "Ida Falk", "email": "ida.falk@aalborg.example.org"}
COORDINATOR, CONSULTANT = "hold-3/coordinator-1", "hold-3/consultant-aalborg"


@pytest.fixture
def driven(sqlite: Database) -> Driver:
    """Two talents of Aalborg; on 24 March the coordinator has a task about the missed mentor meeting."""
    return Driver(sqlite, people=2).enrol().until("2027-03-22 12:00").all_sent()


def tell(driven: Driver, trigger: str, whom: str, key: str = "", **details: Any) -> Outcome:
    fact = Fact(key or f"{trigger}-{details}", "tester", {"whom": whom, **details})
    return driven.engine.arrange("hold-3", trigger, fact)


def cohort(driven: Driver) -> RunningCohort:
    with driven.database.read() as connection:
        return read_cohort(connection, "hold-3")


def name_of(driven: Driver, short: str) -> str:
    with driven.database.read() as connection:
        return str(connection.scalar(select(PersonRow.name).where(PersonRow.id == f"hold-3/{short}")))


def aalborgs(driven: Driver) -> set[str | None]:
    with driven.database.read() as connection:
        mine = JourneyRow.organisation == "aalborg"
        return set(connection.scalars(select(JourneyRow.consultant_id).where(mine)))


def news(driven: Driver) -> list[tuple[str, str, str]]:
    return [(one.to, one.details["side"], one.status) for one in driven.mails("office_changed")]


# -- replaced --------------------------------------------------------------------------------------------------------


def test_from_now_on_the_new_coordinator_holds_the_office(driven: Driver) -> None:
    tell(driven, "replace", COORDINATOR, holder=BO)
    assert cohort(driven).cast.coordinators == ("hold-3/coordinator-1.2",)
    assert cohort(driven).described.coordinators[0].email == BO["email"]
    assert name_of(driven, "coordinator-1") == "Karen Møller Thorsen", "who held it is still known"
    assert news(driven) == [("coordinator-1.2", "takes", "pending"), ("coordinator-1", "gives", "pending")]
    driven.until("2027-03-24 12:00")
    assert {one.to for one in driven.tasks("meeting_overdue")} == {"coordinator-1.2"}
    assert replayed(driven.history())[COORDINATOR] == "hold-3/coordinator-1.2"


def test_what_waits_and_open_tasks_change_owner(driven: Driver) -> None:
    driven.until("2027-03-24 12:00")
    [task, *_] = driven.tasks("meeting_overdue")
    with driven.database.write() as connection:
        [row] = connection.execute(select(EffectRow.key).where(EffectRow.message == "meeting_overdue").limit(1))
        connection.execute(update(EffectRow).where(EffectRow.key == row.key).values(status="done"))
        opened = {"id": row.key, "cohort_id": "hold-3", "journey_id": None, "subject": task.subject, "text": ""}
        more = {"owner_id": COORDINATOR, "title": "", "opened_at": driven.now, "status": "open"}
        connection.execute(insert(TaskRow), opened | more)
    tell(driven, "replace", COORDINATOR, holder=BO)
    with driven.database.read() as connection:
        assert connection.scalar(select(TaskRow.owner_id)) == "hold-3/coordinator-1.2"
    waits = [one for one in driven.tasks("meeting_overdue") if one.status == "pending"]
    assert {one.to for one in waits} == {"coordinator-1.2"}


def test_the_consultant_of_an_organisation_is_that_of_its_talents(driven: Driver) -> None:
    tell(driven, "replace", CONSULTANT, holder=BO)
    assert aalborgs(driven) == {"hold-3/consultant-aalborg.2"}
    assert cohort(driven).described.organisations["aalborg"].consultant.name == "Bo Holm"
    driven.until("2027-04-05 12:00")
    assert {one.to for one in driven.mails("meeting_escalated")} == {"consultant-aalborg.2"}


def test_who_is_known_already_is_not_known_twice_and_holds_it_once(driven: Driver) -> None:
    karen = {"name": "Karen Møller Thorsen", "email": "karen.thorsen@aalborg.example.org"}
    tell(driven, "replace", CONSULTANT, holder=karen)
    assert aalborgs(driven) == {COORDINATOR}
    with pytest.raises(FactIncompleteError, match="holds it already"):
        tell(driven, "replace", CONSULTANT, key="again", holder=karen)
    with pytest.raises(FactIncompleteError, match="one address is one person"):
        tell(driven, "replace", CONSULTANT, key="wrong", holder={**karen, "name": "Bo Holm"})


def test_the_office_comes_back(driven: Driver) -> None:
    tell(driven, "replace", COORDINATOR, holder=BO)
    karen = {"name": "Karen Møller Thorsen", "email": "karen.thorsen@aalborg.example.org"}
    tell(driven, "replace", COORDINATOR, holder=karen)
    assert cohort(driven).cast.coordinators == (COORDINATOR,)
    assert [status for _, _, status in news(driven)] == ["dropped", "dropped", "pending", "pending"]


# -- stood in for ----------------------------------------------------------------------------------------------------


def test_what_is_due_in_that_time_goes_to_the_stand_in_and_nothing_else(driven: Driver) -> None:
    tell(driven, "stand_in", COORDINATOR, holder=IDA, first_day="2027-03-24", last_day="2027-03-24")
    at = cohort(driven).coordinator_on
    assert [at(date(2027, 3, day)) for day in (23, 24, 25)] == [COORDINATOR, "hold-3/stand-in-1", COORDINATOR]
    driven.until("2027-03-24 12:00")
    assert {one.to for one in driven.tasks("meeting_overdue")} == {"stand-in-1"}
    assert news(driven) == [("stand-in-1", "takes", "pending"), ("coordinator-1", "gives", "pending")]


def test_a_mail_belongs_to_who_acts_on_the_day_on_which_it_goes_out(driven: Driver) -> None:
    """Escalated on Easter Monday's morrow; the mail is the stand-in's from that day."""
    tell(driven, "stand_in", CONSULTANT, holder=IDA, first_day="2027-04-05", last_day="2027-04-09")
    driven.until("2027-04-05 12:00")
    escalated = driven.mails("meeting_escalated")
    assert {(one.to, one.on) for one in escalated} == {("stand-in-1", "2027-04-05")}
    assert aalborgs(driven) == {CONSULTANT}


def test_what_waits_already_follows_and_comes_back_when_it_ends_early(driven: Driver) -> None:
    driven.until("2027-04-05 12:00")
    waits = {one.to for one in driven.mails("meeting_escalated")}
    assert waits == {"consultant-aalborg"}
    tell(driven, "stand_in", CONSULTANT, holder=IDA, first_day="2027-04-05", last_day="2027-04-09")
    assert {one.to for one in driven.mails("meeting_escalated")} == {"stand-in-1"}
    tell(driven, "end_stand_in", CONSULTANT, last_day="2027-04-04")
    assert {one.to for one in driven.mails("meeting_escalated")} == {"consultant-aalborg"}
    assert cohort(driven).cast.acting(CONSULTANT, date(2027, 4, 6)) == CONSULTANT


def test_a_new_holder_ends_the_stand_in(driven: Driver) -> None:
    tell(driven, "stand_in", COORDINATOR, holder=IDA, first_day="2027-03-22", last_day="2027-04-09")
    tell(driven, "replace", COORDINATOR, holder=BO)
    assert cohort(driven).coordinator_on(date(2027, 3, 23)) == "hold-3/coordinator-1.2"


@pytest.mark.parametrize(("first", "last"), [("2027-04-09", "2027-04-20"), ("2027-03-30", "2027-04-01")])
def test_two_do_not_stand_in_at_once(driven: Driver, first: str, last: str) -> None:
    tell(driven, "stand_in", COORDINATOR, holder=IDA, first_day="2027-04-01", last_day="2027-04-09")
    before = driven.dump()
    with pytest.raises(OfficeTakenError, match="Ida Falk stands in"):
        tell(driven, "stand_in", COORDINATOR, holder=BO, first_day=first, last_day=last)
    assert driven.dump() == before
    tell(driven, "stand_in", COORDINATOR, holder=BO, first_day="2027-04-10", last_day="2027-04-20")


@pytest.mark.parametrize(
    ("trigger", "details", "says"),
    [
        ("replace", {}, "holder: has no name"),
        ("stand_in", {"holder": IDA, "first_day": "2027-04-01"}, "last_day: is missing"),
        ("stand_in", {"holder": IDA, "first_day": "2027-04-01", "last_day": "2027-03-31"}, "before the first day"),
        ("stand_in", {"holder": IDA, "first_day": "2027-03-01", "last_day": "2027-03-21"}, "is over"),
        ("stand_in", {"holder": IDA, "first_day": "i morgen", "last_day": "2027-03-21"}, "is not a date"),
        ("end_stand_in", {"last_day": "2027-03-30"}, "nobody stands in"),
    ],
    ids=str,
)
def test_what_cannot_be_changes_nothing(driven: Driver, trigger: str, details: dict[str, Any], says: str) -> None:
    before = driven.dump()
    with pytest.raises(FactIncompleteError, match=says):
        tell(driven, trigger, COORDINATOR, **details)
    assert driven.dump() == before


@pytest.mark.parametrize("whom", ["hold-3/administration", "hold-3-01", "hold-3/coordinator-2", ""])
def test_only_coordinators_and_consultants_change_hands(driven: Driver, whom: str) -> None:
    with pytest.raises(UnknownRecordError):
        tell(driven, "replace", whom, holder=BO)


def test_a_programme_of_before_tells_nobody_and_does_it_all_the_same(sqlite: Database) -> None:
    old = Library().programme("talent-nord").definition
    definition = type(old)(old.programme.model_copy(update={"on_office": None}))
    driven = Driver(sqlite, people=2, definition=definition).enrol()
    tell(driven, "replace", COORDINATOR, holder=BO)
    assert driven.mails("office_changed") == []
    assert cohort(driven).cast.coordinators == ("hold-3/coordinator-1.2",)


# -- taken back ------------------------------------------------------------------------------------------------------


def undo(driven: Driver, key: str, by: str = "undo") -> None:
    driven.engine.undo(key, Fact(by, "tester"))


def test_an_office_that_changed_hands_by_mistake_goes_back(driven: Driver) -> None:
    """R62: who held it before holds it again, and both are told; whoever is not theirs hears nothing."""
    before = aalborgs(driven)
    tell(driven, "replace", CONSULTANT, key="slip", holder=BO)
    driven.all_sent()
    undo(driven, "slip")
    assert aalborgs(driven) == before
    assert [(to, side) for to, side, _ in news(driven)][2:] == [
        ("consultant-aalborg", "takes"),
        (name(driven), "gives"),
    ]
    replayed(driven.history())


def test_a_stand_in_by_mistake_stands_in_on_no_day(driven: Driver) -> None:
    tell(driven, "stand_in", COORDINATOR, key="slip", holder=IDA, first_day="2027-03-23", last_day="2027-03-26")
    undo(driven, "slip")
    assert not [one for one in cohort(driven).cast.stand_ins if one.first <= one.last]
    replayed(driven.history())


def test_a_stand_in_ended_by_mistake_goes_on(driven: Driver) -> None:
    tell(driven, "stand_in", COORDINATOR, holder=IDA, first_day="2027-03-22", last_day="2027-03-30")
    tell(driven, "end_stand_in", COORDINATOR, key="slip", last_day="2027-03-22")
    undo(driven, "slip")
    assert {one.last for one in cohort(driven).cast.stand_ins if one.last >= date(2027, 3, 23)} == {date(2027, 3, 30)}


def test_a_name_corrected_by_mistake_is_as_it_was(driven: Driver) -> None:
    before = name_of(driven, "coordinator-1")
    tell(driven, "correct", COORDINATOR, key="slip", name="Karen Thorsen")
    undo(driven, "slip")
    assert name_of(driven, "coordinator-1") == before
    assert cohort(driven).described.coordinators[0].name == before


def name(driven: Driver) -> str:
    """The short id of who was told by mistake that they take over."""
    return news(driven)[0][0]


def test_the_stand_in_that_was_meant_is_taken_back_and_no_other(driven: Driver) -> None:
    tell(driven, "stand_in", COORDINATOR, holder=IDA, first_day="2027-04-01", last_day="2027-04-05")
    tell(driven, "stand_in", COORDINATOR, key="slip", holder=BO, first_day="2027-04-10", last_day="2027-04-15")
    undo(driven, "slip")
    acting = {(one.first, one.last) for one in cohort(driven).cast.stand_ins if one.first <= one.last}
    assert acting == {(date(2027, 4, 1), date(2027, 4, 5))}


def test_nobody_hears_of_an_office_that_goes_back_before_anybody_heard_of_it(driven: Driver) -> None:
    tell(driven, "replace", CONSULTANT, key="slip", holder=BO)
    undo(driven, "slip")
    assert {status for _, _, status in news(driven)} == {"dropped"}


def test_a_replacement_on_which_a_stand_in_rests_is_refused(driven: Driver) -> None:
    tell(driven, "replace", COORDINATOR, key="slip", holder=BO)
    tell(driven, "stand_in", COORDINATOR, key="right", holder=IDA, first_day="2027-04-01", last_day="2027-04-05")
    with pytest.raises(CorrectionRefusedError, match="stand_in"):
        undo(driven, "slip")
