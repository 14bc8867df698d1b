"""``move_day``: a coordinator's form for another day. First a page shows what follows; from there it is done."""

from __future__ import annotations

import asyncio
from datetime import date
from functools import partial

from prefect import flow, runtime

from config.errors import TalentNordError
from flows.cockpit.day_page import day_markdown
from flows.cockpit.form_lists import MOVE_DAY
from flows.cockpit.forms import choices_for, chosen, form_of
from flows.cockpit.labels import words
from flows.cockpit.shown_first import show_first
from flows.cockpit.told import recorded, turned_down
from flows.new_day import Asked, asked_day, shown
from flows.react import react_to
from flows.services import Services, current_services
from flows.teller import teller
from notifications.run_words import run_name, said
from states.facts import Fact, Outcome
from states.views.new_days import NewDaysPage


def move_day_name() -> str:
    """Return what a run is called: by the form and the day, and whether it only shows."""
    given = runtime.flow_run.parameters
    kind = "move_day" if given.get("seal") else "show_day"
    return run_name(kind, day=str(given.get("day", "")))


@flow(name="move_day", flow_run_name=move_day_name, persist_result=False)
async def move_day(
    programme: str,
    form: str,
    day: str,
    to: date | str = "",
    start: str = "",
    end: str = "",
    place: str = "",
    staff: str = "",
    material: str = "",
    called_off: bool = False,
    because: str = "",
    seal: str = "",
) -> str:
    """Show what follows from another day; with the ``seal`` of that page do exactly that, and tell everybody.

    Returns what came of it, or why it was refused: a part is missing or cannot be meant, a rule of dates stands
    against it, or something has changed since the page was made.
    """
    services = current_services()
    lines = [line.strip() for line in material.splitlines() if line.strip()]
    names = [name.strip() for name in staff.split(",") if name.strip()]
    asked = Asked(to, start, end, place, names, lines, because, called_off)
    try:
        cohort, milestone = await asyncio.to_thread(_meant, services, programme, form, day)
        if not seal:
            _, page = await asyncio.to_thread(shown, services, cohort, milestone, asked)
            label = form_of(services.library.programme(programme).definition, form).label
            ident = await _show(page, label, _filled_in(page, day, asked))
            return await recorded(services, said("shown" if page.allowed else "not_so"), [ident])
        fact = Fact(f"form:{runtime.flow_run.id}", teller(services), {})
        outcome = await asyncio.to_thread(_done, services, cohort, milestone, asked, fact, seal)
    except TalentNordError as error:
        return await turned_down(services, error, programme)
    reacted = await react_to(services, [outcome])
    came = await asyncio.to_thread(services.outbox.came_of, reacted.effects)
    return await recorded(services, f"{said('moved')}: {came.said() or said('no_effects').lower()}", [cohort])


def _meant(services: Services, programme: str, ident: str, label: str) -> tuple[str, str]:
    """Return the cohort and the milestone that a label of the form's list stands for."""
    with services.database.read() as connection:
        form = form_of(services.library.programme(programme).definition, ident)
        cohort, _, milestone = chosen(
            choices_for(connection, programme, form, services.now()).days, "day", label, form
        ).partition("/")
    return cohort, milestone


def _done(services: Services, cohort: str, milestone: str, asked: Asked, fact: Fact, seal: str) -> Outcome:
    with services.database.read() as connection:
        day = asked_day(connection, cohort, milestone, asked)
    return services.engine.reschedule(cohort, milestone, day, fact, seal=seal)


def _filled_in(page: NewDaysPage, label: str, asked: Asked) -> dict[str, object]:
    """Return what the form that does it is filled in with: what was asked, and the seal."""
    given = {
        "day": label,
        "to": str(asked.to or ""),
        "start": asked.start,
        "end": asked.end,
        "place": asked.place,
        "staff": ", ".join(asked.staff),
        "material": "\n".join(asked.material),
        "called_off": asked.off,
        "because": asked.because,
        "seal": page.seal,
    }
    return {name: value for name, value in given.items() if value}


async def _show(page: NewDaysPage, label: str, values: dict[str, object]) -> str:
    """Publish what would follow, and return the page's id."""
    title, form = f"{page.cohort}: {words()['new_day_page']}", f"{MOVE_DAY}/{label}"
    return await show_first(page.cohort_id, "new-day", title, form, values, partial(day_markdown, page))
