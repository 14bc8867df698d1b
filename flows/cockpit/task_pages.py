"""The pages of tasks: each says what is asked, and leads to the forms that settle it, filled in.

The page of a task that is closed says so for a while, for whoever has it open; then it goes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowFilter, FlowFilterName

from flows.cockpit import ui
from flows.cockpit.artifacts import find, remove, write
from flows.cockpit.form_lists import FINISH, MOVE_DAY, PEOPLE, RECORD
from flows.cockpit.literal import Markdown, link
from flows.cockpit.markdown import page_text
from flows.cockpit.task_forms import Offer, TaskForms
from flows.services import Services
from states.running_cohort import read_cohort
from states.views.task_pages import TaskPage, task_pages

SHOWN_CLOSED = timedelta(days=7)
"""How long the page of a closed task is there."""
_MOST = 200

FormIds = Mapping[tuple[str, str], UUID]
"""The deployments of forms, by programme and form."""


class _Told(NamedTuple):
    """A task's page, as it is to be written; without text where it is to go."""

    task: TaskPage
    markdown: str


async def publish_tasks(
    client: PrefectClient, services: Services, cohort_id: str, about: Collection[str], links: Mapping[str, str]
) -> None:
    """Publish the pages of the tasks about the journeys in ``about``, or the cohort; ``links`` are pages by id."""
    forms = await form_ids(client)
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
    flows = FlowFilter(name=FlowFilterName(any_=[RECORD, MOVE_DAY, PEOPLE, FINISH]))
    found = await client.read_deployments(flow_filter=flows, limit=_MOST)
    given = ((one.id, one.parameters) for one in found)
    return {(str(form.get("programme")), str(form.get("form"))): ident for ident, form in given}


def _told(
    services: Services, cohort_id: str, about: Collection[str], links: Mapping[str, str], forms: FormIds
) -> list[_Told]:
    told: list[_Told] = []
    with services.database.read() as connection:
        cohort = read_cohort(connection, cohort_id)
        today = cohort.calendar.local_day(services.now())
        ways = TaskForms(connection, cohort, today)
        programme = cohort.definition.programme.id
        for task in task_pages(connection, cohort, about):
            if task.closed is not None and task.closed + SHOWN_CLOSED < today:
                told.append(_Told(task, ""))
                continue
            offers = [] if task.closed else [one for one in ways.of(task) if (programme, one.form.id) in forms]
            addresses = [ui.DEFAULT.form(forms[programme, one.form.id], one.values) for one in offers]
            told.append(_Told(task, task_markdown(task, offers, addresses, links, today)))
    return told


def task_markdown(
    task: TaskPage,
    offers: Sequence[Offer],
    addresses: Sequence[str],
    links: Mapping[str, str],
    today: date,
    language: str = "da",
) -> str:
    """Return a task's page; ``addresses`` are those of the filled-in forms, ``links`` those of pages by id."""
    values = {
        "page": task,
        "today": today,
        "links": {ident: Markdown(address) for ident, address in links.items()},
        "ways": [
            (link(one.form.label, address), one.form.help, "held_on" in one.values)
            for one, address in zip(offers, addresses, strict=True)
        ],
    }
    return page_text("task.md.j2", values, language)
