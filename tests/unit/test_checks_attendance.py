"""What a programme asks people of their coming is checked as a whole: milestones, roles, events, and who hears."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.checks.all import check_all
from tests.support.definitions import TALENT_NORD, Copy, copy_of, written_messages

MESSAGES = written_messages(TALENT_NORD.programme_file("talent-nord"))


@pytest.fixture
def nord(tmp_path: Path) -> Copy:
    return copy_of(TALENT_NORD, "talent-nord", "hold-3", tmp_path / "nord")


def faults(copy: Copy) -> list[str]:
    return [str(one).partition(": ")[2] for one in check_all(copy.library, ["hold-3"], MESSAGES)]


ASKED = (
    "  by: [talent, mentor, consultant]\n  button: Sig, om du kommer\n"
    "  come: {label: Jeg kommer, event: absence_withdrawn}"
)
FAULTS = [
    ("  by: [talent, mentor, consultant]", "  milestones: [kickoff, m1d3]\n  by: [talent, mentor]",
     "attendance.milestones.1: unknown milestone 'm1d3', did you mean 'm1d2'?"),
    ("  by: [talent, mentor, consultant]", "  milestones: [m1d1, network1]\n  by: [talent, mentor, consultant]",
     "attendance.by.2: 'consultant' is in the 'audience' of no milestone that is asked about"),
    ("    event: absence\n  silence", "    event: absense\n  silence",
     "attendance.decline.event: unknown event 'absense', did you mean 'absence'?"),
    ("event: absence_withdrawn}", "event: leave}",
     "attendance.come.event: the event 'leave' does not need 'absence': it is told of no milestone"),
    ("    event: absence\n  silence", "    event: absence_withdrawn\n  silence",
     "attendance.decline.event: the event 'absence_withdrawn' does not need 'milestone': it is told of no milestone"),
    ("{mail: absence, to: [group, administration],", "{mail: absence, to: [group],",
     "attendance.decline.event: nobody hears of 'mentor' by the event 'absence'; "
     "tell one of administration, challenge_owner, coordinator"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "problem"), FAULTS, ids=[problem.partition(":")[0] for *_, problem in FAULTS])
def test_each_fault_is_named_where_it_is(nord: Copy, old: str, new: str, problem: str) -> None:
    nord.edit(nord.programme, old, new)
    assert faults(nord) == [problem]


def test_every_fault_at_once(nord: Copy) -> None:
    nord.edit(
        nord.programme, ASKED, ASKED.replace("absence_withdrawn", "absence").replace("  by", "  milestones: [x]\n  by")
    )
    nord.edit(nord.programme, "    event: absence\n  silence", "    event: nothing\n  silence")
    found = faults(nord)
    assert [one.partition(":")[0] for one in found] == [
        "attendance.milestones.0", "attendance.by.0", "attendance.by.1", "attendance.by.2",
        "attendance.come.event", "attendance.decline.event",
    ]  # fmt: skip


def test_what_is_dropped_for_its_form_accuses_nobody(nord: Copy) -> None:
    nord.edit(
        nord.programme, "    label: Afbud\n    rule: R29\n", "    label: Afbud\n    rule: R29\n    nonsense: true\n"
    )
    assert [one for one in faults(nord) if one.startswith("attendance")] == []


@pytest.mark.parametrize("name", ["come", "decline"])
def test_no_notice_is_called_as_what_people_say(nord: Copy, name: str) -> None:
    nord.edit(nord.programme, "{id: owner, when: day - 3w", f"{{id: {name}, when: day - 3w")
    assert any(f"{name!r} is already the name of another notice" in one for one in faults(nord))


def test_talents_alone_may_tell_their_group_alone(nord: Copy) -> None:
    nord.edit(nord.programme, "  by: [talent, mentor, consultant]", "  by: [talent]")
    nord.edit(nord.programme, "{mail: absence, to: [group, administration],", "{mail: absence, to: [group],")
    assert faults(nord) == []
