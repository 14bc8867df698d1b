"""Keeps the pages that coordinators look at up to date: each run publishes the pages of those it concerned."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from prefect.artifacts import MarkdownArtifact
from prefect.client.orchestration import get_client

from flows.office import Office
from flows.pages import artifact_key, cohort_markdown, talent_markdown
from states.overview import Overview


async def publish(office: Office, cohort_id: str, pages: Iterable[str]) -> None:
    """Publish the pages of the cohort and of journeys, by id; each becomes a new version of its artifact."""
    written = await asyncio.to_thread(_written, office, cohort_id, tuple(dict.fromkeys(pages)))
    if not written:
        return
    async with get_client() as client:
        await asyncio.gather(
            *(
                MarkdownArtifact(key=artifact_key(ident), description=title, markdown=markdown).acreate(client)
                for ident, title, markdown in written
            )
        )


def _written(office: Office, cohort_id: str, pages: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Return each page as (id, title, Markdown)."""
    if not pages:
        return []
    written: list[tuple[str, str, str]] = []
    with office.database.read() as connection:
        overview = Overview(connection, cohort_id, office.now())
        for ident in pages:
            if ident == cohort_id:
                cohort = overview.cohort()
                written.append((ident, cohort.name, cohort_markdown(cohort)))
            else:
                talent = overview.talent(ident)
                written.append((ident, talent.line.name, talent_markdown(talent)))
    return written
