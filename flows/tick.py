"""``tick``: lets time pass. Fires what is due, settles what was left half done, sends what waits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from prefect import flow

from config.errors import MailsFailingError, TickFailedError
from flows.client import one_client
from flows.cockpit.mail_form import set_mail_list
from flows.cockpit.publish import publish
from flows.react import react_to
from flows.services import Services, current_services
from states.facts import Outcome


@flow(name="tick", persist_result=False)
async def tick() -> str:
    """Fire every timer that is due and carry out every effect that waits; safe to run at any time, even twice.

    Raises:
        TickFailedError: some timers could not be fired; all else was done first.
        MailsFailingError: the peer takes no mail, or refuses too many; the coordinator has a task.
    """
    services = current_services()
    outcomes, failure = await asyncio.to_thread(_let_time_pass, services)
    unknown = await asyncio.to_thread(services.outbox.settle)
    runs = await react_to(services, outcomes)
    alarms = await asyncio.to_thread(services.outbox.sound_alarm)
    for cohort in alarms.changed:
        await publish(services, cohort, [cohort])
    async with one_client() as client:
        await set_mail_list(client, services)
    if failure is not None:
        raise failure
    if alarms.wrong:
        raise MailsFailingError(alarms.wrong)
    fired = sum(len(outcome.transitions) for outcome in outcomes)
    return f"{fired} transitions, {runs} runs, {unknown} mails unknown"


def _let_time_pass(services: Services) -> tuple[Sequence[Outcome], TickFailedError | None]:
    try:
        return services.engine.tick(), None
    except TickFailedError as failure:
        return failure.outcomes, failure
