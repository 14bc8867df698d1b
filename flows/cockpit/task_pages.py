"""The pages of tasks: each says what is asked, and leads to the forms that settle it, filled in.

The page of a task that is closed says so for a while, for whoever has it open; then it goes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowFilter, FlowFilterName

from flows.cockpit.acts import OF_NO_PROGRAMME, Act, Acts, FormIds
from flows.cockpit.artifacts import find, remove, write
from flows.cockpit.form_lists import FLOWS
from flows.cockpit.literal import Markdown, link
from flows.cockpit.markdown import page_text
from flows.cockpit.message_form import FLOW as MESSAGE
from flows.cockpit.task_forms import TaskForms
from flows.services import Services
from states.running_cohort import read_cohort
from states.views.task_pages import TaskPage, task_pages

SHOWN_CLOSED = timedelta(days=7)
"""How long the page of a closed task is there."""
_MOST = 200


class _Told(NamedTuple):
    """A task's page, as it is to be written; without text where it is to go."""

    task: TaskPage
    markdown: str


async def publish_tasks(
    client: PrefectClient,
    services: Services,
    cohort_id: str,
    about: Collection[str],
    links: Mapping[str, str],
    forms: FormIds,
) -> None:
    """Publish the pages of the tasks about the journeys in ``about``, or the cohort; ``links`` are pages by id."""
    told = await asyncio.to_thread(_told, services, cohort_id, about, links, forms)
    artifacts = await find(client, [one.task.id for one in told])
    await asyncio.gather(*(_put(client, one, artifacts[one.task.id]) for one in told if one.task.id in artifacts))


async def _put(client: PrefectClient, told: _Told, artifact: UUID) -> None:
    if told.markdown:
        await write(client, told.task.id, artifact, told.task.title, told.markdown)
    else:
        await remove(client, told.task.id, artifact)


async def form_ids(client: PrefectClient) -> FormIds:
    """Return the deployments of all forms that are served."""
    flows = FlowFilter(name=FlowFilterName(any_=[*FLOWS, MESSAGE]))
    found = await client.read_deployments(flow_filter=flows, limit=_MOST)
    return {
        (str(one.parameters.get("programme", OF_NO_PROGRAMME)), str(one.parameters.get("form", one.name))): one.id
        for one in found
    }


def _told(
    services: Services, cohort_id: str, about: Collection[str], links: Mapping[str, str], forms: FormIds
) -> list[_Told]:
    told: list[_Told] = []
    with services.database.read() as connection:
        cohort = read_cohort(connection, cohort_id)
        now = services.now()
        today = cohort.calendar.local_day(now)
        acts = Acts(TaskForms(connection, cohort, today), cohort.definition.programme.id, forms)
        for task in task_pages(connection, cohort, about):
            if task.closed is not None and task.closed + SHOWN_CLOSED < today:
                told.append(_Told(task, ""))
                continue
            ways = [] if task.closed else acts.about(task.subject, task.journey, task.talent)
            told.append(_Told(task, task_markdown(task, ways, links, cohort.definition.working_time.local(now))))
    return told


def task_markdown(
    task: TaskPage, acts: Sequence[Act], links: Mapping[str, str], made: datetime, language: str = "da"
) -> str:
    """Return a task's page; ``links`` are those of pages by id, ``made`` is local."""
    values = {
        "page": task,
        "made": made,
        "today": made.date(),
        "links": {ident: Markdown(address) for ident, address in links.items()},
        "ways": [
            (link(one.offer.form.label, one.address), one.offer.form.help, "held_on" in one.offer.values)
            for one in acts
        ],
    }
    return page_text("task.md.j2", values, language)
