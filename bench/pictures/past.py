"""What hold-3 has behind it on a day: ``python -m bench.pictures.past 2027-03-24``, with the environment of a server.

People behave by a profile, as in the demo. What followed in the last week has runs in Prefect; what followed before was
carried out without it, which takes seconds instead of minutes.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, date, datetime, timedelta

from config.profile import load_profile
from config.settings import load_settings
from flows.client import one_client
from flows.clock import TurnedClock
from flows.react import react_to
from flows.rehearsal.rehearsal import Rehearsal, first_instant
from flows.services import Services, open_services, use

COHORT, PROFILE, SEED = "hold-3", "typical", 1
IN_PREFECT = timedelta(weeks=1)


def main() -> None:
    """Lives until the morning of the day that the command line names, which has to have one."""
    asyncio.run(_live(date.fromisoformat(sys.argv[1])))


async def _live(until: date) -> None:
    clock = TurnedClock(datetime.min.replace(tzinfo=UTC))
    services = open_services(load_settings(), clock, create=True)
    loaded = services.library.cohort(COHORT)
    clock.turn_to(first_instant(loaded))
    use(services)
    rehearsal = Rehearsal(loaded, load_profile(services.library.root, PROFILE), SEED, clock, services)
    async with one_client():
        for step in rehearsal.run():
            if step.at.date() > until:
                raise SystemExit(f"nothing happens on {until}: take another day, such as {step.at:%Y-%m-%d}")
            if step.at.date() > until - IN_PREFECT:
                await react_to(services, step.outcomes)
            else:
                _carry_out(services)
            if step.at.date() == until:
                break
    services.database.close()


def _carry_out(services: Services) -> None:
    for due in services.outbox.due():
        for effect in due.effects:
            services.outbox.carry_out(effect)


if __name__ == "__main__":
    main()
