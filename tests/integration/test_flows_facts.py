"""The forms that change what is known of people and days, each through a run in Prefect and in Danish."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.cohort import Challenge
from flows.server.process import ServerPlace
from states.running_cohort import read_cohort
from states.store.reach_tables import AbsenceRow
from tests.support.hold import Hold, enrolled

pytestmark = pytest.mark.xdist_group("prefect")

AFTER_M1D1 = datetime(2027, 3, 16, 9, tzinfo=UTC)


@pytest.fixture
def hold(tmp_path: Path) -> Iterator[Hold]:
    with enrolled(tmp_path, 5) as opened:
        opened.react(*opened.tick(AFTER_M1D1))
        yield opened


def record(form: str, talent: str, **fields: str) -> str:
    """Fill in a form, and return what its run says: also of one that failed."""
    from flows import record as flows

    told: Any = flows.record("talent-nord", form, talent, return_state=True, **fields)
    return str(asyncio.run(told).message)


def test_an_absence_is_told_once_and_taken_back(server: ServerPlace, hold: Hold) -> None:
    mette = "Mette Brøndgaard (Hold 3, nr. 01)"
    assert record("absence", mette, milestone="Modul 1, dag 2") == "Afbud · Mette Brøndgaard: 5 mails sendt"
    assert record("absence", mette, milestone="m1d2") == "Afbud: ingen mails eller opgaver fulgte"
    back = record("absence-withdrawn", mette, milestone="Modul 1, dag 2")
    assert back == "Afbud trukket tilbage · Mette Brøndgaard: 5 mails sendt"
    assert hold.statuses("absence_withdrawn") == {"sent"}
    with hold.coordinator.database.read() as connection:
        assert connection.execute(AbsenceRow.__table__.select()).all() == []
    again = record("absence-withdrawn", mette, milestone="Modul 1, dag 2")
    assert again == "Intet er registreret. Dag: der er ikke meldt afbud til den dag. Ret det, og send formularen igen."
    over = record("absence", mette, milestone="Modul 1, dag 1")
    assert over == "Intet er registreret. Dag: er allerede holdt. Ret det, og send formularen igen."


def test_a_challenge_is_recorded_with_its_owner_and_changed_with_what_is_new(server: ServerPlace, hold: Hold) -> None:
    given = {"commitment": "Udfordring til bootcamp i modul 2", "held_on": "2027-03-16"}
    told = record("cohort", hold.id, **given, title="Færre overgange", text="Hvordan møder borgeren én indgang?")
    assert told == "Udfordring til bootcamp i modul 2: gennemført: ingen mails eller opgaver fulgte"
    known = challenge(hold)
    assert (known.owner, known.title) == ("Direktionen i Hjørring Kommune", "Færre overgange")
    ida = {"representative_name": "Ida Falk", "representative_email": "ida.falk@aalborg.example.org"}
    record("cohort", hold.id, **given, owner="Direktionen i Aalborg Kommune", **ida)
    known = challenge(hold)
    assert (known.owner, known.representative.name) == ("Direktionen i Aalborg Kommune", "Ida Falk")
    again = record("cohort", hold.id, **given)
    why = "Udfordring til bootcamp i modul 2 (Hold 3) er gennemført. Intet er registreret."
    assert again.startswith(f"Det kan ikke lade sig gøre, som det står nu: {why}")


def challenge(hold: Hold) -> Challenge:
    with hold.coordinator.database.read() as connection:
        return read_cohort(connection, hold.id).described.challenges["m2"]
