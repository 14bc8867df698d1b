"""The deployments served from one process on one machine; ``prefect.yaml`` holds the same for many machines."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from prefect import Flow
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.types.entrypoint import EntrypointType

from config.errors import TalentNordError
from flows.client import one_client
from flows.cockpit.form_lists import flow_of, forms
from flows.cockpit.labels import words
from flows.mail_rate import set_mail_rate
from flows.mails import mails
from flows.message import message
from flows.move_day import move_day
from flows.operator_alarm import set_alarm
from flows.people import people
from flows.react import react
from flows.record import record
from flows.refresh import refresh
from flows.services import Services, current_services
from flows.tick import tick
from flows.undo import undo

FORM_FLOWS: Mapping[str, Flow[..., Any]] = {one.name: one for one in (record, move_day, people, undo)}
TICK_EVERY = timedelta(minutes=15)

ONE_TICK = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
"""One tick at a time. A second one is cancelled and not kept: the first does all that is due (docs/adr/0017)."""


async def deployments(services: Services) -> list[RunnerDeployment]:
    """Return all deployments: the scheduled tick, refresh, react, our own two forms, and every programme's forms."""
    plain: list[tuple[Flow[..., Any], timedelta | None]] = [(tick, TICK_EVERY), (refresh, None), (react, None)]
    served = [await _deployment(flow, flow.name, words()[flow.name], every) for flow, every in plain]
    served.append(await _deployment(mails, words()["mails_label"], words()["mails"], None))
    served.append(await _deployment(message, words()["message_label"], words()["message"], None))
    for definition, form in forms(services):
        given = {"programme": definition.programme.id, "form": form.id}
        flow = FORM_FLOWS[flow_of(form)]
        served.append(await _deployment(flow, form.label, form.help, None, given))
    return served


async def _deployment(
    flow: Flow[..., Any], name: str, text: str, every: timedelta | None, parameters: dict[str, str] | None = None
) -> RunnerDeployment:
    return await flow.ato_deployment(
        name=name,
        description=text,
        interval=every,
        concurrency_limit=ONE_TICK if flow is tick else None,
        parameters=dict(parameters or {}),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


async def serve(services: Services) -> None:
    """Serve all deployments until the process is ended."""
    runner = Runner(name="talentnord", pause_on_shutdown=False, limit=2)
    for deployment in await deployments(services):
        await runner.aadd_deployment(deployment)
    async with one_client() as client:
        await set_mail_rate(client, services.settings.mails_per_second)
        await set_alarm(client, services.settings)
    await catch_up()
    await runner.start()


async def catch_up() -> None:
    """Do at once what fell due while nothing ran, and publish pages from the first minute.

    A tick that ends red is there to be seen: what it tells of is mended while forms and further ticks are served.
    """
    await tick(return_state=True)
    await refresh()


if __name__ == "__main__":
    try:
        asyncio.run(serve(current_services()))
    except TalentNordError as error:
        sys.exit(str(error))
