"""R39, R63: the form for another day shows what follows, on a page with a link that does exactly that."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from prefect.types.entrypoint import EntrypointType

from flows.server.process import ServerPlace
from states.facts import Fact
from states.store.days import read_days
from states.store.tables import FactRow
from tests.support.driver import talent_nord
from tests.support.hold import KICKOFF_INVITED, Hold, enrolled
from tests.support.prefect import artifact, flow_runs

pytestmark = [
    pytest.mark.xdist_group("prefect"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

KICKOFF = "Fælles kick-off (Hold 3)"
GIVEN = {"programme": "talent-nord", "form": "move-day"}


@pytest.fixture
def hold(server: ServerPlace, tmp_path: Path) -> Iterator[Hold]:
    from flows.move_day import move_day

    async def deploy() -> None:
        deployment = await move_day.ato_deployment(
            name="Flyt en dag", parameters=GIVEN, entrypoint_type=EntrypointType.MODULE_PATH
        )
        await deployment.aapply()

    with enrolled(tmp_path, 3) as opened:
        opened.tick(KICKOFF_INVITED)
        asyncio.run(deploy())
        yield opened


def fill_in(**values: Any) -> str:
    from flows.move_day import move_day

    given: dict[str, Any] = {**GIVEN, **values}
    return str(asyncio.run(move_day(**given)))


def page(server: ServerPlace, hold: Hold) -> str:
    """The page as people read it, without the marks that keep text from being Markdown."""
    found = artifact(server, f"side-{hold.id}-new-day")
    assert found is not None
    return str(found["data"]).replace("\\", "")


def link_on(text: str) -> dict[str, Any]:
    """What the form behind the page's link is filled in with."""
    [address] = re.findall(r"\[gennemfør det her\]\(([^)]*)\)", text)
    values: dict[str, Any] = json.loads(unquote(address.partition("?parameters=")[2]))
    return values


def kickoff(hold: Hold) -> date | None:
    with hold.coordinator.database.read() as connection:
        day = read_days(connection, hold.id, talent_nord())["kickoff"].day
    return None if day is None else day.date


def facts(hold: Hold) -> list[str]:
    from sqlalchemy import select

    with hold.coordinator.database.read() as connection:
        return list(connection.scalars(select(FactRow.trigger)))


def test_a_page_shows_what_follows_and_nothing_has_changed(server: ServerPlace, hold: Hold) -> None:
    assert "Intet er ændret endnu" in fill_in(day=KICKOFF, to=date(2027, 3, 2))
    text = page(server, hold)
    assert "| Fælles kick-off | torsdag den 25. februar 2027 kl. 12.30–16.30" in text
    assert "| tirsdag den 2. marts 2027 kl. 12.30–16.30" in text
    assert "Mail om den nye dag" in text
    assert "| Forventningssamtale | 17. februar 2027 | 22. februar 2027 | 3: " in text
    assert kickoff(hold) == date(2027, 2, 25)
    assert facts(hold) == []


def test_the_link_on_the_page_does_what_it_shows(server: ServerPlace, hold: Hold) -> None:
    fill_in(day=KICKOFF, to=date(2027, 3, 2), place="Musikkens Hus")
    values = link_on(page(server, hold))
    assert (values["day"], values["to"], values["place"]) == (KICKOFF, "2027-03-02", "Musikkens Hus")
    said = fill_in(**{**values, "to": date.fromisoformat(values["to"])})
    assert said.startswith("Dagen er ændret: ")
    assert kickoff(hold) == date(2027, 3, 2)
    assert facts(hold) == ["kickoff:move"]
    names = {run["name"] for run in flow_runs(server, "move_day")}
    assert {f"Følgerne af en ny dag · {KICKOFF}", f"En dag ændres · {KICKOFF}"} <= names


def test_a_day_that_breaks_a_rule_says_which_and_that_a_reason_would_do(server: ServerPlace, hold: Hold) -> None:
    assert "Sådan kan det ikke lade sig gøre" in fill_in(day=KICKOFF, to=date(2027, 2, 28))
    assert "Fælles kick-off ligger 28. februar 2027, og det er søndag" in page(server, hold)
    assert "Udfyld *Begrundelse*" in page(server, hold)
    said = fill_in(day=KICKOFF, to=date(2027, 2, 28), seal="x")
    assert said.startswith("Sådan kan det ikke lade sig gøre: Fælles kick-off ligger 28. februar 2027")
    assert kickoff(hold) == date(2027, 2, 25)


def test_what_has_changed_since_the_page_is_looked_at_again(server: ServerPlace, hold: Hold) -> None:
    fill_in(day=KICKOFF, to=date(2027, 3, 2))
    values = link_on(page(server, hold))
    hold.coordinator.engine.fire("withdraw", [f"{hold.id}-01"], Fact("w", "tester"))
    said = fill_in(**{**values, "to": date.fromisoformat(values["to"])})
    assert said.startswith("Noget er ændret, siden I så følgerne.")
    assert kickoff(hold) == date(2027, 2, 25)


def test_it_can_be_called_off(server: ServerPlace, hold: Hold) -> None:
    fill_in(day=KICKOFF, called_off=True)
    text = page(server, hold)
    assert "Mail om, at dagen er aflyst" in text
    assert "venter på en dato" in text
    fill_in(**link_on(text))
    assert kickoff(hold) is None
    assert facts(hold) == ["kickoff:call_off"]


@pytest.mark.parametrize(
    "values",
    [
        {"day": "Modul 9"},
        {"day": KICKOFF, "to": date(2027, 3, 2), "start": "halv ni"},
        {"day": KICKOFF, "material": "en bog"},
        {"day": KICKOFF, "material": "en bog = http://example.org"},
        {"day": KICKOFF, "called_off": True, "place": "Aalborg"},
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused(hold: Hold, values: dict[str, Any]) -> None:
    assert fill_in(**values).startswith("Intet er registreret. ")
    assert facts(hold) == []
