"""``talentnord message``: a message of one's own, shown as each will get it; with ``--yes`` it is sent."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from flows.console import out
from flows.options import YesOption, operators_fact
from flows.own_message import details, send, written
from flows.services import Services, command_services
from states.moves.own_message import GROUP, LEADERS, TALENTS
from states.views.people import named_person

app = typer.Typer()

Cohort = Annotated[str, typer.Argument(help="The cohort, by its folder in config/cohorts.")]
To = Annotated[
    list[str],
    typer.Option("--to", help="'talents', 'leaders', 'group:2', or a person by id or mail address; several times."),
]


@app.command()
def message(
    cohort: Cohort,
    to: To,
    subject: Annotated[str, typer.Option(help="The subject, one line.")],
    text: Annotated[str, typer.Option(help="What it says, without greeting and signature; blank lines part it.")],
    yes: YesOption = False,
) -> None:
    """Show a message of your own as each will get it; with --yes let it be sent at the next tick."""
    with command_services() as services:
        audience = "\n".join(_word(services, one) for one in to)
        fact = operators_fact(details(audience, subject, text))
        shown = written(services, cohort, fact)
        if not yes:
            for mail in shown.mails:
                out.print(Text(f"To {mail.name} <{mail.email}>, not before {mail.at:%Y-%m-%d %H:%M}: {mail.subject}"))
            out.print(Text(f"\n{shown.mails[0].text}"))
            out.print(f"\nNothing is sent yet: {len(shown.mails)} mails. Add --yes to send them.")
            return
        send(services, cohort, fact, shown.seal)
    out.print(f"{len(shown.mails)} mails are sent at the next tick; 'talentnord undo' takes them back until then.")


def _word(services: Services, given: str) -> str:
    if given in {TALENTS, LEADERS} or given.startswith(GROUP):
        return given
    with services.database.read() as connection:
        return named_person(connection, given)[1]
