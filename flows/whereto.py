"""The addresses of the cohorts' overviews in the Prefect UI, for whoever starts the server to hand on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from sqlalchemy import select

from config.settings import Settings
from flows.client import one_client
from flows.cockpit import ui
from flows.cockpit.artifacts import find
from states.store.database import Database
from states.store.tables import CohortRow


def overviews(settings: Settings, within: float) -> Mapping[str, str]:
    """Return the paths of the overviews by the cohort's name; waits up to ``within`` seconds for the first of them.

    The environment must name the Prefect server before this module is imported.
    """
    database = Database(settings.database_url)
    try:
        with database.read() as connection:
            query = select(CohortRow.id, CohortRow.name).order_by(CohortRow.id)
            names = dict(connection.execute(query).tuples().all())
    finally:
        database.close()
    deadline = time.monotonic() + within
    while True:
        found = asyncio.run(_paths(names))
        if found or not names or time.monotonic() > deadline:
            return found
        time.sleep(1)


async def _paths(names: Mapping[str, str]) -> Mapping[str, str]:
    async with one_client() as client:
        pages = await find(client, names)
    return {names[ident]: ui.DEFAULT.page(artifact) for ident, artifact in pages.items()}
