"""``tick``: lets time pass. Fires what is due, settles what was left half done, sends what waits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from prefect import flow
from sqlalchemy import select

from config.errors import MailsFailingError, TalentNordError, TickFailedError
from flows.client import one_client
from flows.cockpit.ending import completed, failed
from flows.cockpit.mail_form import set_mail_list
from flows.cockpit.publish import publish
from flows.react import react_to
from flows.runs import INTERNAL, NOTHING_TO_DO, tag_run
from flows.services import Services, current_services
from notifications.run_words import counted, said, tick_name
from states.facts import Outcome
from states.morning import ask_in_the_morning
from states.store.conditions import ARMED
from states.store.tables import TimerRow


class _Passed(NamedTuple):
    """What letting time pass has changed, and what could not be fired."""

    outcomes: Sequence[Outcome]
    failure: TickFailedError | None


def _name() -> str:
    """Return what a tick's run is called, by the programme's clock."""
    try:
        return tick_name(current_services().now())
    except TalentNordError:  # The run itself says what is wrong.
        return "tick"


@flow(name="tick", flow_run_name=_name, persist_result=False)
async def tick() -> str:
    """Fire every timer that is due and carry out every effect that waits; safe to run at any time, even twice.

    Raises:
        TickFailedError: some timers could not be fired; all else was done first.
        MailsFailingError: the peer takes no mail, or refuses too many; the coordinator has a task.
    """
    services = current_services()
    passed = await asyncio.to_thread(_let_time_pass, services)
    unknown = await asyncio.to_thread(services.outbox.settle)
    reacted = await react_to(services, passed.outcomes)
    alarms = await asyncio.to_thread(services.outbox.sound_alarm)
    for cohort in sorted({*alarms.changed, *await asyncio.to_thread(_running, services)}):
        await publish(services, cohort, [cohort])
    busy = bool(passed.outcomes or unknown or reacted.runs or alarms.changed or alarms.wrong or passed.failure)
    async with one_client() as client:
        await set_mail_list(client, services)
        await tag_run(client, INTERNAL, *([] if busy else [NOTHING_TO_DO]))
    if passed.failure is not None:
        stuck = counted("cohorts", len(passed.failure.failures))
        why = "; ".join(map(str, passed.failure.failures))
        return failed(said("stuck", cohorts=stuck, why=why), passed.failure)
    if alarms.wrong:
        return failed(said("failing", why="; ".join(alarms.wrong)), MailsFailingError(alarms.wrong))
    if not busy:
        return completed(said("nothing"))
    came = await asyncio.to_thread(services.outbox.came_of, reacted.effects)
    fired = sum(len(outcome.transitions) for outcome in passed.outcomes)
    lost = counted("unknown", unknown) if unknown and not came.unknown else ""
    moved = counted("transitions", fired) if fired else ""
    return completed(", ".join(part for part in (moved, came.said(), lost) if part) or said("no_effects"))


def _let_time_pass(services: Services) -> _Passed:
    passed = _fire_timers(services)
    # After all that is due: what a timer has just asked for is among what waits.
    asked = ask_in_the_morning(services.database, services.now())
    return passed._replace(outcomes=[*passed.outcomes, *asked])


def _fire_timers(services: Services) -> _Passed:
    try:
        return _Passed(services.engine.tick(), None)
    except TickFailedError as failure:
        return _Passed(failure.outcomes, failure)


def _running(services: Services) -> list[str]:
    """Return the cohorts that still have something before them: their pages say how long they hold good."""
    with services.database.read() as connection:
        return sorted(connection.scalars(select(TimerRow.cohort_id).where(ARMED).distinct()))
