"""Somebody beside a newcomer may be optional: who has no buddy is asked nothing of one, and no message names one."""

from __future__ import annotations

import shutil
from datetime import date, time
from pathlib import Path

import pytest
from sqlalchemy import select

from config.library import Library
from config.profile import load_profile
from config.settings import load_settings
from flows.checking import check_cohorts
from flows.rehearsal.to_files import Rehearsed, rehearse
from states.store.database import Database
from states.store.tables import CommitmentRow
from tests.support.definitions import Copy, copy_of
from tests.support.driver import Driver

LIBRARY = Library()
BUDDY = "columns: {name: buddy, email: buddy email}"
WELCOME = "templates/onboarding/en/welcome/text.j2"


@pytest.fixture
def alone(tmp_path: Path) -> Copy:
    """The example, of whom Amy Pike has no buddy."""
    copied = copy_of(LIBRARY, "onboarding", "autumn-27", tmp_path / "alone")
    for folder in ("templates", "profiles"):
        shutil.copytree(LIBRARY.root / folder, copied.root / folder)
    copied.edit(copied.programme, BUDDY, f"{BUDDY}\n    optional: true")
    copied.edit(copied.people, ";Tom Baines;tom.baines@fenwick.example.org", ";;")
    return copied


def test_a_list_may_leave_the_buddy_blank_and_every_message_can_be_said(alone: Copy) -> None:
    assert check_cohorts(alone.library, ["autumn-27"]).errors == []


def test_check_names_a_message_that_needs_the_buddy_and_says_what_to_do(alone: Copy) -> None:
    alone.edit(alone.root / WELCOME, "{% if buddy %}", "{% if buddy.name %}")
    problem, *_ = check_cohorts(alone.library, ["autumn-27"]).errors
    assert problem.line == alone.line(alone.programme, "mail: welcome")
    assert "'welcome' cannot be said here to 'newcomer'" in problem.what
    assert problem.what.endswith("not every newcomer has a buddy: write {% if buddy %} around what speaks of them")


def test_what_a_buddy_owes_is_not_asked_for_where_there_is_none(alone: Copy, sqlite: Database) -> None:
    loaded = alone.library.cohort("autumn-27")
    now = loaded.definition.working_time.at(date(2027, 8, 6), time(9))
    Driver(sqlite, people=loaded.people, cohort=loaded.cohort, definition=loaded.definition, now=now).enrol()
    with sqlite.read() as connection:
        query = select(CommitmentRow.journey_id, CommitmentRow.name).order_by(CommitmentRow.id)
        owed = [tuple(row) for row in connection.execute(query)]
    assert {name for journey, name in owed if journey == "autumn-27-01"} == {"first_talk", "goals"}
    assert {"coffee_m1", "coffee_m2", "coffee_m3"} < {name for journey, name in owed if journey == "autumn-27-02"}


def test_a_rehearsal_comes_to_its_end_and_nobody_is_told_of_such_a_coffee(alone: Copy, tmp_path: Path) -> None:
    loaded = alone.library.cohort("autumn-27")
    *_, last = rehearse(
        loaded, load_profile(alone.root, "newcomers"), tmp_path / "out", 1, load_settings(), alone.library
    )
    assert isinstance(last, Rehearsed)
    assert last.summary.stuck == ()
    mails = [path.read_text("utf-8") for path in (tmp_path / "out" / "mail").glob("*.eml")]
    assert not any("Coffee with Amy" in mail for mail in mails)
