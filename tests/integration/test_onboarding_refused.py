"""What a programme lead of the English example is told when a form is refused: in English, with English dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from config.cohort import Day
from config.errors import TalentNordError
from config.files.yaml_file import load_yaml
from config.library import Library
from config.settings import Settings
from flows.clock import TurnedClock
from flows.cockpit.refusal import refusal
from flows.services import Services, open_services
from notifications.languages import refusals_in
from states.facts import Fact
from tests.support.driver import day

LOADED = Library().cohort("autumn-27")
DANISH = re.compile(r"[æøå]|\d\. \w+ \d{4}|\b(?:og|det|er|ligger|begynder|slut|frist|før)\b", re.IGNORECASE)
OF_TALENT_NORD = re.compile(r"\b(?:talent|leader|consultant|mentor|level)\b", re.IGNORECASE)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    clock = TurnedClock(LOADED.definition.working_time.opening(date(2027, 8, 6)))
    settings = Settings(database_url=f"sqlite:///{tmp_path}/domain.db", mail_directory=tmp_path / "mail")
    opened = open_services(settings, clock, create=True)
    opened.engine.enrol(LOADED.cohort, LOADED.definition, LOADED.people)
    yield opened
    opened.database.close()


def moved(services: Services, milestone: str, to: Day) -> str:
    """What is said when a milestone cannot have another day."""
    with pytest.raises(TalentNordError) as refused:
        services.engine.reschedule("autumn-27", milestone, to, Fact("moved", "coordinator"))
    return str(refusal(services, refused.value, "onboarding"))


@pytest.mark.parametrize(
    ("milestone", "to", "says"),
    [
        ("m2d1", day("2027-10-24"), "Day 2: How we work is on 24 October 2027, which is no working day (Sunday)"),
        ("m2d1", day("2027-12-24"), "is on 24 December 2027, which is no working day (24 December)"),
        (
            "m2d1",
            day("2027-12-16"),
            "(24 November 2027) begins before Day 2: How we work (16 December 2027) is over",
        ),
        ("m2d1", day("2027-12-16"), "Goals for the first year would be due on 23 November 2027, before it opens on"),
        ("lunch", day("2027-12-16"), "Hundred-day lunch takes 7 hours; the programme says 2"),
    ],
)
def test_a_day_is_refused_in_english(services: Services, milestone: str, to: Day, says: str) -> None:
    said = moved(services, milestone, to)
    assert says in said
    assert said.startswith("This cannot be: ")
    assert DANISH.findall(said) == []


def test_a_step_that_is_not_open_yet_is_refused_with_an_english_date(services: Services) -> None:
    with pytest.raises(TalentNordError) as refused:
        services.engine.fire("coffee_m3:keep", ["autumn-27-01"], Fact("met", "coordinator"))
    said = str(refusal(services, refused.value, "onboarding"))
    assert "and it opens on 24 November 2027. Nothing was recorded." in said


def test_what_is_said_fits_every_programme() -> None:
    words = load_yaml(refusals_in("en")).data
    for part in ("sentences", "faults"):
        for name, said in words[part].items():
            assert not OF_TALENT_NORD.search(re.sub(r"\{\w+\}", "", said)), name
