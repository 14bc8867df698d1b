"""The deployments: the same served on one machine as deployed to workers, and forms that do what they say."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import urllib.error
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from prefect import Flow
from prefect.client.schemas.schedules import IntervalSchedule
from prefect.flows import load_flow_from_entrypoint

from config.files.yaml_file import load_yaml
from config.library import Library
from config.settings import Settings
from flows.serve import deployments
from flows.server.process import ServerPlace, child
from flows.services import open_services
from states.views.counts import Summary, summarise
from tests.support.prefect import ask, run_deployment, wait_until

ROOT = Path(__file__).parents[2]
PREFECT_YAML: dict[str, Any] = load_yaml(ROOT / "prefect.yaml").data
NOW = datetime(2027, 3, 12, 9, tzinfo=UTC)

pytestmark = pytest.mark.xdist_group("prefect")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("deployments")


@pytest.fixture(scope="module")
def environment(home: Path, server: ServerPlace) -> dict[str, str]:
    """Hold-3 the day after module 1 began: what a process of ours has to have in its environment."""
    settings = Settings(database_url=f"sqlite:///{home}/domain.db", mail_directory=home / "mail")
    coordinator = open_services(settings, lambda: datetime(2026, 12, 29, 8, tzinfo=UTC), create=True)
    loaded = coordinator.library.cohort("hold-3")
    coordinator.engine.enrol(loaded.cohort, loaded.definition, loaded.people)
    coordinator.engine.tick(NOW)
    coordinator.database.close()
    ahead = int((NOW - datetime.now(UTC)).total_seconds())
    return {
        **server.environment(),
        "TALENTNORD_DATABASE_URL": settings.database_url,
        "TALENTNORD_MAIL_DIRECTORY": str(home / "mail"),
        "TALENTNORD_CLOCK_AHEAD": str(ahead),
    }


def summary(environment: dict[str, str]) -> Summary:
    settings = Settings(database_url=environment["TALENTNORD_DATABASE_URL"])
    coordinator = open_services(settings, lambda: NOW, create=True)
    try:
        with coordinator.database.read() as connection:
            return summarise(connection, "hold-3")
    finally:
        coordinator.database.close()


# -- prefect.yaml --------------------------------------------------------------------------------------------------


def test_prefect_yaml_holds_what_is_served(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/domain.db", mail_directory=tmp_path)
    coordinator = open_services(settings, lambda: NOW, create=True)
    served = asyncio.run(deployments(coordinator))
    coordinator.database.close()
    told = {one["name"]: one for one in PREFECT_YAML["deployments"]}
    assert list(told) == [one.name for one in served]
    for one in served:
        written = told[one.name]
        assert written["description"] == one.description
        assert written.get("parameters", {}) == one.parameters
        assert written["entrypoint"].replace("/", ".").replace(".py:", ".") == one.entrypoint
        timings = [schedule.schedule for schedule in one.schedules or []]
        intervals = [timing.interval.total_seconds() for timing in timings if isinstance(timing, IntervalSchedule)]
        assert len(intervals) == len(timings)
        assert [schedule["interval"] for schedule in written.get("schedules", [])] == intervals
        assert written.get("tags", []) == one.tags
        assert written["work_pool"] == {"name": "talentnord"}
        limit = written.get("concurrency_limit")
        assert (limit and limit["limit"]) == one.concurrency_limit
        strategy = one.concurrency_options and one.concurrency_options.collision_strategy
        assert (limit and limit["collision_strategy"]) == strategy


@pytest.mark.parametrize("entrypoint", sorted({one["entrypoint"] for one in PREFECT_YAML["deployments"]}))
def test_every_entrypoint_loads(entrypoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    flow: Flow[..., Any] = load_flow_from_entrypoint(entrypoint, use_placeholder_flow=False)
    assert flow.name == entrypoint.rpartition(":")[2]


def test_a_worker_runs_what_prefect_yaml_deploys(
    server: ServerPlace, environment: dict[str, str], tmp_path: Path
) -> None:
    def prefect(*words: str) -> None:
        command = [sys.executable, "-m", "prefect", "--no-prompt", *words]
        subprocess.run(
            command, check=True, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, timeout=240
        )

    prefect("work-pool", "create", "talentnord", "--type", "process")
    prefect("deploy", "--all")
    worker = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "talentnord"]
    with child(worker, environment, tmp_path / "worker.log", cwd=ROOT):
        ended = run_deployment(server, "tick/tick", {})
    assert ended["state_type"] == "COMPLETED", ended["state"]
    assert summary(environment).unsent == 0


# -- forms ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(server: ServerPlace, environment: dict[str, str], home: Path) -> Iterator[ServerPlace]:
    """The forms, served as ``talentnord up`` does."""
    log = home / "serve.log"
    with child([sys.executable, "-m", "flows"], environment, log):

        def has_lists() -> bool:
            try:
                found = ask(server, "/deployments/name/record/Udmeld%20et%20talent")
            except urllib.error.HTTPError:
                return False
            return "enum" in found["parameter_openapi_schema"]["properties"].get("talent", {})

        wait_until(has_lists, within=240)
        yield server


def label(number: int) -> str:
    """Return a talent as the lists name them."""
    talent = Library().cohort("hold-3").people.talents[number - 1]
    return f"{talent.name} (Hold 3, nr. {number:02d})"


def name(number: int) -> str:
    """Return a talent's name."""
    return Library().cohort("hold-3").people.talents[number - 1].name


FORM = "record/Registrér "


def test_a_form_asks_for_what_it_needs_and_lists_what_there_is(served: ServerPlace) -> None:
    found = ask(served, quote(f"/deployments/name/{FORM}mentormøde"))
    fields = found["parameter_openapi_schema"]["properties"]
    assert list(fields) == ["talent", "commitment", "held_on", "plan", "note"]
    assert "Mette Brøndgaard (Hold 3, nr. 01)" in fields["talent"]["enum"]
    assert fields["commitment"]["enum"] == [f"Mentormøde i modul {number}" for number in range(1, 7)]
    plan = "Udviklingsplanen er (hvis I ved det)"
    assert [field["title"] for field in fields.values()] == ["Talent", "Aftale", "Dato", plan, "Bemærkning"]
    absence = ask(served, quote(f"/deployments/name/{FORM}afbud"))["parameter_openapi_schema"]
    assert list(absence["properties"]) == ["talent", "milestone", "note"]


def test_a_mentor_meeting_is_recorded(served: ServerPlace, environment: dict[str, str]) -> None:
    before = summary(environment).commitments.get("kept", 0)
    given = {
        "talent": "Mette Brøndgaard (Hold 3, nr. 01)",
        "commitment": "Mentormøde i modul 1",
        "held_on": "2027-03-12",
    }
    ended = run_deployment(served, f"{FORM}mentormøde", given)
    assert ended["state_type"] == "COMPLETED", ended["state"]
    assert ended["name"] == "Registrér mentormøde · Mette Brøndgaard (Hold 3, nr. 01)"
    assert summary(environment).commitments["kept"] == before + 1


def test_a_withdrawal_and_an_absence_tell_those_concerned(served: ServerPlace, environment: dict[str, str]) -> None:
    absent = run_deployment(served, f"{FORM}afbud", {"talent": label(2), "milestone": "Modul 1, dag 2"})
    assert absent["state_type"] == "COMPLETED", absent["state"]
    gone = run_deployment(served, "record/Udmeld et talent", {"talent": label(3), "confirm": name(3)})
    assert gone["state_type"] == "COMPLETED", gone["state"]
    assert summary(environment).states["withdrawn"] == 1


def test_what_is_not_possible_is_refused_with_its_reason_and_changes_nothing(
    served: ServerPlace, environment: dict[str, str]
) -> None:
    before = summary(environment)
    given = {"talent": label(4), "commitment": "Forventningssamtale", "held_on": "2027-02-01"}
    done = run_deployment(served, f"{FORM}forventningssamtale", given)
    assert done["state_type"] == "COMPLETED"
    again = run_deployment(served, f"{FORM}forventningssamtale", given)
    assert (again["state_type"], again["state_name"]) == ("COMPLETED", "Afvist")
    why = f"Forventningssamtale ({name(4)}) er gennemført. Intet er registreret."
    assert again["state"]["message"].startswith(f"Det kan ikke lade sig gøre, som det står nu: {why}")
    assert summary(environment).transitions == before.transitions + 1


def test_a_label_that_is_not_on_the_list_is_refused_at_once(served: ServerPlace) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        run_deployment(served, f"{FORM}afbud", {"talent": label(2), "milestone": "Modul 9, dag 9"})
    assert refused.value.code in {409, 422}
