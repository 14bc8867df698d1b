"""Each task has a page: what is asked, about whom, since when, and the forms that settle it, filled in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from flows.cockpit.acts import Act
from flows.cockpit.forms import choices_for
from flows.cockpit.task_forms import Offer, TaskForms
from flows.cockpit.task_pages import task_markdown
from states.running_cohort import read_cohort
from states.store.database import Database
from states.store.tables import JourneyRow
from states.views.task_pages import TaskPage, open_task_titles, task_pages
from tests.support.coordinator import Coordinator
from tests.support.driver import unsecured

METTE = {"talent": "Mette Brøndgaard (Hold 3, nr. 01)"}
MEETING = METTE | {"commitment": "Mentormøde i modul 1"}


@pytest.fixture
def coordinator(sqlite: Database) -> Coordinator:
    """One talent whose first mentor meeting the coordinator is asked about since 24 March."""
    coordinator = Coordinator(sqlite, people=1)
    coordinator.until("2027-03-24 12:00")
    return coordinator


def asked(coordinator: Coordinator, words: str) -> tuple[TaskPage, list[Offer]]:
    """The one task whose title holds these words, and what can be done about it."""
    driven = coordinator.driven
    with driven.database.read() as connection:
        cohort = read_cohort(connection, "hold-3")
        pages = task_pages(connection, cohort, {"hold-3", "hold-3-01"})
        [task] = [one for one in pages if words in one.title]
        return task, list(TaskForms(connection, cohort, cohort.calendar.local_day(driven.now)).of(task))


def filled(offers: list[Offer]) -> dict[str, Mapping[str, str]]:
    return {one.form.label: one.values for one in offers}


def test_a_commitment_is_held_extended_waived_agreed_on_or_handed_over(coordinator: Coordinator) -> None:
    task, offers = asked(coordinator, "vi har ikke hørt om mentormødet i modul 1")
    assert (task.talent, task.owner, str(task.opened), str(task.due)) == (
        "Mette Brøndgaard", "Karen Møller Thorsen", "2027-03-24", "2027-03-31",
    )  # fmt: skip
    assert filled(offers) == {
        "Registrér mentormøde": MEETING | {"held_on": "2027-03-24"},
        "Frafald en aftale": MEETING,
        "Aftal en ny frist": MEETING,
        "Registrér en aftalt dag": MEETING,
        "Giv videre til intern konsulent": MEETING,
    }


def test_what_a_form_is_filled_in_with_is_on_its_lists(coordinator: Coordinator) -> None:
    _, offers = asked(coordinator, "vi har ikke hørt om mentormødet i modul 1")
    with coordinator.driven.database.read() as connection:
        for one in offers:
            lists = choices_for(connection, "talent-nord", one.form, coordinator.driven.now)
            assert lists.talents[one.values["talent"]] == "hold-3-01"
            assert lists.commitments[one.values["commitment"]] == "mentor_meeting_m1"


def test_where_there_is_no_consultant_none_is_offered(coordinator: Coordinator) -> None:
    with coordinator.driven.database.write() as connection:
        connection.execute(update(JourneyRow).values(consultant_id=None))
    _, offers = asked(coordinator, "vi har ikke hørt om mentormødet i modul 1")
    assert "Giv videre til intern konsulent" not in filled(offers)


def test_whoever_is_on_leave_comes_back_or_leaves(coordinator: Coordinator) -> None:
    coordinator.driven.fire("leave", 1)
    coordinator.carry_out()
    _, offers = asked(coordinator, "vejen tilbage")
    ways = ["Registrér tilbagevenden fra orlov", "Udsæt til et senere hold", "Udmeld et talent"]
    done = {"Opgaven er klaret": {"task": "Mette Brøndgaard: aftal vejen tilbage fra orlov (Hold 3)"}}
    assert filled(offers) == dict.fromkeys(ways, METTE) | done


def test_a_day_without_a_date_gets_one(coordinator: Coordinator) -> None:
    coordinator.driven.move("m2d1", None)
    coordinator.carry_out()
    _, offers = asked(coordinator, "find en ny dato til Modul 2, dag 1")
    assert filled(offers) == {"Flyt en dag": {"day": "Modul 2, dag 1 (Hold 3)"}}


def test_the_alumni_day_has_a_form_of_its_own(coordinator: Coordinator) -> None:
    coordinator.driven.move("alumni_day", None)
    coordinator.until("2028-02-10")
    _, offers = asked(coordinator, "Sæt dato for alumnedagen")
    day = {"day": "Alumnedag (Hold 3)"}
    done = {"task": "Sæt dato for alumnedagen for Hold 3 (Hold 3)"}
    assert filled(offers) == {"Opgaven er klaret": done, "Flyt en dag": day, "Sæt alumnedagen": day}


def test_a_challenge_is_the_cohorts(sqlite: Database) -> None:
    coordinator = Coordinator(sqlite, people=1, cohort=unsecured("m2"))
    coordinator.until("2027-03-24 12:00")
    _, offers = asked(coordinator, "Find en udfordring til bootcampen i modul 2")
    given = {"talent": "Hold 3", "commitment": "Udfordring til bootcamp i modul 2", "held_on": "2027-03-24"}
    done = {"task": "Find en udfordring til bootcampen i modul 2 (Hold 3)"}
    assert filled(offers) == {"Registrér holdets aftale": given, "Opgaven er klaret": done}


def test_the_page_says_it_all_and_a_closed_one_only_that_it_is_closed(coordinator: Coordinator) -> None:
    links = {"hold-3": "/hold", "hold-3-01": "/mette"}
    task, offers = asked(coordinator, "vi har ikke hørt om mentormødet i modul 1")
    made = datetime(2027, 3, 24, 13, 5, tzinfo=UTC)
    page = task_markdown(task, [Act(one, f"/{one.form.id}") for one in offers], links, made)
    assert "Lavet onsdag den 24. marts 2027 kl. 13.05" in page.replace("\\", "")
    for part in ("[← Hold 3](/hold) · [Mette Brøndgaard](/mette)", "onsdag den 31", "[Aftal en ny frist](/extend): "):
        assert part in page
    assert page.count("Datoen er sat til onsdag den 24") == 1
    coordinator.driven.fire("mentor_meeting_m1:keep", 1, held_on="2027-03-24")
    task, _ = asked(coordinator, "vi har ikke hørt om mentormødet i modul 1")
    closed = task_markdown(task, [], links, made)
    assert "**Opgaven er lukket** onsdag den 24" in closed
    assert "Ring til" not in closed


def test_only_open_tasks_get_a_page(coordinator: Coordinator) -> None:
    with coordinator.driven.database.read() as connection:
        before = open_task_titles(connection, "hold-3")
    coordinator.driven.fire("mentor_meeting_m1:keep", 1, held_on="2027-03-24")
    with coordinator.driven.database.read() as connection:
        gone = before.keys() - open_task_titles(connection, "hold-3").keys()
    assert [before[ident] for ident in gone] == ["Mette Brøndgaard: vi har ikke hørt om mentormødet i modul 1"]


def test_what_several_are_late_with_is_recorded_for_everybody_but_those_chosen(coordinator: Coordinator) -> None:
    with coordinator.driven.database.read() as connection:
        cohort = read_cohort(connection, "hold-3")
        ways = TaskForms(connection, cohort, cohort.calendar.local_day(coordinator.driven.now))
        offers = list(ways.for_several({"mentor_meeting_m1", "second_half_choice"}))
    assert filled(offers) == {
        "Registrér for flere talenter": {
            "for_whom": "Alle på Hold 3, undtagen de valgte",
            "commitment": "Mentormøde i modul 1",
            "held_on": "2027-03-24",
        }
    }
