"""``mails``: a coordinator's form for mails that were refused or perhaps lost; the run's id is the decision's key."""

from __future__ import annotations

import asyncio

from prefect import flow, runtime

from config.errors import TalentNordError
from flows.client import one_client
from flows.cockpit.mail_form import decide, set_mail_list
from flows.cockpit.publish import publish
from flows.cockpit.told import recorded, turned_down
from flows.react import react_to
from flows.services import current_services
from flows.teller import teller
from notifications.naming import trigger_name
from notifications.run_words import run_name
from states.facts import Fact


def mails_name() -> str:
    """Return what a run of the form is called: by what was decided, on which mail."""
    given = runtime.flow_run.parameters
    return run_name("mails", decision=str(given.get("decision", "")), mail=str(given.get("mail", "")))


@flow(name="mails", flow_run_name=mails_name, persist_result=False)
async def mails(mail: str, decision: str, note: str = "") -> str:
    """Send mails again, or say whether they have arrived, in one commit; then send what waits.

    Returns what came of it, or why it was refused: the mail or the decision is none of the choices, there is nothing
    to decide on it, or it is no longer true.
    """
    services = current_services()
    try:
        fact = Fact(f"form:{runtime.flow_run.id}", teller(services), {"note": note} if note else {})
        outcome = await asyncio.to_thread(decide, services, mail, decision, fact)
    except TalentNordError as error:
        return await turned_down(services, error)
    reacted = await react_to(services, [outcome])
    concerned: dict[str, set[str]] = {}
    for step in outcome.transitions:
        concerned.setdefault(step.cohort_id, {step.cohort_id}).update([step.journey_id] if step.journey_id else [])
    for cohort, pages in concerned.items():
        await publish(services, cohort, sorted(pages))
    async with one_client() as client:
        await set_mail_list(client, services)
    came = await asyncio.to_thread(services.outbox.came_of, reacted.effects)
    message = ": ".join(part for part in (trigger_name(None, outcome.trigger), came.said()) if part)
    return await recorded(services, message, sorted(concerned))
