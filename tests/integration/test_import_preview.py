"""Files read again: what they would change is shown first and done with --yes; what they only differ in is reported."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from config.cohort import Contact
from config.people import People
from flows.server.ports import free_port
from states.facts import Fact
from states.running_cohort import read_cohort
from states.store.database import Database
from states.views.import_preview import ImportPreview, import_preview
from tests.support.command import Command, Ended
from tests.support.definitions import TALENT_NORD, Copy, copy_of
from tests.support.driver import Driver, day, hold_3, hold_3_people, talent_nord, unsecured

TITLE = "Færre overgange for borgeren"
METTE = "Mette Brøndgaard <mette.broendgaard@aalborg.example.org>"


@pytest.fixture
def driven(sqlite: Database) -> Driver:
    return Driver(sqlite, people=4, cohort=unsecured("m2")).enrol().until("2027-02-01")


def seen(driven: Driver, people: People, **change: Any) -> ImportPreview:
    """What an import of other people, or of a cohort that is described otherwise, would change."""
    before = driven.dump()
    with driven.database.read() as connection:
        cohort = driven.cohort.model_copy(update=change)
        found = import_preview(connection, cohort, driven.definition, people, driven.now)
    assert driven.dump() == before, "a preview writes nothing"
    assert found is not None
    return found


def with_talent(number: int, **change: Any) -> People:
    """The first four talents, one of them described otherwise."""
    talents = hold_3_people(4).talents
    return People(tuple(replace(one, **change) if one.number == number else one for one in talents))


def test_a_cohort_that_is_not_enrolled_has_no_preview(sqlite: Database) -> None:
    with sqlite.read() as connection:
        assert import_preview(connection, hold_3(), talent_nord(), hold_3_people(2), Driver(sqlite).now) is None


def test_the_same_files_change_nothing(driven: Driver) -> None:
    found = seen(driven, hold_3_people(4))
    assert not found.changes_something
    assert list(found.lines()) == []


def test_who_is_new_and_who_has_another_name_or_address_is_shown(driven: Driver) -> None:
    people = People((*with_talent(1, email="mette@aalborg.example.org").talents, hold_3_people(5).talents[4]))
    found = seen(driven, people)
    assert found.new == (people.talents[4].name,)
    [one] = found.corrected
    assert (one.now, one.file) == (METTE, "Mette Brøndgaard <mette@aalborg.example.org>")
    assert found.changes_something


def test_who_is_missing_in_the_file_is_reported_and_goes_on(driven: Driver) -> None:
    found = seen(driven, People(hold_3_people(4).talents[1:]))
    assert found.missing == (METTE,)
    assert not found.changes_something
    driven.enrol(People(hold_3_people(4).talents[1:]))
    assert driven.state(1) == "active.before.talk"
    driven.fire("withdraw", 1)
    assert seen(driven, People(hold_3_people(4).talents[1:])).missing == ()


def test_another_leader_is_reported_and_left_to_the_form(driven: Driver) -> None:
    bo = hold_3_people(4).talents[0].leader
    bo = replace(bo, name="Bo Holm", email="bo.holm@a.example.org")
    found = seen(driven, with_talent(1, leader=bo))
    [one] = found.leaders
    assert (one.what, one.file) == ("Mette Brøndgaard", "Bo Holm <bo.holm@a.example.org>")
    assert not found.changes_something


def test_another_date_is_reported_and_left_to_a_move(driven: Driver) -> None:
    driven.move("m2d1", day("2027-04-27", "09:00", "21:00"))
    changed = hold_3().dates["m3d1"].model_copy(update={"staff": ("Bo Holm",)})
    found = seen(driven, hold_3_people(4), dates={**hold_3().dates, "m3d1": changed})
    assert [(one.what, one.now, one.file) for one in found.dates] == [
        ("m2d1", "2027-04-27 09:00-21:00 Aalborg", "2027-04-28 09:00-21:00 Hotel Viking, Sæby"),
        ("m2d2", "2027-04-28 07:30-16:00 Hotel Viking, Sæby", "2027-04-29 07:30-16:00 Hotel Viking, Sæby"),
        ("m3d1, staff or material", "2027-06-02 09:00-16:00 Rebild Bakker, Skørping", "otherwise"),
    ]
    assert not found.changes_something
    driven.until("2027-05-15")
    assert [one.what for one in seen(driven, hold_3_people(4)).dates] == [], "what is held is no news"


def test_a_challenge_and_an_organisation_are_shown_and_then_known(driven: Driver) -> None:
    mariager = hold_3().organisations["aalborg"].model_copy(update={"name": "Mariagerfjord Kommune"})
    change = {"challenges": hold_3().challenges, "organisations": {**hold_3().organisations, "mariager": mariager}}
    found = seen(driven, hold_3_people(4), **change)
    [challenge], [organisation] = found.challenges, found.organisations
    assert (challenge.what, challenge.now) == ("challenge m2", "")
    assert challenge.file.startswith("Direktionen i Hjørring Kommune, Vibeke Norup <")
    assert str(organisation) == "organisation mariager: none → Mariagerfjord Kommune"
    driven.cohort = driven.cohort.model_copy(update=change)
    driven.enrol()
    assert list(seen(driven, hold_3_people(4)).lines()) == []


def test_a_coordinator_who_is_new_gets_a_place_and_another_one_is_left_to_the_form(driven: Driver) -> None:
    [karen] = driven.cohort.coordinators
    bo = Contact(name="Bo Holm", email="bo.holm@aalborg.example.org")
    found = seen(driven, hold_3_people(4), coordinators=(karen, bo))
    assert [str(one) for one in found.corrected] == [
        "hold-3/coordinator-2: none → Bo Holm <bo.holm@aalborg.example.org>"
    ]
    driven.cohort = driven.cohort.model_copy(update={"coordinators": (karen, bo)})
    driven.enrol()
    with driven.database.read() as connection:
        running = read_cohort(connection, "hold-3")
    assert running.cast.coordinators == ("hold-3/coordinator-1", "hold-3/coordinator-2")
    assert [one.name for one in running.described.coordinators] == [karen.name, "Bo Holm"]
    assert [one.what for one in seen(driven, hold_3_people(4), coordinators=(bo, karen)).holders] == [
        "hold-3/coordinator-1",
        "hold-3/coordinator-2",
    ]
    assert [str(one) for one in seen(driven, hold_3_people(4), coordinators=(karen,)).holders] == [
        "hold-3/coordinator-2: Bo Holm <bo.holm@aalborg.example.org> → none"
    ]


def test_who_was_replaced_is_not_brought_back_by_the_files(driven: Driver) -> None:
    told = {"whom": "hold-3/consultant-aalborg", "holder": {"name": "Bo Holm", "email": "bo@aalborg.example.org"}}
    driven.engine.arrange("hold-3", "replace", Fact("r", "tester", told))
    found = seen(driven, hold_3_people(5))
    assert [one.what for one in found.holders] == ["hold-3/consultant-aalborg"]
    assert found.corrected == ()
    driven.enrol(hold_3_people(24))
    with driven.database.read() as connection:
        running = read_cohort(connection, "hold-3")
    assert running.described.organisations["aalborg"].consultant.name == "Bo Holm"
    assert driven.journey(5).consultant_id in running.holders.values()


def test_a_contact_who_is_reached_otherwise_is_described_so(driven: Driver) -> None:
    [karen] = driven.cohort.coordinators
    new = {"title": "udviklingschef", "organisation": "Region Nordjylland", "telephone": "98 12 34 56"}
    change = {"coordinators": (karen.model_copy(update=new),)}
    [one] = seen(driven, hold_3_people(4), **change).corrected
    assert one.file == f"{karen.name} <{karen.email}>, udviklingschef, Region Nordjylland, 98 12 34 56"
    driven.cohort = driven.cohort.model_copy(update=change)
    driven.enrol()
    with driven.database.read() as connection:
        assert read_cohort(connection, "hold-3").described.coordinators[0] == karen.model_copy(update=new)


# -- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """Talent Nord and hold-3, to be edited."""
    return copy_of(TALENT_NORD, "talent-nord", "hold-3", tmp_path / "config")


@pytest.fixture
def imports(
    run_command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_url: str, copy: Copy
) -> Command:
    """``talentnord import`` of the copy, after a first one."""
    monkeypatch.setenv("TALENTNORD_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("TALENTNORD_MAIL_DIRECTORY", str(tmp_path / "mail"))
    monkeypatch.setenv("TALENTNORD_CONFIG_ROOT", str(copy.root))

    def run(*words: str) -> Ended:
        return run_command("import", "--cohort", "hold-3", "--port", str(free_port()), *words)

    assert run().out == "Hold 3: 24 talents enrolled\n"
    return run


def test_nothing_is_changed_before_it_is_wanted(imports: Command, copy: Copy) -> None:
    copy.edit(copy.cohort, "{name: Vibeke Norup, email: vibeke.norup@", "{name: Ida Falk, email: ida.falk@")
    shown = imports()
    owner = "Direktionen i Hjørring Kommune"
    changed = (
        f"changed: challenge m2: {owner}, Vibeke Norup <vibeke.norup@hjoerring.example.org> ({TITLE})"
        f" → {owner}, Ida Falk <ida.falk@hjoerring.example.org> ({TITLE})\n"
    )
    says, command = shown.out.removeprefix(changed).splitlines()
    assert says == "Nothing was changed. To change what is listed as new or changed, and nothing else:"
    assert shown.code == 0
    words = command.removeprefix("talentnord import --cohort hold-3 ").split()
    good = copy.cohort.read_text("utf-8")
    copy.edit(copy.cohort, "name: Ida Falk", "name: Ida Falk Holm")
    other = imports(*words)
    assert (other.code, other.err.count("\n")) == (2, 1)
    assert "look at it again" in other.err
    copy.cohort.write_text(good, "utf-8")
    assert imports(*words).out == f"{changed}Hold 3: 0 talents enrolled\n"
    assert imports("--yes").out == "Hold 3: nothing to change\n"


def test_bad_files_change_nothing_at_all(imports: Command, copy: Copy) -> None:
    good = copy.cohort.read_text("utf-8")
    copy.edit(copy.cohort, "{name: Vibeke Norup, email: vibeke.norup@", "{name: Ida Falk, email: ida.falk@")
    copy.edit(copy.cohort, "email: anders.lund@", "email: anders.lund.")
    assert imports("--yes").code == 2
    copy.cohort.write_text(good, "utf-8")
    again = imports()
    assert (again.out, again.err) == ("Hold 3: nothing to change\n", "")


def test_it_is_one_object_for_machines(imports: Command, copy: Copy) -> None:
    copy.edit(copy.cohort, "date: 2027-06-02", "date: 2027-06-03")
    told = json.loads(imports("--json").out)
    assert [one["what"] for one in told["dates"]] == ["m3d1"]
    assert (told["first"], told["applied"], told["enrolled"], told["new"]) == (False, False, 0, [])


def test_the_first_import_needs_no_word(
    run_command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_url: str
) -> None:
    monkeypatch.setenv("TALENTNORD_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("TALENTNORD_MAIL_DIRECTORY", str(tmp_path))
    told = json.loads(run_command("import", "--json", "--port", str(free_port())).out)
    assert told == {"first": True, "applied": True, "enrolled": 24}
