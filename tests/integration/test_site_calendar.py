"""The calendar that a person subscribes to by a link: what is true for them, and nothing for who has no business."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from notifications.links import Purpose
from states.store.database import Database
from tests.support.calendar_program import published, titles
from tests.support.driver import Driver
from tests.support.site import Stand, standing


@pytest.fixture
def stand(sqlite: Database) -> Iterator[Stand]:
    with standing(Driver(sqlite, people=2).enrol().until("2027-02-11 08:00")) as stand:
        yield stand


def test_a_program_fetches_the_calendar_of_who_was_sent_the_link(stand: Stand) -> None:
    answer = stand.browser.get(stand.path("hold-3-01", "hold-3", Purpose.CALENDAR))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"].startswith("private")
    assert titles(published(answer.content))[:2] == ["Fælles kick-off", "Modul 1, dag 1"]


def test_a_leader_gets_what_leaders_come_to(stand: Stand) -> None:
    answer = stand.browser.get(stand.path(stand.leader(1), "hold-3", Purpose.CALENDAR))
    assert len(published(answer.content)) == 4


def test_it_follows_when_a_talent_goes_on_leave(stand: Stand) -> None:
    path = stand.path("hold-3-01", "hold-3", Purpose.CALENDAR)
    stand.driven.fire("leave", 1)
    assert published(stand.browser.get(path).content) == set()


def test_a_link_for_something_else_or_of_who_has_left_is_worth_nothing(stand: Stand) -> None:
    path = stand.path("hold-3-01", "hold-3", Purpose.CALENDAR)
    of_page = stand.path("hold-3-01", "hold-3", Purpose.PAGE).replace("/side/", "/kalender/")
    assert stand.browser.get(of_page).status_code == 404
    stand.driven.fire("withdraw", 1)
    answer = stand.browser.get(path)
    assert answer.status_code == 404
    assert "BEGIN" not in answer.text
