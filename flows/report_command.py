"""``talentnord report``: the steering group's report of a cohort as an Excel workbook."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from flows.console import out
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
    to.parent.mkdir(parents=True, exist_ok=True)
    # It holds people's names: for its owner only.
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(report_file(found))
    out.print(f"{len(found.talents)} talents in {to}")
