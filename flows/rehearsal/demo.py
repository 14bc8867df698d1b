"""The demo: a whole cohort through a real Prefect server on a clock turned by hand, in minutes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from config.library import LoadedCohort
from config.profile import Profile
from config.settings import Settings
from flows.client import one_client
from flows.clock import TurnedClock
from flows.cockpit import ui
from flows.cockpit.artifacts import find
from flows.react import react_to
from flows.rehearsal.rehearsal import Rehearsal, first_instant
from flows.rehearsal.scenes import Scenes
from flows.services import open_services, use
from flows.site.keys import site_links
from notifications.links import Link, Links, Purpose
from states.store.tables import JourneyRow, PersonRow
from states.views.counts import Summary, summarise


@dataclass(frozen=True)
class Shown:
    """What the demo came to."""

    summary: Summary
    runs: int
    clock: TurnedClock
    page: str
    """The path of the cohort's page in the Prefect UI."""
    people: tuple[tuple[str, str], ...]
    """A talent and her leader: names, and the addresses of the pages of their own."""


def run_demo(
    loaded: LoadedCohort,
    profile: Profile,
    seed: int,
    settings: Settings,
    show: Callable[[float, str], None],
    until: date | None = None,
) -> Shown:
    """Run the cohort from end to end, or ``until`` a day; ``show`` is told the share of the way and the day.

    The environment must name the Prefect server before this module is imported.
    """
    clock = TurnedClock(first_instant(loaded))
    services = open_services(settings, clock, create=True)
    use(services)
    rehearsal = Rehearsal(loaded, profile, seed, clock, services)
    scenes = Scenes(loaded, profile, services)

    async def run() -> tuple[int, str]:
        runs = 0
        async with one_client() as client:
            for step in rehearsal.run():
                runs += (await react_to(services, step.outcomes)).runs
                await scenes.play(step.at)
                show(step.share, f"{step.at:%d.%m.%Y}")
                if until is not None and step.at.date() >= until:
                    break
            page = (await find(client, [loaded.cohort.id])).get(loaded.cohort.id)
        return runs, ui.DEFAULT.page(page) if page else ""

    runs, page = asyncio.run(run())
    with services.database.read() as connection:
        people = tuple(_own_pages(connection, loaded.cohort.id, site_links(settings)))
        return Shown(summarise(connection, loaded.cohort.id), runs, clock, page, people)


def _own_pages(connection: Connection, cohort_id: str, links: Links | None) -> Iterator[tuple[str, str]]:
    """Yield the first talent who has a leader, and that leader, each with the address of a page of their own."""
    mine = (JourneyRow.cohort_id == cohort_id) & JourneyRow.mentor_id.is_not(None)
    pair = connection.execute(
        select(JourneyRow.talent_id, JourneyRow.mentor_id).where(mine).order_by(JourneyRow.id).limit(1)
    ).one_or_none()
    if links is None or pair is None:
        return
    for ident in pair:
        person = connection.execute(select(PersonRow.name, PersonRow.email).where(PersonRow.id == ident)).one()
        yield person.name, links.url(Link(Purpose.PAGE, ident, cohort_id), person.email)
