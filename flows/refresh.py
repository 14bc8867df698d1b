"""``refresh``: publishes all pages anew, sets the forms' lists and the operator's automation."""

from __future__ import annotations

import asyncio

from prefect import flow
from sqlalchemy import select

from flows.client import one_client
from flows.cockpit.ending import completed
from flows.cockpit.form_lists import set_lists
from flows.cockpit.mail_form import set_mail_list
from flows.cockpit.publish import publish
from flows.cockpit.start import set_start
from flows.mail_rate import set_mail_rate
from flows.operator_alarm import set_alarm
from flows.runs import INTERNAL, tag_run
from flows.services import Services, current_services
from notifications.run_words import counted, run_name, said
from states.store.tables import CohortRow, JourneyRow


@flow(name="refresh", flow_run_name=run_name("refresh"), persist_result=False)
async def refresh() -> str:
    """Publish the pages of every cohort and talent, and give the forms their lists; safe at any time."""
    services = current_services()
    pages = await asyncio.to_thread(_all_pages, services)
    for cohort, idents in pages.items():
        await publish(services, cohort, idents)
    async with one_client() as client:
        await set_mail_rate(client, services.settings.mails_per_second)
        forms = await set_lists(client, services) + await set_mail_list(client, services)
        await set_start(client, services)
        await set_alarm(client, services.settings)
        await tag_run(client, INTERNAL)
    told = counted("pages", sum(map(len, pages.values())))
    return completed(said("refreshed", pages=told, forms=counted("forms", forms)))


def _all_pages(services: Services) -> dict[str, list[str]]:
    with services.database.read() as connection:
        pages: dict[str, list[str]] = {
            cohort: [cohort] for cohort in connection.scalars(select(CohortRow.id).order_by(CohortRow.id))
        }
        for journey in connection.execute(select(JourneyRow.id, JourneyRow.cohort_id).order_by(JourneyRow.id)):
            pages[journey.cohort_id].append(journey.id)
    return pages
