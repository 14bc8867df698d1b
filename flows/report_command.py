"""``talentnord report``: the steering group's report of a cohort as an Excel workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.console import out
from flows.server.private import write_for_owner
from flows.services import command_services
from notifications.report_file import report_file
from states.views.report import report_of

app = typer.Typer()


@app.command()
def report(
    cohort: Annotated[str, typer.Argument(help="The cohort, by its folder in config/cohorts.")],
    to: Annotated[Path, typer.Option("--out", help="The file to write, an .xlsx.")],
) -> None:
    """Write who is where, and what was kept, is late or was waived, with totals by organisation, into a workbook."""
    with command_services() as services, services.database.read() as connection:
        found = report_of(connection, cohort, services.now())
    write_for_owner(to, report_file(found))
    out.print(f"{len(found.talents)} talents in {to}")
