"""The page of leaders and second mentors: how they are reached, whom they help, and what waits for them."""

from __future__ import annotations

import pytest

from flows.cockpit.acts import Acts
from flows.cockpit.cohort_pages import cohort_pages, cohort_titles, links_to_pages
from flows.cockpit.literal import address
from flows.cockpit.task_forms import TaskForms
from states.facts import Fact
from states.running_cohort import read_cohort
from states.store.database import Database
from states.views.mentors import MentorLine, mentor_lines
from tests.support.coordinator import Coordinator

HELPER = {"name": "Bodil Kjær", "email": "bodil@kjaer.example.org"}
PAGE = "hold-3/mentors"


@pytest.fixture
def coordinator(sqlite: Database) -> Coordinator:
    """Six talents of hold-3, whose talks are open."""
    coordinator = Coordinator(sqlite, people=6)
    coordinator.until("2027-01-20 10:00")
    return coordinator


def lines(coordinator: Coordinator) -> dict[str, MentorLine]:
    with coordinator.driven.database.read() as connection:
        return {one.email: one for one in mentor_lines(connection, read_cohort(connection, "hold-3"))}


def leader_of(coordinator: Coordinator, number: int) -> MentorLine:
    ident = f"hold-3-{number:02d}"
    return next(one for one in lines(coordinator).values() if ident in [each.talent.journey for each in one.talents])


def page(coordinator: Coordinator) -> str:
    with coordinator.driven.database.read() as connection:
        cohort = read_cohort(connection, "hold-3")
        links = {one: f"/{one}" for one in ["hold-3", *(f"hold-3-{number:02d}" for number in range(1, 7))]}
        links |= {one: f"/{one}" for one in cohort_titles(connection, cohort)}
        acts = Acts(TaskForms(connection, cohort, coordinator.cohort().today), "talent-nord", {})
        written = cohort_pages(connection, cohort, coordinator.cohort(), links, acts)
        return next(one.markdown for one in written if one.ident == PAGE)


def test_a_leader_of_several_is_there_once_with_all_of_them(coordinator: Coordinator) -> None:
    helped = [one.talent.journey for line in lines(coordinator).values() for one in line.talents]
    assert sorted(helped) == [f"hold-3-{number:02d}" for number in range(1, 7)]
    assert [one.talent.journey for one in leader_of(coordinator, 1).talents][:2] == ["hold-3-01", "hold-3-02"]


def test_what_waits_for_a_leader_is_there_until_it_is_kept_and_says_when_it_is_late(coordinator: Coordinator) -> None:
    waiting = leader_of(coordinator, 1).waiting
    assert {(one.label, one.late) for one in waiting} == {("Forventningssamtale", False)}
    coordinator.driven.fire("expectation_talk:keep", 1, held_on="2027-01-18")
    assert "hold-3-01" not in [one.talent.journey for one in leader_of(coordinator, 1).waiting]
    coordinator.until("2027-02-20 10:00")
    assert {one.late for one in leader_of(coordinator, 2).waiting} == {True}


def test_what_only_the_talent_can_answer_waits_for_no_leader(coordinator: Coordinator) -> None:
    coordinator.until("2027-03-12 10:00")
    labels = {one.label for line in lines(coordinator).values() for one in line.waiting}
    assert labels == {"Forventningssamtale", "Mentormøde i modul 1"}


def test_a_second_mentor_is_there_as_one(coordinator: Coordinator) -> None:
    coordinator.until("2027-06-25 10:00")
    coordinator.driven.fire("second_half_choice:keep", 1, choice="second_mentor", held_on="2027-06-24")
    coordinator.until("2027-06-28 10:00")
    coordinator.driven.fire("second_mentor:keep", 1, person=HELPER, held_on="2027-06-27")
    [helped] = lines(coordinator)[HELPER["email"]].talents
    assert (helped.talent.journey, helped.second) == ("hold-3-01", True)
    assert "[Mette Brøndgaard](/hold-3-01) (supplerende mentor)" in page(coordinator)


def test_a_talent_who_has_left_has_nobody_beside_them(coordinator: Coordinator) -> None:
    coordinator.driven.engine.fire("withdraw", ["hold-3-01"], Fact("1", "coordinator"))
    helped = {one.talent.journey for line in lines(coordinator).values() for one in line.talents}
    assert "hold-3-01" not in helped
    assert len(helped) == 5


def test_the_page_has_address_telephone_and_talents_and_is_linked(coordinator: Coordinator) -> None:
    leader = leader_of(coordinator, 1)
    fact = Fact("1", "coordinator", {"whom": coordinator.driven.journey(1).mentor_id, "telephone": "98 76 54 32"})
    coordinator.driven.engine.arrange("hold-3", "correct", fact)
    [row] = [line for line in page(coordinator).splitlines() if f"[{leader.email}](mailto:{leader.email})" in line]
    assert "98 76 54 32" in row.replace("\\", "")
    assert "[Mette Brøndgaard](/hold-3-01)" in row
    assert "frist 17" in row
    with coordinator.driven.database.read() as connection:
        found = links_to_pages(connection, read_cohort(connection, "hold-3"), {PAGE: "/there"})
    assert found[0] == "[Nærmeste ledere og mentorer](/there)"


@pytest.mark.parametrize("odd", ["a*b@x.dk", "__a__@x.dk", "www.x@y.dk", "a|b@x.dk", "a`b@x.dk"])
def test_an_unusual_address_is_text_and_no_link(odd: str) -> None:
    assert "mailto" not in address(odd)
    assert address("bo.dam-1@aalborg.example.org").startswith("[bo.dam-1@aalborg.example.org](mailto:")
