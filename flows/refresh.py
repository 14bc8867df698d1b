"""``refresh``: publishes all pages anew, sets the forms' lists and the operator's automation."""

from __future__ import annotations

import asyncio

from prefect import flow
from sqlalchemy import select

from flows.client import one_client
from flows.cockpit.form_lists import set_lists
from flows.cockpit.mail_form import set_mail_list
from flows.cockpit.publish import publish
from flows.operator_alarm import set_alarm
from flows.services import Services, current_services
from states.store.tables import CohortRow, JourneyRow


@flow(name="refresh", persist_result=False)
async def refresh() -> str:
    """Publish the pages of every cohort and talent, and give the forms their lists; safe at any time."""
    services = current_services()
    pages = await asyncio.to_thread(_all_pages, services)
    for cohort, idents in pages.items():
        await publish(services, cohort, idents)
    async with one_client() as client:
        forms = await set_lists(client, services) + await set_mail_list(client, services)
        await set_alarm(client, services.settings)
    return f"{sum(map(len, pages.values()))} pages, {forms} forms"


def _all_pages(services: Services) -> dict[str, list[str]]:
    with services.database.read() as connection:
        pages: dict[str, list[str]] = {
            cohort: [cohort] for cohort in connection.scalars(select(CohortRow.id).order_by(CohortRow.id))
        }
        for journey in connection.execute(select(JourneyRow.id, JourneyRow.cohort_id).order_by(JourneyRow.id)):
            pages[journey.cohort_id].append(journey.id)
    return pages
