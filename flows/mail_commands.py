"""``talentnord mails``, ``resend`` and ``settle``: what was not delivered, and what a person decides on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from enum import StrEnum, auto
from typing import Annotated, TypeVar

import typer
from rich.table import Column, Table
from rich.text import Text

from config.errors import NothingChosenError
from flows.console import out
from flows.options import operators_fact
from flows.services import Services, command_services
from notifications.decisions import resend as send_again
from notifications.decisions import settle as say_what_came_of
from states.views.undelivered import FAILED, MailRecord, list_all_mails

R = TypeVar("R")
app = typer.Typer()


class MailStatus(StrEnum):
    """What can become of a mail."""

    pending = auto()
    claimed = auto()
    sent = auto()
    rejected = auto()
    unknown = auto()


Status = Annotated[list[MailStatus] | None, typer.Option("--status", help="Several times for several of them.")]
Day = Annotated[
    datetime | None, typer.Option("--day", formats=["%Y-%m-%d"], help="All of that day, instead of single mails.")
]
Mails = Annotated[list[str] | None, typer.Argument(help="Ids, as 'talentnord mails' prints them.")]


@app.command()
def mails(
    status: Status = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List the mails that were refused or perhaps lost, with the reason; or those of another status."""
    found = _with_services(lambda services: _listed(services, status or FAILED))
    if as_json:
        print(json.dumps([one.as_dict() for one in found], ensure_ascii=False, indent=2))
        return
    if not found:
        out.print("No such mails.")
        return
    table = Table(Column("id", no_wrap=True), "when", "to", "about", "status", "why")
    for one in found:
        why = f"{one.why} (no longer true)" if one.overtaken else one.why
        table.add_row(*map(Text, (one.id, f"{one.at:%Y-%m-%d %H:%M}", one.to, one.about, one.status, why)))
    out.print(table, soft_wrap=False)


@app.command()
def resend(mail: Mails = None, day: Day = None) -> None:
    """Send mails again that were refused or are unknown: some by id, or all of a day that are still true."""

    def decide(services: Services) -> int:
        chosen = _chosen(services, mail, day, FAILED)
        send_again(services.database, chosen, operators_fact({}), services.now())
        return len(set(chosen))

    out.print(f"{_with_services(decide)} to be sent again at the next tick, in working hours")


@app.command()
def settle(
    arrived: Annotated[bool, typer.Option("--arrived/--not-arrived", help="What is known of them by now.")],
    mail: Mails = None,
    day: Day = None,
) -> None:
    """Say of unknown mails whether they have arrived; nothing is sent."""

    def decide(services: Services) -> int:
        chosen = _chosen(services, mail, day, ("unknown",))
        say_what_came_of(services.database, chosen, operators_fact({}), services.now(), arrived=arrived)
        return len(set(chosen))

    out.print(f"{_with_services(decide)} settled: {'arrived' if arrived else 'not arrived'}")


def _listed(services: Services, statuses: Sequence[str], day: date | None = None) -> list[MailRecord]:
    with services.database.read() as connection:
        return list_all_mails(connection, statuses, day)


def _chosen(
    services: Services, mails: Sequence[str] | None, day: datetime | None, statuses: Sequence[str]
) -> list[str]:
    """Return the ids that a decision is about: those named, or all of a day that can be decided on so.

    Raises:
        NothingChosenError: both or neither are given, or there is nothing of that day.
    """
    if bool(mails) == (day is not None):
        raise NothingChosenError("name mails by id, or a day with --day")
    if day is None:
        return list(mails or ())
    found = [one.id for one in _listed(services, statuses, day.date()) if not one.overtaken]
    if not found:
        raise NothingChosenError(f"no mail of {day:%Y-%m-%d} is {' or '.join(statuses)}")
    return found


def _with_services(work: Callable[[Services], R]) -> R:
    with command_services() as services:
        return work(services)
