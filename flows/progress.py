"""Keeps the pages that coordinators look at up to date: each run publishes the pages of those it concerned."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from prefect.artifacts import acreate_markdown_artifact

from flows.office import Office
from flows.pages import artifact_key, cohort_markdown, talent_markdown
from states.overview import Overview


async def publish(office: Office, cohort_id: str, journeys: Iterable[str]) -> None:
    """Publish the cohort's overview and the pages of ``journeys``; each becomes a new version of its artifact."""
    pages = await asyncio.to_thread(_pages, office, cohort_id, tuple(dict.fromkeys(journeys)))
    for ident, title, markdown in pages:
        await acreate_markdown_artifact(markdown, key=artifact_key(ident), description=title)


def _pages(office: Office, cohort_id: str, journeys: tuple[str, ...]) -> list[tuple[str, str, str]]:
    with office.database.read() as connection:
        overview = Overview(connection, cohort_id, office.now())
        cohort = overview.cohort()
        pages = [(cohort_id, cohort.name, cohort_markdown(cohort))]
        for journey in journeys:
            page = overview.talent(journey)
            pages.append((journey, page.line.name, talent_markdown(page)))
    return pages
