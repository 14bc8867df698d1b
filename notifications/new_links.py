"""A new link for somebody who has lost theirs: mailed to their address, and to no other (R65).

That it was asked for is a fact like any other. Nobody knows who has asked: whoever knows an address can.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from config.mail_address import normal_address
from states.facts import FACT_CAUSE, Fact, Transition
from states.store.database import Database
from states.store.fact_log import log_fact
from states.store.queries import lock_cohort_of
from states.store.run_links import add_to_history
from states.store.tables import EffectRow, FactRow
from states.views.roles import Part, parts_of
from states.views.undelivered import MAIL

NEW_LINK = "new_link"
"""The message, and the trigger of its transition."""
ANYBODY = "anybody"
"""The actor: the page asks nobody who they are."""
AT_MOST_EVERY = timedelta(minutes=15)
"""How often one person is sent a new link at most, whoever asks."""


def send_new_link(database: Database, email: str, now: datetime) -> bool:
    """Let whoever has an address be sent links to their pages, and return whether anybody will be.

    Nobody is where nobody has the address, or was sent links a moment ago.
    """
    try:
        address = normal_address(email)
    except ValueError:
        return False
    with database.read() as connection:
        parts = parts_of(connection, address)
    sent = [part for part in parts if _send(database, part, now)]
    return bool(sent)


def _send(database: Database, part: Part, now: datetime) -> bool:
    """Let a person be sent a link for one cohort; a commit of its own."""
    person, cohort = part.person, part.cohort.cohort_id
    with database.write() as connection:
        lock_cohort_of(connection, [cohort])
        if _was_sent(connection, person, now):
            return False
        fact = Fact(f"{_keys(person)}{now:%Y-%m-%dT%H:%M:%SZ}", ANYBODY)
        log_fact(connection, fact, NEW_LINK, [f"{person}/{NEW_LINK}"], now)
        ident, cause = f"{person}/{NEW_LINK}#{fact.key}", f"{FACT_CAUSE}{fact.key}"
        step = Transition(ident, cohort, None, MAIL, NEW_LINK, "", "pending", now, cause)
        add_to_history(connection, [step])
        connection.execute(insert(EffectRow), [_effect(part, step)])
    return True


def _was_sent(connection: Connection, person: str, now: datetime) -> bool:
    mine = FactRow.key.startswith(_keys(person), autoescape=True)
    return connection.scalar(select(FactRow.key).where(mine, FactRow.at > now - AT_MOST_EVERY).limit(1)) is not None


def _keys(person: str) -> str:
    return f"{NEW_LINK}:{person}:"


def _effect(part: Part, step: Transition) -> dict[str, Any]:
    return {
        "key": f"{step.id}/{NEW_LINK}/{part.person}",
        "cohort_id": step.cohort_id,
        "journey_id": None,
        "subject": step.subject,
        "history_id": step.id,
        "trigger": NEW_LINK,
        "kind": "mail",
        "message": NEW_LINK,
        "role": _role(part.roles),
        "recipient_id": part.person,
        "details": {},
        "send_at": step.at,
        "status": "pending",
    }


def _role(roles: Sequence[str]) -> str:
    """Return the role in which somebody is greeted: the first of theirs, as the site orders them."""
    return roles[0]
