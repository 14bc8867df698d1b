"""The form for mails that were not delivered: its lists, made anew whenever they change, and what a choice means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import shorten
from typing import Any

from babel.dates import format_date, format_time
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.exceptions import ObjectNotFound

from config.errors import FactIncompleteError
from flows.cockpit.labels import words
from flows.services import Services
from notifications.decisions import ARRIVED, NOT_ARRIVED, RESEND, decided_before, resend, settle
from states.facts import Fact, Outcome
from states.views.undelivered import MailRecord, list_all_mails

FLOW = "mails"
LONGEST_REASON = 60
DECISIONS = (RESEND, ARRIVED, NOT_ARRIVED)


def mail_choices(failed: Sequence[MailRecord], language: str = "da") -> Mapping[str, tuple[str, ...]]:
    """Return the ids of mails by what the list calls them: all of a day first, then each by itself."""
    by_day: dict[str, list[str]] = {}
    single: dict[str, tuple[str, ...]] = {}
    for one in reversed(failed):
        day = format_date(one.day, "d. MMMM y", locale=language)
        by_day.setdefault(day, []).append(one.id)
        at = f"{day} {format_time(one.at.time(), 'short', locale=language)}"
        why = shorten(one.why, LONGEST_REASON, placeholder=" …")
        label = f"{at} · {one.to} · {one.about} ({words(language)[f'mails_{one.status}']}: {why})"
        # Two mails of one minute to one person about the same are told apart by their ids.
        single[f"{label} {one.id}" if label in single else label] = (one.id,)
    all_of = words(language)["mails_all_of"]
    days = {f"{all_of} {day} ({len(ids)})": tuple(ids) for day, ids in by_day.items() if len(ids) > 1}
    return {**days, **single}


def decide(services: Services, mail: str, decision: str, fact: Fact) -> Outcome:
    """Take the decision that a form's words stand for, on what can be decided on of the mails chosen.

    Raises:
        FactIncompleteError: the mail or the decision is none of the choices.
        MailDecidedError, MailOvertakenError: see ``notifications.decisions``.
    """
    meanings = {words()[f"mails_{one}"]: one for one in DECISIONS}
    verb = meanings.get(decision, decision)
    if verb not in DECISIONS:
        raise FactIncompleteError(FLOW, "decision", f"{decision!r} is none of the choices ({', '.join(meanings)})")
    before = decided_before(services.database, fact.key)
    if before is not None:  # The run was interrupted after its commit, and its mail is in no list any more.
        return before
    failed = _open(services)
    chosen = mail_choices(failed).get(mail) or ((mail,) if mail.startswith("tn-") else ())
    if not chosen:
        raise FactIncompleteError(FLOW, "mail", f"{mail!r} is none of the choices")
    if len(chosen) > 1 and verb != RESEND:
        known = {one.id for one in failed if one.status == "unknown"}
        chosen = tuple(one for one in chosen if one in known) or chosen
    if verb == RESEND:
        return resend(services.database, chosen, fact, services.now())
    return settle(services.database, chosen, fact, services.now(), arrived=verb == ARRIVED)


async def set_mail_list(client: PrefectClient, services: Services) -> int:
    """Give the form its lists as they are now; return whether there is such a form (1 or 0)."""
    try:
        deployment = await client.read_deployment_by_name(f"{FLOW}/{words()['mails_label']}")
    except ObjectNotFound:
        return 0
    update = DeploymentUpdate(parameter_openapi_schema=mail_schema(mail_choices(_open(services))))
    await client.update_deployment(deployment.id, update)
    return 1


def mail_schema(choices: Mapping[str, object]) -> dict[str, Any]:
    """Return the form's fields as the JSON schema that the Prefect UI draws."""
    said = words()
    fields: dict[str, dict[str, Any]] = {
        "mail": {"type": "string", **({"enum": list(choices)} if choices else {})},
        "decision": {"type": "string", "enum": [said[f"mails_{one}"] for one in DECISIONS]},
        "note": {"type": "string"},
    }
    properties = {
        name: field | {"title": said[f"mails_{name}"], "position": position}
        for position, (name, field) in enumerate(fields.items())
    }
    return {"title": "Parameters", "type": "object", "properties": properties, "required": ["mail", "decision"]}


def _open(services: Services) -> list[MailRecord]:
    with services.database.read() as connection:
        return [one for one in list_all_mails(connection) if not one.overtaken]
