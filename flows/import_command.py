"""``talentnord import``: enrols a cohort, and brings one that runs up to its files, after showing what that changes."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Annotated

import typer

from config.cohort import Cohort
from config.errors import ImportChangedError
from config.settings import load_settings
from flows.checking import checked_cohort
from flows.clock import clock_ahead
from flows.console import out
from flows.options import VAR, CohortOption, HostOption, PortOption, YesOption
from flows.server.entrance import have_password
from flows.server.ports import LOOPBACK
from flows.server.process import ServerPlace, answers, has_deployment
from flows.services import Services, library_of, open_services, use
from states.views.import_preview import ImportPreview, import_preview

app = typer.Typer()


@app.command(name="import")
def import_cohort(
    cohort: CohortOption = "hold-3",
    yes: YesOption = False,
    seal: Annotated[str, typer.Option(help="With --yes: do only what was shown under this word.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    port: PortOption = 4200,
    host: HostOption = LOOPBACK,
) -> None:
    """Enrol a cohort from its files. One that runs: show what the files would change, and change it with --yes."""
    settings = load_settings()
    loaded = checked_cohort(library_of(settings), cohort)
    services = open_services(settings, clock_ahead(settings.clock_ahead), create=True)
    try:
        with services.database.read() as connection:
            found = import_preview(connection, loaded.cohort, loaded.definition, loaded.people, services.now())
        if seal and (found is None or found.seal != seal):
            raise ImportChangedError(cohort)
        enrolled, applies = 0, found is None or (yes and found.changes_something)
        if applies:
            shown = found.seal if found else ""
            enrolled = services.engine.enrol(loaded.cohort, loaded.definition, loaded.people, shown).enrolled
        if as_json:
            preview = found.as_dict() if found else {"first": True}
            print(json.dumps(preview | {"applied": applies, "enrolled": enrolled}, ensure_ascii=False, indent=2))
        else:
            _print(loaded.cohort, found, applies, enrolled)
        if applies or not (found and found.changes_something):
            _refresh(services, ServerPlace(port, VAR / "prefect", host, settings.ui_addresses), quiet=as_json)
    finally:
        services.database.close()


def _print(cohort: Cohort, found: ImportPreview | None, applied: bool, enrolled: int) -> None:
    for line in found.lines() if found else ():
        out.print(line, markup=False)
    name = cohort.name
    if applied:
        out.print(f"{name}: {enrolled} talents enrolled", markup=False)
    elif found is not None and found.changes_something:
        out.print("Nothing was changed. To change what is listed as new or changed, and nothing else:")
        out.print(f"talentnord import --cohort {cohort.id} --yes --seal {found.seal}", markup=False)
    else:
        out.print(f"{name}: nothing to change", markup=False)


def _refresh(services: Services, place: ServerPlace, quiet: bool) -> None:
    """Let a running server show at once who is new."""
    have_password(services.settings)
    if not answers(place):
        return
    has_deployment(place, "tick", "tick")  # Asked for the password: whoever has not the right one is told so.
    os.environ.update(place.environment())
    from flows.refresh import refresh

    use(services)
    said = asyncio.run(refresh())
    if not quiet:
        out.print(f"Prefect UI at {place.ui}: {said}")
