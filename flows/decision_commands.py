"""``talentnord hand`` and ``waive``: what a coordinator decides about a commitment that does not get done."""

from __future__ import annotations

from typing import Annotated

import typer

from config.grammar import Trigger
from flows.console import print_outcome
from flows.options import operators_fact
from flows.services import command_services

app = typer.Typer()

Commitment = Annotated[str, typer.Argument(help="The commitment, by its id: 'TALENT/NAME'.")]


@app.command()
def hand(
    commitment: Commitment,
    note: Annotated[str | None, typer.Option("--note", help="What the consultant should know: what was tried.")] = None,
) -> None:
    """Hand a commitment that is open or missed to the talent's consultant: they get a mail, the coordinator a task."""
    _decide(commitment, "hand", {"note": note} if note else {})


@app.command()
def waive(
    commitment: Commitment,
    because: Annotated[str, typer.Option("--because", help="Why it is let go; kept with the fact.")],
) -> None:
    """Waive a commitment: it is not going to be kept, and nothing more is said of it."""
    _decide(commitment, "waive", {"because": because})


def _decide(commitment: str, verb: str, details: dict[str, str]) -> None:
    subject, _, name = commitment.rpartition("/")
    with command_services() as services:
        print_outcome(services.engine.fire(str(Trigger(name, verb)), [subject], operators_fact(details)))
