"""A database that cannot be used is one sentence and exit code 2: no traceback, no password, and never a new file."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from config.errors import DatabaseError, SettingsError, TalentNordError
from flows.services import current_services, use
from states.store.database import Database
from tests.support.command import Command
from tests.support.driver import Driver
from tests.support.free_port import closed_port
from tests.support.postgres import GUARDED, Cluster
from tests.support.up import COMMAND, clean

COMMANDS = ("status", "backup", "up", "import")
SECRET = "s3cret"


@pytest.fixture
def talentnord(run_command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str, str], str]:
    """The command against a database; returns what it said, after it ended with exit code 2 and nothing else."""
    monkeypatch.chdir(tmp_path)

    def refused(word: str, url: str) -> str:
        monkeypatch.setenv("TALENTNORD_DATABASE_URL", url)
        ended = run_command(word)
        assert (ended.code, ended.out) == (2, "")
        return _one_sentence(ended.err)

    return refused


def _one_sentence(said: str) -> str:
    assert len(said.splitlines()) == 1, said
    assert "Traceback" not in said
    assert SECRET not in said
    return said


@pytest.fixture
def broken(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> str:
    """A database in some trouble, by the trouble's name."""
    path = tmp_path / "talentnord.db"
    url = f"sqlite:///{path}"
    match request.param:
        case "no file":
            pass
        case "not a database":
            path.write_bytes(b"These are minutes of a meeting. " * 300)
        case "empty":
            path.touch()
        case "a folder":
            path.mkdir()
        case "a device":
            url = "sqlite:////dev/null"
        case "damaged":
            content = bytearray(sqlite_template.read_bytes())
            content[4096:] = b"\xff" * (len(content) - 4096)
            path.write_bytes(content)
        case "refused":
            url = f"postgresql://somebody:{SECRET}@127.0.0.1:{closed_port()}/talentnord"
        case "unknown host":
            url = f"postgresql://somebody:{SECRET}@nowhere.invalid/talentnord"
        case "unknown kind":
            url = f"mysql://somebody:{SECRET}@127.0.0.1/talentnord"
    return url


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ("not a database", "is not an SQLite database"),
        ("a folder", "is not a file"),
        ("a device", "is not a file"),
        ("damaged", "is damaged"),
        ("refused", "cannot be reached"),
        ("unknown host", "cannot be reached"),
        ("unknown kind", "mysql is not supported"),
    ],
    indirect=["broken"],
)
def test_every_command_says_it_in_one_sentence(
    talentnord: Callable[[str, str], str], broken: str, why: str, command: str
) -> None:
    if command == "backup" and broken.startswith("postgresql"):
        why = "pg_dump"
    assert why in talentnord(command, broken)


@pytest.mark.parametrize("command", ["status", "backup"])
@pytest.mark.parametrize("broken", ["no file"], indirect=True)
def test_what_is_missing_is_not_made(
    talentnord: Callable[[str, str], str], broken: str, command: str, tmp_path: Path
) -> None:
    assert "is not there; if one was here, put it back" in talentnord(command, broken)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("broken", ["empty"], indirect=True)
def test_an_empty_file_is_no_database_of_ours(talentnord: Callable[[str, str], str], broken: str) -> None:
    assert "holds nothing of Talent Nord yet" in talentnord("status", broken)


@pytest.mark.parametrize("broken", ["no file"], indirect=True)
def test_up_makes_a_database_at_its_first_start_only(
    talentnord: Callable[[str, str], str], broken: str, tmp_path: Path
) -> None:
    """Where a server has run before there was a database, and an empty one in its place would be silence."""
    (tmp_path / "var" / "prefect").mkdir(parents=True)
    assert "put it back" in talentnord("up", broken)
    assert not (tmp_path / "talentnord.db").exists()


@pytest.mark.parametrize("broken", ["no file"], indirect=True)
def test_flows_make_no_database(broken: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TALENTNORD_DATABASE_URL", broken)
    use(None)
    with pytest.raises(DatabaseError, match="put it back"):
        current_services()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    [
        "", "talentnord.db", "sqlite://", "sqlite:///:memory:", "sqlite://var/talentnord.db",
        f"postgresql://somebody:pass@{SECRET}@127.0.0.1/talentnord", f"postgresql://some/body:{SECRET}@127.0.0.1/talentnord",
        f"postgresql://somebody:{SECRET}@127.0.0.1:port/talentnord", f"postgresql+psycopg2://somebody:{SECRET}@127.0.0.1/x",
        f"oracle://somebody:{SECRET}@127.0.0.1/x", "sqlite+aiosqlite:///talentnord.db",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_told_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match="TALENTNORD_DATABASE_URL: ") as refused:
        Database(url)
    _one_sentence(str(refused.value))


@pytest.mark.parametrize("options", [f"password={SECRET}&sslmode=perhaps", f"passwrd={SECRET}"])
def test_a_password_among_the_options_is_not_shown_either(options: str) -> None:
    with (
        pytest.raises(DatabaseError, match=r"@127\.0\.0\.1") as refused,
        Database(f"postgresql://somebody:{SECRET}@127.0.0.1/talentnord?{options}").read(),
    ):
        pass
    _one_sentence(str(refused.value))


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("user", "name", "why"),
    [
        (GUARDED, "postgres", "refuses this name or password"),
        ("stranger", "postgres", "refuses this name or password"),
        ("postgres", "no_such_database", "does not exist on its server"),
    ],
)
def test_postgresql_lets_nobody_in(
    talentnord: Callable[[str, str], str], cluster: Cluster, user: str, name: str, why: str
) -> None:
    with psycopg.connect(cluster.create(), autocommit=True) as connection:
        connection.execute(f"DROP ROLE IF EXISTS {GUARDED}; CREATE ROLE {GUARDED} LOGIN PASSWORD 'another'".encode())
    assert why in talentnord("status", f"postgresql://{user}:{SECRET}@127.0.0.1:{cluster.port}/{name}")


def test_a_newer_version_is_left_alone(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match=r"version that this program does not know .9999"):
        database.migrate()


def test_a_real_process_ends_with_exit_code_2_and_one_sentence(tmp_path: Path) -> None:
    url = f"postgresql://somebody:{SECRET}@127.0.0.1:{closed_port()}/talentnord"
    environment = clean({"TALENTNORD_DATABASE_URL": url})
    done = subprocess.run(
        [COMMAND, "status"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be reached" in _one_sentence(done.stderr)


@contextmanager
def _as_somebody_else() -> Iterator[None]:
    """Root may write everything; whoever is not root stays who they are."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_read_only_file_is_one_sentence(sqlite_template: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "talentnord.db"
        path.write_bytes(sqlite_template.read_bytes())
        path.chmod(0o444)
        folder.chmod(0o555)
        try:
            with _as_somebody_else(), pytest.raises(DatabaseError, match=r"is read-only|cannot be opened") as refused:
                _enrol(f"sqlite:///{path}")
        finally:
            folder.chmod(0o755)
    _one_sentence(str(refused.value))


@pytest.mark.postgres
def test_a_read_only_server_is_one_sentence(postgresql_url: str) -> None:
    name = postgresql_url.rsplit("/", 1)[1]
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
    with pytest.raises(TalentNordError, match="is read-only"):
        _enrol(postgresql_url)


def _enrol(url: str) -> None:
    with closing(Database(url)) as database:
        Driver(database, people=1).enrol()
