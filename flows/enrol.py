"""``enrol``: a coordinator's form that enrols a talent more into a cohort that runs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from prefect import flow, runtime

from config.errors import TalentNordError
from flows.cockpit.enrol_fields import COHORT
from flows.cockpit.forms import choices_for, chosen, form_of
from flows.cockpit.publish import publish
from flows.cockpit.told import recorded, turned_down
from flows.people import all_pages
from flows.react import react_to
from flows.record import also_due, pages_of, what_came
from flows.services import Services, current_services
from flows.teller import teller
from notifications.run_words import run_name
from states.facts import Fact, Outcome
from states.machines.journey import ENROL
from states.moves.join import LEADER, LEADER_TITLE, LEVEL, NEWCOMER, ORGANISATION, UNIT


def enrol_name() -> str:
    """Return what a run is called: by who is enrolled, and where."""
    given = runtime.flow_run.parameters
    return run_name("enrol", talent=str(given.get("newcomer_name", "")), cohort=str(given.get(COHORT, "")))


@flow(name="enrol", flow_run_name=enrol_name, persist_result=False)
async def enrol(
    programme: str,
    form: str,
    cohort: str,
    newcomer_name: str = "",
    newcomer_email: str = "",
    organisation: str = "",
    unit: str = "",
    level: str = "",
    leader_name: str = "",
    leader_email: str = "",
    leader_title: str = "",
    note: str = "",
) -> str:
    """Enrol a talent, in one commit, and tell them what the others know. The run's id is the fact's key.

    Returns what came of it, or why it was refused: something is missing, cannot be or is none of the choices, they are
    in the cohort already, or it is over.
    """
    services = current_services()
    texts = {UNIT: unit, LEADER_TITLE: leader_title, "note": note}
    details: dict[str, Any] = {name: text for name, text in texts.items() if text}
    for field, name, email in ((NEWCOMER, newcomer_name, newcomer_email), (LEADER, leader_name, leader_email)):
        details[field] = {"name": name, "email": email}
    given = {COHORT: cohort, ORGANISATION: organisation, LEVEL: level}
    key = f"form:{runtime.flow_run.id}"
    try:
        outcome = await asyncio.to_thread(enrol_form, services, programme, form, given, details, key)
    except TalentNordError as error:
        return await turned_down(services, error, programme)
    reacted = await react_to(services, [outcome, *await asyncio.to_thread(also_due, services)])
    # A learning group has one more, and so have the pages of all in it.
    await publish(services, outcome.cohort_id, await asyncio.to_thread(all_pages, services, outcome.cohort_id))
    message = await asyncio.to_thread(what_came, services, outcome, reacted)
    return await recorded(services, message, pages_of(outcome))


def enrol_form(
    services: Services, programme: str, ident: str, given: Mapping[str, str], details: Mapping[str, Any], key: str
) -> Outcome:
    """Work out what the lists of a form mean, and tell the fact; ``given`` holds labels or ids.

    Raises:
        UnknownRecordError: no such form.
        FactIncompleteError, PersonRefusedError, CohortOverError: see ``states.moves.join``.
    """
    with services.database.read() as connection:
        form = form_of(services.library.programme(programme).definition, ident)
        choices = choices_for(connection, programme, form, services.now())
    cohort = chosen(choices.cohorts, COHORT, given[COHORT], form)
    lists = {ORGANISATION: choices.organisations, LEVEL: choices.levels}
    known = {name: chosen(lists[name], name, given[name], form) for name in lists if given[name]}
    return services.engine.arrange(cohort, ENROL, Fact(key, teller(services), {**details, **known}))
