"""``talentnord facts``, ``tell``, ``extend``, ``hand`` and ``waive``, as processes: what forms do, without Prefect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from states.store.database import Database
from tests.support.driver import Driver
from tests.support.terminal import Terminal, assert_refused


@pytest.fixture
def driven(sqlite: Database) -> Driver:
    """Two talents whose first mentor meeting was due on 18 March and is missed."""
    return Driver(sqlite, people=2).enrol().until("2027-03-19 12:00")


@pytest.fixture
def terminal(driven: Driver, tmp_path: Path) -> Terminal:
    return Terminal(str(driven.database.url), tmp_path, driven.now)


def test_what_is_told_is_done_and_listed_with_who_told_it(driven: Driver, terminal: Terminal) -> None:
    assert terminal.run("facts", "hold-3").stdout == "Nothing was told yet.\n"
    told = terminal.run("tell", "mentor_meeting_m1:keep", "hold-3-01", "--set", "held_on=2027-03-17")
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.endswith("keep: missed -> kept\n")
    leader = "new_mentor=Grete Lund <grete.lund@aalborg.example.org>"
    assert terminal.run("tell", "change_mentor", "hold-3-02", "--set", leader).returncode == 0
    assert driven.states(1)["mentor_meeting_m1"] == "kept"
    listed = json.loads(terminal.run("facts", "hold-3", "--json").stdout)
    assert [(one["actor"], one["what"], one["about"]) for one in listed] == [
        ("operator", "Mentormøde i modul 1: gennemført", ["Mette Brøndgaard"]),
        ("operator", "Ny nærmeste leder", ["Søren Aagesen"]),
    ]
    assert listed[0]["details"] == {"held_on": "2027-03-17"}


def test_a_deadline_is_agreed_anew(driven: Driver, terminal: Terminal) -> None:
    told = terminal.run("extend", "hold-3-01/mentor_meeting_m1", "--to", "2027-04-06")
    assert told.stdout.endswith("extend: missed -> open\n"), told.stderr
    assert str(driven.commitment("mentor_meeting_m1", 1).due_on) == "2027-04-06"


def test_a_commitment_is_handed_to_the_consultant_with_what_was_tried(driven: Driver, terminal: Terminal) -> None:
    told = terminal.run("hand", "hold-3-01/mentor_meeting_m1", "--note", "Har ringet to gange")
    assert told.stdout.endswith("hand: missed -> missed\n"), told.stderr
    assert [mail.details for mail in driven.mails("task_handed")] == [{"note": "Har ringet to gange"}]
    again = terminal.run("hand", "hold-3-01/mentor_meeting_m1", "--note", "Har ringet to gange")
    assert again.stdout == "Nothing of it is new.\n"


def test_what_is_waived_is_waived_for_a_reason_that_is_listed(driven: Driver, terminal: Terminal) -> None:
    asked = terminal.run("waive", "hold-3-01/mentor_meeting_m1")
    assert asked.returncode == 2
    assert "--because" in asked.stderr
    told = terminal.run("waive", "hold-3-01/mentor_meeting_m1", "--because", "Lederen er på barsel")
    assert told.stdout.endswith("waive: missed -> waived\n"), told.stderr
    [listed] = json.loads(terminal.run("facts", "hold-3", "--json").stdout)
    assert listed["details"] == {"because": "Lederen er på barsel"}
    assert "Lederen er på barsel" in " ".join(terminal.run("facts", "hold-3").stdout.split())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["tell", "leave", "hold-3-99"], "no cohort 'hold-3-99'"),
        (["tell", "mentor_meeting_m1:keep", "hold-3-01", "--set", "held_on"], "held_on: write a name, '=' and a value"),
        (["tell", "change_mentor", "hold-3-01", "--set", "new_mentor=nobody"], "new_mentor: has no name"),
        (["extend", "hold-3-01/mentor_meeting_m1", "--to", "2027-03-01"], "due_on: 2027-03-01 is not still to come"),
        (["extend", "hold-3-01/mentor_meeting_m6", "--to", "2027-04-06"], "is not possible"),
        (["hand", "hold-3-01/mentor_meeting_m6"], "is not possible"),
        (["facts", "hold-9"], "no cohort 'hold-9'"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else "",
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(
    driven: Driver, terminal: Terminal, words: list[str], says: str
) -> None:
    assert_refused(driven, terminal, words, says)
