"""What several commands share: options, the folder they work in, and who tells a fact there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer

from states.facts import OPERATOR, Fact

CohortOption = Annotated[str, typer.Option("--cohort", help="The cohort, by its folder in config/cohorts.")]
PortOption = Annotated[int, typer.Option("--port", help="The port of the Prefect UI; another if it is taken.")]
HostOption = Annotated[
    str, typer.Option("--host", help="The address to listen on; one that other machines reach needs a password.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do it; without, only what it would do is shown.")]
VAR = Path("var")


def operators_fact(details: Mapping[str, Any]) -> Fact:
    """Return a fact that is told at the command line, with a key of its own."""
    return Fact(f"command:{uuid4()}", OPERATOR, details)
