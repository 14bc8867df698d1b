"""A cohort from its first day to the alumni day by the command line alone, and by forms alone, slips included (R62)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.library import Library
from config.people import People
from config.settings import Settings
from flows.clock import TurnedClock
from flows.server.ports import free_port
from flows.server.process import ServerPlace
from flows.services import open_services, use
from states.store.database import Database
from tests.support.command import Command
from tests.support.definitions import copy_of
from tests.support.driver import Driver, undated
from tests.support.hands import ByCommand, ByForm
from tests.support.list_form import COLUMNS, LETTERS
from tests.support.mistakes import LATER, Told, Year, differences, play, right_year

PEOPLE = 2


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[list[Told], Year]]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('right')}/year.db", "OFF")
    database.migrate()
    yield right_year(database, PEOPLE)
    database.close()


def files_of(people: People, root: Path) -> Path:
    """The files of hold-3 with these people, and without a date of the alumni day."""
    copy = copy_of(Library(), "talent-nord", "hold-3", root)
    copy.edit(copy.cohort, "people: people.xlsx", "people: people.csv")
    text = copy.cohort.read_text("utf-8")
    copy.cohort.write_text(text[: text.index("  alumni_day:")], "utf-8")
    lines = [";".join(COLUMNS)]
    for one in people.talents:
        leader = (one.leader.name, one.leader.email, one.leader_title)
        row = (one.number, one.name, one.email, one.organisation, one.unit, LETTERS[one.level], *leader)
        lines.append(";".join(map(str, row)))
    copy.people.write_text("\n".join(lines) + "\n", "utf-8")
    return root


def test_by_the_command_line_alone(
    right: tuple[list[Told], Year],
    calm: Database,
    run_command: Command,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    told, without = right
    driven = Driver(calm, people=PEOPLE, cohort=undated("alumni_day"))
    year = Year(driven, ByCommand(run_command, driven.cohort.id))
    monkeypatch.setenv("TALENTNORD_DATABASE_URL", str(calm.url))
    monkeypatch.setenv("TALENTNORD_CONFIG_ROOT", str(files_of(driven.people, tmp_path / "config")))
    for module in ("services", "import_command"):
        monkeypatch.setattr(f"flows.{module}.clock_ahead", lambda _: lambda: driven.now)
    imported = run_command("import", "--cohort", "hold-3", "--port", str(free_port()))
    assert (imported.code, imported.out) == (0, "Hold 3: 2 talents enrolled\n"), imported.err
    play(year, told, 3, LATER, slips=16)
    assert year.taken_back >= 6
    assert differences(year.stands(), without.stands()) == []
    assert {row[1] for row in year.stands()["journeys"]} == {"alumni"}


@pytest.mark.xdist_group("prefect")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_by_forms_alone(
    right: tuple[list[Told], Year], server: ServerPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, without = right
    settings = Settings(database_url=f"sqlite:///{tmp_path}/domain.db", mail_directory=tmp_path / "mail")
    clock = TurnedClock(without.driven.at("2026-12-20 09:00"))
    services = open_services(settings, clock, create=True)
    use(services)
    try:
        year = Year.of(services.database, PEOPLE)
        year.hand = ByForm(services.database, lambda: clock.turn_to(year.driven.now))
        play(year, told, 4, LATER, slips=12)
        assert year.taken_back >= 3
        assert differences(year.stands(), without.stands()) == []
    finally:
        use(None)
        services.database.close()
