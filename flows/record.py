"""``record``: a coordinator's forms. Each form of the programme is a deployment of this one flow."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from prefect import flow, runtime
from sqlalchemy import select

from config.errors import FactIncompleteError, NotConfirmedError, TalentNordError, TickFailedError
from config.form import Form
from config.mail_address import normal_address
from config.plain_text import clean_name
from config.plan import PLAN
from flows.cockpit.forms import CONFIRM, Choices, choices_for, chosen, form_of
from flows.cockpit.several import FOR_WHOM, TALENTS, for_whom, subjects
from flows.cockpit.told import recorded, turned_down
from flows.react import Reacted, react_to
from flows.services import Services, current_services
from flows.teller import teller
from notifications.naming import definition_if_readable, trigger_name
from notifications.run_words import counted, run_name, said
from states.facts import Fact, Outcome
from states.moves.firing import is_one_name
from states.moves.note import NOTE, TALENT
from states.moves.teams import MODULE, TEAM
from states.plain_facts import PERSONS
from states.store.queries import journeys_and_cohort
from states.store.tables import JourneyRow, PersonRow

MOST_NAMES = 3
"""So many talents are named when they were recorded at once; more are counted."""


def record_name() -> str:
    """Return what a form's run is called: by the form, and whom it is about."""
    given = runtime.flow_run.parameters
    form, talent = str(given.get("form", "")), str(given.get("talent") or _whom(given))
    try:
        library = current_services().library
        form = form_of(library.programme(str(given.get("programme", ""))).definition, form).label
    except TalentNordError:  # The run itself says what is wrong.
        pass
    return run_name("record", form=form, talent=talent)


def _whom(given: Mapping[str, Any]) -> str:
    """Return whom a form for several talents is about, for the name of its run."""
    chosen = given.get(TALENTS) or ()
    return " · ".join(filter(None, (str(given.get(FOR_WHOM) or ""), ", ".join(map(str, chosen)))))


@flow(name="record", flow_run_name=record_name, persist_result=False)
async def record(
    programme: str,
    form: str,
    talent: str = "",
    talents: list[str] | None = None,
    for_whom: str = "",
    confirm: str = "",
    commitment: str = "",
    held_on: date | str = "",
    due_on: date | str = "",
    appointed_on: date | str = "",
    appointed_at: str = "",
    choice: str = "",
    plan: str = "",
    milestone: str = "",
    module: str = "",
    team: str = "",
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

    Returns what came of it, or why it was refused: it is not possible where a talent or a commitment stands, or
    something is missing, or is none of the choices.
    """
    services = current_services()
    words = {"because": because, "note": note, "owner": owner, "title": title, "text": text}
    words |= {"appointed_at": appointed_at}
    details: dict[str, Any] = {name: given for name, given in words.items() if given}
    days = {"held_on": held_on, "due_on": due_on, "appointed_on": appointed_on}
    details |= {name: str(day) for name, day in days.items() if day}
    named = {
        "new_mentor": (new_mentor_name, new_mentor_email),
        "person": (person_name, person_email),
        "representative": (representative_name, representative_email),
    }
    for name, (person, address) in named.items():
        if person or address:
            details[name] = {"name": person, "email": address}
    given: dict[str, Any] = {"talent": talent, TALENTS: talents or [], FOR_WHOM: for_whom, CONFIRM: confirm}
    given |= {"commitment": commitment, "choice": choice, "plan": plan, "milestone": milestone}
    given |= {MODULE: module, TEAM: team}
    key = f"form:{runtime.flow_run.id}"
    try:
        outcome = await asyncio.to_thread(fire_form, services, programme, form, given, details, key)
    except TalentNordError as error:
        return await turned_down(services, error, programme)
    # What was recorded may arm a timer for this very moment; it goes into the same mails (R48).
    reacted = await react_to(services, [outcome, *await asyncio.to_thread(also_due, services)])
    message = await asyncio.to_thread(what_came, services, outcome, reacted)
    return await recorded(services, message, pages_of(outcome))


def also_due(services: Services) -> Sequence[Outcome]:
    """Fire what is due by now; what cannot be fired is for the tick to tell, not for whoever has filled in a form."""
    try:
        return services.engine.tick()
    except TickFailedError as failure:
        return failure.outcomes


def what_came(services: Services, outcome: Outcome, reacted: Reacted) -> str:
    """Return what was recorded of whom, and what came of it."""
    concerned = [one for one in pages_of(outcome) if one != outcome.cohort_id]
    with services.database.read() as connection:
        label = trigger_name(definition_if_readable(connection, outcome.cohort_id), outcome.trigger)
        named = select(PersonRow.name).join(JourneyRow, JourneyRow.talent_id == PersonRow.id)
        names = connection.scalars(named.where(JourneyRow.id.in_(concerned)).order_by(PersonRow.name)).all()
    whom = ", ".join(names) if len(names) <= MOST_NAMES else counted("talents", len(names))
    came = services.outbox.came_of(reacted.effects).said() or said("no_effects").lower()
    return f"{' · '.join(part for part in (label, whom) if part)}: {came}"


def pages_of(outcome: Outcome) -> list[str]:
    """Return the pages that show what was recorded, by id: the talents', or the cohort's if it is about none."""
    return list(dict.fromkeys(step.journey_id for step in outcome.transitions if step.journey_id)) or [
        outcome.cohort_id
    ]


def fire_form(
    services: Services, programme: str, ident: str, given: Mapping[str, Any], details: dict[str, Any], key: str
) -> Outcome:
    """Work out what a form means and fire it; ``given`` holds labels or ids, ``details`` goes with the fact.

    Raises:
        UnknownRecordError: no such form.
        FactIncompleteError, TransitionRefusedError: see ``record``.
        NotConfirmedError: the name that was typed is not the talent's.
        NobodyChosenError, SeveralCohortsError: see ``subjects``.
    """
    with services.database.read() as connection:
        definition = services.library.programme(programme).definition
        form = form_of(definition, ident)
        options = choices_for(connection, programme, form, services.now())
    if form.verb == "waive" and not details.get("because"):
        raise FactIncompleteError(ident, "because", "is missing")
    people = {name: _person(ident, name, details[name]) for name in PERSONS if name in details}
    details = details | people
    if form.notes:
        return _arranged(services, NOTE, form, options, given, Fact(key, teller(services), details))
    if form.teams:
        module = chosen(options.of_teams.modules, MODULE, given[MODULE], form)
        details = details | {MODULE: module, TEAM: str(given[TEAM])}
        return _arranged(services, TEAM, form, options, given, Fact(key, teller(services), details))
    trigger = _trigger(form, options.commitments, given)
    if given["milestone"]:
        details = details | {"milestone": chosen(options.milestones, "milestone", given["milestone"], form)}
    about = _about(services, form, options, given, trigger, details.get("milestone", ""))
    if given["choice"]:
        details = details | {"choice": chosen(options.choices, "choice", given["choice"], form)}
    if given.get(PLAN):
        details = details | {PLAN: chosen(options.plans, PLAN, given[PLAN], form)}
    return services.engine.fire(trigger, about, Fact(key, teller(services), details))


def _arranged(
    services: Services, trigger: str, form: Form, options: Choices, given: Mapping[str, Any], fact: Fact
) -> Outcome:
    """Tell what is told of one talent without an event: a note, or another team."""
    talent = chosen(options.talents, "talent", given["talent"], form)
    with services.database.read() as connection:
        cohort = journeys_and_cohort(connection, [talent]).cohort_id
    about = replace(fact, details={**fact.details, TALENT: talent})
    return services.engine.arrange(cohort, trigger, about, about=[talent])


def _about(
    services: Services, form: Form, options: Choices, given: Mapping[str, Any], trigger: str, milestone: str
) -> Sequence[str]:
    """Return whom a form is about: one talent, or the cohort; or several."""
    if form.several:
        everybody_of = chosen(for_whom(options.cohorts), FOR_WHOM, given[FOR_WHOM], form) if given[FOR_WHOM] else ""
        named = [chosen(options.talents, TALENTS, one, form) for one in given[TALENTS]]
        with services.database.read() as connection:
            return subjects(connection, form, trigger.partition(":")[0], named, everybody_of, milestone)
    subject = chosen(options.talents, "talent", given["talent"], form)
    if form.confirm:
        with services.database.read() as connection:
            of = select(PersonRow.name).join(JourneyRow, JourneyRow.talent_id == PersonRow.id)
            name = connection.execute(of.where(JourneyRow.id == subject)).scalar_one()
        if not is_one_name(name, given.get(CONFIRM, "")):
            raise NotConfirmedError(name, given.get(CONFIRM, ""))
    return [subject]


def _trigger(form: Form, commitments: Mapping[str, str], given: Mapping[str, Any]) -> str:
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
