"""``talentnord undo``: what was told by mistake is taken back; what follows is shown first."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from flows.console import out
from flows.options import YesOption, operators_fact
from flows.services import command_services
from states.moves.consequences import TakenBack

app = typer.Typer()


@app.command()
def undo(
    fact: Annotated[str, typer.Argument(help="The fact, by its key; 'talentnord facts COHORT' lists them.")],
    because: Annotated[str | None, typer.Option(help="Why; it stays in history.")] = None,
    yes: YesOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what follows as JSON.")] = False,
) -> None:
    """Show what follows when a fact is taken back; with --yes do it and tell whoever was told of it.

    Exit code 2 if it cannot be taken back, or another fact that rests on it has to be first.
    """
    with command_services() as services:
        found = services.engine.preview_undo(fact)
        _print(found, as_json)
        if yes:
            services.engine.undo(fact, operators_fact({"because": because} if because else {}))
    if not as_json:
        out.print("Done. Mails go out at the next tick." if yes else "Nothing was changed; --yes does it.")


def _print(found: TakenBack, as_json: bool) -> None:
    if as_json:
        plain = {
            "fact": found.fact.key,
            "steps": [{"of": one.subject, "from": one.source, "to": one.dest} for one in found.steps],
            "told": [one._asdict() | {"on": one.on.isoformat()} for one in found.told],
        }
        print(json.dumps(plain, ensure_ascii=False, indent=2))
        return
    for one in found.steps:
        if one.source != one.dest:
            out.print(f"{one.subject}: {one.source} -> {one.dest}", markup=False)
    if found.told:
        table = Table("told", "by", "on", show_edge=False)
        for person in found.told:
            table.add_row(*map(Text, (person.recipient_id, f"{person.message} ({person.kind})", f"{person.on}")))
        out.print(table)
