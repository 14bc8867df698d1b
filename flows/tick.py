"""``tick``: lets time pass. Fires what is due, settles what was left half done, sends what waits."""

from __future__ import annotations

import asyncio

from prefect import flow

from flows.office import office
from flows.react import react_to


@flow(name="tick", persist_result=False)
async def tick() -> str:
    """Fire every timer that is due and carry out every effect that waits; safe to run at any time, even twice."""
    desk = office()
    outcomes = await asyncio.to_thread(desk.engine.tick)
    unknown = await asyncio.to_thread(desk.outbox.settle)
    runs = await react_to(desk, outcomes)
    fired = sum(len(outcome.transitions) for outcome in outcomes)
    return f"{fired} transitions, {runs} runs, {unknown} mails unknown"
