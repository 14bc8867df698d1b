"""``record``: a coordinator's forms. Each form of the programme is a deployment of this one flow."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any

from prefect import flow, runtime

from config.errors import FactIncompleteError, TalentNordError, TickFailedError
from config.form import Form
from config.mail_address import normal_address
from config.plain_text import clean_name
from config.plan import PLAN
from flows.client import one_client
from flows.cockpit.ending import completed, failed
from flows.cockpit.form_lists import set_what_can_be_undone
from flows.cockpit.forms import choices_for, chosen, form_of
from flows.cockpit.refusal import refusal
from flows.react import Reacted, react_to
from flows.services import Services, current_services
from flows.teller import teller
from notifications.naming import definition_if_readable, trigger_name
from notifications.run_words import run_name, said
from states.facts import Fact, Outcome
from states.plain_facts import PERSONS


def record_name() -> str:
    """Return what a form's run is called: by the form, and whom it is about."""
    given = runtime.flow_run.parameters
    form, talent = str(given.get("form", "")), str(given.get("talent", ""))
    try:
        library = current_services().library
        form = form_of(library.programme(str(given.get("programme", ""))).definition, form).label
    except TalentNordError:  # The run itself says what is wrong.
        pass
    return run_name("record", form=form, talent=talent)


@flow(name="record", flow_run_name=record_name, persist_result=False)
async def record(
    programme: str,
    form: str,
    talent: str,
    commitment: str = "",
    held_on: date | None = None,
    due_on: date | None = None,
    appointed_on: date | None = None,
    appointed_at: str = "",
    choice: str = "",
    plan: str = "",
    milestone: str = "",
    new_mentor_name: str = "",
    new_mentor_email: str = "",
    person_name: str = "",
    person_email: str = "",
    owner: str = "",
    representative_name: str = "",
    representative_email: str = "",
    title: str = "",
    text: str = "",
    because: str = "",
    note: str = "",
) -> str:
    """Record what happened, in one commit, and tell those concerned. The run's id is the fact's key.

    Raises:
        TransitionRefusedError: it is not possible where the talent or the commitment stands.
        FactIncompleteError: something is missing, or is none of the choices.
    """
    services = current_services()
    words = {"because": because, "note": note, "owner": owner, "title": title, "text": text}
    words |= {"appointed_at": appointed_at}
    details: dict[str, Any] = {name: given for name, given in words.items() if given}
    days = {"held_on": held_on, "due_on": due_on, "appointed_on": appointed_on}
    details |= {name: day.isoformat() for name, day in days.items() if day is not None}
    named = {
        "new_mentor": (new_mentor_name, new_mentor_email),
        "person": (person_name, person_email),
        "representative": (representative_name, representative_email),
    }
    for name, (person, address) in named.items():
        if person or address:
            details[name] = {"name": person, "email": address}
    given = {"talent": talent, "commitment": commitment, "choice": choice, "plan": plan, "milestone": milestone}
    key = f"form:{runtime.flow_run.id}"
    try:
        outcome = await asyncio.to_thread(fire_form, services, programme, form, given, details, key)
    except TalentNordError as error:
        return failed(await asyncio.to_thread(refusal, services, error, programme), error)
    # What was recorded may arm a timer for this very moment; it goes into the same mails (R48).
    reacted = await react_to(services, [outcome, *await asyncio.to_thread(also_due, services)])
    async with one_client() as client:
        await set_what_can_be_undone(client, services)
    return completed(await asyncio.to_thread(what_came, services, outcome, reacted))


def also_due(services: Services) -> Sequence[Outcome]:
    """Fire what is due by now; what cannot be fired is for the tick to tell, not for whoever has filled in a form."""
    try:
        return services.engine.tick()
    except TickFailedError as failure:
        return failure.outcomes


def what_came(services: Services, outcome: Outcome, reacted: Reacted) -> str:
    """Return what was recorded, and what came of it."""
    with services.database.read() as connection:
        label = trigger_name(definition_if_readable(connection, outcome.cohort_id), outcome.trigger)
    return f"{label}: {services.outbox.came_of(reacted.effects).said() or said('no_effects').lower()}"


def fire_form(
    services: Services, programme: str, ident: str, given: dict[str, str], details: dict[str, Any], key: str
) -> Outcome:
    """Work out what a form means and fire it; ``given`` holds labels or ids, ``details`` goes with the fact.

    Raises:
        UnknownRecordError: no such form.
        FactIncompleteError, TransitionRefusedError: see ``record``.
    """
    with services.database.read() as connection:
        definition = services.library.programme(programme).definition
        form = form_of(definition, ident)
        options = choices_for(connection, programme, form, services.now())
    if form.verb == "waive" and not details.get("because"):
        raise FactIncompleteError(ident, "because", "is missing")
    people = {name: _person(ident, name, details[name]) for name in PERSONS if name in details}
    details = details | people
    subject = chosen(options.talents, "talent", given["talent"], form)
    if given["choice"]:
        details = details | {"choice": chosen(options.choices, "choice", given["choice"], form)}
    if given.get(PLAN):
        details = details | {PLAN: chosen(options.plans, PLAN, given[PLAN], form)}
    if given["milestone"]:
        details = details | {"milestone": chosen(options.milestones, "milestone", given["milestone"], form)}
    return services.engine.fire(
        _trigger(form, options.commitments, given), [subject], Fact(key, teller(services), details)
    )


def _trigger(form: Form, commitments: Any, given: dict[str, str]) -> str:
    if form.event is not None:
        return form.event
    named = given["commitment"]
    if not named and len(commitments) == 1:
        named = next(iter(commitments))
    return f"{chosen(commitments, 'commitment', named, form)}:{form.verb}"


def _person(form: str, field: str, given: Any) -> dict[str, str]:
    name, address = given["name"], given["email"]
    if not name or not address:
        raise FactIncompleteError(form, field, "needs both a name and a mail address")
    try:
        return {"name": clean_name(name), "email": normal_address(address)}
    except ValueError as error:
        raise FactIncompleteError(form, field, str(error)) from error
