"""R65: a link is worth something to whom it was sent, for what it is for, while they are somebody for the cohort."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from flows.site.visitor import Visitor, visitor_of
from notifications.links import Link, Links, Purpose
from states.facts import Fact
from states.running_cohort import read_cohort
from states.store.tables import JourneyRow, PersonRow
from states.views.roles import parts_of, roles_in
from tests.support.driver import Driver, hold_3

VERA = {"name": "Vera Vikar", "email": "vera@example.org"}
LINKS = Links(["a key of this site"], "https://talent.example")


def email_of(driven: Driver, person: str) -> str:
    with driven.database.read() as connection:
        return str(connection.scalar(select(PersonRow.email).where(PersonRow.id == person)))


def token(driven: Driver, link: Link, links: Links = LINKS) -> str:
    """The last part of the link that this person's address gets now."""
    return links.path(link, email_of(driven, link.person)).rpartition("/")[2]


def come(driven: Driver, link: Link, sent: str | None = None) -> Visitor | None:
    with driven.database.read() as connection:
        return visitor_of(connection, LINKS, link.purpose, sent or token(driven, link))


def leader_of(driven: Driver, number: int) -> str:
    return str(driven.journey(number).mentor_id)


@pytest.mark.parametrize(
    ("purpose", "subject"),
    [
        (Purpose.PAGE, "hold-3"),
        (Purpose.CALENDAR, "hold-3"),
        (Purpose.PLAN, "hold-3-01"),
        (Purpose.ANSWER, "hold-3-01/mentor_meeting_m1"),
        (Purpose.ANSWER, "hold-3-01@m2d1"),
    ],
)
def test_a_link_says_who_comes_and_about_what(driven: Driver, purpose: Purpose, subject: str) -> None:
    talent = str(driven.journey(1).talent_id)
    found = come(driven, Link(purpose, talent, subject))
    assert found is not None
    assert (found.person, found.name, found.subject) == (talent, "Mette Brøndgaard", subject)
    assert (found.cohort.cohort_id, found.roles) == ("hold-3", ("talent",))
    other = come(driven, Link(purpose, leader_of(driven, 1), subject))
    assert other is not None
    assert other.roles == ("mentor",)


@pytest.mark.parametrize("subject", ["", "hold-9", "hold-9-01/portrait", "@", "/", "hold-3-99@m1d1"])
def test_what_is_about_no_cohort_is_worth_nothing(driven: Driver, subject: str) -> None:
    assert come(driven, Link(Purpose.ANSWER, str(driven.journey(1).talent_id), subject)) is None


def test_a_link_for_one_purpose_opens_nothing_else(driven: Driver) -> None:
    link = Link(Purpose.CALENDAR, str(driven.journey(1).talent_id), "hold-3")
    assert come(driven, link._replace(purpose=Purpose.PAGE), token(driven, link)) is None


def test_a_forged_or_mangled_link_is_worth_nothing(driven: Driver) -> None:
    link = Link(Purpose.PAGE, str(driven.journey(1).talent_id), "hold-3")
    forged = token(driven, link, Links(["somebody else's key"], "https://talent.example"))
    for sent in (forged, token(driven, link)[:-1], "x", "", "a.b", "æ.ø"):
        with driven.database.read() as connection:
            assert visitor_of(connection, LINKS, Purpose.PAGE, sent) is None


def test_a_link_ends_with_the_address_that_it_was_sent_to(driven: Driver) -> None:
    link = Link(Purpose.PAGE, str(driven.journey(1).talent_id), "hold-3")
    sent = token(driven, link)
    with driven.database.write() as connection:
        connection.execute(update(PersonRow).where(PersonRow.id == link.person).values(email="new@example.org"))
    assert come(driven, link, sent) is None
    assert come(driven, link) is not None


@pytest.mark.parametrize("event", ["withdraw", "transfer"])
def test_a_link_ends_when_its_talent_leaves_and_her_leaders_with_it(driven: Driver, event: str) -> None:
    links = [Link(Purpose.PAGE, who, "hold-3") for who in (str(driven.journey(5).talent_id), leader_of(driven, 5))]
    assert all(come(driven, link) for link in links)
    driven.fire(event, 5)
    assert [come(driven, link) for link in links] == [None, None]


def test_a_link_goes_on_through_leave(driven: Driver) -> None:
    driven.until("2027-03-16").fire("leave", 5)
    assert come(driven, Link(Purpose.PAGE, str(driven.journey(5).talent_id), "hold-3"))


def test_a_leader_who_is_none_any_more_has_no_link(driven: Driver) -> None:
    link = Link(Purpose.PAGE, leader_of(driven, 5), "hold-3")
    driven.fire("change_mentor", 5, new_mentor={"name": "Ny Leder", "email": "ny.leder@example.org"})
    assert come(driven, link) is None
    assert come(driven, Link(Purpose.PAGE, leader_of(driven, 5), "hold-3"))


def test_who_only_coordinates_or_is_nobody_there_has_no_link(driven: Driver) -> None:
    for person in ("hold-3/coordinator-1", "hold-3/administration"):
        assert come(driven, Link(Purpose.PAGE, person, "hold-3")) is None
    Driver(driven.database, people=1, cohort=hold_3().model_copy(update={"id": "hold-4"})).enrol()
    assert come(driven, Link(Purpose.PAGE, "hold-4-01", "hold-3")) is None
    assert come(driven, Link(Purpose.PAGE, "hold-4-01", "hold-4"))


def test_consultants_and_challenge_owners_are_somebody_and_so_is_who_stands_in(driven: Driver) -> None:
    with driven.database.read() as connection:
        cohort = read_cohort(connection, "hold-3")
        assert roles_in(connection, cohort, "hold-3/consultant-aalborg") == ("consultant",)
        assert roles_in(connection, cohort, "hold-3/owner-m2") == ("challenge_owner",)
    told = {"whom": "hold-3/consultant-aalborg", "holder": VERA, "first_day": "2027-03-01", "last_day": "2027-03-31"}
    driven.engine.arrange("hold-3", "stand_in", Fact("stand-in", "tester", told))
    with driven.database.read() as connection:
        person = str(connection.scalar(select(PersonRow.id).where(PersonRow.name == VERA["name"])))
        assert roles_in(connection, read_cohort(connection, "hold-3"), person) == ("consultant",)


def test_a_leader_of_one_who_stays_keeps_the_link_when_the_other_leaves(driven: Driver) -> None:
    driven.fire("withdraw", 3)
    assert come(driven, Link(Purpose.PAGE, leader_of(driven, 4), "hold-3"))


def test_one_address_is_everything_that_its_person_is_the_newest_cohort_first(driven: Driver) -> None:
    later = hold_3().model_copy(update={"id": "hold-4"})
    Driver(driven.database, people=2, cohort=later, now=driven.at("2026-12-21")).enrol()
    email = email_of(driven, leader_of(driven, 1))
    with driven.database.write() as connection:
        connection.execute(update(PersonRow).where(PersonRow.id == "hold-3-06").values(email=email))
    with driven.database.read() as connection:
        found = [(one.person, one.cohort.cohort_id, one.roles) for one in parts_of(connection, email)]
        assert parts_of(connection, "nobody@example.org") == []
    assert found == [
        ("hold-4/leader-01", "hold-4", ("mentor",)),
        ("hold-3-06", "hold-3", ("talent",)),
        ("hold-3/leader-01", "hold-3", ("mentor",)),
    ]


def test_an_enrolment_that_was_a_mistake_has_no_link(driven: Driver) -> None:
    link = Link(Purpose.PAGE, str(driven.journey(5).talent_id), "hold-3")
    with driven.database.write() as connection:
        connection.execute(update(JourneyRow).where(JourneyRow.id == "hold-3-05").values(state="taken_back"))
    assert come(driven, link) is None
