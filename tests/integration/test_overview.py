"""R43: what coordinators see of a cohort and of each talent: where, what next, whose turn, what is late."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from config.errors import UnknownRecordError
from flows.cockpit.markdown import cohort_markdown, talent_markdown
from states.store.database import Database
from states.store.tables import EffectRow
from states.views.counts import summarise
from states.views.overview import Overview
from states.views.pages import CommitmentLine, PlanLine, TalentPage
from tests.support.coordinator import Coordinator
from tests.support.driver import Driver

GUIDE = (Path(__file__).parents[2] / "docs" / "coordinator-reference.md").read_text()
STATUSES = {
    "pending": "venter",
    "claimed": "på vej",
    "sent": "sendt",
    "rejected": "afvist",
    "unknown": "uafklaret",
}
TALENT, LEADER, COORDINATOR = "Mette Brøndgaard", "Inge Sønderby", "Karen Møller Thorsen"


@pytest.fixture
def coordinator(sqlite: Database) -> Coordinator:
    """Six talents of hold-3, nine weeks before the kick-off."""
    return Coordinator(sqlite, people=6)


def commitment(page: TalentPage, label: str) -> CommitmentLine:
    [found] = [line for line in page.commitments if line.label == label]
    return found


def test_before_anything_is_asked_it_is_nobodys_turn(coordinator: Coordinator) -> None:
    line = coordinator.talent(1).line
    assert (line.name, line.organisation) == (TALENT, "Aalborg Kommune")
    assert line.state == "Før start · forventningssamtale mangler"
    assert (line.next_event, line.next_day) == ("Fælles kick-off", date(2027, 2, 25))
    assert (line.turn, line.late) == ("", ())


def test_it_is_the_turn_of_who_has_promised_what_is_open(coordinator: Coordinator) -> None:
    coordinator.until("2027-01-28")
    page = coordinator.talent(1)
    assert page.line.turn == page.mentor == LEADER
    talk = commitment(page, "Forventningssamtale")
    assert (talk.state, talk.owner, talk.due) == ("i gang", LEADER, date(2027, 2, 17))
    assert not talk.settled
    assert page.line.late == ()


def test_it_is_the_turn_of_who_has_a_task_when_a_promise_was_missed(coordinator: Coordinator) -> None:
    coordinator.until("2027-02-18")
    page = coordinator.talent(1)
    assert page.line.late == ("Forventningssamtale",)
    assert page.line.turn == COORDINATOR
    assert commitment(page, "Forventningssamtale").state == "eskaleret (1)"
    [task] = page.tasks
    assert (task.owner, task.due, task.journey, task.open) == (COORDINATOR, date(2027, 2, 22), "hold-3-01", True)


def test_kept_late_is_late_no_more_and_closes_the_task(coordinator: Coordinator) -> None:
    coordinator.until("2027-02-18")
    coordinator.driven.fire("expectation_talk:keep", 1, held_on="2027-02-18")
    page = coordinator.talent(1)
    assert (page.line.late, page.line.turn) == ((), "")
    assert commitment(page, "Forventningssamtale").state == "gennemført for sent"
    assert [task.open for task in page.tasks] == [False]
    assert coordinator.talent(2).line.turn == COORDINATOR


def test_the_next_event_is_the_one_that_has_not_ended(coordinator: Coordinator) -> None:
    coordinator.until("2027-02-25 14:00")
    assert coordinator.talent(1).line.next_event == "Fælles kick-off"
    coordinator.until("2027-02-25 16:30")
    assert coordinator.talent(1).line.next_event == "Modul 1, dag 1"
    assert coordinator.talent(1).line.state == "Godt i gang efter kick-off"


def test_nothing_comes_next_for_who_is_on_leave_or_has_left(coordinator: Coordinator) -> None:
    coordinator.until("2027-03-16")
    coordinator.driven.fire("leave", 1)
    coordinator.driven.fire("withdraw", 2)
    coordinator.carry_out()
    leave, left = coordinator.talent(1).line, coordinator.talent(2).line
    assert (leave.state, leave.next_event, leave.next_day, leave.turn) == ("Orlov", "", None, COORDINATOR)
    assert (left.state, left.next_event, left.late, left.turn) == ("Afbrudt", "", (), "")


def test_the_cohorts_page_lists_everyone_and_the_open_tasks(coordinator: Coordinator) -> None:
    coordinator.until("2027-02-18")
    coordinator.driven.fire("expectation_talk:keep", 1, held_on="2027-02-18")
    page = coordinator.cohort()
    assert (page.id, page.name, page.today) == ("hold-3", "Hold 3", date(2027, 2, 18))
    assert [line.journey for line in page.talents] == [f"hold-3-{number:02d}" for number in range(1, 7)]
    assert page.talents == tuple(coordinator.talent(number).line for number in range(1, 7))
    assert {task.journey for task in page.tasks} == {f"hold-3-{number:02d}" for number in range(2, 7)}
    assert all(task.open for task in page.tasks)
    assert {line.label for line in page.commitments} >= {f"Udfordring til bootcamp i modul {n}" for n in (2, 5)}


def test_a_talents_page_tells_what_was_said_and_why(coordinator: Coordinator) -> None:
    coordinator.until("2027-01-14 08:00")
    page = coordinator.talent(1)
    assert {mail.to for mail in page.mails} >= {TALENT, LEADER}
    assert {mail.status for mail in page.mails} == {"sent"}
    assert all(mail.at == coordinator.driven.definition.working_time.local(mail.at) for mail in page.mails)
    newest, *_, oldest = page.history
    assert (newest.what, newest.dest) == ("Forventningssamtale: åbnet", "i gang")
    assert newest.cause.startswith("timer expectation_talk:open")
    assert (oldest.what, oldest.cause) == ("tilmeldt", "fact enrol:hold-3")
    assert f"{newest.at:%Y-%m-%d %H:%M}" == "2027-01-14 08:00"


def test_a_mail_that_waits_is_named_by_what_it_is_about(coordinator: Coordinator) -> None:
    coordinator.driven.until("2027-01-14 08:00")
    mails = {(mail.to, mail.subject, mail.status) for mail in coordinator.talent(1).mails}
    assert (LEADER, "Forventningssamtale: åbnet", "pending") in mails
    assert (TALENT, "Fælles kick-off: invitation", "pending") in mails


def test_the_status_of_a_mail_is_told_in_words(coordinator: Coordinator) -> None:
    coordinator.until("2027-01-14 08:00")
    page = coordinator.talent(1)
    for status, word in STATUSES.items():
        told = replace(page, mails=(replace(page.mails[0], status=status),))
        markdown = talent_markdown(told, dict.fromkeys(["hold-3", "hold-3-01"], "/"), draws_mermaid=True)
        assert f"| {word} |" in markdown
        assert f"*{word}*" in GUIDE


def test_when_the_plan_was_revised_is_shown_and_who_said_so(coordinator: Coordinator) -> None:
    coordinator.until("2027-01-21")
    links = dict.fromkeys(["hold-3", *(f"hold-3-{number:02d}" for number in range(1, 7))], "/")
    before = talent_markdown(coordinator.talent(1), links, draws_mermaid=False)
    assert "Udviklingsplan: ingen har fortalt, at den er skrevet" in before
    coordinator.driven.fire("expectation_talk:keep", 1, held_on="2027-01-20", plan="written")
    assert coordinator.talent(1).line.plan == PlanLine("skrevet", date(2027, 1, 20), "tester")
    after = talent_markdown(coordinator.talent(1), links, draws_mermaid=False)
    assert "Udviklingsplan: skrevet 20. januar 2027 (tester)" in after.replace("\\", "")
    overview = cohort_markdown(coordinator.cohort(), links)
    assert overview.replace("\\", "").count("| skrevet 20. jan. |") == 1
    assert "| Talent | Hvor | Udviklingsplan | Gruppe |" in overview


def test_a_choice_is_shown_in_words(coordinator: Coordinator) -> None:
    coordinator.until("2027-07-05")
    coordinator.driven.fire("second_half_choice:keep", 1, choice="internship", held_on="2027-07-05")
    assert commitment(coordinator.talent(1), "Valg for anden halvdel").choice == "ledelsespraktik"
    assert commitment(coordinator.talent(2), "Valg for anden halvdel").choice == ""


def test_the_group_and_both_mentors_are_named(coordinator: Coordinator) -> None:
    assert coordinator.talent(1).group is None
    coordinator.until("2027-03-12")
    assert coordinator.talent(1).group == 1
    assert (coordinator.talent(1).mentor, coordinator.talent(1).second_mentor) == (LEADER, "")


def test_every_page_has_a_title(coordinator: Coordinator) -> None:
    with coordinator.driven.database.read() as connection:
        titles = Overview(connection, "hold-3", coordinator.driven.now).titles()
    assert list(titles.items())[:2] == [("hold-3", "Hold 3"), ("hold-3-01", TALENT)]
    assert len(titles) == 7


def test_a_talent_or_cohort_that_is_not_there_is_named(coordinator: Coordinator) -> None:
    with pytest.raises(UnknownRecordError, match="'hold-3-99'"):
        coordinator.talent(99)
    with coordinator.driven.database.read() as connection, pytest.raises(UnknownRecordError, match="'hold-9'"):
        Overview(connection, "hold-9", coordinator.driven.now)


def test_what_a_cohort_amounts_to_counts_no_other_cohort(database: Database) -> None:
    driven = Driver(database, people=3).enrol()
    driven.until("2027-02-25")
    with database.read() as connection:
        alone = summarise(connection, "hold-3")
    other = Driver(database, people=4, cohort=driven.cohort.model_copy(update={"id": "hold-4"}), now=driven.now)
    other.enrol().fire("leave", "hold-4-01")
    with database.read() as connection:
        both = [summarise(connection, cohort) for cohort in ("hold-3", "hold-4")]
    assert both[0] == alone
    assert [(one.talents, one.stuck) for one in both] == [(3, ()), (4, ())]


def test_a_talents_page_lists_each_mail_once_and_neither_tasks_nor_what_was_dropped(coordinator: Coordinator) -> None:
    coordinator.until("2027-02-18 08:00")
    coordinator.driven.fire("expectation_talk:keep", 1, held_on="2027-02-18")
    with coordinator.driven.database.read() as connection:
        mine = EffectRow.journey_id == "hold-3-01"
        rows = connection.execute(select(EffectRow.kind, EffectRow.status, EffectRow.mail_id).where(mine)).all()
    assert {("task", "done"), ("mail", "dropped")} <= {tuple(row)[:2] for row in rows}
    mails = coordinator.talent(1).mails
    carried = [row.mail_id for row in rows if row.kind == "mail" and row.status != "dropped"]
    assert len(mails) == len(set(carried)) < len(carried)
    assert all(mail.about for mail in mails)


def test_promises_stand_in_the_order_of_their_deadlines(coordinator: Coordinator) -> None:
    coordinator.until("2027-03-12")
    due = [line.due for line in coordinator.talent(1).commitments]
    dated = [day for day in due if day is not None]
    assert dated == sorted(dated)
    assert due == [*dated, *[None] * (len(due) - len(dated))]


def test_what_a_cohort_amounts_to_is_plain_data(coordinator: Coordinator) -> None:
    with coordinator.driven.database.read() as connection:
        found = summarise(connection, "hold-3").as_dict()
    assert (found["cohort"], found["talents"], found["stuck"]) == ("Hold 3", 6, [])
    assert (found["mails"], found["tasks"], found["escalations"]) == (0, 0, 0)
    assert found["states"] == {"active.before.talk": 6}
