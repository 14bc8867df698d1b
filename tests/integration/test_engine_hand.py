"""A commitment that the coordinator hands to the talent's consultant: the task goes, the mail says what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import update

from config.definition import Definition
from config.errors import NoConsultantError, TransitionRefusedError, UnknownTriggerError
from config.programme import Programme
from states.store.database import Database
from states.store.tables import JourneyRow
from tests.support.coordinator import Coordinator
from tests.support.driver import Driver, talent_nord

MEETING = "mentor_meeting_m1"


@pytest.fixture
def late(database: Database) -> Driver:
    """Two talents whose first mentor meeting was due on 18 March; on the 24th the coordinator is asked to call."""
    driven = Driver(database, people=2).enrol().until("2027-03-24 12:00")
    driven.all_sent()
    assert driven.states(1)[MEETING] == "escalated.1"
    return driven


def handed(driven: Driver) -> list[Mapping[str, Any]]:
    return [mail.details for mail in driven.mails("task_handed") if mail.status != "dropped"]


def test_the_consultant_is_asked_and_the_coordinator_hears_later(late: Driver) -> None:
    late.fire(f"{MEETING}:hand", 1, note="Jeg har ringet to gange")
    assert late.states(1)[MEETING] == "escalated.1"
    [mail] = late.mails("task_handed")
    assert (mail.to, mail.on) == ("consultant-aalborg", "2027-03-24")
    assert mail.details["note"] == "Jeg har ringet to gange"
    [task] = late.tasks("handed_follow_up")
    assert (task.to, task.details["due_on"]) == ("coordinator-1", "2027-04-12"), "ten working days, without Easter"


def test_what_the_coordinator_was_asked_before_is_closed(sqlite: Database) -> None:
    coordinator = Coordinator(sqlite, people=1)
    coordinator.until("2027-03-24 12:00")
    coordinator.driven.fire(f"{MEETING}:hand", 1)
    coordinator.carry_out()
    meeting = [task for task in coordinator.talent(1).tasks if "odul 1" in task.title]
    assert [task.open for task in meeting] == [False, True]
    assert coordinator.talent(1).line.turn == "Karen Møller Thorsen"


def test_the_mail_says_what_is_asked_since_when_and_what_was_tried(sqlite: Database) -> None:
    coordinator = Coordinator(sqlite, people=1)
    coordinator.until("2027-03-24 12:00")
    coordinator.driven.fire(f"{MEETING}:hand", 1, note="Begge siger, at de mangler tid")
    coordinator.carry_out()
    mail = coordinator.mails[-1]
    assert mail.subject == "Vil du tage over? Mentormøde i modul 1 (Mette)"
    for part in (
        "Vil du tage fat i Mette Brøndgaard og Inge Sønderby (nærmeste leder)",
        "Fristen var torsdag den 18. marts 2027, og aftalen har været overskredet siden fredag den 19. marts 2027.",
        "Karen Møller Thorsen skriver: Begge siger, at de mangler tid",
        "Svar på denne mail",
    ):
        assert part in mail.text


def test_the_ladder_goes_on_but_asks_the_consultant_nothing_on_the_same_morning(late: Driver) -> None:
    late.until("2027-04-04 20:00").fire(f"{MEETING}:hand", 1)
    late.until("2027-04-05 12:00")
    assert [late.states(number)[MEETING] for number in (1, 2)] == ["escalated.2", "escalated.2"]
    assert [mail.on for mail in late.mails("task_handed")] == ["2027-04-05"]
    assert late.mails("meeting_escalated", number=1) == []
    assert len(late.mails("meeting_escalated", number=2)) == 1


def test_on_another_day_the_ladder_asks_as_ever(late: Driver) -> None:
    late.fire(f"{MEETING}:hand", 1)
    late.until("2027-04-05 12:00")
    assert len(late.mails("meeting_escalated", number=1)) == 1


def test_what_the_consultant_was_about_to_hear_is_in_the_one_mail(late: Driver) -> None:
    late.until("2027-04-05 07:59").until("2027-04-05 08:00").fire(f"{MEETING}:hand", 1)
    assert [mail.status for mail in late.mails("meeting_escalated", number=1)] == ["dropped"]
    assert [mail.status for mail in late.mails("task_handed")] == ["pending"]


def test_what_others_were_about_to_hear_they_hear(database: Database) -> None:
    driven = Driver(database, people=1).enrol().until("2027-03-19 12:00")
    waiting = [mail for mail in driven.mails("meeting_missed") if mail.status == "pending"]
    driven.fire(f"{MEETING}:hand", 1)
    assert waiting
    assert [mail for mail in driven.mails("meeting_missed") if mail.status == "pending"] == waiting


def test_handed_twice_it_is_told_twice_only_with_another_note(late: Driver) -> None:
    late.fire(f"{MEETING}:hand", 1, note="Ring i dag")
    assert late.fire(f"{MEETING}:hand", 1, note="Ring i dag").transitions == ()
    assert late.fire(f"{MEETING}:hand", 1, note="De er på ferie").transitions
    assert [told["note"] for told in handed(late)] == ["Ring i dag", "De er på ferie"]
    assert [task.status for task in late.tasks("handed_follow_up")] == ["dropped", "pending"]


def test_the_same_fact_is_once(late: Driver) -> None:
    first = late.fire(f"{MEETING}:hand", 1, key="form:1")
    assert late.fire(f"{MEETING}:hand", 1, key="form:1") == first
    assert len(handed(late)) == 1


def test_after_a_new_deadline_it_can_be_handed_over_anew(late: Driver) -> None:
    late.fire(f"{MEETING}:hand", 1)
    late.fire(f"{MEETING}:extend", 1, due_on="2027-04-06")
    late.fire(f"{MEETING}:hand", 1)
    assert len(late.mails("task_handed")) == 2


def test_a_consultant_who_was_asked_hears_of_a_new_deadline(late: Driver) -> None:
    late.fire(f"{MEETING}:hand", 1)
    late.all_sent().fire(f"{MEETING}:extend", 1, due_on="2027-04-20")
    assert "consultant-aalborg" in {mail.to for mail in late.mails("deadline_agreed")}


def test_what_is_open_can_be_handed_over_too(database: Database) -> None:
    driven = Driver(database, people=1).enrol().until("2027-03-12 12:00")
    driven.fire(f"{MEETING}:hand", 1)
    assert (driven.states(1)[MEETING], len(handed(driven))) == ("open", 1)


@pytest.mark.parametrize("name", ["mentor_meeting_m5", "expectation_talk"])
def test_what_is_not_open_or_is_settled_is_not(late: Driver, name: str) -> None:
    if name == "expectation_talk":
        late.fire("expectation_talk:waive", 1)
    with pytest.raises(TransitionRefusedError):
        late.fire(f"{name}:hand", 1)


def test_without_a_consultant_there_is_nobody_to_hand_it_to(late: Driver) -> None:
    with late.database.write() as connection:
        connection.execute(update(JourneyRow).where(JourneyRow.id == "hold-3-01").values(consultant_id=None))
    before = late.dump()
    with pytest.raises(NoConsultantError, match="no consultant is known for hold-3-01/mentor_meeting_m1"):
        late.fire(f"{MEETING}:hand", 1)
    assert late.dump() == before


def test_a_cohort_whose_programme_knows_nothing_of_it_goes_on_without(database: Database) -> None:
    data = talent_nord().programme.model_dump(mode="json", by_alias=True)
    for commitment in data["commitments"]:
        del commitment["on_hand"]
    driven = Driver(database, people=1, definition=Definition(Programme.model_validate(data))).enrol()
    driven.until("2027-03-24 12:00")
    with pytest.raises(UnknownTriggerError):
        driven.fire(f"{MEETING}:hand", 1)


def test_a_choice_and_what_the_whole_cohort_owes_are_nobodys_to_take_over(late: Driver) -> None:
    for name in ("second_half_choice", "challenge_m2"):
        with pytest.raises(UnknownTriggerError):
            late.fire(f"{name}:hand", *((1,) if name == "second_half_choice" else ()))
