"""``message``: a coordinator's form for a message of their own. First a page shows each mail; from there it is sent."""

from __future__ import annotations

import asyncio
from functools import partial

from prefect import flow, runtime

from config.errors import TalentNordError
from flows.cockpit.labels import words
from flows.cockpit.message_form import FLOW, message_markdown
from flows.cockpit.shown_first import show_first
from flows.cockpit.told import recorded, turned_down
from flows.own_message import Written, details, meant, send, written
from flows.react import react_to
from flows.services import Services, current_services
from flows.teller import teller
from notifications.run_words import run_name, said
from states.facts import Fact


def message_name() -> str:
    """Return what a run of the form is called: by the message's subject, and whether it only shows."""
    given = runtime.flow_run.parameters
    return run_name("message" if given.get("seal") else "show_message", subject=str(given.get("subject", "")))


@flow(name=FLOW, flow_run_name=message_name, persist_result=False)
async def message(to: list[str], subject: str, text: str, seal: str = "") -> str:
    """Show a message as each will get it; with the ``seal`` of that page send just that, once.

    Returns what came of it, or why it was refused: nobody is meant, a word is missing or not plain, or it would go to
    others, or say something else, than the page has shown.
    """
    services = current_services()
    try:
        cohort, audience = await asyncio.to_thread(_meant, services, to)
        fact = Fact(f"form:{runtime.flow_run.id}", teller(services), details(audience, subject, text))
        if not seal:
            shown = await asyncio.to_thread(written, services, cohort, fact)
            page = await _show(shown, {"to": to, "subject": subject, "text": text, "seal": shown.seal})
            return await recorded(services, said("message_shown"), [page])
        outcome = await asyncio.to_thread(send, services, cohort, fact, seal)
    except TalentNordError as error:
        return await turned_down(services, error)
    reacted = await react_to(services, [outcome])
    came = await asyncio.to_thread(services.outbox.came_of, reacted.effects)
    done = f"{said('message_sent')}: {came.said() or said('no_effects').lower()}"
    return await recorded(services, done, [cohort])


def _meant(services: Services, labels: list[str]) -> tuple[str, str]:
    with services.database.read() as connection:
        return meant(connection, labels)


async def _show(shown: Written, values: dict[str, object]) -> str:
    """Publish each mail as it would be, and return the page's id."""
    title, form = f"{shown.cohort}: {words()['message_page']}", f"{FLOW}/{words()['message_label']}"
    return await show_first(shown.cohort_id, "own-message", title, form, values, partial(message_markdown, shown))
