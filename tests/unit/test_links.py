"""A link is bound to its person, its purpose, what it is about, and the address that it was sent to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.links import Link, Links, Opened, Purpose, mark_of

LINK = Link(Purpose.ANSWER, "hold-3/mentor-07", "hold-3-07/expectation_talk")
LINKS = Links(["a key of some length"], "https://svar.example.org/")


def token(links: Links, link: Link = LINK, email: str = "anna@example.org") -> str:
    return links.path(link, email).rpartition("/")[2]


def test_a_link_says_what_it_was_made_for() -> None:
    assert LINKS.open(Purpose.ANSWER, token(LINKS)) == Opened(LINK, mark_of("anna@example.org"))


def test_its_address_is_the_sites_and_names_nobody() -> None:
    url = LINKS.url(LINK, "anna@example.org")
    assert url.startswith("https://svar.example.org/svar/")
    assert "anna" not in url


def test_a_link_is_good_for_its_purpose_only() -> None:
    assert LINKS.open(Purpose.PAGE, token(LINKS)) is None


def test_a_key_is_replaced_by_another_while_the_old_one_is_still_taken() -> None:
    old, both = Links(["old key"], ""), Links(["new key", "old key"], "")
    assert both.open(Purpose.ANSWER, token(old)) is not None
    assert Links(["new key"], "").open(Purpose.ANSWER, token(both)) is not None
    assert Links(["new key"], "").open(Purpose.ANSWER, token(old)) is None


def test_the_mark_of_an_address_is_another_when_the_address_is() -> None:
    assert mark_of("Anna@example.org") == mark_of("anna@example.org") != mark_of("anna@example.com")


@given(st.text(max_size=200))
def test_nothing_that_somebody_makes_up_opens(made_up: str) -> None:
    assert LINKS.open(Purpose.ANSWER, made_up) is None


@pytest.mark.parametrize("place", range(0, 90, 7))
def test_a_link_that_was_tampered_with_opens_nothing(place: int) -> None:
    good = token(LINKS)
    place %= len(good) - 1
    bad = good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :]
    assert LINKS.open(Purpose.ANSWER, bad) is None
