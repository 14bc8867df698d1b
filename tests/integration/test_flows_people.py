"""The forms about people: chosen from a list, told in one commit, and seen on the pages at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from flows.cockpit.forms import choices_for, form_of, schema
from flows.server.process import ServerPlace
from states.store.tables import FactRow
from tests.support.driver import talent_nord
from tests.support.hold import TALK_OPENS, Hold, enrolled
from tests.support.prefect import artifact, flow_runs

pytestmark = [
    pytest.mark.xdist_group("prefect"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

METTE = "Mette Brøndgaard (talent, Hold 3)"
KAREN = "Karen Møller Thorsen (koordinator, Hold 3)"
BENTE = "Bente Østergaard Riis (konsulent, Aalborg Kommune, Hold 3)"


@pytest.fixture
def hold(server: ServerPlace, tmp_path: Path) -> Iterator[Hold]:
    with enrolled(tmp_path, 3) as opened:
        opened.tick(TALK_OPENS)
        yield opened


def fill_in(form: str, **values: Any) -> str:
    from flows.people import people

    given: dict[str, Any] = {"programme": "talent-nord", "form": form, **values}
    return str(asyncio.run(people(**given)))


def facts(hold: Hold) -> list[tuple[str, str]]:
    with hold.coordinator.database.read() as connection:
        return [(row.trigger, row.actor) for row in connection.execute(select(FactRow.trigger, FactRow.actor))]


def asked(hold: Hold, ident: str) -> dict[str, Any]:
    form = form_of(talent_nord(), ident)
    with hold.coordinator.database.read() as connection:
        choices = choices_for(connection, "talent-nord", form, hold.clock())
    return schema(talent_nord(), form, choices)


def test_the_list_names_everybody_once_with_what_they_are(hold: Hold) -> None:
    fields = asked(hold, "correct")
    people = fields["properties"]["whom"]["enum"]
    assert {METTE, KAREN, BENTE} <= set(people)
    assert len(people) == len(set(people))
    assert list(fields["properties"]) == ["whom", "name", "email", "telephone", "job_title", "note"]
    assert fields["required"] == ["whom"]


def test_a_corrected_name_is_on_the_pages_and_in_the_lists_at_once(server: ServerPlace, hold: Hold) -> None:
    said = fill_in("correct", whom=METTE, name="Mette Holm", telephone="98 76 54 32")
    assert said.startswith("Det er registreret: ")
    assert facts(hold) == [("correct", "coordinator")]
    page = artifact(server, f"side-{hold.id}")
    assert page is not None
    assert "Mette Holm" in page["data"]
    assert "Mette Brøndgaard" not in page["data"]
    assert "Mette Holm (talent, Hold 3)" in asked(hold, "correct")["properties"]["whom"]["enum"]
    assert f"Ret navn, adresse eller telefon · {METTE}" in {run["name"] for run in flow_runs(server, "people")}


def test_a_corrected_coordinator_signs_with_name_and_telephone(hold: Hold) -> None:
    fill_in("correct", whom=KAREN, name="Karen Thorsen", telephone="+45 98 12 34 56", job_title="chefkonsulent")
    assert hold.tray.mails
    lines = ["Venlig hilsen", "Karen Thorsen", "Chefkonsulent", "Talent Nord", "Aalborg Kommune"]
    for mail in hold.tray.mails:
        assert mail.text.endswith("\n".join([*lines, "Telefon +45 98 12 34 56\n"]))
        assert "<br>".join([*lines, "Telefon +45 98 12 34 56"]) in mail.html


def test_the_offices_that_change_hands_are_listed_one_by_one(hold: Hold) -> None:
    for form, required in (("replace", ["office", "holder_name", "holder_email"]), ("stand-in", ["office"])):
        fields = asked(hold, form)
        assert fields["properties"]["office"]["enum"][:2] == [KAREN, BENTE]
        assert len(fields["properties"]["office"]["enum"]) == 7
        assert fields["required"] == required


def test_a_stand_in_signs_in_that_time_and_can_end_early(hold: Hold) -> None:
    ida = {"holder_name": "Ida Falk", "holder_email": "ida.falk@aalborg.example.org"}
    fill_in("stand-in", office=KAREN, **ida, first_day=date(2027, 1, 14), last_day=date(2027, 1, 29))
    assert {mail.reply_to.email for mail in hold.tray.mails if mail.reply_to} == {ida["holder_email"]}
    subjects = {mail.to.name: mail.subject for mail in hold.tray.mails}
    assert subjects["Ida Falk"] == "Du er stedfortræder for Karen Møller Thorsen"
    assert subjects["Karen Møller Thorsen"] == "Ida Falk er din stedfortræder"
    fill_in("stand-in", office=KAREN, ends=date(2027, 1, 15))
    assert {trigger for trigger, _ in facts(hold)} == {"stand_in", "end_stand_in"}


def test_a_new_coordinator_is_told_and_so_is_the_old_one(hold: Hold) -> None:
    fill_in("replace", office=KAREN, holder_name="Bo Holm", holder_email="bo.holm@aalborg.example.org")
    subjects = {mail.to.name: mail.subject for mail in hold.tray.mails}
    assert subjects["Bo Holm"] == "Du er nu koordinator på Talent Nord"
    assert subjects["Karen Møller Thorsen"] == "Bo Holm er ny koordinator på Talent Nord"


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"whom": "Ingen (talent, Hold 3)", "name": "Bo Holm"}, "Person: står ikke på listen"),
        ({"whom": METTE}, "Person: intet ville blive anderledes"),
        (
            {"whom": METTE, "email": "karen.thorsen@aalborg.example.org"},
            "Ny mailadresse: mailadressen hører til en anden",
        ),
        ({"whom": METTE, "telephone": "ring"}, "Nyt telefonnummer (+45 98 76 54 32): er ikke et telefonnummer"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(hold: Hold, values: dict[str, str], says: str) -> None:
    assert fill_in("correct", **values).startswith(f"Intet er registreret. {says}")
    assert facts(hold) == []
