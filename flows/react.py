"""``react``: what follows from a transition. One run for each (cohort, trigger), one task run for each effect.

Runs in the process that asked for it: a deployment's run would start 11 s later, an in-process one takes 0.2 s
(docs/adr/0002). The outbox alone decides whether something is still to be done; a run that is repeated does nothing
twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from prefect import flow, task
from prefect.flow_engine import run_flow_async

from config.errors import EffectFailedError, EffectsFailedError, TransportBlockedError
from flows.client import one_client
from flows.cockpit.publish import publish
from flows.events import tell_events
from flows.runs import create_run_once, plan_runs
from flows.services import Services, current_services
from notifications.naming import effect_names
from states.facts import Outcome

AT_A_TIME = 4
"""How many effects of one run are under way together."""


@task(task_run_name="{name}", persist_result=False)
async def carry_out(effect: int, name: str) -> str:
    """Send the mail or open the task of one effect; return what came of it.

    Raises:
        EffectFailedError: the peer refused the mail, or it is unknown whether it took it.
        TemplateError, TransportBlockedError: as ``Outbox.carry_out``.
    """
    done = await asyncio.to_thread(current_services().outbox.carry_out, effect)
    if done.status in {"rejected", "unknown"}:
        raise EffectFailedError(name, done.status, done.note)
    return f"{done.status}: {done.note}"


@flow(name="react", persist_result=False)
async def react(
    cohort: str,
    trigger: str,  # noqa: ARG001
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
    await asyncio.to_thread(tell_events, services.database, transitions)
    names = await asyncio.to_thread(effect_names, services.database, effects)
    try:
        failed = await _carry_out_all([(effect, names[effect]) for effect in effects])
    finally:
        await publish(services, cohort, pages)
    if failed:
        raise EffectsFailedError(failed)
    return f"{len(effects)} effects"


async def _carry_out_all(effects: Sequence[tuple[int, str]]) -> list[str]:
    """Carry out effects, a few at a time; return the names of those that failed.

    Raises:
        TransportBlockedError: the peer takes no mail at all; those not yet begun are left to wait.
    """
    failed: list[str] = []
    slots = asyncio.Semaphore(AT_A_TIME)

    async def one(effect: int, name: str) -> None:
        async with slots:
            try:
                await carry_out(effect, name)
            except TransportBlockedError:
                raise
            except Exception:
                # Whatever it was: its task run says so, and it keeps no other back.
                failed.append(name)

    try:
        async with asyncio.TaskGroup() as group:
            for effect, name in effects:
                group.create_task(one(effect, name))
    except* TransportBlockedError as blocked:
        raise blocked.exceptions[0] from None
    return sorted(failed)


async def react_to(services: Services, outcomes: Iterable[Outcome] = ()) -> int:
    """Run ``react`` for what has just changed and for all that waits to be sent; return how many runs that were."""
    waiting = await asyncio.to_thread(plan_runs, services, list(outcomes))
    runs = 0
    async with one_client() as client:
        for planned in waiting:
            run = await create_run_once(client, react, planned)
            if run is not None:
                await run_flow_async(react, flow_run=run, parameters=planned.parameters(), return_type="state")
                runs += 1
    return runs
