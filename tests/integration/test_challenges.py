"""R6, R22: a challenge is told with its owner, in force at once, and looked for only where there is none."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from config.errors import FactIncompleteError, TransitionRefusedError
from notifications.context import CohortReader
from notifications.view_models import ModuleView
from states.running_cohort import read_cohort
from states.store.database import Database
from states.store.tables import EffectRow, PersonRow
from tests.support.driver import Driver, hold_3, replayed, unsecured

OLE = {"name": "Ole Kirk", "email": "ole.kirk@aalborg.example.org"}
IDA = {"name": "Ida Falk", "email": "ida.falk@aalborg.example.org"}
TOLD: dict[str, Any] = {"owner": "Direktionen i Aalborg", "representative": OLE, "title": "Færre overgange"}


@pytest.fixture
def driven(sqlite: Database) -> Driver:
    """Hold-3 before anybody has set the challenge of module 2."""
    return Driver(sqlite, people=4, cohort=unsecured("m2")).enrol()


def module(driven: Driver, ident: str = "m2") -> ModuleView:
    with driven.database.read() as connection:
        reader = CohortReader(connection, "hold-3", driven.now)
    found = reader.occasions.module(reader.definition.modules[ident])
    assert found is not None
    return found


def all_is_sent(driven: Driver) -> None:
    with driven.database.write() as connection:
        connection.execute(update(EffectRow).where(EffectRow.status == "pending").values(status="sent"))


def owner(driven: Driver) -> tuple[str, str]:
    with driven.database.read() as connection:
        person = select(PersonRow.name, PersonRow.email).where(PersonRow.id == "hold-3/owner-m2")
        return tuple(connection.execute(person).one())


# -- looked for, or known ------------------------------------------------------------------------------------------


def test_where_there_is_none_the_coordinator_is_asked_eight_weeks_ahead_and_again_at_four(driven: Driver) -> None:
    driven.until("2027-03-30")
    [task] = driven.tasks("challenge_secure")
    assert (task.to, task.on, task.details["due_on"]) == ("coordinator-1", "2027-03-03", "2027-03-30")
    driven.until("2027-03-31")
    assert driven.commitment("challenge_m2").state == "escalated.1"
    assert [mail.to for mail in driven.mails("challenge_missed")] == ["administration"]
    driven.fire("challenge_m2:keep", **TOLD)
    assert driven.commitment("challenge_m2").state == "kept_late"


def test_one_that_is_known_at_the_import_makes_no_false_alarm(driven: Driver) -> None:
    assert driven.commitment("challenge_m5").state == "kept"
    driven.until("2027-10-07")
    about = ("challenge_secure", "challenge_urgent", "challenge_missed")
    assert {effect.subject for kind in ("mail", "task") for effect in driven.effects(kind, *about)} == {
        "hold-3/challenge_m2"
    }
    assert replayed(driven.history())["hold-3/challenge_m5"] == "kept"


def test_a_challenge_needs_an_owner_and_somebody_who_hears_the_solutions(driven: Driver) -> None:
    before = driven.dump()
    for missing in ("owner", "representative"):
        with pytest.raises(FactIncompleteError, match="is missing") as refused:
            driven.fire("challenge_m2:keep", **{name: one for name, one in TOLD.items() if name != missing})
        assert refused.value.field == missing
    assert driven.dump() == before


# -- in force at once ----------------------------------------------------------------------------------------------


def test_a_challenge_told_after_the_import_is_in_force_at_once(driven: Driver) -> None:
    driven.until("2027-02-01").fire("challenge_m2:keep", **TOLD, text="Hvordan møder borgeren én indgang?")
    assert driven.commitment("challenge_m2").state == "kept"
    about = module(driven)
    assert (about.challenge_owner, about.representative) == ("Direktionen i Aalborg", "Ole Kirk")
    assert (about.challenge_title, about.challenge_text) == ("Færre overgange", "Hvordan møder borgeren én indgang?")
    driven.until("2028-03-20")
    assert driven.tasks("challenge_secure") == []
    assert [(mail.to, mail.on) for mail in driven.mails("challenge_owner_briefing")] == [
        ("owner-m2", "2027-04-08"),
        ("owner-m5", "2027-09-16"),
    ]
    assert {mail.to for mail in driven.mails("alumni_owner_invitation")} == {"owner-m2", "owner-m5"}


def test_who_sets_it_after_the_briefing_was_due_is_briefed_at_once(driven: Driver) -> None:
    driven.until("2027-04-14").fire("challenge_m2:keep", **TOLD)
    [mail] = driven.mails("challenge_owner_briefing")
    assert (mail.to, mail.on, mail.details["milestone"]) == ("owner-m2", "2027-04-14", "m2d2")
    driven.until("2027-04-20")
    assert len(driven.mails("challenge_owner_briefing")) == 1


def test_what_is_over_is_told_to_nobody(driven: Driver) -> None:
    driven.until("2027-05-03").fire("challenge_m2:keep", **TOLD)
    assert driven.mails("challenge_owner_briefing") == []


def test_the_engine_of_another_process_knows_of_it(driven: Driver) -> None:
    """A cohort that an engine keeps in memory is read anew."""
    driven.fire("challenge_m2:keep", **TOLD)
    with driven.database.read() as connection:
        cohort = read_cohort(connection, "hold-3")
    assert cohort.cast.owners["m2"] == "hold-3/owner-m2"
    assert cohort.described.challenges["m2"].title == "Færre overgange"
    assert cohort.described.challenges["m5"] == hold_3().challenges["m5"]


# -- changed later -------------------------------------------------------------------------------------------------


def test_what_is_changed_is_told_alone_and_the_rest_stays(driven: Driver) -> None:
    driven.fire("challenge_m2:keep", **TOLD)
    again = driven.fire("challenge_m2:keep", title="Én indgang")
    assert [(step.source, step.dest) for step in again.transitions] == [("kept", "kept")]
    assert (module(driven).challenge_owner, module(driven).challenge_title) == ("Direktionen i Aalborg", "Én indgang")
    assert owner(driven) == ("Ole Kirk", "ole.kirk@aalborg.example.org")


def test_what_waits_goes_to_the_new_representative(driven: Driver) -> None:
    driven.until("2027-02-01").fire("challenge_m2:keep", **TOLD)
    driven.until("2027-04-08 08:00").fire("challenge_m2:keep", representative=IDA)
    assert owner(driven) == ("Ida Falk", "ida.falk@aalborg.example.org")
    assert [mail.status for mail in driven.mails("challenge_owner_briefing")] == ["pending"]


def test_a_new_representative_is_told_what_the_old_one_was_told_of_days_to_come(driven: Driver) -> None:
    driven.until("2027-02-01").fire("challenge_m2:keep", **TOLD)
    driven.until("2027-04-12")
    all_is_sent(driven)
    driven.fire("challenge_m2:keep", representative=OLE | {"name": "Ole Kirk Holm"})
    assert [mail.status for mail in driven.mails("challenge_owner_briefing")] == ["sent"], "the same person"
    driven.fire("challenge_m2:keep", representative=IDA)
    driven.fire("challenge_m2:keep", representative=IDA | {"name": "Ida Falk Holm"})
    assert [mail.status for mail in driven.mails("challenge_owner_briefing")] == ["sent", "pending"]


@pytest.mark.parametrize("told", [{}, TOLD, {"title": "Færre overgange"}])
def test_the_same_challenge_again_is_refused_as_no_news(driven: Driver, told: dict[str, Any]) -> None:
    driven.fire("challenge_m2:keep", **TOLD)
    before = driven.dump()
    with pytest.raises(TransitionRefusedError):
        driven.fire("challenge_m2:keep", **told)
    assert driven.dump() == before


def test_what_the_file_says_of_a_challenge_is_in_force_when_it_is_read_again(driven: Driver) -> None:
    """Bug 3 of the import: known too late for the first one."""
    driven.until("2027-03-10")
    driven.cohort = hold_3()
    driven.enrol()
    assert driven.commitment("challenge_m2").state == "kept"
    assert owner(driven) == ("Vibeke Norup", "vibeke.norup@hjoerring.example.org")
    assert module(driven).challenge_owner == "Direktionen i Hjørring Kommune"
    before = driven.dump()
    driven.enrol()
    assert driven.dump() == before


def test_an_owner_is_of_an_organisation_that_takes_part(driven: Driver) -> None:
    """R6: named by a word that tells it from the others; another one is refused, and nothing is recorded."""
    driven.until("2027-03-10")
    before = driven.dump()
    for owner in ("Direktionen i Odense Kommune", "Direktionen i en kommune"):
        with pytest.raises(FactIncompleteError, match="names no organisation that takes part"):
            driven.fire("challenge_m2:keep", **{**TOLD, "owner": owner})
    assert driven.dump() == before
    driven.fire("challenge_m2:keep", **{**TOLD, "owner": "Hjørrings direktion i Hjørring"})
    assert module(driven).challenge_owner == "Hjørrings direktion i Hjørring"
