"""How people behave in a rehearsal is data, and faults in it are found before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.errors import DefinitionError, FileMissingError
from config.library import Library
from config.profile import Habit, Profile, load_profile
from flows.rehearsal.behaviour import is_known

ROOT = Library().root


def written(root: Path, text: str) -> Path:
    """A configuration's root with one profile, ``mine``."""
    (root / "profiles").mkdir()
    (root / "profiles" / "mine.yaml").write_text(text, encoding="utf-8")
    return root


OF_PROGRAMMES = {
    "exemplary": "talent-nord",
    "typical": "talent-nord",
    "eventful": "talent-nord",
    "newcomers": "onboarding",
}


def test_every_profile_is_of_a_programme() -> None:
    assert {path.stem for path in ROOT.glob("profiles/*.yaml")} == OF_PROGRAMMES.keys()


@pytest.mark.parametrize(("name", "programme"), OF_PROGRAMMES.items(), ids=list(OF_PROGRAMMES))
def test_the_profiles_that_come_with_a_programme_speak_of_it(name: str, programme: str) -> None:
    profile, definition = load_profile(ROOT, name), Library(ROOT).programme(programme).definition
    kinds = {spec.id for spec in definition.programme.commitments}
    assert profile.id == name
    assert profile.habits.keys() - {"default"} <= kinds | definition.commitments.keys()
    assert profile.choices.keys() <= kinds
    assert [incident.event for incident in profile.incidents if not is_known(incident.event, definition)] == []
    assert {incident.when.anchor for incident in profile.incidents} <= definition.milestones.keys()


def test_a_habit_holds_for_every_commitment_of_its_kind_and_the_longest_name_wins() -> None:
    usual, meeting, first = Habit(late=0.1), Habit(late=0.2), Habit(late=0.3)
    habits = {"default": usual, "mentor_meeting": meeting, "mentor_meeting_m1": first}
    profile = Profile(id="mine", name="Mine", habits=habits)
    assert profile.habit("portrait") == usual
    assert profile.habit("mentor_meeting") == meeting
    assert profile.habit("mentor_meeting_m2") == meeting
    assert profile.habit("mentor_meeting_m1") == first
    assert profile.habit("mentor_meetings") == usual


def test_without_any_habit_everybody_keeps_what_they_promised() -> None:
    habit = Profile(id="mine", name="Mine").habit("portrait")
    assert (habit.late, habit.never) == (0, 0)


def test_an_unknown_profile_names_those_there_are() -> None:
    with pytest.raises(FileMissingError, match="typical") as missing:
        load_profile(ROOT, "typicl")
    assert set(missing.value.known) == OF_PROGRAMMES.keys()


def test_everything_wrong_in_a_profile_is_said_at_once_with_its_line(tmp_path: Path) -> None:
    text = "id: mine\nname: Mine\nhabit: {}\nincidents:\n  - {event: leave, talent: one, when: soon!}\n"
    with pytest.raises(DefinitionError) as refused:
        load_profile(written(tmp_path, text), "mine")
    assert sorted(problem.line or 0 for problem in refused.value.problems) == [3, 5, 5]


@pytest.mark.parametrize(
    "habit",
    [
        "{within: [0.9, 0.1]}",
        "{within: [-0.1, 0.5]}",
        "{within: [0.5, 1.5]}",
        "{late: 1.2}",
        "{late: -0.1}",
        "{never: 2}",
        "{late: 0.7, never: 0.6}",
        "{late_days: [9, 2]}",
        "{late_days: [0, 2]}",
    ],
)
def test_a_habit_that_cannot_be_is_refused(tmp_path: Path, habit: str) -> None:
    root = written(tmp_path, f"id: mine\nname: Mine\nhabits:\n  default: {habit}\n")
    with pytest.raises(DefinitionError) as refused:
        load_profile(root, "mine")
    assert [problem.line for problem in refused.value.problems] == [4]
