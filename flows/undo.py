"""``undo``: a coordinator's form that takes back what was recorded by mistake."""

from __future__ import annotations

import asyncio

from prefect import flow, runtime

from config.errors import TalentNordError
from flows.cockpit.forms import choices_for, chosen, form_of
from flows.cockpit.told import recorded, turned_down
from flows.react import react_to
from flows.record import also_due, pages_of, what_came
from flows.services import Services, current_services
from flows.teller import teller
from notifications.run_words import run_name
from states.facts import Fact


def undo_name() -> str:
    """Return what a run is called: by the fact that it takes back."""
    return run_name("undo", fact=str(runtime.flow_run.parameters.get("fact", "")))


@flow(name="undo", flow_run_name=undo_name, persist_result=False)
async def undo(programme: str, form: str, fact: str, why: str = "") -> str:
    """Take a fact back, in one commit, and tell whoever was told of it. The run's id is the correcting fact's key.

    Returns what came of it, or why it was refused: it is none of those listed, another fact rests on it, it can never
    be taken back, or the day that it moved cannot be what it was any more.
    """
    services = current_services()
    details = {"because": why} if why else {}
    try:
        key = await asyncio.to_thread(_key, services, programme, form, fact)
        correcting = Fact(f"form:{runtime.flow_run.id}", teller(services), details)
        outcome = await asyncio.to_thread(services.engine.undo, key, correcting)
    except TalentNordError as error:
        return await turned_down(services, error, programme)
    reacted = await react_to(services, [outcome, *await asyncio.to_thread(also_due, services)])
    message = await asyncio.to_thread(what_came, services, outcome, reacted)
    return await recorded(services, message, pages_of(outcome))


def _key(services: Services, programme: str, ident: str, label: str) -> str:
    """Return the key of the fact that a label of the form's list stands for; a key itself is taken as well."""
    with services.database.read() as connection:
        form = form_of(services.library.programme(programme).definition, ident)
        return chosen(choices_for(connection, programme, form, services.now()).facts, "fact", label, form)
