"""``react``: what follows from a transition. One run for each (cohort, trigger), one task run for each effect.

Runs in the process that asked for it: a deployment's run would start 11 s later, an in-process one takes 0.2 s
(docs/adr/0002). The outbox alone decides whether something is still to be done; a run that is repeated does nothing
twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import NamedTuple

from prefect import flow, runtime
from prefect.context import FlowRunContext
from prefect.flow_engine import run_flow_async

from config.errors import EffectsFailedError
from flows.carrying import Carried, carry_out_all
from flows.client import one_client
from flows.cockpit.ending import completed, failed
from flows.cockpit.form_lists import set_lists
from flows.cockpit.publish import publish
from flows.events import tell_events
from flows.runs import PlannedRun, create_run_once, plan_runs, title
from flows.services import Services, current_services
from notifications.naming import effect_names
from notifications.run_words import counted, said
from states.facts import Outcome
from states.store.run_links import take


class Reacted(NamedTuple):
    """What came of reacting: how many runs that were, and the effects that they were about."""

    runs: int
    effects: tuple[int, ...]


@flow(name="react", persist_result=False)
async def react(
    cohort: str,
    trigger: str,
    transitions: list[str],
    effects: list[int],
    pages: list[str],
) -> str:
    """Carry out the effects of one trigger, then publish ``pages`` (ids of cohorts and journeys).

    An effect that fails is seen in its task run and keeps no other back; a blocked transport stops the run.

    Raises:
        EffectsFailedError: some failed.
        TransportBlockedError: the peer takes no mail at all; what is unsent waits.
    """
    services = current_services()
    await _name_if_started_by_hand(services, cohort, trigger)
    await asyncio.to_thread(_take, services, transitions)
    await asyncio.to_thread(tell_events, services.database, transitions)
    names = await asyncio.to_thread(effect_names, services.database, effects)
    try:
        carried = await carry_out_all([(effect, names[effect]) for effect in effects])
    finally:
        await publish(services, cohort, pages)
    return await asyncio.to_thread(_end, services, effects, carried)


async def _name_if_started_by_hand(services: Services, cohort: str, trigger: str) -> None:
    """Name a run of the deployment, which Prefect has named; all others have their names from ``plan_runs``."""
    context = FlowRunContext.get()
    if context is None or context.flow_run is None or context.flow_run.deployment_id is None:
        return
    name = await asyncio.to_thread(title, services, cohort, trigger)
    async with one_client() as client:
        await client.update_flow_run(context.flow_run.id, name=name)


def _take(services: Services, transitions: list[str]) -> None:
    """Say in the database that this run carries out what the transitions caused, where none has said so before."""
    with services.database.write() as connection:
        take(connection, transitions, str(runtime.flow_run.id))


def _end(services: Services, effects: list[int], carried: Carried) -> str:
    """Return the run's final state, which says what came of it."""
    counts = services.outbox.came_of(effects).said()
    if carried.blocked is not None:
        return failed(f"{said('blocked', why=carried.blocked.why)} {counts}".strip(), carried.blocked)
    if carried.failed:
        broken = counted("broken", carried.broken) if carried.broken else ""
        message = ", ".join(part for part in (counts, broken) if part)
        return failed(message, EffectsFailedError(carried.failed))
    return completed(counts or said("no_effects"))


async def react_to(services: Services, outcomes: Iterable[Outcome] = ()) -> Reacted:
    """Run ``react`` for what has just changed, for all that waits to be sent, and for transitions without a run.

    Then the forms' lists follow.
    """
    waiting = await asyncio.to_thread(plan_runs, services, list(outcomes))
    if not waiting:
        return Reacted(0, ())
    done: list[PlannedRun] = []
    async with one_client() as client:
        for planned in waiting:
            run = await create_run_once(client, react, planned)
            if run is not None:
                await run_flow_async(react, flow_run=run, parameters=planned.parameters(), return_type="state")
                done.append(planned)
        # After the pages: whoever waits looks at those. Also for what a command or an answer told.
        await set_lists(client, services)
    return Reacted(len(done), tuple(effect for planned in done for effect in planned.effects))
