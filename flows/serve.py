"""The deployments served from one process on one machine; ``prefect.yaml`` holds the same for many machines."""

from __future__ import annotations

import asyncio
import logging
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
from flows.clock import TICK_EVERY
from flows.cockpit.form_lists import flow_of, forms, lists_stand, remove_former, set_lists
from flows.cockpit.labels import words
from flows.enrol import enrol
from flows.finish import finish
from flows.mail_rate import set_mail_rate
from flows.mails import mails
from flows.message import message
from flows.move_day import move_day
from flows.operator_alarm import set_alarm
from flows.people import people
from flows.react import react
from flows.record import record
from flows.refresh import refresh
from flows.runs import ACTIVITY
from flows.services import Services, current_services
from flows.tick import tick
from flows.undo import undo
from flows.warm import start_runs_warm

FORM_FLOWS: Mapping[str, Flow[..., Any]] = {one.name: one for one in (record, move_day, people, finish, undo, enrol)}
LISTS_EVERY = 20.0
"""Seconds between two looks at whether the forms' lists are still what they should be."""
_log = logging.getLogger(__name__)

ONE_TICK = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
"""One tick at a time. A second one is cancelled and not kept: the first does all that is due (docs/adr/0017)."""


async def deployments(services: Services) -> list[RunnerDeployment]:
    """Return all deployments: the start, our own forms, every programme's, react, and at last the scheduled tick.

    Once there is a tick, all is there: whoever waits for what is served waits for that (``flows/together.py``).
    """
    plain: list[tuple[Flow[..., Any], timedelta | None]] = [(react, None), (tick, TICK_EVERY)]
    served = [await _deployment(refresh, words()["start_label"], words()["start"], None)]
    served.append(await _deployment(mails, words()["mails_label"], words()["mails"], None, tags=[ACTIVITY]))
    served.append(await _deployment(message, words()["message_label"], words()["message"], None, tags=[ACTIVITY]))
    for definition, form in forms(services):
        given = {"programme": definition.programme.id, "form": form.id}
        flow = FORM_FLOWS[flow_of(form)]
        served.append(await _deployment(flow, form.label, form.help, None, given, [ACTIVITY]))
    served += [await _deployment(flow, flow.name, words()[flow.name], every) for flow, every in plain]
    return served


async def _deployment(
    flow: Flow[..., Any],
    name: str,
    text: str,
    every: timedelta | None,
    parameters: dict[str, str] | None = None,
    tags: list[str] | None = None,
) -> RunnerDeployment:
    return await flow.ato_deployment(
        name=name,
        description=text,
        interval=every,
        concurrency_limit=ONE_TICK if flow is tick else None,
        parameters=dict(parameters or {}),
        tags=tags,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


async def serve(services: Services) -> None:
    """Serve all deployments until the process is ended."""
    start_runs_warm()
    runner = Runner(name="talentnord", pause_on_shutdown=False, limit=2)
    for deployment in await deployments(services):
        await runner.aadd_deployment(deployment)
    async with one_client() as client:
        await set_mail_rate(client, services.settings.mails_per_second)
        await set_alarm(client, services.settings)
        await remove_former(client, services)
    await catch_up()
    following = asyncio.create_task(let_lists_follow(services))
    try:
        await runner.start()
    finally:
        following.cancel()


async def let_lists_follow(services: Services, every: float = LISTS_EVERY) -> None:
    """Set the forms' lists anew whenever something was told or has moved, whoever told it: without an end.

    What a command tells is followed by no run until the next tick; the lists do not wait for that.
    """
    stood = await asyncio.to_thread(lists_stand, services)
    while True:
        await asyncio.sleep(every)
        try:
            stands = await asyncio.to_thread(lists_stand, services)
            if stands != stood:
                async with one_client() as client:
                    await set_lists(client, services)
                stood = stands
        except Exception as error:  # The database or the server is away: next time.
            _log.warning("the forms' lists could not follow: %s", type(error).__name__)


async def catch_up() -> None:
    """Do at once what fell due while nothing ran, and publish pages from the first minute.

    A tick that ends red is there to be seen: what it tells of is mended while forms and further ticks are served.
    """
    await tick(return_state=True)
    await refresh()


def main() -> None:
    """Serve with the services of this environment; a known error is one clear message.

    Raises:
        SystemExit: a setting is wrong, or the database or the server cannot be used.
    """
    try:
        asyncio.run(serve(current_services()))
    except TalentNordError as error:
        raise SystemExit(str(error)) from error
