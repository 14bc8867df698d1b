"""``talentnord diagram``: the statecharts of a programme as Mermaid pictures."""

from __future__ import annotations

from typing import Annotated

import typer

from config.errors import UnknownCommitmentError
from config.settings import load_settings
from flows.services import command_services, library_of
from states.machines.rules import rules_for
from states.views.diagram import commitment_diagram, journey_diagram, marked
from states.views.standing import Standing, standing

app = typer.Typer()
Commitment = Annotated[str | None, typer.Option(help="Draw this commitment instead of the journey: mentor_meeting_m1.")]


@app.command()
def diagram(
    programme: Annotated[str, typer.Option(help="A file in config/programmes.")] = "talent-nord",
    effects: Annotated[bool, typer.Option("--effects", help="What each transition causes, too.")] = False,
    talent: Annotated[str | None, typer.Option(help="Mark where a talent stands, by the id of the journey.")] = None,
    commitment: Commitment = None,
) -> None:
    """Print a programme's journey, or one of its commitments, as a Mermaid state diagram."""
    stands = _standing(talent) if talent else None
    rules = stands.rules if stands else rules_for(library_of(load_settings()).programme(programme).definition)
    if commitment is None:
        print(marked(journey_diagram(rules, effects), rules, stands.places if stands else {}))
    elif commitment in rules.commitments:
        print(commitment_diagram(rules, commitment, effects))
    else:
        raise UnknownCommitmentError(commitment, rules.commitments)


def _standing(talent: str) -> Standing:
    with command_services() as services, services.database.read() as connection:
        return standing(connection, talent)
