"""Keeps the pages that coordinators look at up to date: each run publishes the pages of those it concerned."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import Connection

from flows.client import one_client
from flows.cockpit import ui
from flows.cockpit.acts import Acts, FormIds
from flows.cockpit.artifacts import ensure, write
from flows.cockpit.cohort_pages import Written, cohort_pages, cohort_titles, sign_out
from flows.cockpit.fact_list import facts_to_undo
from flows.cockpit.markdown import talent_markdown
from flows.cockpit.task_forms import TaskForms
from flows.cockpit.task_pages import form_ids, publish_tasks
from flows.services import Services
from states.facts import FACT_CAUSE
from states.running_cohort import RunningCohort, read_cohort
from states.views.overview import Overview
from states.views.pages import TalentPage
from states.views.task_pages import open_task_titles


async def publish(services: Services, cohort_id: str, pages: Iterable[str]) -> None:
    """Publish the pages of the cohort and of journeys, by id, with those of their tasks."""
    wanted = tuple(dict.fromkeys(pages))
    if not wanted:
        return
    async with one_client() as client:
        artifacts = await ensure(client, await asyncio.to_thread(_titles, services, cohort_id))
        forms = await form_ids(client)
        written = await asyncio.to_thread(_written, services, cohort_id, wanted, artifacts, forms)
        await asyncio.gather(
            *(write(client, ident, artifacts[ident], title, markdown) for ident, title, markdown in written)
        )
        await publish_tasks(client, services, cohort_id, wanted, _links(artifacts), forms)


def _titles(services: Services, cohort_id: str) -> dict[str, str]:
    """Return the titles of all pages of a cohort, by id: they link to one another."""
    with services.database.read() as connection:
        titles = Overview(connection, cohort_id, services.now()).titles()
        beside = cohort_titles(connection, read_cohort(connection, cohort_id))
        return {**titles, **beside, **open_task_titles(connection, cohort_id)}


def _links(artifacts: Mapping[str, UUID]) -> dict[str, str]:
    return {ident: ui.DEFAULT.page(artifact) for ident, artifact in artifacts.items()}


def _written(
    services: Services, cohort_id: str, pages: tuple[str, ...], artifacts: Mapping[str, UUID], forms: FormIds
) -> list[Written]:
    """Return each page as it is to be."""
    links = _links(artifacts)
    written: list[Written] = []
    with services.database.read() as connection:
        overview = Overview(connection, cohort_id, services.now())
        cohort = read_cohort(connection, cohort_id)
        ways = TaskForms(connection, cohort, cohort.calendar.local_day(services.now()))
        acts = Acts(ways, cohort.definition.programme.id, forms)
        facts = to_undo(connection, cohort) if {*pages} - {cohort_id} else {}
        for ident in pages:
            if ident == cohort_id:
                beside = sign_out(services.settings)
                written += cohort_pages(connection, cohort, overview.cohort(), links, acts, beside)
            else:
                written.append(talent_page(overview.talent(ident), links, acts, facts))
    return written


def talent_page(page: TalentPage, links: Mapping[str, str], acts: Acts, facts: Mapping[str, str]) -> Written:
    """Return a talent's page: each line of history that is among ``facts`` leads to the form that takes it back."""
    journey, name = page.line.journey, page.line.name
    runs = {line.run: ui.DEFAULT.run(line.run) for line in page.history if line.run}
    about = {line.id: acts.about(line.id, journey, name) for line in page.commitments if not line.settled}
    about |= {line.cause: acts.taking_back(facts[line.cause]) for line in page.history if line.cause in facts}
    about[journey] = acts.of_talent(journey, name)
    return Written(journey, name, talent_markdown(page, {**links, **runs}, ui.DEFAULT.draws_mermaid, about))


def to_undo(connection: Connection, cohort: RunningCohort) -> dict[str, str]:
    """Return what the list of what can be taken back calls each fact (R62), by the cause that the fact is in history.

    It is the very list of the form: what it does not offer, no page leads to.
    """
    programme = cohort.definition.programme
    listed = facts_to_undo(connection, programme.id) if any(form.undoes for form in programme.forms) else {}
    return {f"{FACT_CAUSE}{key}": label for label, key in listed.items()}
