"""``talentnord correct``: what the forms about people do, at the command line."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from flows.console import out
from flows.options import operators_fact
from flows.services import command_services
from states.moves.people import CORRECT, WHOM
from states.views.people import named_person

app = typer.Typer()

Person = Annotated[str, typer.Argument(help="Who, by id or by mail address.")]


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


def _arrange(trigger: str, person: str, given: dict[str, Any]) -> None:
    details = {field: text for field, text in given.items() if text is not None}
    with command_services() as services:
        with services.database.read() as connection:
            cohort, ident = named_person(connection, person)
        services.engine.arrange(cohort, trigger, operators_fact({**details, WHOM: ident}))
