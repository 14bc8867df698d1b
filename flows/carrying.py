"""Carries effects out within a run: a task run for each, a few at a time, tried again where the peer took nothing.

Prefect does the waiting between two tries, and shows it (*AwaitingRetry*). The outbox's claim makes that safe: whoever
comes second, this run or the next tick, finds nothing to send. Only what a peer surely did not take is tried again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from prefect import runtime, task
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task, exponential_backoff

from config.errors import EffectFailedError, EffectWaitsError, TemplateError, TransportBlockedError
from flows.cockpit.ending import completed, failed
from flows.services import current_services
from notifications.outbox import Done
from notifications.run_words import said

AT_A_TIME = 4
"""How many effects of one run are under way together."""

RETRIES = 3
BACK_OFF = 10.0
"""Seconds before the first retry, then twice and four times as long: longer waits are for the next tick."""
JITTER = 0.3


class Turn:
    """A place among the few that are under way; given up while its effect waits for the peer."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places
        self._held = False

    async def __aenter__(self) -> None:
        """Wait for a place."""
        await self.take()

    async def take(self) -> None:
        """Wait for a place, unless it is held already."""
        if not self._held:
            await self._places.acquire()
            self._held = True

    async def __aexit__(self, *_: object) -> None:
        """Give the place up."""
        self.leave()

    def leave(self) -> None:
        """Give the place up if it is held."""
        if self._held:
            self._held = False
            self._places.release()


@dataclass
class Carried:
    """What of a run's effects failed, by name; how many broke unforeseen; and the peer's refusal of every mail."""

    failed: list[str] = field(default_factory=list)
    broken: int = 0
    blocked: TransportBlockedError | None = None


def not_taken(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether a try may be repeated: the peer surely did not take the mail, and soon it may."""
    return isinstance(state.data, EffectWaitsError)


@task(
    task_run_name="{name}",
    persist_result=False,
    retries=RETRIES,
    retry_delay_seconds=exponential_backoff(backoff_factor=BACK_OFF),
    retry_jitter_factor=JITTER,
    retry_condition_fn=not_taken,
)
async def carry_out(effect: int, name: str, turn: Turn) -> str:
    """Send the mail or open the task of one effect; the task run's state says what came of it.

    Raises:
        EffectWaitsError: the peer did not take the mail, and the retries that are left cover the wait.
    """
    await turn.take()
    try:
        done = await asyncio.to_thread(current_services().outbox.carry_out, effect)
    except TransportBlockedError as error:
        return failed(said("blocked", why=error.why), error)
    except TemplateError as error:
        return failed(said("template", why=str(error)), error)
    if done.status in {"rejected", "unknown"}:
        return failed(said(done.status, why=done.note), EffectFailedError(name, done.status, done.note))
    if done.status == "pending":
        if 0 < done.wait <= _covered():
            turn.leave()
            raise EffectWaitsError(name, done.note, done.wait)
        return completed(said("waiting", why=done.note), said("waiting_name"))
    return completed(_said_of(done))


def _said_of(done: Done) -> str:
    return said(done.status if done.status in {"sent", "done", "dropped"} else "other")


def _covered() -> float:
    """Return for how many seconds the retries that are left can wait."""
    delays = carry_out.retry_delay_seconds
    left = carry_out.retries - (int(runtime.task_run.run_count) - 1)
    return sum(delays[-left:]) if left > 0 and isinstance(delays, list) else 0.0


async def carry_out_all(effects: Sequence[tuple[int, str]]) -> Carried:
    """Carry out effects, given with their names, a few at a time; those that another's mail has carried get no run.

    Once the peer takes no mail at all, those not yet begun are left to wait.
    """
    carried = Carried()
    places = asyncio.Semaphore(AT_A_TIME)
    async with asyncio.TaskGroup() as group:
        for effect, name in effects:
            group.create_task(_one(effect, name, Turn(places), carried))
    carried.failed.sort()
    return carried


async def _one(effect: int, name: str, turn: Turn, carried: Carried) -> None:
    async with turn:
        if carried.blocked or not await asyncio.to_thread(current_services().outbox.is_pending, effect):
            return
        run: Any = carry_out  # Typed, it would give a state or something to wait for, never both.
        state: State[Any] = await run(effect, name, turn, return_state=True)
        error = None if state.is_completed() else await state.aresult(raise_on_failure=False)
        if isinstance(error, TransportBlockedError):
            carried.blocked = error
    if error is not None and not isinstance(error, TransportBlockedError):
        # Whatever it was: its task run says so, and it keeps no other back.
        carried.failed.append(name)
        carried.broken += not isinstance(error, EffectFailedError | TemplateError)
