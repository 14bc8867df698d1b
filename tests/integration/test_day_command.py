"""``talentnord move``, as a process: what follows is printed, done with ``--yes`` only, and refused in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from states.store.database import Database
from tests.support.driver import Driver
from tests.support.terminal import Terminal


@pytest.fixture
def driven(sqlite: Database) -> Driver:
    """Three talents of hold-3, nine weeks before the kick-off."""
    return Driver(sqlite, people=3).enrol()


@pytest.fixture
def terminal(driven: Driver, tmp_path: Path) -> Terminal:
    return Terminal(str(driven.database.url), tmp_path, driven.now)


def test_without_yes_it_only_shows(driven: Driver, terminal: Terminal) -> None:
    before = driven.dump()
    shown = terminal.run("move", "hold-3", "m2d1", "--to", "2027-05-03")
    assert shown.returncode == 0, shown.stderr
    assert "Modul 2, dag 2: 2027-04-29 07:30-16:00, Hotel Viking, Sæby -> 2027-05-04 07:30-16:00" in shown.stdout
    assert shown.stdout.endswith("Nothing was changed; --yes does it.\n")
    assert driven.dump() == before


def test_json_names_everybody_and_yes_does_just_that(driven: Driver, terminal: Terminal) -> None:
    done = terminal.run(
        "move", "hold-3", "kickoff", "--to", "2027-03-02", "--place", "Musikkens Hus", "--yes", "--json"
    )
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert shown.keys() == {
        "cohort", "allowed", "reason", "broken", "days", "deadlines", "notices", "mails", "kept",
    }  # fmt: skip
    assert (shown["allowed"], shown["broken"], shown["kept"]) == (True, [], [])
    talk = {"talent": "Mette Brøndgaard", "commitment": "Forventningssamtale", "from": "2027-02-17", "to": "2027-02-22"}
    assert talk in shown["deadlines"]
    assert {one["message"] for one in shown["mails"]} == {"date_moved"}
    assert str(driven.commitment("expectation_talk", 1).due_on) == "2027-02-22"
    assert len(driven.mails("date_moved")) == len(shown["mails"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["m2d1", "--to", "2027-05-09"],
            "hold-3: m2d1 cannot be changed so: 2027-05-09 is søndag (a reason would do).",
        ),
        (["m3d1", "--to", "2027-04-20"], "m3d1 (2027-04-20) comes before m2d2 (2027-04-29) is over"),
        (["m1d1"], "nothing of it would be other than it is"),
        (["m1d1", "--start", "25:00"], "'m1d1:move': start:"),
        (["m1d1", "--material", "a book"], "'m1d1:move': material: write a title, '=' and an address."),
        (["m1d1", "--off", "--place", "Aalborg"], "a day that is called off has no date, time or place"),
        (["m9d9", "--off"], "no milestone 'm9d9'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(
    driven: Driver, terminal: Terminal, words: list[str], says: str
) -> None:
    before = driven.dump()
    refused = terminal.run("move", "hold-3", *words, "--yes")
    assert refused.returncode == 2
    assert says in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert driven.dump() == before


def test_a_reason_is_taken_where_one_would_do(driven: Driver, terminal: Terminal) -> None:
    done = terminal.run("move", "hold-3", "network1", "--end", "16:00", "--because", "Besøg fra Aarhus", "--yes")
    assert done.returncode == 0, done.stderr
    assert "it lasts 3 hours, the programme says 2.5 (accepted with the reason)" in done.stdout


def test_check_says_where_the_cohort_that_runs_has_other_days_than_its_file(driven: Driver, terminal: Terminal) -> None:
    assert "holdet kører med" not in terminal.run("check", "--cohort", "hold-3").stdout
    assert terminal.run("move", "hold-3", "m3d1", "--to", "2027-06-03", "--yes").returncode == 0
    checked = terminal.run("check", "--cohort", "hold-3").stdout
    file = driven.cohort.dates["m3d1"]
    assert "Modul 3, dag 1: holdet kører med 3. jun. 2027 kl. 9.00-16.00" in checked
    assert f"filen siger {file.date.day}. jun. 2027" in checked
