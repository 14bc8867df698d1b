"""Sets the fields and lists of the forms as they are deployed, and links from deployments to the cohorts' pages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.client.schemas.filters import FlowFilter, FlowFilterName
from prefect.client.schemas.responses import DeploymentResponse
from sqlalchemy import func, select

from config.definition import Definition
from config.form import Form
from flows.cockpit import ui
from flows.cockpit.artifacts import find
from flows.cockpit.forms import choices_for, schema
from flows.cockpit.labels import words
from flows.cockpit.literal import link
from flows.cockpit.mail_form import FLOW as MAILS
from flows.cockpit.message_form import FLOW as MESSAGE
from flows.cockpit.message_form import message_fields
from flows.services import Services
from states.running_cohort import readable_cohorts
from states.store.tables import CohortRow, FactRow, HistoryRow

RECORD, MOVE_DAY, PEOPLE, FINISH, UNDO, ENROL = "record", "move_day", "people", "finish", "undo", "enrol"
"""The flows whose deployments the forms are: what happened, another day, people, a task, a mistake, who joins."""
FLOWS = (RECORD, MOVE_DAY, PEOPLE, FINISH, UNDO, ENROL)
_MOST = 200


def forms(services: Services) -> Iterator[tuple[Definition, Form]]:
    """Yield every form of every programme; of an example only once a cohort of it is enrolled."""
    with services.database.read() as connection:
        run = {cohort.definition.programme.id for cohort in readable_cohorts(connection)}
    for programme in services.library.programmes():
        definition = services.library.programme(programme).definition
        if not definition.programme.example or programme in run:
            yield from ((definition, form) for form in definition.programme.forms)


def flow_of(form: Form) -> str:
    """Return the name of the flow that a form runs."""
    kinds = {MOVE_DAY: form.moves, PEOPLE: form.people, FINISH: form.finishes, UNDO: form.undoes, ENROL: form.enrols}
    return next((flow for flow, is_so in kinds.items() if is_so), RECORD)


async def set_lists(client: PrefectClient, services: Services) -> int:
    """Give each form's deployment its fields, lists and links, as far as they have changed; return how many there are.

    The UI's menu has no way to the pages: what coordinators open anyway, the forms, leads there.
    """
    found = await _deployments(client)
    if not found:  # A demo serves no forms.
        return 0
    links = await _links(client, services)
    wanted = await asyncio.to_thread(_wanted, services)
    for name, (text, fields) in wanted.items():
        await _update(client, found.get(name), _with_links(text, links), fields)
    await _update(client, found.get(words()["mails_label"]), _with_links(words()["mails"], links))
    fields = await asyncio.to_thread(message_fields, services)
    await _update(client, found.get(words()["message_label"]), _with_links(words()["message"], links), fields)
    return len(found.keys() & wanted.keys())


async def remove_former(client: PrefectClient, services: Services) -> None:
    """Remove the deployments of forms that no programme has any more, under the names of before."""
    labels = {form.label for _, form in forms(services)} | {
        words()[f"{own}_label"] for own in ("mails", "message", "start")
    }
    for name, deployment in (await _deployments(client)).items():
        if name not in labels:
            await client.delete_deployment(deployment.id)


def lists_stand(services: Services) -> tuple[object, ...]:
    """Return what is other as soon as a list of a form may be: cheap to ask, whoever has told what."""
    with services.database.read() as connection:
        moved = connection.scalar(select(func.max(HistoryRow.n)))
        told = connection.scalar(select(func.count()).select_from(FactRow))
    # A day that is over is on no list any more.
    return moved, told, services.now().date()


def _wanted(services: Services) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the text and the fields of each form, by its deployment's name."""
    now, offered = services.now(), list(forms(services))
    with services.database.read() as connection:
        return {
            form.label: (
                form.help,
                schema(definition, form, choices_for(connection, definition.programme.id, form, now)),
            )
            for definition, form in offered
        }


async def _deployments(client: PrefectClient) -> dict[str, DeploymentResponse]:
    """Return the deployments of our flows by name, in one request."""
    flows = FlowFilter(name=FlowFilterName(any_=[*FLOWS, MAILS, MESSAGE, "refresh"]))
    return {one.name: one for one in await client.read_deployments(flow_filter=flows, limit=_MOST)}


async def _update(
    client: PrefectClient, deployment: DeploymentResponse | None, text: str, fields: dict[str, Any] | None = None
) -> None:
    """Change what is other than it should be, and ask for nothing where nothing is."""
    if deployment is None:
        return
    new: dict[str, Any] = {} if deployment.description == text else {"description": text}
    if fields is not None and deployment.parameter_openapi_schema != fields:
        new["parameter_openapi_schema"] = fields
    if new:
        await client.update_deployment(deployment.id, DeploymentUpdate(**new))


def _with_links(text: str, links: str) -> str:
    return f"{text}\n\n{words()['overview']}: {links}" if links else text


async def _links(client: PrefectClient, services: Services) -> str:
    """Return links to the pages of all cohorts that have one."""
    with services.database.read() as connection:
        names = dict(connection.execute(select(CohortRow.id, CohortRow.name).order_by(CohortRow.id)).tuples().all())
    pages = await find(client, names)
    return " · ".join(link(names[ident], ui.DEFAULT.page(artifact)) for ident, artifact in pages.items())
