"""``talentnord correct``, ``replace`` and ``stand-in``: what the forms about people do, at the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from flows.console import out
from flows.options import operators_fact
from flows.services import command_services
from states.moves.offices import END_STAND_IN, HOLDER, REPLACE, STAND_IN
from states.moves.people import CORRECT, WHOM
from states.views.people import named_person

app = typer.Typer()

_DAY = ["%Y-%m-%d"]

Person = Annotated[str, typer.Argument(help="Who, by id or by mail address.")]
Office = Annotated[str, typer.Argument(help="Whose office: its id, 'COHORT/coordinator-1', or the mail address.")]


@app.command()
def correct(
    person: Person,
    name: Annotated[str | None, typer.Option(help="The name that is right.")] = None,
    email: Annotated[str | None, typer.Option(help="The mail address that is right.")] = None,
    telephone: Annotated[str | None, typer.Option(help="The telephone number, '+45 98 76 54 32'.")] = None,
    title: Annotated[str | None, typer.Option(help="The title that is right.")] = None,
) -> None:
    """Correct a person's name, mail address, telephone number or title; mails that were refused are sent again."""
    given = {"name": name, "email": email, "telephone": telephone, "job_title": title}
    _arrange(CORRECT, person, given)
    out.print("Corrected. What waits goes out so at the next tick.")


@app.command()
def replace(
    office: Office,
    name: Annotated[str, typer.Option(help="The name of whoever takes over.")],
    email: Annotated[str, typer.Option(help="The mail address of whoever takes over.")],
) -> None:
    """Give the office of a coordinator or consultant another holder, from now on; what waits goes to them."""
    _arrange(REPLACE, office, {HOLDER: {"name": name, "email": email}})
    out.print("Replaced. Both are told at the next tick.")


@app.command(name="stand-in")
def stand_in(
    office: Office,
    name: Annotated[str | None, typer.Option(help="The name of whoever stands in.")] = None,
    email: Annotated[str | None, typer.Option(help="The mail address of whoever stands in.")] = None,
    first: Annotated[datetime | None, typer.Option("--from", formats=_DAY, help="The first day.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=_DAY, help="The last day.")] = None,
    ends: Annotated[datetime | None, typer.Option("--end", formats=_DAY, help="End it early: the last day.")] = None,
) -> None:
    """Let somebody stand in for a coordinator or consultant from one day to another, or end that early."""
    if ends is not None:
        _arrange(END_STAND_IN, office, {"last_day": f"{ends:%Y-%m-%d}"})
    else:
        days = {"first_day": first and f"{first:%Y-%m-%d}", "last_day": last and f"{last:%Y-%m-%d}"}
        _arrange(STAND_IN, office, {HOLDER: {"name": name or "", "email": email or ""}, **days})
    out.print("Noted. Both are told at the next tick.")


def _arrange(trigger: str, person: str, given: dict[str, Any]) -> None:
    details = {field: text for field, text in given.items() if text is not None}
    with command_services() as services:
        with services.database.read() as connection:
            cohort, ident = named_person(connection, person)
        services.engine.arrange(cohort, trigger, operators_fact({**details, WHOM: ident}))
