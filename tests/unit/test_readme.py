"""The README tells what is true, the main things first: its diagram is the definition's, its pictures are there."""

from __future__ import annotations

import re
from pathlib import Path

from config.library import Library
from states.machines.rules import rules_for
from states.views.diagram import commitment_diagram, journey_diagram

ROOT = Path(__file__).parents[2]
RULES = rules_for(Library().programme("talent-nord").definition)
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_diagram_is_drawn_from_the_definition() -> None:
    drawn = re.search(r"```mermaid\n(.*?)\n```", README, re.DOTALL)
    assert drawn is not None
    assert drawn[1] == journey_diagram(RULES)


def test_the_pictures_are_there() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures == ["docs/pictures/overview.png", "docs/pictures/runs.png"]
    for picture in pictures:
        assert (ROOT / picture).read_bytes().startswith(b"\x89PNG")


def test_the_first_page_says_what_it_is_shows_it_and_gives_the_two_commands() -> None:
    first_page = "\n".join(README.splitlines()[:42])
    for part in ("coordinators", "docs/pictures/overview.png", "make demo", "make test", "Status: version 0.1"):
        assert part in first_page


def test_the_pictures_of_the_journey_are_the_machines() -> None:
    drawn = re.findall(r"```mermaid\n(.*?)\n```", (ROOT / "docs" / "journey.md").read_text("utf-8"), re.DOTALL)
    commitments = ("mentor_meeting_m1", "second_half_choice")
    assert drawn == [
        journey_diagram(RULES),
        *(commitment_diagram(RULES, name, effects=True) for name in commitments),
    ]
