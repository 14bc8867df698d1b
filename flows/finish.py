"""``finish``: a coordinator's form that says of a task that it is done."""

from __future__ import annotations

import asyncio

from prefect import flow, runtime

from config.errors import TalentNordError
from flows.cockpit.forms import choices_for, chosen, form_of
from flows.cockpit.task_lists import finish_task
from flows.cockpit.told import recorded, turned_down
from flows.react import react_to
from flows.record import also_due, pages_of, what_came
from flows.services import Services, current_services
from flows.teller import teller
from notifications.run_words import run_name
from states.facts import Fact, Outcome
from states.moves.tasks import TASK


def finish_name() -> str:
    """Return what a run is called: by the task that is done."""
    return run_name("finish", task=str(runtime.flow_run.parameters.get(TASK, "")))


@flow(name="finish", flow_run_name=finish_name, persist_result=False)
async def finish(programme: str, form: str, task: str, note: str = "") -> str:
    """Close a task that is done, in one commit. The run's id is the fact's key.

    Returns what came of it, or why it was refused: it is none of those listed, closes by itself, or is all that keeps
    its matter from being forgotten.
    """
    services = current_services()
    try:
        fact = Fact(f"form:{runtime.flow_run.id}", teller(services), {"note": note} if note else {})
        outcome = await asyncio.to_thread(finish_form, services, programme, form, task, fact)
    except TalentNordError as error:
        return await turned_down(services, error, programme)
    reacted = await react_to(services, [outcome, *await asyncio.to_thread(also_due, services)])
    message = await asyncio.to_thread(what_came, services, outcome, reacted)
    return await recorded(services, message, pages_of(outcome))


def finish_form(services: Services, programme: str, ident: str, label: str, fact: Fact) -> Outcome:
    """Work out which task a label of the form's list stands for, and tell the fact; a task's id is taken as well.

    Raises:
        UnknownRecordError: no such form or task.
        FactIncompleteError, TaskNotDoneError: see ``finish``.
    """
    with services.database.read() as connection:
        form = form_of(services.library.programme(programme).definition, ident)
        choices = choices_for(connection, programme, form, services.now())
        task = label if label not in choices.tasks and "#" in label else chosen(choices.tasks, TASK, label, form)
    return finish_task(services, task, fact)
