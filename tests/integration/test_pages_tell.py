"""What pages tell beyond who is where: how late, what is wrong with mails, when they were made, a talent's story."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from flows.cockpit.acts import Acts
from flows.cockpit.cohort_pages import cohort_pages, cohort_titles
from flows.cockpit.markdown import cohort_markdown, talent_markdown
from flows.cockpit.task_forms import TaskForms
from notifications import alarm
from states.facts import Fact
from states.running_cohort import read_cohort
from states.store.database import Database
from states.views.calendar import day_lines
from states.views.todo import todo_pages
from tests.support.coordinator import Coordinator

TALENT, COORDINATOR = "Mette Brøndgaard", "Karen Møller Thorsen"


@pytest.fixture
def coordinator(sqlite: Database) -> Coordinator:
    """Six talents of hold-3, nine weeks before the kick-off."""
    return Coordinator(sqlite, people=6)


def test_what_is_late_says_for_how_many_days_and_whose_turn_it_is_the_longest_first(coordinator: Coordinator) -> None:
    coordinator.until("2027-03-26 10:00")
    overdue = coordinator.talent(1).line.overdue
    assert [(line.subject, line.days, line.turn) for line in overdue] == [
        ("hold-3-01/expectation_talk", 37, COORDINATOR),
        ("hold-3-01/mentor_meeting_m1", 8, COORDINATOR),
    ]
    coordinator.driven.fire("expectation_talk:waive", 1, because="Er på barsel")
    links = {one: f"/{one}" for one in ["hold-3", *(f"hold-3-{number:02d}" for number in range(1, 7))]}
    rows = cohort_markdown(coordinator.cohort(), links).replace("\\", "").splitlines()
    late = [row for row in rows if "⚠️" in row and "dage" in row]
    assert f"[{TALENT}](/hold-3-01)" in late[5], "eleven rows, the five talks that are later first"
    assert len(late) == 11


def test_what_blocks_all_mails_and_what_may_be_lost_is_said_before_all_else(coordinator: Coordinator) -> None:
    coordinator.until("2027-01-14 08:00")
    page = coordinator.cohort()
    links = {one: f"/{one}" for one in ["hold-3", "hold-3/mails", *(line.journey for line in page.talents)]}
    assert "⚠️" not in cohort_markdown(page, links)
    told = replace(page, blocked_since=page.made, waiting=52, undelivered=3, unknown=1)
    first, second = [line for line in cohort_markdown(told, links).splitlines() if line][1:3]
    assert first.startswith("⚠️ **Mailserveren tager ikke imod mails** siden torsdag den 14")
    assert "52 venter" in first
    assert second.startswith("⚠️ [3 mails kom ikke frem](/hold-3/mails), heraf 1 uafklaret")


def test_a_transport_that_takes_no_mail_is_known_while_its_task_is_open(coordinator: Coordinator) -> None:
    coordinator.driven.until("2027-01-14 08:00")
    assert coordinator.cohort().blocked_since is None
    alarm.sound(coordinator.driven.database, Path(), coordinator.driven.now, "the key is not valid")
    page = coordinator.cohort()
    assert page.blocked_since == page.made
    assert page.waiting > 0


def test_a_page_says_when_it_was_made_and_from_when_on_it_is_not_to_be_trusted(coordinator: Coordinator) -> None:
    coordinator.until("2027-03-26 23:50")
    page = coordinator.cohort()
    links = {one: f"/{one}" for one in ["hold-3", *(line.journey for line in page.talents)]}
    text = cohort_markdown(page, links).replace("\\", "")
    assert "Lavet fredag den 26. marts 2027 kl. 23.50" in text
    assert "Er klokken over 00.25 lørdag den 27. marts 2027" in text
    talent = talent_markdown(coordinator.talent(1), links, draws_mermaid=False).replace("\\", "")
    assert "Lavet fredag den 26. marts 2027 kl. 23.50" in talent


def test_a_talents_history_says_who_told_it_why_and_what_came_by_itself(coordinator: Coordinator) -> None:
    coordinator.until("2027-02-18 09:00")
    coordinator.driven.fire("expectation_talk:waive", 1, key="waived", because="Er på barsel")
    links = dict.fromkeys(["hold-3", "hold-3-01"], "/")
    text = talent_markdown(coordinator.talent(1), links, draws_mermaid=False).replace("\\", "")
    history = text[text.index("## Historik") :]
    assert "registreret af tester: »Er på barsel«" in history
    assert "Forventningssamtale: overskredet | af sig selv, da tiden var inde" in history
    assert "| tilmeldt → Før start · forventningssamtale mangler | registreret af driften" in history
    assert "timer" not in text
    assert "fact" not in text
    coordinator.driven.engine.undo("waived", Fact("undone", "tester", {"why": "forkert talent"}))
    assert {line.corrected for line in coordinator.talent(1).history if line.cause == "fact waived"} == {True}


def test_the_learning_group_and_the_partner_lead_to_their_pages(coordinator: Coordinator) -> None:
    coordinator.until("2027-04-30")
    page = coordinator.talent(1)
    assert [peer.journey for peer in page.peers] == [f"hold-3-{number:02d}" for number in range(2, 7)]
    assert page.partner is not None
    links = {one: f"/{one}" for one in ["hold-3", "hold-3-01", *(peer.journey for peer in page.peers)]}
    text = talent_markdown(page, links, draws_mermaid=False)
    assert f"makker: [{page.partner.name}](/{page.partner.journey})" in text
    assert text.count("](/hold-3-02)") >= 1


def test_each_coordinator_has_their_open_tasks_the_oldest_first(coordinator: Coordinator) -> None:
    coordinator.until("2027-03-26 10:00")
    coordinator.driven.fire("expectation_talk:keep", 1, held_on="2027-03-20")
    with coordinator.driven.database.read() as connection:
        [page] = todo_pages(connection, read_cohort(connection, "hold-3"))
    assert (page.owner, page.name) == ("hold-3/coordinator-1", COORDINATOR)
    assert [task.opened for task in page.tasks] == sorted(task.opened for task in page.tasks)
    assert len(page.tasks) == 11
    assert all(task.closed is None for task in page.tasks)


def test_the_calendar_has_every_day_in_order_and_says_which_are_over(coordinator: Coordinator) -> None:
    coordinator.until("2027-03-11 15:00")
    coordinator.driven.move("m2d1", None)
    with coordinator.driven.database.read() as connection:
        lines = day_lines(connection, read_cohort(connection, "hold-3"), coordinator.driven.now)
    dated = [line.day for line in lines if line.day]
    assert dated == sorted(dated)
    assert {line.label for line in lines if line.day is None} >= {"Modul 2, dag 1"}
    assert [line.label for line in lines if line.over] == ["Fælles kick-off"]
    today = next(line for line in lines if line.label == "Modul 1, dag 1")
    assert today.starts is not None
    assert (f"{today.starts:%H:%M}", today.place) == ("09:00", "Hotel Comwell Hvide Hus, Aalborg")


def test_what_many_are_late_with_and_what_no_row_leads_to_has_links_on_the_overview(coordinator: Coordinator) -> None:
    coordinator.until("2027-03-26 10:00")
    links = {one: f"/{one}" for one in ["hold-3", *(f"hold-3-{number:02d}" for number in range(1, 7))]}
    served = [*(("talent-nord", one) for one in ("several", "undo", "enrol")), ("", "Skriv en besked")]
    forms = {one: uuid4() for one in served}
    with coordinator.driven.database.read() as connection:
        cohort = read_cohort(connection, "hold-3")
        acts = Acts(TaskForms(connection, cohort, date(2027, 3, 26)), "talent-nord", forms)
        links |= dict.fromkeys(cohort_titles(connection, cohort), "/there")
        overview = next(cohort_pages(connection, cohort, coordinator.cohort(), links, acts)).markdown
    found = dict(re.findall(r"\[([^]]+)\]\((/v2/deployments/[^)]+)\)", overview.replace("\\", "")))
    menu, many = ["Fortryd", "Tilmeld et talent", "Skriv en besked"], ["Forventningssamtale", "Mentormøde i modul 1"]
    assert list(found) == [*menu, *many]
    assert "held_on" in found["Forventningssamtale"]
