"""The page that a form shows before it acts: what would follow, and the form again, filled in to do just that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from prefect.exceptions import ObjectNotFound

from flows.client import one_client
from flows.cockpit import ui
from flows.cockpit.artifacts import find, replace

Write = Callable[[Mapping[str, str], str | None], str]
"""Writes the page as Markdown, from addresses of pages by id and that of the filled-in form, if it is served."""


async def show_first(
    cohort_id: str, page: str, title: str, form: str, values: Mapping[str, object], write: Write
) -> str:
    """Publish a cohort's page of this name, in the place of the one before, and return its id.

    ``form`` is the deployment that the page leads to, ``flow/label``, which opens with ``values``.
    """
    ident = f"{cohort_id}/{page}"
    async with one_client() as client:
        found = await find(client, [cohort_id])
        links = {one: ui.DEFAULT.page(artifact) for one, artifact in found.items()}
        address = None
        with suppress(ObjectNotFound):  # A demo serves no forms.
            deployment = await client.read_deployment_by_name(form)
            address = ui.DEFAULT.form(deployment.id, values)
        await replace(client, ident, title, write(links, address))
    return ident
