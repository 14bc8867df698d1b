"""A mail or task that is named where it cannot be said is found by ``check``, not when it is due."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.library import Library
from flows.checking import check_cohorts
from notifications.fitting import OF_THE_ENGINE, misplaced_messages
from tests.support.definitions import MENTOR_LIGHT, TALENT_NORD, Copy, copy_of


@pytest.fixture
def nord(tmp_path: Path) -> Copy:
    return copy_of(TALENT_NORD, "talent-nord", "hold-3", tmp_path / "nord")


@pytest.mark.parametrize("library", [TALENT_NORD, MENTOR_LIGHT], ids=["talent-nord", "mentor-light"])
def test_every_message_can_be_said_where_it_is_named(library: Library) -> None:
    for name in library.programmes():
        loaded = library.programme(name)
        assert list(misplaced_messages(loaded.definition, loaded.source, library.root)) == []


# What is named in place of what, and the field.
MISPLACED = {
    "a commitment's at a module's day": (
        "effects: [{mail: module_invitation, to: [talent]}]} # R18",
        "effects: [{mail: meeting_plan, to: [talent]}]} # R18",
        "shapes.ordinary.days.0.notices.1.effects.0.mail",
    ),
    "a talent's at a meeting of all mentors": (
        "{mail: network_invitation, to: [mentor]}", "{mail: leave_ended, to: [mentor]}",
        "calendar.2.notices.0.effects.0.mail",
    ),
    "a day's for whom it finds": (
        "{mail: kickoff_without_talk, to: [coordinator]}", "{mail: kickoff_reminder, to: [coordinator]}",
        "calendar.0.finds.0.effects.0.mail",
    ),
    "a day's at an event": (
        "{mail: withdrawn, to:", "{mail: module_preparation, to:", "events.withdraw.effects.0.mail",
    ),
    "a commitment's at a chase": (
        "{task: leave_overdue, to:", "{task: meeting_overdue, to:", "events.leave.chase.effects.0.task",
    ),
    "a day's at a commitment": (
        "{mail: foundation_write, to:", "{mail: module_invitation, to:", "commitments.2.on_open.0.mail",
    ),
    "a talent's at a commitment of the cohort": (
        "{mail: alumni_date_missed, to:", "{mail: talk_escalated, to:", "commitments.10.escalation.0.effects.0.mail",
    ),
    "a commitment's for a moved day": ("on_move: date_moved", "on_move: meeting_plan", "on_move"),
    "a reminder of a day that is called off": (
        "on_call_off: date_called_off", "on_call_off: kickoff_reminder", "on_call_off",
    ),
    "a commitment's for a slip": ("on_correct: fact_corrected", "on_correct: meeting_plan", "on_correct"),
    "a talent's for a date to be found": (
        "find_date: {task: date_find", "find_date: {task: talk_missed", "find_date.task",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "field"), MISPLACED.values(), ids=list(MISPLACED))
def test_a_message_that_is_out_of_place_is_named(nord: Copy, old: str, new: str, field: str) -> None:
    line = nord.line(nord.programme, old)
    nord.edit(nord.programme, old, new)
    loaded = nord.library.programme("talent-nord")
    problem, *again = misplaced_messages(loaded.definition, loaded.source, nord.root)
    assert (problem.field, problem.line) == (field, line)
    assert "cannot be said here to" in problem.what
    assert {other.what for other in again} <= {problem.what}, "the same notice, written once for three meetings"


def test_check_tells_of_it(nord: Copy) -> None:
    nord.edit(nord.programme, "{mail: withdrawn, to:", "{mail: talk_reminder, to:")
    [problem] = check_cohorts(nord.library, ["hold-3"]).errors
    line = nord.line(nord.programme, "talk_reminder, to: [talent")
    assert (problem.field, problem.line) == ("events.withdraw.effects.0.mail", line)
    assert problem.what.startswith("'talk_reminder' cannot be said here to 'talent': message 'talk_reminder', part ")


def test_a_language_without_words_of_its_own_is_named_with_all_that_it_lacks(tmp_path: Path) -> None:
    light = copy_of(MENTOR_LIGHT, "mentor-light", "spring", tmp_path / "light")
    light.edit(light.programme, "language: en", "language: fr")
    loaded = light.library.programme("mentor-light")
    found = [one for one in misplaced_messages(loaded.definition, loaded.source, light.root) if one.field == "language"]
    assert {one.line for one in found} == {light.line(light.programme, "language: fr")}
    assert [one.what for one in found[:-1]] == [
        f"'fr' has no message {message!r}, which every programme sends" for message in OF_THE_ENGINE
    ]
    assert found[-1].what.startswith("'fr' has no layout for mails: message 'layout'")


def test_a_role_is_not_named_as_something_else_that_templates_know(nord: Copy) -> None:
    nord.edit(nord.programme, "  challenge_owner: {is: challenge_owner,", "  module: {is: challenge_owner,")
    text = (
        nord.programme.read_text("utf-8")
        .replace("[challenge_owner]", "[module]")
        .replace("consultant, challenge_owner]", "consultant, module]")
    )
    nord.programme.write_text(text, "utf-8")
    loaded = nord.library.programme("talent-nord")
    [problem] = misplaced_messages(loaded.definition, loaded.source, nord.root)
    assert (problem.field, problem.line) == ("roles.module", nord.line(nord.programme, "module: {is:"))
    assert problem.what == "'module' stands for something else in templates; choose another name"
