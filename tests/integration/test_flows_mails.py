"""Mails that do not get through, as a coordinator meets them in Prefect: a red tick, a task, a page and a form."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from config.errors import MailsFailingError, RejectedError
from config.library import Library
from flows.cockpit.mail_form import mail_choices, mail_schema
from flows.server.process import ServerPlace
from states.store.tables import FactRow
from states.views.undelivered import list_mails
from tests.support.hold import KICKOFF_INVITED, Hold, enrolled
from tests.support.prefect import artifact

pytestmark = pytest.mark.xdist_group("prefect")

METTE = "mette.broendgaard@aalborg.example.org"


@pytest.fixture
def hold(tmp_path: Path) -> Iterator[Hold]:
    with enrolled(tmp_path, 5) as opened:
        opened.tick(KICKOFF_INVITED)
        yield opened


def tick() -> str:
    from flows.tick import tick as flow

    return asyncio.run(flow())


def decide(mail: str, decision: str, note: str = "") -> str:
    from flows.mails import mails

    return asyncio.run(mails(mail, decision, note))


def page(server: ServerPlace, key: str) -> str:
    found = artifact(server, f"side-{key}")
    assert found is not None
    return str(found["data"])


def labels(hold: Hold) -> list[str]:
    with hold.coordinator.database.read() as connection:
        return list(mail_choices(list_mails(connection, hold.id)))


def test_a_peer_that_takes_nothing_ends_the_tick_red_until_it_is_mended(server: ServerPlace, hold: Hold) -> None:
    hold.tray.blocked = True
    with pytest.raises(MailsFailingError, match="the mail server takes no mail: the key is not valid"):
        tick()
    assert "Ingen mails bliver sendt" in page(server, hold.id)
    hold.tray.blocked = False
    hold.clock.turn_to(KICKOFF_INVITED + timedelta(minutes=15))
    assert tick() == "9 mails sendt"
    assert "Ingen mails bliver sendt" not in page(server, hold.id)
    assert hold.statuses("kickoff_invitation") == {"sent"}


def test_a_peer_that_takes_nothing_keeps_nobody_from_serving(server: ServerPlace, hold: Hold) -> None:
    from flows.serve import catch_up

    hold.tray.blocked = True
    asyncio.run(catch_up())
    assert "Ingen mails bliver sendt" in page(server, hold.id)


def test_what_was_refused_is_on_a_page_with_the_reason_and_a_form_sends_it_again(
    server: ServerPlace, hold: Hold
) -> None:
    hold.tray.refuses[METTE] = RejectedError("550 no such mailbox")
    with pytest.raises(MailsFailingError, match=r"1 of the last \d+ mails"):
        tick()
    assert "1 mail kom ikke frem" in page(server, hold.id)
    listed = page(server, f"{hold.id}-mails")
    assert "| Mette Brøndgaard |" in listed
    assert "550 no such mailbox" in listed
    hold.tray.refuses.clear()
    (label,) = labels(hold)
    assert label.startswith("30. december 2026 ")
    assert label.endswith("(afvist: 550 no such mailbox)")
    assert decide(label, "Send igen", "talt med Mette") == "Mails sendes igen: 1 mail sendt"
    assert hold.statuses("kickoff_invitation") == {"sent"}
    assert "Alle mails, der er sendt, er taget imod." in page(server, f"{hold.id}-mails")
    history = page(server, f"{hold.id}-01")
    assert "En mail sendes igen" in history
    assert "koordinator" in history
    with hold.coordinator.database.read() as connection:
        fact = connection.execute(select(FactRow.actor, FactRow.details).where(FactRow.trigger == "resend")).one()
    assert fact == ("coordinator", {"note": "talt med Mette"})


def test_all_of_a_day_can_be_decided_at_once(server: ServerPlace, hold: Hold) -> None:
    talents = Library().cohort("hold-3").people.talents[:5]
    hold.tray.refuses.update({talent.email: RejectedError("550 closed") for talent in talents})
    with pytest.raises(MailsFailingError):
        tick()
    hold.tray.refuses.clear()
    choices = labels(hold)
    assert choices[0] == "Alle fra 30. december 2026 (5)"
    assert len(choices) == 6
    decide(choices[0], "Send igen")
    assert hold.statuses("kickoff_invitation") == {"sent"}


@pytest.mark.parametrize(
    ("mail", "decision", "what"),
    [("nothing like it", "Send igen", "Mail"), ("tn-0", "Slet den", "Hvad skal der ske")],
)
def test_what_is_no_choice_changes_nothing(
    server: ServerPlace,
    hold: Hold,
    mail: str,
    decision: str,
    what: str,
) -> None:
    assert decide(mail, decision).startswith(f"Intet er registreret. {what}: står ikke på listen")
    with hold.coordinator.database.read() as connection:
        assert connection.scalar(select(FactRow.key).where(FactRow.trigger == "resend")) is None


def test_the_form_offers_what_there_is_to_decide_in_the_order_of_its_fields() -> None:
    properties = mail_schema({"Alle fra 1. marts 2027 (2)": ("a", "b"), "en": ("a",)})["properties"]
    assert properties["mail"]["enum"] == ["Alle fra 1. marts 2027 (2)", "en"]
    assert properties["decision"]["enum"] == ["Send igen", "Den kom frem", "Den kom ikke frem"]
    assert [field["title"] for field in properties.values()] == ["Mail", "Hvad skal der ske", "Bemærkning"]
    assert "enum" not in mail_schema({})["properties"]["mail"]
