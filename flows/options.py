"""Options that several commands take, and the folder they work in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

CohortOption = Annotated[str, typer.Option("--cohort", help="The cohort, by its folder in config/cohorts.")]
PortOption = Annotated[int, typer.Option("--port", help="The port of the Prefect UI; another if it is taken.")]
HostOption = Annotated[
    str, typer.Option("--host", help="The address to listen on; one that other machines reach needs a password.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do it; without, only what it would do is shown.")]
VAR = Path("var")
