"""Backups: whole, checked, their owner's only; and what was backed up goes on where it stood."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from config.errors import BackupError
from states.store import upgrade
from states.store.address import Address
from states.store.backup import back_up
from states.store.database import Database
from tests.support.command import Command
from tests.support.driver import Driver


@pytest.fixture
def half_way(sqlite: Database) -> Driver:
    return Driver(sqlite, people=3).enrol().until("2027-06-01")


@pytest.fixture
def talentnord(run_command: Command, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[object, str]]:
    """The command; gives its exit code and what it said."""

    def run(url: str, *arguments: str) -> tuple[object, str]:
        monkeypatch.setenv("TALENTNORD_DATABASE_URL", url)
        ended = run_command(*arguments)
        return ended.code, ended.out + ended.err

    return run


def test_what_was_backed_up_finishes_its_year(half_way: Driver, tmp_path: Path) -> None:
    copy = back_up(half_way.database.address, tmp_path / "copy.db")
    half_way.fire("withdraw", 1)
    with closing(Database(f"sqlite:///{copy}", create=False)) as database:
        database.migrate()
        restored = Driver(database, people=3, now=half_way.now).until("2028-12-31")
        assert [restored.state(number) for number in (1, 2, 3)] == ["alumni"] * 3


def test_the_command_backs_up_while_somebody_writes(
    half_way: Driver, talentnord: Callable[..., tuple[object, str]], tmp_path: Path
) -> None:
    before = half_way.dump()
    with half_way.database.write() as writer:
        writer.execute(text("UPDATE journeys SET unit = 'not committed'"))
        code, said = talentnord(str(half_way.database.url), "backup")
    [copy] = tmp_path.glob("domain.db.backup.*")
    assert (code, said) == (0, f"backed up to {copy}\n")
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(Database(f"sqlite:///{copy}", create=False)) as database:
        assert Driver(database).dump() == before


def test_no_file_is_overwritten(
    half_way: Driver, talentnord: Callable[..., tuple[object, str]], tmp_path: Path
) -> None:
    target = tmp_path / "there"
    target.write_text("something else")
    code, said = talentnord(str(half_way.database.url), "backup", "--to", str(target))
    assert (code, said) == (
        2,
        f"no backup was made at {target}: there is a file of this name already, and it was left as it is\n",
    )
    assert target.read_text() == "something else"


@pytest.mark.parametrize("place", ["no/such/folder/copy.db", "domain.db/copy.db"])
def test_where_nothing_can_be_written_nothing_is_left(half_way: Driver, tmp_path: Path, place: str) -> None:
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(BackupError, match="no backup was made"):
        back_up(half_way.database.address, tmp_path / place)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_what_is_damaged_is_no_backup(half_way: Driver, tmp_path: Path) -> None:
    """Page by page: SQLite stumbles over some, and finds others only when it is asked to look."""
    sound = back_up(half_way.database.address, tmp_path / "sound.db").read_bytes()
    damaged = tmp_path / "damaged.db"
    found_by_looking = 0
    for page in range(1, len(sound) // 4096):
        damaged.write_bytes(sound[: page * 4096] + b"\xff" * 4096 + sound[(page + 1) * 4096 :])
        verdict = _verdict(damaged)
        if verdict == "ok":
            continue  # A page that is free.
        found_by_looking += "malformed" not in verdict
        address = Address(f"sqlite:///{damaged}")
        address.open_file(create=False)
        with pytest.raises(BackupError, match="is damaged"):
            back_up(address, tmp_path / "copy.db")
        assert not list(tmp_path.glob("*copy.db*"))
    assert found_by_looking


def _verdict(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        try:
            return str(connection.execute("PRAGMA quick_check").fetchone()[0])
        except sqlite3.DatabaseError as error:
            return str(error)


def test_without_a_backup_nothing_is_migrated(half_way: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    with half_way.database.write() as connection:
        connection.execute(text("ALTER TABLE facts DROP COLUMN subjects"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))

    def full(*_: object) -> Path:
        raise BackupError("No space left on device")

    monkeypatch.setattr(upgrade, "back_up", full)
    with pytest.raises(BackupError):
        half_way.database.migrate(half_way.now)
    with half_way.database.read() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0001"


@pytest.mark.postgres
def test_postgresql_has_a_tool_of_its_own(postgresql_url: str, talentnord: Callable[..., tuple[object, str]]) -> None:
    assert talentnord(postgresql_url, "backup") == (
        2,
        "no backup was made: this database is PostgreSQL's, which has a tool of its own: pg_dump\n",
    )


def test_where_a_file_system_has_no_links_the_copy_gets_its_name_all_the_same(
    half_way: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def has_none(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr("states.store.backup.os.link", has_none)
    copy = back_up(half_way.database.address, tmp_path / "copy.db")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM journeys").fetchone() == (3,)
    assert [path.name for path in tmp_path.glob("copy*")] == ["copy.db"]
