"""``people``: a coordinator's forms about people: who is called or reached otherwise, takes over or stands in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any

from prefect import flow, runtime
from sqlalchemy import select

from config.errors import TalentNordError
from flows.cockpit.forms import choices_for, chosen, form_of
from flows.cockpit.publish import publish
from flows.cockpit.told import recorded, turned_down
from flows.react import react_to
from flows.services import Services, current_services
from flows.teller import teller
from notifications.run_words import run_name, said
from states.facts import Fact, Outcome
from states.moves.offices import END_STAND_IN, HOLDER
from states.moves.people import WHOM
from states.store.tables import JourneyRow
from states.views.people import named_person


def people_name() -> str:
    """Return what a form's run is called: by the form, and whom it is about."""
    given = runtime.flow_run.parameters
    form = str(given.get("form", ""))
    try:
        library = current_services().library
        form = form_of(library.programme(str(given.get("programme", ""))).definition, form).label
    except TalentNordError:  # The run itself says what is wrong.
        pass
    return run_name("people", form=form, whom=str(given.get("whom") or given.get("office", "")))


@flow(name="people", flow_run_name=people_name, persist_result=False)
async def people(
    programme: str,
    form: str,
    whom: str = "",
    name: str = "",
    email: str = "",
    telephone: str = "",
    job_title: str = "",
    office: str = "",
    holder_name: str = "",
    holder_email: str = "",
    first_day: date | str = "",
    last_day: date | str = "",
    ends: date | str = "",
    note: str = "",
) -> str:
    """Take what is told of a person or an office, in one commit. The run's id is the fact's key.

    Returns what came of it, or why it was refused: something is missing, cannot be or is none of the choices, or
    somebody stands in on some of the days already.
    """
    services = current_services()
    given = {"name": name, "email": email, "telephone": telephone, "job_title": job_title, "note": note}
    details: dict[str, Any] = {field: text for field, text in given.items() if text}
    if holder_name or holder_email:
        details[HOLDER] = {"name": holder_name, "email": holder_email}
    days = {"first_day": first_day, "last_day": ends or last_day}
    details |= {field: str(day) for field, day in days.items() if day}
    key = f"form:{runtime.flow_run.id}"
    try:
        outcome = await asyncio.to_thread(
            arrange_form, services, programme, form, whom or office, details, key, bool(ends)
        )
    except TalentNordError as error:
        return await turned_down(services, error, programme)
    reacted = await react_to(services, [outcome])
    await publish(services, outcome.cohort_id, await asyncio.to_thread(all_pages, services, outcome.cohort_id))
    came = await asyncio.to_thread(services.outbox.came_of, reacted.effects)
    message = f"{said('arranged')}: {came.said() or said('no_effects').lower()}"
    return await recorded(services, message, [outcome.cohort_id])


def arrange_form(
    services: Services, programme: str, ident: str, whom: str, details: Mapping[str, Any], key: str, ends: bool = False
) -> Outcome:
    """Work out whom a form means, and tell the fact; ``whom`` is a label or an id, ``ends`` whether it only ends.

    Raises:
        UnknownRecordError: no such form.
        FactIncompleteError: see ``people``.
    """
    with services.database.read() as connection:
        form = form_of(services.library.programme(programme).definition, ident)
        choices = choices_for(connection, programme, form, services.now())
        cohort, person = named_person(connection, chosen(choices.people, WHOM, whom, form))
    trigger = END_STAND_IN if ends else str(form.people)
    return services.engine.arrange(cohort, trigger, Fact(key, teller(services), {**details, WHOM: person}))


def all_pages(services: Services, cohort: str) -> list[str]:
    """Return the pages that may name somebody, by id: all of the cohort."""
    with services.database.read() as connection:
        mine = select(JourneyRow.id).where(JourneyRow.cohort_id == cohort).order_by(JourneyRow.id)
        return [cohort, *connection.scalars(mine)]
