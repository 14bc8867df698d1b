"""Exploring a region beside the calendar: nobody waits there in vain, every place is reached, each state is walked."""

from __future__ import annotations

import re
from pathlib import Path

from states.exploration.explore import explore
from tests.support.driver import talent_nord
from tests.support.small_programme import Data, problems

JOURNEY = Path(__file__).parents[2] / "docs" / "journey.md"


def with_region(data: Data, *moves: Data) -> None:
    """A region in which a talent whose meeting was missed waits, until some move leads on."""
    waits = {"after": {"meeting_m1": ["missed"]}, "to": "waiting"}
    kept = {"after": {"meeting_m1": ["kept", "kept_late"]}, "from": ["waiting"], "to": "met"}
    places = {"nowhere": "", "waiting": "waits", "met": "has met"}
    data["regions"] = {"aside": {"label": "Aside", "places": places, "moves": [waits, kept, *moves]}}


ENDED = {"after": {"meeting_m1": ["waived", "cancelled"]}, "from": ["waiting"], "to": "nowhere"}


def test_where_every_end_leads_on_nobody_waits_in_vain() -> None:
    assert problems(lambda data: with_region(data, ENDED)) == []


def test_who_waits_for_what_was_waived_waits_in_vain() -> None:
    [problem] = problems(with_region)
    assert problem.startswith("aside: a talent is stuck in waiting: what would lead on from it can no longer come")


def test_a_place_to_which_nothing_leads_is_named() -> None:
    def change(data: Data) -> None:
        with_region(data, ENDED)
        data["regions"]["aside"]["places"]["lost"] = "lost"

    [problem] = problems(change)
    assert problem.startswith("aside: ")
    assert "lost" in problem


def test_as_many_states_are_walked_as_the_page_on_the_journey_says() -> None:
    """Each of them: a walk that leaves some out, or makes some up, has other numbers."""
    [said] = re.findall(r"([\d,]+) states and ([\d,]+)\s+transitions", JOURNEY.read_text("utf-8"))
    found = explore(talent_nord())
    assert said == (f"{found.states:,}", f"{found.transitions:,}")
