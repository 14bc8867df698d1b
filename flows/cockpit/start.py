"""The deployment that leads to all pages: first in the UI's list, by its name, on each of Prefect's databases.

SQLite sorts names by their bytes, PostgreSQL by the language of its database: a star stands behind all letters there,
and before them here. A digit stands before letters in both (docs/adr/0038).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.exceptions import ObjectNotFound

from flows.cockpit import ui
from flows.cockpit.artifacts import find
from flows.cockpit.cohort_pages import cohort_titles, links_to_pages, sign_out
from flows.cockpit.labels import words
from flows.cockpit.literal import link
from flows.services import Services
from states.running_cohort import RunningCohort, readable_cohorts

FLOW = "refresh"
_BEFORE = "refresh"
"""What the deployment was called once."""


async def set_start(client: PrefectClient, services: Services) -> None:
    """Let the deployment's description lead to each page of each cohort."""
    with suppress(ObjectNotFound):
        old = await client.read_deployment_by_name(f"{FLOW}/{_BEFORE}")
        await client.delete_deployment(old.id)
    with suppress(ObjectNotFound):
        deployment = await client.read_deployment_by_name(f"{FLOW}/{words()['start_label']}")
        text = await described(client, services)
        await client.update_deployment(deployment.id, DeploymentUpdate(description=text))


async def described(client: PrefectClient, services: Services) -> str:
    """Return what the deployment says: what it is for, and the links of each cohort that has pages."""
    with services.database.read() as connection:
        cohorts = list(readable_cohorts(connection))
        titles = {one.cohort_id: [one.cohort_id, *cohort_titles(connection, one)] for one in cohorts}
    pages = await find(client, [page for some in titles.values() for page in some])
    links = {ident: ui.DEFAULT.page(artifact) for ident, artifact in pages.items()}
    with services.database.read() as connection:
        lines = [
            _links(links, one, links_to_pages(connection, one, links)) for one in cohorts if one.cohort_id in links
        ]
    return "\n\n".join([*lines, words()["start"], *sign_out(services.settings)])


def _links(links: dict[str, str], cohort: RunningCohort, more: Sequence[str]) -> str:
    overview = link(cohort.name, links[cohort.cohort_id], before=f"{words()['overview']}: ")
    return "\n".join(f"- {one}" for one in [overview, *more])
