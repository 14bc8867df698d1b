"""``talentnord tasks`` and ``finish``: what people are asked to do, and that it is done."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Column, Table
from rich.text import Text

from flows.cockpit.task_lists import finish_task
from flows.console import out
from flows.options import operators_fact
from flows.services import command_services
from states.moves.tasks import why_not_done
from states.running_cohort import read_cohort
from states.views.task_pages import open_tasks

app = typer.Typer()


@app.command()
def tasks(cohort: Annotated[str, typer.Argument(help="The cohort, by its folder in config/cohorts.")]) -> None:
    """List the open tasks of a cohort: what is asked of whom, until when, and whether 'finish' would take it."""
    with command_services() as services, services.database.read() as connection:
        running = read_cohort(connection, cohort)
        found = [
            (one, why_not_done(connection, running, one.id, one.subject)) for one in open_tasks(connection, cohort)
        ]
    if not found:
        out.print("No task is open.")
        return
    table = Table(Column("id", no_wrap=True), "due", "whose", "what", "can be finished")
    for one, why in found:
        due = f"{one.due:%Y-%m-%d}" if one.due else ""
        table.add_row(*map(Text, (one.id, due, one.owner, one.title, "no" if why else "yes")))
    out.print(table, soft_wrap=False)


@app.command()
def finish(
    task: Annotated[str, typer.Argument(help="The task, by its id: 'talentnord tasks COHORT' lists them.")],
    note: Annotated[str | None, typer.Option(help="What was done.")] = None,
) -> None:
    """Say that a task is done, as the form does; refused where nobody would be asked about its matter any more."""
    with command_services() as services:
        finish_task(services, task, operators_fact({"note": note} if note else {}))
    out.print("Done: the task is closed.")
