"""``talentnord move``: a day's date, time, place, staff or material, or that it is called off; consequences first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from config.checks.dates import sentence
from config.cohort import Day
from flows.console import out
from flows.new_day import Asked, shown
from flows.options import operators_fact
from flows.services import command_services
from states.moves.consequences import refused
from states.views.new_days import NewDaysPage, as_dict, together

app = typer.Typer()
FEW = 3
"""So many people are named one by one; --json names all."""

Cohort = Annotated[str, typer.Argument(help="The cohort, by its folder in config/cohorts.")]
Milestone = Annotated[str, typer.Argument(help="The day, by its id in the programme.")]
To = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The new date.")]
Clock = Annotated[str | None, typer.Option(help="Local time, 09:00.")]
Place = Annotated[str | None, typer.Option(help="Where it is held.")]
Staff = Annotated[list[str] | None, typer.Option("--staff", help="Who staffs it; several times for several people.")]
Material = Annotated[
    list[str] | None, typer.Option("--material", help="'Title = https://…'; several times, in place of what there is.")
]
Because = Annotated[str | None, typer.Option(help="Why a rule may be broken.")]
Off = Annotated[bool, typer.Option("--off", help="Call it off; it has no date until one is found.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without, it is shown only.")]
Json = Annotated[bool, typer.Option("--json", help="Print the consequences as JSON.")]


@app.command()
def move(
    cohort: Cohort,
    milestone: Milestone,
    to: To = None,
    start: Clock = None,
    end: Clock = None,
    place: Place = None,
    staff: Staff = None,
    material: Material = None,
    because: Because = None,
    off: Off = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Show what follows from another date, time, place, staff or material of a day; with --yes do it and tell everyone.

    Exit code 2 if a rule of dates stands against it.
    """
    words = (start or "", end or "", place or "")
    asked = Asked(to and to.date(), *words, staff or (), material or (), because or "", off)
    with command_services() as services:
        found, page = shown(services, cohort, milestone, asked)
        _print(page, as_json)
        if not found.allowed:
            raise refused(cohort, milestone, found.objections)
        if yes:
            services.engine.reschedule(cohort, milestone, found.days[0].new, operators_fact({}), seal=found.seal)
        if not as_json:
            out.print("Done. Mails go out at the next tick." if yes else "Nothing was changed; --yes does it.")


def _print(page: NewDaysPage, as_json: bool) -> None:
    sentences = [sentence(one) for one in page.broken]
    if as_json:
        print(json.dumps(as_dict(page, sentences), ensure_ascii=False, indent=2))
        return
    for line in page.days:
        out.print(f"{line.label}: {_when(line.old)} -> {_when(line.new)}", markup=False)
    for one, says in zip(page.broken, sentences, strict=True):
        excuse = " (accepted with the reason)" if page.reason else " (a reason would do)"
        out.print(f"! {says}{excuse if one.excusable else ''}", markup=False)
    _table(
        ("deadline", "from", "to", "who"),
        [(one.who, (one.label, _day(one.old), _day(one.new))) for one in page.deadlines],
    )
    _table(("notice", "from", "to", ""), [("", (one.label, _day(one.old), _day(one.new))) for one in page.notices])
    _table(("told", "by", "on", "who"), [(one.to, (one.message, one.kind, _day(one.on))) for one in page.told])
    _table(("stays", "as", "", "who"), [(one.who, (one.label, one.state, "")) for one in page.stays])


def _table(titles: Sequence[str], lines: Sequence[tuple[str, tuple[str, str, str]]]) -> None:
    if not lines:
        return
    table = Table(*titles, show_edge=False)
    for row, names in together(lines).items():
        who = ", ".join(names) if len(names) <= FEW else f"{len(names)}: {', '.join(names[:FEW])} …"
        table.add_row(*map(Text, (*row, who)))
    out.print(table)


def _when(day: Day | None) -> str:
    return "no date" if day is None else f"{day.date} {day.start:%H:%M}-{day.end:%H:%M}, {day.place}"


def _day(at: date | None) -> str:
    return "-" if at is None else f"{at:%Y-%m-%d}"
