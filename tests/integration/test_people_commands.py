"""``talentnord correct``, ``replace`` and ``stand-in``, as processes: what forms do, without Prefect."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from states.running_cohort import read_cohort
from states.store.database import Database
from states.store.tables import PersonRow
from tests.support.driver import Driver
from tests.support.terminal import Terminal, assert_refused


@pytest.fixture
def driven(sqlite: Database) -> Driver:
    return Driver(sqlite, people=2).enrol()


@pytest.fixture
def terminal(driven: Driver, tmp_path: Path) -> Terminal:
    return Terminal(str(driven.database.url), tmp_path, driven.now)


@pytest.mark.parametrize("whom", ["hold-3-01", "Mette.Broendgaard@aalborg.example.org"])
def test_a_person_is_corrected_by_id_or_address(driven: Driver, terminal: Terminal, whom: str) -> None:
    done = terminal.run("correct", whom, "--name", "Mette Holm", "--telephone", "98 76 54 32", "--title", "chef")
    assert (done.returncode, done.stderr) == (0, "")
    with driven.database.read() as connection:
        row = connection.execute(select(PersonRow.__table__).where(PersonRow.id == "hold-3-01")).one()
    assert (row.name, row.telephone, row.title) == ("Mette Holm", "98 76 54 32", "chef")


def test_an_office_is_replaced_and_stood_in_for(driven: Driver, terminal: Terminal) -> None:
    bo, ida = (["--name", f"{who} Holm", "--email", f"{who}.holm@aalborg.example.org"] for who in ("Bo", "Ida"))
    assert terminal.run("replace", "karen.thorsen@aalborg.example.org", *bo).returncode == 0
    days = ["--from", "2027-01-04", "--to", "2027-01-15"]
    assert terminal.run("stand-in", "bo.holm@aalborg.example.org", *ida, *days).returncode == 0
    assert terminal.run("stand-in", "hold-3/coordinator-1", "--end", "2027-01-08").returncode == 0
    with driven.database.read() as connection:
        found = read_cohort(connection, "hold-3")
    acting = [found.coordinator_on(date(2027, 1, day)) for day in (3, 4, 8, 9)]
    assert acting == ["hold-3/coordinator-1.2", *["hold-3/stand-in-1"] * 2, "hold-3/coordinator-1.2"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["correct", "hold-3-99", "--name", "Bo Holm"], "no person 'hold-3-99'"),
        (["correct", "hold-3-01"], "nothing of it would be other than it is"),
        (["correct", "hold-3-01", "--name", ""], "name: is blank"),
        (["correct", "hold-3-01", "--email", "bo"], "is not a mail address"),
        (
            ["replace", "hold-3/administration", "--name", "Bo", "--email", "b@example.org"],
            "no coordinator or consultant",
        ),
        (["stand-in", "hold-3/coordinator-1", "--end", "2027-01-08"], "nobody stands in"),
        (["stand-in", "hold-3/coordinator-1", "--name", "Bo"], "holder: '' is not a mail address"),
        (["correct", "hold-3-01", "--telephone", "1-2"], "is no telephone number"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(
    driven: Driver, terminal: Terminal, words: list[str], says: str
) -> None:
    assert_refused(driven, terminal, words, says)
