"""Programme, cohort and people are checked together: one run names every fault of form and of meaning."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.checks.all import check_all
from tests.support.definitions import MENTOR_LIGHT, Copy, copy_of, written_messages

LIGHT_MESSAGES = written_messages(MENTOR_LIGHT.programme_file("mentor-light"))


@pytest.fixture
def light(tmp_path: Path) -> Copy:
    return copy_of(MENTOR_LIGHT, "mentor-light", "spring", tmp_path / "light")


def test_faults_of_all_files_come_together(light: Copy) -> None:
    light.edit(light.programme, "note_missed, to: [mentor,", "note_missed, to: [mentro,")
    light.edit(light.programme, "due: w1d1 - 1d", "deu: w1d1 - 1d")
    light.edit(light.programme, "mail: supper_call", "mail: super_call")
    light.edit(light.programme, "to: gone", "to: nowhere")
    light.edit(light.programme, "label: Film\n", 'label: "Film {nummer}"\n')
    light.edit(light.cohort, "email: ian.joss@", "email: ian.joss.")
    light.edit(light.cohort, "  w3d2: {date: 2027-04-21", "  w3d2: {date: soon")
    light.edit(light.cohort, "2027-05-20", "2027-04-22")
    light.edit(light.cohort, "tom.garner@north", "amy.pike@north")
    light.edit(light.people, "5;Eve Tarn;eve.tarn@south.example.org;south", "4;Eve Tarn;eve;sowth")
    found = check_all(light.library, ["spring"], LIGHT_MESSAGES)
    assert [(Path(one.file).name, one.field) for one in found] == [
        ("cohort.yaml", "organisations.south.consultant.email"),
        ("cohort.yaml", "dates.w3d2.date"),
        ("cohort.yaml", "dates.farewell.date"),
        ("people.csv", "email"),
        ("people.csv", "organisation"),
        ("people.csv", "number"),
        ("mentor-light.yaml", "calendar.2.notices.0.effects.0.mail"),
        ("mentor-light.yaml", "events.leave.to"),
        ("mentor-light.yaml", "commitments.0.due"),
        ("mentor-light.yaml", "commitments.0.deu"),
        ("mentor-light.yaml", "commitments.1.on_miss.0.to.0"),
        ("mentor-light.yaml", "commitments.4.label"),
    ]


def test_an_unknown_role_is_answered_with_the_nearest(light: Copy) -> None:
    light.edit(light.programme, "note_missed, to: [mentor,", "note_missed, to: [mentro,")
    [problem] = check_all(light.library, ["spring"], LIGHT_MESSAGES)
    assert problem.line == light.line(light.programme, "mentro")
    assert problem.what.endswith("or 'challenge_owner', not 'mentro', did you mean 'mentor'?")


def test_faults_after_one_that_was_dropped_keep_their_place(light: Copy) -> None:
    light.edit(light.programme, "due: w1d1 - 1d", "due: soon!")
    light.edit(light.programme, "mail: film_missed", "mail: film_mised")
    found = check_all(light.library, ["spring"], LIGHT_MESSAGES)
    assert [one.field for one in found] == ["commitments.0.due", "commitments.4.on_miss.0.mail"]
    assert found[1].line == light.line(light.programme, "film_mised")


def test_a_dropped_commitment_is_not_called_unknown(light: Copy) -> None:
    light.edit(light.programme, "due: w2d2\n", "due: w2d2 or so\n")
    assert [one.field for one in check_all(light.library, ["spring"], LIGHT_MESSAGES)] == ["commitments.3.due"]


def test_a_calendar_that_cannot_be_read_leaves_cohort_and_people_to_check(light: Copy) -> None:
    light.edit(light.programme, "milestone: supper", "milstone: supper")
    light.edit(light.cohort, "tom.garner@north", "amy.pike@north")
    light.edit(light.people, "\n5;", "\n4;")
    found = check_all(light.library, ["spring"], LIGHT_MESSAGES)
    assert [one.field for one in found] == ["number", "calendar.2.milestone", "calendar.2.milstone"]
    light.edit(light.people, "\n4;Eve", "\n5;Eve")
    found = check_all(light.library, ["spring"], LIGHT_MESSAGES)
    assert found[0].what == (
        "amy.pike@north.example.org belongs to 'Amy Pike' in people.csv row 2,"
        " here to 'Tom Garner'; one address is one person"
    )


def test_files_that_are_no_yaml_or_not_there_are_problems_too(light: Copy) -> None:
    light.edit(light.programme, "start: invited", "start: [invited")
    found = [light.short(one) for one in check_all(light.library, ["spring", "sprig"], LIGHT_MESSAGES)]
    assert found == [
        "sprig: no such cohort, did you mean 'spring'?",
        f"mentor-light.yaml:{light.line(light.programme, 'places:')}: is not YAML: expected ',' or ']', but got ':'"
        " (while parsing a flow sequence)",
    ]


def test_an_unknown_programme_and_a_missing_list_are_problems_of_the_cohort(light: Copy) -> None:
    light.edit(light.cohort, "programme: mentor-light", "programme: mentor-lite")
    light.edit(light.cohort, "people: people.csv", "people: list.csv")
    assert [light.short(one) for one in check_all(light.library, ["spring"], LIGHT_MESSAGES)] == [
        "cohort.yaml:4: programme: no programme 'mentor-lite', did you mean 'mentor-light'?",
        "cohort.yaml:5: people: no file 'list.csv'; known: people.csv",
    ]


@pytest.mark.parametrize("content", ["", "[]", "7"])
def test_a_file_without_keys_is_a_problem(light: Copy, content: str) -> None:
    for file in (light.cohort, light.programme):
        file.write_text(content)
        [problem] = check_all(light.library, ["spring"], LIGHT_MESSAGES)[:1]
        assert (problem.file, problem.what[:26]) == (str(light.cohort), "should be keys with values")


def test_whatever_is_lacking_is_a_problem_and_never_a_crash(light: Copy) -> None:
    for file, step in ((light.programme, 6), (light.cohort, 2)):
        text = file.read_text(encoding="utf-8")
        lines = text.splitlines(keepends=True)
        for number in range(0, len(lines), step):
            file.write_text("".join(lines[:number] + lines[number + 1 :]), encoding="utf-8")
            for problem in check_all(light.library, ["spring"], LIGHT_MESSAGES):
                assert problem.what, number
        file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("when: day - 10d", "when: soon!", "shapes.single.days.0.notices.0.when"),
        ("audience: [mentor, administration]", "audience: [mentor, administratoin]", "calendar.2.audience.1"),
    ],
    ids=["a point in time within a shape", "a role within the calendar"],
)
def test_a_fault_beside_a_milestone_hides_no_other(light: Copy, old: str, new: str, field: str) -> None:
    light.edit(light.programme, old, new)
    light.edit(light.programme, "mail: supper_call", "mail: super_call")
    light.edit(light.programme, "to: gone", "to: nowhere")
    light.edit(light.cohort, "2027-05-20", "2027-04-22")
    found = {one.field for one in check_all(light.library, ["spring"], LIGHT_MESSAGES)}
    assert found >= {
        field,
        "calendar.2.notices.0.effects.0.mail",
        "events.leave.to",
        "dates.farewell.date",
    }


def test_a_milestone_without_form_leaves_the_faults_that_stand_by_themselves(light: Copy) -> None:
    light.edit(light.programme, "{module: w2, number: 2", "{module: w2, number: two")
    light.edit(light.programme, "mail: film_missed", "mail: film_mised")
    found = [one.field for one in check_all(light.library, ["spring"], LIGHT_MESSAGES)]
    assert [field for field in found if not field.startswith("people")] == [
        "calendar.1.number",
        "commitments.4.on_miss.0.mail",
    ]


def test_a_form_is_called_as_no_form_of_another_programme_is(light: Copy) -> None:
    labels = light.library.programme("mentor-light").definition.programme.forms
    other = light.programme.with_name("another.yaml")
    other.write_text(f"forms: [{{id: mine, label: {labels[1].label}}}, nonsense]\n", encoding="utf-8")
    light.programme.with_name("broken.yaml").write_text("forms: [", encoding="utf-8")
    [problem] = check_all(light.library, ["spring"], LIGHT_MESSAGES)
    assert (problem.field, problem.line) == ("forms.1.label", light.line(light.programme, labels[1].label))
    assert problem.what == (
        f"'{labels[1].label}' is the label of a form of 'another' too; give this one a label of its own"
    )
