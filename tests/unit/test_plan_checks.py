"""The plan's faults are named: it is for talent and mentor only, and asked for where there is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.checks.all import check_all
from tests.support.definitions import TALENT_NORD, Copy, copy_of, written_messages

MESSAGES = written_messages(TALENT_NORD.programme_file("talent-nord"))
GOES_WITH = "goes_with: [talk_convene, talk_expect]"


@pytest.fixture
def nord(tmp_path: Path) -> Copy:
    return copy_of(TALENT_NORD, "talent-nord", "hold-3", tmp_path / "nord")


def faults(nord: Copy) -> list[tuple[str, str]]:
    return [(one.field, one.what) for one in check_all(nord.library, ["hold-3"], MESSAGES)]


@pytest.mark.parametrize(
    ("mail", "what"),
    [
        ("talk_convne", "no mail 'talk_convne' is sent, did you mean 'talk_convene'?"),
        ("talk_missed", "no mail 'talk_missed' is sent"),  # A task of that name is.
        ("kickoff_invitation", "the mail 'kickoff_invitation' is not about one talent alone"),
        ("challenge_missed", "the mail 'challenge_missed' is not about one talent alone"),
        ("talk_escalated", "the mail 'talk_escalated' goes to consultant too; the plan is for talent and mentor only"),
        ("withdrawn", "the mail 'withdrawn' goes to administration, consultant, group, second_mentor too;"
         " the plan is for talent and mentor only"),
    ],
)  # fmt: skip
def test_a_mail_that_it_cannot_go_with_is_named(nord: Copy, mail: str, what: str) -> None:
    nord.edit(nord.programme, GOES_WITH, f"goes_with: [talk_convene, {mail}]")
    [(field, said)] = faults(nord)
    assert field == "plan.goes_with.1"
    assert said.startswith(what)


def test_it_is_asked_for_only_where_there_is_one(nord: Copy) -> None:
    text = nord.programme.read_text("utf-8")
    start, end = text.index("plan: # R9"), text.index("forms: # det")
    nord.edit(nord.programme, text[start:end], "")
    found = faults(nord)
    assert {what for _, what in found} == {"asks for the plan, but the programme has none; add 'plan'"}
    assert [field.split(".")[1] for field, _ in found] == ["0", "1"]


def test_a_fault_in_it_hides_no_other(nord: Copy) -> None:
    nord.edit(nord.programme, 'file: "Udviklingsplan - {talent}"', 'file: "Udviklingsplan - {talnt}"')
    nord.edit(nord.programme, "due: kickoff - 8d", "due: kikoff - 8d")
    found = faults(nord)
    assert ("plan.file", "{talnt} stands for nothing here, did you mean 'talent'?") in [
        (field, what.removeprefix("Value error, ")) for field, what in found
    ]
    assert any(field.startswith("commitments.0.due") for field, _ in found)


def test_it_is_asked_for_when_a_talents_commitment_is_kept(nord: Copy) -> None:
    text = nord.programme.read_text("utf-8")
    assert text.count("asks: [held_on, plan]") == 2
    found = text.index("asks: [appointed_on]")
    nord.programme.write_text(text[:found] + "asks: [appointed_on, plan]" + text[found + 20 :], "utf-8")
    assert "the plan is asked for when a talent's commitment is kept, and only then" in {
        what for _, what in faults(nord)
    }
