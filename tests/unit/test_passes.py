"""A mailed link, a session and a stamp are each good for their purpose, their person, and their time (R67)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.links import Link, Links, Purpose
from notifications.passes import LINK_FOR, SESSION_FOR, Passes, stamp, stamped_by

NOW = datetime(2027, 3, 15, 8, tzinfo=UTC)
KAREN, EMAIL = "hold-3/coordinator-1", "karen@aalborg.example.org"
KEY = "k" * 40
URL = "https://talentnord.kommune.example"


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def passes(clock: Clock) -> Passes:
    return Passes(Links([KEY], URL), clock)


def linked(passes: Passes) -> str:
    return passes.link(KAREN, EMAIL, "/v2/dashboard").removeprefix(f"{URL}/log-ind/")


def test_a_link_lets_its_person_in_and_leads_on(passes: Passes) -> None:
    found = passes.read(Purpose.SIGN_IN, linked(passes))
    assert found is not None
    assert (found.person, found.leads_to, found.until) == (KAREN, "/v2/dashboard", NOW + LINK_FOR)
    assert found.is_of(EMAIL.upper())
    assert not found.is_of("bo@aalborg.example.org")


def test_a_link_names_nobody_and_no_two_are_the_same(passes: Passes) -> None:
    assert linked(passes) != linked(passes)
    assert "karen" not in passes.link(KAREN, EMAIL)


@pytest.mark.parametrize(
    ("purpose", "lasts"), [(Purpose.SIGN_IN, LINK_FOR), (Purpose.SESSION, SESSION_FOR)], ids=["link", "session"]
)
def test_it_is_good_until_its_time_is_over(passes: Passes, clock: Clock, purpose: Purpose, lasts: timedelta) -> None:
    token = linked(passes) if purpose is Purpose.SIGN_IN else passes.session(KAREN, EMAIL)
    clock.at = NOW + lasts - timedelta(seconds=1)
    assert passes.read(purpose, token) is not None
    clock.at = NOW + lasts
    assert passes.read(purpose, token) is None


def test_a_link_lasts_a_quarter_of_an_hour_and_a_session_twelve_hours() -> None:
    assert timedelta(minutes=15) == LINK_FOR
    assert timedelta(hours=12) == SESSION_FOR


def test_a_link_is_no_session_a_session_no_link_and_an_answers_link_neither(passes: Passes) -> None:
    session = passes.session(KAREN, EMAIL)
    assert passes.read(Purpose.SESSION, linked(passes)) is None
    assert passes.read(Purpose.SIGN_IN, session) is None
    said = passes.read(Purpose.SESSION, session)
    assert said is not None
    forged = Link(Purpose.ANSWER, KAREN, f"{int(said.until.timestamp())} {said.number} /")
    assert passes.read(Purpose.SESSION, Links([KEY], URL).token(forged, EMAIL)) is None


def test_whoever_has_not_the_key_makes_none(passes: Passes, clock: Clock) -> None:
    stranger = Passes(Links(["x" * 40], URL), clock)
    assert passes.read(Purpose.SESSION, stranger.session(KAREN, EMAIL)) is None


def test_sessions_outlast_a_change_of_key_while_the_old_one_is_given(passes: Passes, clock: Clock) -> None:
    session = passes.session(KAREN, EMAIL)
    assert Passes(Links(["n" * 40, KEY], URL), clock).read(Purpose.SESSION, session) is not None
    assert Passes(Links(["n" * 40], URL), clock).read(Purpose.SESSION, session) is None


@given(st.text(max_size=200))
def test_nothing_that_somebody_makes_up_is_a_session(made_up: str) -> None:
    assert Passes(Links([KEY], URL), lambda: NOW).read(Purpose.SESSION, made_up) is None


def test_a_stamp_says_who_has_started_the_one_run_it_is_for() -> None:
    links = Links([KEY], URL)
    token = stamp(links, KAREN, "deployment-1", "key-1")
    assert stamped_by(links, token, "deployment-1", "key-1") == KAREN


@pytest.mark.parametrize(
    ("deployment", "key"),
    [("deployment-2", "key-1"), ("deployment-1", "key-2"), ("deployment-1", "None"), ("None", "key-1")],
)
def test_a_stamp_copied_to_another_run_says_nothing(deployment: str, key: str) -> None:
    links = Links([KEY], URL)
    assert stamped_by(links, stamp(links, KAREN, "deployment-1", "key-1"), deployment, key) is None


def test_a_session_is_no_stamp(passes: Passes) -> None:
    links = Links([KEY], URL)
    subject = Link(Purpose.SESSION, KAREN, "deployment-1 key-1")
    assert stamped_by(links, links.token(subject, ""), "deployment-1", "key-1") is None
    assert stamped_by(links, "", "deployment-1", "key-1") is None
