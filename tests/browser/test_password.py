"""``talentnord up`` with a password: a coordinator gives it once, everything works, and nothing shows it."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from sqlalchemy import func, select

from config.library import Library
from config.settings import Settings
from flows.server.process import PASSWORD, ServerPlace, child
from states.store.database import Database
from states.store.tables import HistoryRow
from tests.support.browser import BROWSER, FLAGS, skip_without_browser
from tests.support.prefect import ask, run_deployment, wait_until
from tests.support.served import enrol_hold_3
from tests.support.up import COMMAND, ROOT, clean, talentnord_up

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("password")]

WORD = "koordinator:hemmelig-17"
DAY = datetime(2027, 3, 15, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Locked:
    """A running ``up`` that asks for ``WORD``, the folder it was started in, and its environment."""

    place: ServerPlace
    folder: Path
    environment: dict[str, str]

    def transitions(self) -> int:
        """How much has happened so far."""
        database = Database(f"sqlite:///{self.folder}/var/talentnord.db")
        with database.read() as connection:
            found = connection.scalar(select(func.count()).select_from(HistoryRow))
        database.close()
        return int(found or 0)


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Locked]:
    folder = tmp_path_factory.mktemp("locked")
    # As an earlier version left them: for everybody to read.
    (folder / "var").mkdir(mode=0o755)
    (folder / "var" / "serve.log").touch(mode=0o644)
    settings = Settings(database_url=f"sqlite:///{folder}/var/talentnord.db", mail_directory=folder / "var" / "mail")
    enrol_hold_3(settings, DAY)
    ahead = int((DAY - datetime.now(UTC)).total_seconds())
    environment = {"TALENTNORD_CLOCK_AHEAD": str(ahead), PASSWORD: WORD}
    with talentnord_up(folder, "--port", "0", environment=environment) as (_, place):
        wait_until(lambda: has_lists(place), within=240)
        yield Locked(place, folder, environment)
    for file in [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("prefect.db")]:
        assert b"hemmelig" not in file.read_bytes(), file


def has_lists(place: ServerPlace) -> bool:
    found = ask(place, "/deployments/filter", {"deployments": {"name": {"any_": ["Udmeld et talent"]}}}, password=WORD)
    return any("enum" in one["parameter_openapi_schema"]["properties"].get("talent", {}) for one in found)


def label(number: int) -> str:
    talent = Library().cohort("hold-3").people.talents[number - 1]
    return f"{talent.name} (Hold 3, nr. {number:02d})"


def name(number: int) -> str:
    return Library().cohort("hold-3").people.talents[number - 1].name


@pytest.mark.parametrize("password", [None, "koordinator:forkert"])
def test_without_the_password_nothing_is_told(locked: Locked, password: str | None) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(locked.place, "/artifacts/filter", {}, password=password)
    assert refused.value.code == 401


TALK, FOUNDATION = "Forventningssamtale", "Personligt ledelsesgrundlag"
MEETING = "Mentormøde i modul 1"
CHALLENGE = "Udfordring til bootcamp i modul 2"
NEW = {"new_mentor_name": "Bo Ny", "new_mentor_email": "bo@ny.example.org"}
SEVERAL = {"for_whom": "De valgte talenter", "commitment": MEETING, "held_on": "2027-03-12"}
AWAY = {"for_whom": "De valgte talenter", "milestone": "Modul 1, dag 2"}
FORMS: list[tuple[str, dict[str, Any]]] = [
    ("Registrér forventningssamtale", {"talent": label(1), "commitment": TALK, "held_on": "2027-02-01"}),
    ("Registrér mentormøde", {"talent": label(2), "commitment": "Mentormøde i modul 1", "held_on": "2027-03-12"}),
    ("Registrér anden aftale", {"talent": label(3), "commitment": FOUNDATION, "held_on": "2027-03-12"}),
    ("Registrér for flere talenter", {"talents": [label(14), label(15)], **SEVERAL}),
    ("Registrér holdets aftale", {"talent": "Hold 3", "commitment": CHALLENGE, "held_on": "2027-03-15", "title": "Ny"}),
    ("Frafald en aftale", {"talent": label(4), "commitment": "Mentormøde i modul 1", "because": "Er på barsel"}),
    ("Aftal en ny frist", {"talent": label(11), "commitment": "Mentormøde i modul 1", "due_on": "2027-04-06"}),
    ("Registrér en aftalt dag", {"talent": label(13), "commitment": MEETING, "appointed_on": "2027-03-17"}),
    ("Giv videre til intern konsulent", {"talent": label(12), "commitment": "Mentormøde i modul 1"}),
    ("Registrér afbud", {"talent": label(5), "milestone": "Modul 1, dag 2"}),
    ("Registrér afbud for flere", {"talents": [label(16), label(17)], **AWAY}),
    ("Træk et afbud tilbage", {"talent": label(5), "milestone": "Modul 1, dag 2"}),
    ("Registrér orlov", {"talent": label(6)}),
    ("Registrér tilbagevenden fra orlov", {"talent": label(10)}),
    ("Registrér ny nærmeste leder", {"talent": label(7), **NEW}),
    ("Notér om et talent", {"talent": label(1), "note": "Ringet til lederen"}),
    ("Udsæt til et senere hold", {"talent": label(8), "confirm": name(8)}),
    ("Udmeld et talent", {"talent": label(9), "confirm": name(9)}),
]  # fmt: skip


TEAM = "Flyt til et andet team"
DAYS: list[tuple[str, dict[str, str]]] = [
    ("Flyt en dag", {"day": "Modul 2, dag 1 (Hold 3)", "to": "2027-05-03"}),
    ("Sæt alumnedagen", {"day": "Alumnedag (Hold 3)", "to": "2028-04-05"}),
]


CONSULTANT = "Bente Østergaard Riis (konsulent, Aalborg Kommune, Hold 3)"
PEOPLE: list[tuple[str, dict[str, str]]] = [
    (
        "Ret navn, adresse eller telefon",
        {"whom": "Karen Møller Thorsen (koordinator, Hold 3)", "telephone": "98765432"},
    ),
    (
        "Ny koordinator eller konsulent",
        {"office": CONSULTANT, "holder_name": "Bo Holm", "holder_email": "bo.holm@aalborg.example.org"},
    ),
    (
        "Stedfortræder",
        {
            "office": "Karen Møller Thorsen (koordinator, Hold 3)",
            "holder_name": "Ida Falk",
            "holder_email": "ida.falk@aalborg.example.org",
            "first_day": "2027-03-22",
            "last_day": "2027-03-26",
        },
    ),
]


def test_every_form_of_the_programme_is_one_of_these() -> None:
    forms = Library().programme("talent-nord").definition.programme.forms
    rest = [
        form.label
        for form in forms
        if not (form.moves or form.people or form.finishes or form.undoes or form.enrols or form.teams)
    ]
    assert [form.label for form in forms if form.teams] == [TEAM]
    assert [name for name, _ in FORMS] == rest
    assert [name for name, _ in PEOPLE] == [form.label for form in forms if form.people]
    assert [name for name, _ in DAYS] == [form.label for form in forms if form.moves]


@pytest.mark.parametrize(("name", "given"), FORMS, ids=[name for name, _ in FORMS])
def test_every_form_is_served(locked: Locked, name: str, given: dict[str, Any]) -> None:
    if name == "Registrér tilbagevenden fra orlov":
        run_deployment(locked.place, "record/Registrér orlov", given, WORD)
    before = locked.transitions()
    ended = run_deployment(locked.place, f"record/{name}", given, WORD)
    assert ended["state_type"] == "COMPLETED", ended["state"]["message"]
    assert locked.transitions() > before


def test_the_form_for_teams_is_served_and_says_that_there_are_none_yet(locked: Locked) -> None:
    before = locked.transitions()
    given = {"talent": label(1), "module": "Modul 2: Innovationsledelse", "team": "2"}
    ended = run_deployment(locked.place, f"record/{TEAM}", given, WORD)
    assert ended["state_type"] == "COMPLETED", ended["state"]["message"]
    assert "har ikke fået teams endnu" in ended["state"]["message"]
    assert locked.transitions() == before


@pytest.mark.parametrize(("name", "given"), DAYS, ids=[name for name, _ in DAYS])
def test_every_form_for_a_day_is_served_and_only_shows(locked: Locked, name: str, given: dict[str, str]) -> None:
    before = locked.transitions()
    ended = run_deployment(locked.place, f"move_day/{name}", given, WORD)
    assert ended["state_type"] == "COMPLETED", ended["state"]["message"]
    assert ended["state"]["message"].startswith("Intet er ændret endnu")
    assert locked.transitions() == before


@pytest.mark.parametrize(("name", "given"), PEOPLE, ids=[name for name, _ in PEOPLE])
def test_every_form_about_people_is_served(locked: Locked, name: str, given: dict[str, str]) -> None:
    ended = run_deployment(locked.place, f"people/{name}", given, WORD)
    assert ended["state_type"] == "COMPLETED", ended["state"]["message"]


@pytest.mark.parametrize("name", ["refresh/1 ★ Overblik", "tick/tick"])
def test_pages_are_made_anew_and_time_passes(locked: Locked, name: str) -> None:
    assert run_deployment(locked.place, name, {}, WORD)["state_type"] == "COMPLETED"


def test_an_import_shows_who_is_new_and_says_when_the_password_is_not_right(locked: Locked) -> None:
    def imports(word: str) -> subprocess.CompletedProcess[str]:
        command = [COMMAND, "import", "--yes", "--port", str(locked.place.port)]
        environment = clean({**locked.environment, PASSWORD: word})
        return subprocess.run(command, cwd=locked.folder, env=environment, capture_output=True, text=True, check=False)

    right, wrong = imports(WORD), imports("koordinator:forkert")
    assert right.returncode == 0, right.stderr
    assert "25 sider" in right.stdout.replace("\n", " ")
    assert wrong.returncode == 2
    assert "asks for a password" in wrong.stderr
    assert "Traceback" not in wrong.stderr
    assert "forkert" not in wrong.stderr


def test_somebody_is_enrolled(locked: Locked) -> None:
    given = {"cohort": "Hold 3", "organisation": "Aalborg Kommune", "level": "leder af medarbejdere", "unit": "Skole"}
    given |= {"newcomer_name": "Bo Dam", "newcomer_email": "bo.dam@aalborg.example.org"}
    given |= {"leader_name": "Eva Ny", "leader_email": "eva.ny@aalborg.example.org"}
    ended = run_deployment(locked.place, "enrol/Tilmeld et talent", given, WORD)
    assert ended["state_type"] == "COMPLETED", ended["state"]["message"]
    assert ended["state"]["message"].startswith("tilmeldt · Bo Dam")


def test_a_worker_on_another_machine_gives_the_password(locked: Locked, tmp_path: Path) -> None:
    client = {
        "PREFECT_API_URL": locked.place.api,
        "PREFECT_API_AUTH_STRING": WORD,
        "TALENTNORD_DATABASE_URL": f"sqlite:///{locked.folder}/var/talentnord.db",
        "TALENTNORD_MAIL_DIRECTORY": str(locked.folder / "var" / "mail"),
        "TALENTNORD_CLOCK_AHEAD": locked.environment["TALENTNORD_CLOCK_AHEAD"],
        "PREFECT_HOME": str(tmp_path),
    }
    prefect = [sys.executable, "-m", "prefect", "--no-prompt"]
    for words in (
        ["work-pool", "create", "talentnord", "--type", "process"],
        ["deploy", "--name", "react", "--name", "tick"],
    ):
        subprocess.run([*prefect, *words], check=True, cwd=ROOT, env=clean(client), capture_output=True, timeout=240)
    worker = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "talentnord"]
    with child(worker, client, tmp_path / "worker.log", cwd=ROOT):
        run = run_deployment(locked.place, "tick/tick", {}, WORD)
    assert run["state_type"] == "COMPLETED", run["state"]["message"]


def test_what_it_keeps_is_its_owners_only(locked: Locked) -> None:
    var = locked.folder / "var"
    modes = {path.relative_to(locked.folder): path.stat().st_mode & 0o777 for path in [var, *var.rglob("*")]}
    assert {Path("var/serve.log"), Path("var/talentnord.db"), Path("var/prefect/prefect.db")} <= modes.keys()
    assert any(path.suffix == ".eml" for path in modes)
    for path, mode in modes.items():
        assert mode & 0o077 == 0, f"{path} {mode:o}"


def test_a_coordinator_gives_the_password_once_and_sees_the_overview(locked: Locked) -> None:
    skip_without_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=list(FLAGS))
        page = browser.new_context(base_url=locked.place.ui).new_page()
        page.goto("/deployments")
        give(page, "koordinator:forkert")
        expect(page.get_by_text("Aftal en ny frist")).to_have_count(0)
        give(page, WORD)
        expect(page.get_by_text("Aftal en ny frist").first).to_be_visible()
        page.goto("/artifacts/key/side-hold-3")
        expect(page.get_by_text("Hold 3").first).to_be_visible()
        browser.close()


def give(page: Page, word: str) -> None:
    page.locator("input[type=password]").fill(word)
    page.get_by_role("button").first.click()
