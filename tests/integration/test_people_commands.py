"""``talentnord correct``, as a process: what the form does, without Prefect."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from states.store.database import Database
from states.store.tables import PersonRow
from tests.support.driver import Driver
from tests.support.terminal import Terminal


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


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["correct", "hold-3-99", "--name", "Bo Holm"], "no person 'hold-3-99'"),
        (["correct", "hold-3-01"], "nothing of it would be other than it is"),
        (["correct", "hold-3-01", "--name", ""], "name: is blank"),
        (["correct", "hold-3-01", "--email", "bo"], "is not a mail address"),
        (["correct", "hold-3-01", "--telephone", "1-2"], "is no telephone number"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(
    driven: Driver, terminal: Terminal, words: list[str], says: str
) -> None:
    before = driven.dump()
    refused = terminal.run(*words)
    assert refused.returncode == 2
    assert says in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert driven.dump() == before
