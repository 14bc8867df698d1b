"""``talentnord rules``: what each rule says and what proves it, as a list or as one page from sentence to proof."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from config.profile import load_profile
from config.settings import load_settings
from flows.checking import checked_cohort
from flows.console import bar, out, print_rules
from flows.preview.year import play
from flows.preview_command import SEED
from flows.rule_list import FILES, read_rules
from flows.rule_page import rules_page
from flows.server.private import write_for_owner
from flows.services import library_of

app = typer.Typer()

PROFILE = "typical"


@app.command()
def rules(
    only_open: Annotated[bool, typer.Option("--open", help="Only those that are open, in whole or in part.")] = False,
    page: Annotated[
        Path | None, typer.Option("--html", dir_okay=False, help="Write a page from sentence to proof instead.")
    ] = None,
    cohort: Annotated[str, typer.Option(help="Whose year the page's mails are of.")] = "hold-3",
) -> None:
    """Print the programme's rules and the system's invariants, each with the tests that prove it or what is open."""
    if page is None:
        found = [rule for path in FILES for rule in read_rules(path)]
        print_rules([rule for rule in found if rule.open or not only_open])
        return
    settings = load_settings()
    library = library_of(settings)
    loaded = checked_cohort(library, cohort)
    with bar() as show:
        year = play(loaded, load_profile(library.root, PROFILE), SEED, settings, library, show)
    shown = [rule for rule in read_rules(FILES[0]) if rule.open or not only_open]
    write_for_owner(page, rules_page(shown, loaded, year, library, page).encode())
    out.print(f"written: {page}", markup=False)
