"""``record``: a coordinator's forms. Each form of the programme is a deployment of this one flow."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

from prefect import flow, runtime

from config.errors import FactIncompleteError
from config.mail_address import normal_address
from config.plain_text import clean_name
from config.programme import Form
from flows.cockpit.forms import choices_for, chosen, form_of
from flows.react import react_to
from flows.services import Services, current_services
from states.facts import Fact, Outcome


@flow(name="record", flow_run_name="{form} · {talent}", persist_result=False)
async def record(
    programme: str,
    form: str,
    talent: str,
    commitment: str = "",
    held_on: date | None = None,
    choice: str = "",
    milestone: str = "",
    new_mentor_name: str = "",
    new_mentor_email: str = "",
    person_name: str = "",
    person_email: str = "",
    note: str = "",
) -> str:
    """Record what happened, in one commit, and tell those concerned. The run's id is the fact's key.

    Raises:
        TransitionRefusedError: it is not possible where the talent or the commitment stands.
        FactIncompleteError: something is missing, or is none of the choices.
    """
    services = current_services()
    details: dict[str, Any] = {"note": note} if note else {}
    if held_on is not None:
        details["held_on"] = held_on.isoformat()
    people = {"new_mentor": (new_mentor_name, new_mentor_email), "person": (person_name, person_email)}
    for name, (person, address) in people.items():
        if person or address:
            details[name] = _person(form, name, person, address)
    given = {"talent": talent, "commitment": commitment, "choice": choice, "milestone": milestone}
    key = f"form:{runtime.flow_run.id}"
    outcome = await asyncio.to_thread(fire_form, services, programme, form, given, details, key)
    # What was recorded may arm a timer for this very moment; it goes into the same mails (R48).
    await react_to(services, [outcome, *await asyncio.to_thread(services.engine.tick)])
    return "; ".join(f"{one.machine}: {one.source} → {one.dest}" for one in outcome.transitions)


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
        options = choices_for(connection, programme, form)
    subject = chosen(options.talents, "talent", given["talent"], form)
    if given["choice"]:
        details = details | {"choice": chosen(options.choices, "choice", given["choice"], form)}
    if given["milestone"]:
        details = details | {"milestone": chosen(options.milestones, "milestone", given["milestone"], form)}
    return services.engine.fire(
        _trigger(form, options.commitments, given), [subject], Fact(key, "coordinator", details)
    )


def _trigger(form: Form, commitments: Any, given: dict[str, str]) -> str:
    if form.event is not None:
        return form.event
    named = given["commitment"]
    if not named and len(commitments) == 1:
        named = next(iter(commitments))
    return f"{chosen(commitments, 'commitment', named, form)}:{form.verb}"


def _person(form: str, field: str, name: str, address: str) -> dict[str, str]:
    if not name or not address:
        raise FactIncompleteError(form, field, "needs both a name and a mail address")
    try:
        return {"name": clean_name(name), "email": normal_address(address)}
    except ValueError as error:
        raise FactIncompleteError(form, field, str(error)) from error
