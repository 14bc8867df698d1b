"""Keeps the pages that coordinators look at up to date: each run publishes the pages of those it concerned."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from uuid import UUID

from flows.client import one_client
from flows.cockpit import ui
from flows.cockpit.artifacts import ensure, write
from flows.cockpit.labels import words
from flows.cockpit.markdown import cohort_markdown, mails_markdown, talent_markdown
from flows.cockpit.task_pages import publish_tasks
from flows.services import Services
from states.views.overview import Overview
from states.views.task_pages import open_task_titles
from states.views.to_decide import mails_page
from states.views.undelivered import list_mails


async def publish(services: Services, cohort_id: str, pages: Iterable[str]) -> None:
    """Publish the pages of the cohort and of journeys, by id, with those of their tasks; to be called within a run."""
    wanted = tuple(dict.fromkeys(pages))
    if not wanted:
        return
    async with one_client() as client:
        artifacts = await ensure(client, await asyncio.to_thread(_titles, services, cohort_id))
        written = await asyncio.to_thread(_written, services, cohort_id, wanted, artifacts)
        await asyncio.gather(
            *(write(client, ident, artifacts[ident], title, markdown) for ident, title, markdown in written)
        )
        await publish_tasks(client, services, cohort_id, wanted, _links(artifacts))


def _titles(services: Services, cohort_id: str) -> dict[str, str]:
    """Return the titles of all pages of a cohort, by id: they link to one another."""
    with services.database.read() as connection:
        titles = Overview(connection, cohort_id, services.now()).titles()
        tasks = open_task_titles(connection, cohort_id)
    return {**titles, mails_page(cohort_id): f"{titles[cohort_id]}: {words()['mails_page']}", **tasks}


def _links(artifacts: Mapping[str, UUID]) -> dict[str, str]:
    return {ident: ui.DEFAULT.page(artifact) for ident, artifact in artifacts.items()}


def _written(
    services: Services, cohort_id: str, pages: tuple[str, ...], artifacts: Mapping[str, UUID]
) -> list[tuple[str, str, str]]:
    """Return each page as (id, title, Markdown)."""
    links = _links(artifacts)
    written: list[tuple[str, str, str]] = []
    with services.database.read() as connection:
        overview = Overview(connection, cohort_id, services.now())
        for ident in pages:
            if ident == cohort_id:
                cohort = overview.cohort()
                written.append((ident, cohort.name, cohort_markdown(cohort, links)))
                mails, title = mails_page(ident), f"{cohort.name}: {words()['mails_page']}"
                written.append((mails, title, mails_markdown(cohort, list_mails(connection, ident), links)))
            else:
                talent = overview.talent(ident)
                runs = {line.run: ui.DEFAULT.run(line.run) for line in talent.history if line.run}
                written.append(
                    (ident, talent.line.name, talent_markdown(talent, links | runs, ui.DEFAULT.draws_mermaid))
                )
    return written
