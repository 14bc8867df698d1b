"""R62: the form *Fortryd* takes back what a form has recorded, and says in Danish why it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect.types.entrypoint import EntrypointType
from sqlalchemy import select

from flows.cockpit.forms import choices_for, form_of, schema
from flows.server.process import ServerPlace
from states.store.tables import FactRow, JourneyRow
from tests.support.driver import talent_nord
from tests.support.hold import KICKOFF_INVITED, Hold, enrolled
from tests.support.prefect import flow_runs

pytestmark = [
    pytest.mark.xdist_group("prefect"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture
def hold(server: ServerPlace, tmp_path: Path) -> Iterator[Hold]:
    from flows.undo import undo

    async def deploy() -> None:
        given = {"programme": "talent-nord", "form": "undo"}
        deployment = await undo.ato_deployment(
            name="Fortryd", parameters=given, entrypoint_type=EntrypointType.MODULE_PATH
        )
        await deployment.aapply()

    with enrolled(tmp_path, 3) as opened:
        opened.tick(KICKOFF_INVITED)
        asyncio.run(deploy())
        yield opened


def recorded(hold: Hold, form: str, **given: Any) -> str:
    """Fill in a form, and return what the list of *Fortryd* calls what was recorded."""
    from flows.record import record

    asyncio.run(record(programme="talent-nord", form=form, talent=f"{hold.id}-01", **given))
    return next(iter(listed(hold)))


def listed(hold: Hold) -> dict[str, str]:
    with hold.coordinator.database.read() as connection:
        form = form_of(talent_nord(), "undo")
        return dict(choices_for(connection, "talent-nord", form, hold.clock()).facts)


def taken_back(fact: str) -> str:
    from flows.undo import undo

    return str(asyncio.run(undo(programme="talent-nord", form="undo", fact=fact, why="Det var Søren")))


def state(hold: Hold) -> str:
    with hold.coordinator.database.read() as connection:
        return str(connection.scalar(select(JourneyRow.state).where(JourneyRow.id == f"{hold.id}-01")))


def test_what_was_recorded_is_on_the_list_and_goes_back(hold: Hold, server: ServerPlace) -> None:
    before = state(hold)
    leave = recorded(hold, "leave")
    assert leave == "2026-12-30 09:00 · Orlov · Mette Brøndgaard"
    assert state(hold) == "on_leave"
    said = taken_back(leave)
    assert said.startswith("Orlov: taget tilbage · Mette Brøndgaard: ")
    assert state(hold) == before
    assert leave not in listed(hold), "what was taken back is not offered again"
    with hold.coordinator.database.read() as connection:
        correction = connection.execute(select(FactRow.__table__).where(FactRow.corrects.is_not(None))).one()
    assert (correction.actor, correction.details["because"]) == ("coordinator", "Det var Søren")
    assert f"Fortryd · {leave}" in [run["name"] for run in flow_runs(server, "undo")]


def test_who_was_told_gets_a_correction(hold: Hold) -> None:
    leave = recorded(hold, "leave")
    assert hold.statuses("leave_started") == {"sent"}
    said = taken_back(leave)
    assert said == "Orlov: taget tilbage · Mette Brøndgaard: 4 mails sendt"
    told = [mail for mail in hold.tray.mails if "byggede på en registrering, der var en fejl" in mail.text]
    assert {mail.to.email for mail in told} == {
        "mette.broendgaard@aalborg.example.org",
        "inge.soenderby@aalborg.example.org",
        "bente.riis@aalborg.example.org",
        "talentnord@aalborg.example.org",
    }
    assert "»Dit forløb holder pause«" in "".join(mail.text for mail in told)


def test_what_another_rests_on_is_named_in_danish(hold: Hold) -> None:
    leave = recorded(hold, "leave")
    hold.clock.turn_to(hold.clock() + timedelta(minutes=1))
    back = recorded(hold, "return")
    assert taken_back(leave) == f"{back} bygger på det. Tag det tilbage først. Intet er ændret."
    taken_back(back)
    taken_back(leave)


def test_what_is_not_on_the_list_is_refused(hold: Hold) -> None:
    recorded(hold, "leave")
    said = taken_back("2026-12-30 09:00 · Orlov · Nogen anden")
    assert said.startswith("Intet er registreret. Registrering: står ikke på listen.")
    assert state(hold) == "on_leave"


def test_the_form_asks_which_and_why(hold: Hold) -> None:
    recorded(hold, "leave")
    with hold.coordinator.database.read() as connection:
        form = form_of(talent_nord(), "undo")
        fields = schema(talent_nord(), form, choices_for(connection, "talent-nord", form, hold.clock()))
    assert fields["required"] == ["fact", "why"]
    assert fields["properties"]["fact"]["enum"] == list(listed(hold))
    assert fields["properties"]["fact"]["title"] == "Registrering"
