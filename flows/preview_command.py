"""``talentnord preview``: all that a cohort's people would be sent, as one page to read before it starts."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from config.profile import load_profile, profiles
from config.settings import load_settings
from flows.checking import checked_cohort
from flows.console import Bar, bar, out
from flows.options import CohortOption
from flows.preview.choice import fits
from flows.preview.page import of_cohort, of_person
from flows.preview.year import Year, play
from flows.server.private import write_for_owner
from flows.services import library_of

app = typer.Typer()

SEED = 1
"""Chance as `rehearse` has it unless told otherwise: both show the same year."""


@app.command()
def preview(
    to: Annotated[Path, typer.Option("--out", dir_okay=False, help="The file to write, an .html.")],
    cohort: CohortOption = "hold-3",
    profile: Annotated[str, typer.Option(help="How people behave: a file in config/profiles.")] = "typical",
    person: Annotated[str | None, typer.Option("--as", help="One person's whole year; name or address.")] = None,
) -> None:
    """Write a page with each mail and task as it goes out for the first time, or with all that one person gets."""
    settings = load_settings()
    library = library_of(settings)
    behaviours = [load_profile(library.root, profile)]
    loaded = checked_cohort(library, cohort)
    if not person:
        others = [load_profile(library.root, one) for one in profiles(library.root) if one != profile]
        behaviours += [one for one in others if fits(one, loaded.definition)]
    years: list[Year] = []
    with bar() as show:
        for behaviour in behaviours:
            shown = partial(_show, show, len(years), len(behaviours))
            years.append(play(loaded, behaviour, SEED, settings, library, shown))
    page = of_person(loaded, years[0], person) if person else of_cohort(loaded, years, library)
    write_for_owner(to, page.encode())
    out.print(f"written: {to}", markup=False)


def _show(show: Bar, years: int, of: int, share: float, day: str) -> None:
    """Show how far a year is that is played after others: the bar is for all of them."""
    show((years + share) / of, day)
