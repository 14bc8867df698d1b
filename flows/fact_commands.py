"""``talentnord facts``, ``tell`` and ``extend``: what was told about a cohort, and telling it without a form."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parseaddr
from typing import Annotated, Any

import typer
from rich.table import Column, Table
from rich.text import Text

from config.errors import FactIncompleteError
from config.grammar import Trigger
from flows.console import out, print_outcome
from flows.options import operators_fact
from flows.services import command_services
from notifications.run_words import teller
from states.facts import Outcome
from states.plain_facts import PERSONS
from states.views.told import told_facts

app = typer.Typer()

Details = Annotated[
    list[str] | None,
    typer.Option("--set", help="A detail, 'held_on=2027-03-15'; a person is 'Name <address>'; several times."),
]


@app.command()
def facts(
    cohort: Annotated[str, typer.Argument(help="The cohort, by its folder in config/cohorts.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List what was told about a cohort and its talents: when, by whom, what, about whom and why."""
    with command_services() as services, services.database.read() as connection:
        found = told_facts(connection, cohort)
    if as_json:
        print(json.dumps([one.as_dict() for one in found], ensure_ascii=False, indent=2))
        return
    if not found:
        out.print("Nothing was told yet.")
        return
    table = Table(Column("key", no_wrap=True), "when", "who", "what", "about", "why", "")
    for one in found:
        mark = f"takes back {one.corrects}" if one.corrects else "taken back" if one.corrected else ""
        who = (teller(one.actor, one.by), one.what, ", ".join(one.about), one.why, mark)
        table.add_row(*map(Text, (one.key, f"{one.at:%Y-%m-%d %H:%M}", *who)))
    out.print(table, soft_wrap=False)


@app.command()
def tell(
    trigger: Annotated[str, typer.Argument(help="An event, or a commitment's verb, 'NAME:keep'.")],
    subject: Annotated[list[str], typer.Argument(help="Talents of one cohort by their ids, or the cohort.")],
    details: Details = None,
) -> None:
    """Tell a fact, as a form does: all of it is taken, or nothing. Mails go out at the next tick."""
    print_outcome(_tell(trigger, subject, _details(trigger, details or ())))


@app.command()
def extend(
    commitment: Annotated[str, typer.Argument(help="The commitment, by its id: 'TALENT/NAME'.")],
    to: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The new deadline that was agreed.")],
) -> None:
    """Give a commitment that is open or missed another deadline: its reminders and escalation begin anew from there."""
    subject, _, name = commitment.rpartition("/")
    print_outcome(_tell(str(Trigger(name, "extend")), [subject], {"due_on": f"{to:%Y-%m-%d}"}))


def _tell(trigger: str, subjects: Sequence[str], details: Mapping[str, Any]) -> Outcome:
    with command_services() as services:
        return services.engine.fire(trigger, subjects, operators_fact(details))


def _details(trigger: str, given: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise FactIncompleteError(trigger, name, "write a name, '=' and a value")
        found[name.strip()] = _person(value) if name.strip() in PERSONS else value.strip()
    return found


def _person(text: str) -> dict[str, str]:
    name, email = parseaddr(text)
    return {"name": name, "email": email}
