"""Whatever is told by mistake and taken back: the year ends as a year without the mistakes does (R62)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from states.store.database import Database
from tests.support.driver import replayed
from tests.support.mistakes import AT_ONCE, LATER, Told, Year, differences, play, right_year

PEOPLE = 6


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[list[Told], Year]]:
    database = _database(tmp_path_factory.mktemp("right"))
    yield right_year(database, PEOPLE)
    database.close()


@pytest.mark.parametrize("seed", range(6))
def test_slips_taken_back_at_once_leave_nothing_but_history_and_what_was_told(
    right: tuple[list[Told], Year], tmp_path: Path, seed: int
) -> None:
    told, without = right
    year = play(Year.of(_database(tmp_path), PEOPLE), told, seed, AT_ONCE)
    assert year.taken_back >= 8
    assert differences(year.stands(), without.stands()) == []
    assert year.waiting() == without.waiting()
    assert year.partners() == without.partners()
    assert year.armed() == without.armed()
    mine, theirs = year.told(year.moved), without.told(year.moved)
    assert (mine - theirs, theirs - mine) == (Counter(), Counter())
    replayed(year.driven.history())


@pytest.mark.parametrize("seed", range(6, 12))
def test_slips_taken_back_later_leave_everybody_where_they_would_be(
    right: tuple[list[Told], Year], tmp_path: Path, seed: int
) -> None:
    told, without = right
    year = play(Year.of(_database(tmp_path), PEOPLE), told, seed, LATER)
    assert year.taken_back >= 8
    assert differences(year.stands(), without.stands()) == []
    assert year.waiting() == without.waiting()
    replayed(year.driven.history())


def _database(folder: Path) -> Database:
    database = Database(f"sqlite:///{folder}/year.db", "OFF")
    database.migrate()
    return database
