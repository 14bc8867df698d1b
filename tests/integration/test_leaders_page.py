"""What a leader sees: what each of their talents owes and when, and nothing else of theirs; who has both parts."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update

from flows.site.pages import own_page
from notifications.links import Links
from states.store.database import Database
from states.store.tables import PersonRow
from states.views.my_page import my_page
from tests.support.coordinator import Coordinator
from tests.support.driver import hold_3
from tests.support.own_pages import HELD, INGE, LOUISE, TORBEN, as_leader, owed, page_of, says
from tests.support.site import KEY, URL
from tests.support.worst_names import WORST


@pytest.fixture
def coordinator(sqlite: Database) -> Coordinator:
    """Twelve talents of hold-3, in two learning groups; Inge leads the first two of them."""
    return Coordinator(sqlite, people=12)


# -- a leader ----------------------------------------------------------------------------------------------------------


def test_a_leader_sees_their_own_talents_and_no_others(coordinator: Coordinator) -> None:
    coordinator.until("2027-03-25")
    led = as_leader(coordinator, INGE).talents
    assert [one.person.name for one in led] == ["Mette Brøndgaard", "Søren Aagesen"]
    text = own_page(page_of(coordinator, INGE), Links([KEY], URL))
    assert "Mette Brøndgaard" in text
    assert "Louise" not in text
    assert "Kirsten Østerby" not in text


def test_a_leader_sees_what_each_owes_and_when(coordinator: Coordinator) -> None:
    coordinator.until("2027-03-25")
    coordinator.driven.fire("expectation_talk:keep", 1, held_on="2027-03-24")
    mette, soren = as_leader(coordinator, INGE).talents
    assert "Forventningssamtale" not in [one.label for one in mette.owes]
    [talk] = [one for one in soren.owes if one.label == "Forventningssamtale"]
    assert (talk.due, talk.late, talk.owner) == (date(2027, 2, 17), True, "Inge Sønderby")
    assert ("Forventningssamtale", "Søren Aagesen") in owed(coordinator, INGE)
    assert ("Forventningssamtale", "Mette Brøndgaard") not in owed(coordinator, INGE)


def test_a_leader_sees_nothing_of_what_is_recorded_about_a_talent(coordinator: Coordinator) -> None:
    coordinator.until("2027-03-16")
    coordinator.driven.fire("absence", 1, milestone="m1d2", note="Skal til lægen")
    text = own_page(page_of(coordinator, INGE), Links([KEY], URL))
    assert "lægen" not in text
    assert "Afbud" not in text


def test_a_leaders_dates_are_the_kick_off_and_the_network(coordinator: Coordinator) -> None:
    dates = [one.id for one in as_leader(coordinator).dates]
    assert dates == ["kickoff", "network1", "network2", "network3"]


def test_a_leader_sees_what_they_have_said_themselves(coordinator: Coordinator) -> None:
    coordinator.until("2027-02-10")
    says(coordinator, TORBEN, f"{LOUISE}/expectation_talk", "held", **HELD)
    [told] = as_leader(coordinator).recorded
    assert (told.what, told.about, told.day) == (
        "Forventningssamtale: gennemført", "Louise Skjærbæk", date(2027, 2, 9),
    )  # fmt: skip
    assert as_leader(coordinator, INGE).recorded == ()


def test_who_has_left_is_not_on_the_leaders_page_any_more(coordinator: Coordinator) -> None:
    coordinator.driven.fire("withdraw", 1)
    assert [one.person.name for one in as_leader(coordinator, INGE).talents] == ["Søren Aagesen"]


# -- several roles, several cohorts ----------------------------------------------------------------------------------


def set_email(coordinator: Coordinator, person: str, email: str) -> None:
    with coordinator.driven.database.write() as connection:
        connection.execute(update(PersonRow).where(PersonRow.id == person).values(email=email))


def test_who_is_a_talent_and_a_leader_has_one_page_for_both(coordinator: Coordinator) -> None:
    coordinator.until("2027-03-16")
    set_email(coordinator, LOUISE, "inge.soenderby@aalborg.example.org")
    page = page_of(coordinator, INGE)
    assert ([one.journey for one in page.talent], len(page.leader)) == ([LOUISE], 1)
    assert {one.person for one in page.asks} == {LOUISE, INGE}
    assert page == page_of(coordinator, LOUISE)


def test_a_leader_of_two_cohorts_has_one_page_the_newest_first(coordinator: Coordinator) -> None:
    later = hold_3().model_copy(update={"id": "hold-4", "name": "Hold 4"})
    coordinator.driven.now = coordinator.driven.at("2026-12-22")
    people = coordinator.driven.people
    coordinator.driven.engine.enrol(later, coordinator.driven.definition, people)
    assert [one.cohort for one in page_of(coordinator, INGE).leader] == ["Hold 4", "Hold 3"]


@pytest.mark.parametrize("person", ["hold-3/coordinator-1", "hold-3/administration", "hold-3/consultant-aalborg"])
def test_who_is_neither_a_talent_nor_a_leader_has_no_page(coordinator: Coordinator, person: str) -> None:
    with coordinator.driven.database.read() as connection:
        email = connection.scalar(select(PersonRow.email).where(PersonRow.id == person))
        assert my_page(connection, str(email), coordinator.driven.now) is None


@pytest.mark.parametrize("name", WORST)
def test_whatever_people_are_called_they_are_text(coordinator: Coordinator, name: str) -> None:
    coordinator.until("2027-05-20")
    with coordinator.driven.database.write() as connection:
        connection.execute(update(PersonRow).values(name=name, title=name, telephone=name))
    coordinator.driven.fire("absence", 5, milestone="m3d1", note=name)
    shown = {who: own_page(page_of(coordinator, who), Links([KEY], URL)) for who in (LOUISE, TORBEN)}
    for text in shown.values():
        assert "<script" not in text
        assert "<img" not in text
        assert 'href="https://evil' not in text
        assert "<b>" not in text
