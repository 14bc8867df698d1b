"""Sets the fields and lists of the forms as they are deployed, and links from deployments to the cohorts' pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.exceptions import ObjectNotFound
from sqlalchemy import select

from config.definition import Definition
from config.form import Form
from flows.cockpit import ui
from flows.cockpit.artifacts import find
from flows.cockpit.forms import choices_for, schema
from flows.cockpit.labels import words
from flows.cockpit.literal import link
from flows.cockpit.mail_form import FLOW as MAILS
from flows.cockpit.message_form import set_message_list
from flows.services import Services
from states.store.tables import CohortRow

RECORD, MOVE_DAY, PEOPLE, UNDO = "record", "move_day", "people", "undo"
"""The flows whose deployments the forms are: of what happened, of another day, of people, and of what is taken back."""


def forms(services: Services) -> Iterator[tuple[Definition, Form]]:
    """Yield every form of every programme."""
    for programme in services.library.programmes():
        definition = services.library.programme(programme).definition
        for form in definition.programme.forms:
            yield definition, form


def flow_of(form: Form) -> str:
    """Return the name of the flow that a form runs."""
    return MOVE_DAY if form.moves else PEOPLE if form.people else UNDO if form.undoes else RECORD


async def set_lists(client: PrefectClient, services: Services) -> int:
    """Give each form's deployment its fields, lists and links; return how many deployments there were.

    The UI's menu has no way to the pages: what coordinators open anyway, forms and ``refresh``, leads there.
    """
    links = await _links(client, services)
    found = [await _set_list(client, services, *one, links) for one in forms(services)]
    for name, text in (
        (f"{MAILS}/{words()['mails_label']}", words()["mails"]),
        ("refresh/refresh", words()["refresh"]),
    ):
        with suppress(ObjectNotFound):
            deployment = await client.read_deployment_by_name(name)
            await client.update_deployment(deployment.id, DeploymentUpdate(description=_with_links(text, links)))
    return sum(found) + await set_message_list(client, services)


async def set_what_can_be_undone(client: PrefectClient, services: Services) -> None:
    """Let what was just recorded be on the lists of what can be taken back; their links stay as they are."""
    for definition, form in forms(services):
        if form.undoes:
            await _set_list(client, services, definition, form)


async def _set_list(
    client: PrefectClient, services: Services, definition: Definition, form: Form, links: str | None = None
) -> bool:
    """Give a form's deployment its fields and lists, and new ``links`` if given; return whether there is one."""
    try:
        deployment = await client.read_deployment_by_name(f"{flow_of(form)}/{form.label}")
    except ObjectNotFound:
        return False
    with services.database.read() as connection:
        fields = schema(definition, form, choices_for(connection, definition.programme.id, form, services.now()))
    told = {} if links is None else {"description": _with_links(form.help, links)}
    update = DeploymentUpdate(parameter_openapi_schema=fields, **told)
    await client.update_deployment(deployment.id, update)
    return True


def _with_links(text: str, links: str) -> str:
    return f"{text}\n\n{words()['overview']}: {links}" if links else text


async def _links(client: PrefectClient, services: Services) -> str:
    """Return links to the pages of all cohorts that have one."""
    with services.database.read() as connection:
        names = dict(connection.execute(select(CohortRow.id, CohortRow.name).order_by(CohortRow.id)).tuples().all())
    pages = await find(client, names)
    return " · ".join(link(names[ident], ui.DEFAULT.page(artifact)) for ident, artifact in pages.items())
