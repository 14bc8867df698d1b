"""The ``talentnord`` command.

Prefect is imported by the commands that need it only, after its environment is set: it reads that once.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

from config.errors import DefinitionError, TalentNordError
from config.library import LoadedCohort
from config.one_page import one_page
from config.profile import Profile, load_profile
from config.settings import Settings, load_settings
from flows import (
    day_commands,
    decision_commands,
    diagram_command,
    fact_commands,
    import_command,
    mail_commands,
    message_command,
    people_commands,
    preview_command,
    report_command,
    rules_command,
    site_command,
    task_commands,
    undo_command,
)
from flows.checking import check_cohorts, checked_cohort
from flows.clock import system_clock
from flows.console import bar, out, print_load, print_summary
from flows.options import VAR, CohortOption, HostOption, PortOption
from flows.running_dates import dates_that_run
from flows.server.entrance import have_password
from flows.server.ports import LOOPBACK, free_port
from flows.server.private import only_for_owner, take_back
from flows.server.process import ServerPlace, may_listen, prefect_server, stop_on_signals
from flows.services import command_services, library_of, open_services
from flows.site_command import SITE_PORT, SitePortOption
from flows.together import serve_all, with_site
from states.store.address import Address
from states.store.backup import back_up, stamp
from states.views.counts import summarise

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Runs a leadership programme: every talent's journey is a state machine, every effect a Prefect run.",
)
app.add_typer(import_command.app)
app.add_typer(mail_commands.app)
app.add_typer(diagram_command.app)
app.add_typer(day_commands.app)
app.add_typer(fact_commands.app)
app.add_typer(undo_command.app)
app.add_typer(decision_commands.app)
app.add_typer(people_commands.app)
app.add_typer(message_command.app)
app.add_typer(preview_command.app)
app.add_typer(report_command.app)
app.add_typer(rules_command.app)
app.add_typer(site_command.app)
app.add_typer(task_commands.app)


def main() -> None:
    """Run the command; a known error is one clear message and exit code 2."""
    stop_on_signals()
    only_for_owner()
    try:
        app(standalone_mode=True)
    except DefinitionError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        sys.exit(2)
    except TalentNordError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


@app.command()
def check(
    cohort: Annotated[list[str] | None, typer.Option("--cohort", help="One cohort; all if not given.")] = None,
) -> None:
    """Check the definition and the cohorts: "ok" and a page about each, or every error at once and exit code 2."""
    settings = load_settings()
    library = library_of(settings)
    wanted = cohort or library.cohorts()
    checked = check_cohorts(library, wanted)
    for programme, explored in checked.explored.items():
        out.print(
            f"{programme}: {explored.states} states and {explored.transitions} transitions explored,"
            f" {len(explored.problems)} places where someone is stuck"
        )
    for problem in checked.warnings:
        out.print(str(problem), markup=False)
    if checked.errors:
        raise DefinitionError(checked.errors)
    for ident in wanted:
        loaded = library.cohort(ident)
        out.print(one_page(loaded), markup=False)
        for line in dates_that_run(settings.database_url, loaded):
            out.print(line, markup=False)
    out.print("ok")


@app.command()
def rehearse(
    out_dir: Annotated[Path, typer.Option("--out", help="Where mail/, history.jsonl and summary.json are written.")],
    cohort: CohortOption = "hold-3",
    profile: Annotated[str, typer.Option(help="How people behave: a file in config/profiles.")] = "typical",
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Run a cohort from end to end without Prefect, on a clock turned by hand, in seconds."""
    from flows.rehearsal.to_files import Rehearsed
    from flows.rehearsal.to_files import rehearse as run

    settings = load_settings()
    loaded, behaviour = _loaded(settings, cohort, profile)
    with bar(quiet=as_json) as show:
        for step in run(loaded, behaviour, out_dir, seed, settings, library_of(settings)):
            if isinstance(step, Rehearsed):
                result = step
            else:
                show(step.share, f"{step.at:%d.%m.%Y}")
    if as_json:
        print(json.dumps(result.as_dict(), ensure_ascii=False, indent=2))
    else:
        print_summary(result.summary)
        print_load(result.load)
        out.print(f"mails in {out_dir / 'mail'}, history in {out_dir / 'history.jsonl'}")


@app.command()
def demo(
    cohort: CohortOption = "hold-3",
    profile: Annotated[str, typer.Option(help="How people behave: a file in config/profiles.")] = "typical",
    seed: Annotated[int, typer.Option(help="The same seed gives the same run.")] = 1,
    port: PortOption = 4200,
    site_port: SitePortOption = SITE_PORT,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Stop at a day midway.")] = None,
    wait: Annotated[bool, typer.Option(envvar="WAIT", help="Leave the server up until Ctrl-C.")] = True,
) -> None:
    """Run a whole cohort through a real Prefect server, on a clock turned by hand, in minutes."""
    folder = VAR / "demo"
    take_back(VAR)
    place = ServerPlace(free_port(port), folder / "prefect")
    # A demo is for whoever sits at this machine: nobody signs in, whatever the environment says of the real server.
    os.environ.update({"TALENTNORD_SIGN_IN": "false", "TALENTNORD_SIGN_IN_HEADER": ""})
    os.environ.update(place.environment())
    site_port = free_port(site_port)
    settings = Settings(
        database_url=f"sqlite:///{folder.absolute()}/talentnord.db",
        mail_directory=folder / "mail",
        mail_transport="files",
        site_url="",
        site_key=SecretStr(""),
        site_key_file=folder / "site.key",
    )
    settings = with_site(settings, site_port)
    loaded, behaviour = _loaded(settings, cohort, profile)
    _empty(folder)  # Only now: a name that does not exist must not cost the last demo.
    out.print("Starting the Prefect server …")
    # The server draws pictures and reports from this demo's database, and not from the real one.
    with prefect_server(place, {"TALENTNORD_DATABASE_URL": settings.database_url}) as server:
        out.print(f"Prefect UI: {place.ui}")
        from flows.rehearsal.demo import run_demo

        with bar() as show:
            shown = run_demo(loaded, behaviour, seed, settings, show, until.date() if until else None)
        print_summary(shown.summary)
        out.print(f"{shown.runs} runs in Prefect. Overview: {place.ui}{shown.page}")
        for name, page in shown.people:
            out.print(f"{name}: {page}")
        out.print(f"Prefect UI: {place.ui}\nMails: {(folder / 'mail').absolute()}")
        if wait:
            ahead = int((shown.clock() - system_clock()).total_seconds())
            # Its links are signed with a key of its own, whatever the environment says of the real site.
            own = {"TALENTNORD_CLOCK_AHEAD": str(max(0, ahead)), "TALENTNORD_SITE_KEY": ""}
            serve_all(place, settings, server, site_port, folder, own, inbox=True)


@app.command()
def up(port: PortOption = 4200, host: HostOption = LOOPBACK, site_port: SitePortOption = SITE_PORT) -> None:
    """Run everything on this machine until Ctrl-C: Prefect server, UI, scheduled tick, forms, and the site."""
    site_port = free_port(site_port)
    settings = with_site(load_settings(), site_port)
    may_listen(host, settings.signs_in)
    have_password(settings)
    take_back(VAR)
    place = ServerPlace(free_port(port, host), VAR / "prefect", host, settings.ui_addresses)
    os.environ.update(place.environment())
    open_services(settings, system_clock, create=not (VAR / "prefect").exists()).database.close()
    out.print("Starting the Prefect server …")
    with prefect_server(place) as server:
        out.print(f"Prefect UI: {place.ui}")
        serve_all(place, settings, server, site_port, VAR)


@app.command()
def status(
    cohort: Annotated[str | None, typer.Option("--cohort", help="One cohort; all if not given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Print where each cohort stands: talents by state, commitments, mails, tasks, and what is stuck."""
    from sqlalchemy import select

    from states.store.tables import CohortRow

    with command_services() as services, services.database.read() as connection:
        idents = [cohort] if cohort else list(connection.scalars(select(CohortRow.id).order_by(CohortRow.id)))
        found = [summarise(connection, ident) for ident in idents]
    if as_json:
        print(json.dumps([one.as_dict() for one in found], ensure_ascii=False, indent=2))
        return
    if not found:
        out.print("No cohort is enrolled yet: talentnord import --cohort hold-3")
    for one in found:
        print_summary(one)


@app.command()
def backup(
    to: Annotated[Path | None, typer.Option("--to", help="The file to make; beside the database if not given.")] = None,
) -> None:
    """Copy the database into a file of its own, also while everything runs (SQLite; PostgreSQL has pg_dump)."""
    address = Address(load_settings().database_url)
    address.open_file(create=False)
    now = stamp(system_clock())
    target = to or (address.path or Path("talentnord")).with_name(f"{Path(address.where).name}.backup.{now}")
    out.print(f"backed up to {back_up(address, target)}")


def _loaded(settings: Settings, cohort: str, profile: str) -> tuple[LoadedCohort, Profile]:
    library = library_of(settings)
    behaviour = load_profile(library.root, profile)
    return checked_cohort(library, cohort), behaviour


def _empty(folder: Path) -> None:
    """Remove what an earlier demo left."""
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
