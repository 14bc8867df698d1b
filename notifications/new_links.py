"""A new link for somebody who has lost theirs: mailed to their address, and to no other (R65).

That it was asked for is a fact like any other. Nobody knows who has asked: whoever knows an address can.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select

from config.mail_address import normal_address
from notifications.due import NEW_LINK
from states.facts import FACT_CAUSE, Fact, Transition
from states.store.database import Database
from states.store.fact_log import log_fact
from states.store.queries import lock_cohort_of
from states.store.run_links import add_to_history
from states.store.tables import EffectRow, FactRow
from states.views.matters import matters
from states.views.roles import Part, parts_of
from states.views.undelivered import MAIL

HAVE_PAGES = frozenset({"talent", "mentor"})
"""Who has a page of their own; all others have answer pages only."""
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
        letters = {part.person: list(_letters(connection, part, now)) for part in parts_of(connection, address)}
    sent = [_send(database, letters[person], now) for person in letters if letters[person]]
    return any(sent)


class _Letter(NamedTuple):
    """One link to be sent: to whom, in which role, about what."""

    person: str
    cohort: str
    role: str
    subject: str
    details: Mapping[str, str] = {}


def _letters(connection: Connection, part: Part, now: datetime) -> Iterator[_Letter]:
    """Yield a link to a person's own page; whoever has none is sent one for each matter that waits for their answer."""
    person, cohort = part.person, part.cohort.cohort_id
    own = [role for role in part.roles if role in HAVE_PAGES]
    if own:
        yield _Letter(person, cohort, own[0], f"{person}/{NEW_LINK}")
        return
    for one in matters(connection, part.cohort, person, now):
        if one.options:
            yield _Letter(person, cohort, one.role, one.subject, {"matter": one.label, "about": one.about})


def _send(database: Database, letters: Sequence[_Letter], now: datetime) -> bool:
    """Let a person be sent links of one cohort, in one commit."""
    person, cohort = letters[0].person, letters[0].cohort
    with database.write() as connection:
        lock_cohort_of(connection, [cohort])
        if _was_sent(connection, person, now):
            return False
        fact = Fact(f"{_keys(person)}{now:%Y-%m-%dT%H:%M:%SZ}", ANYBODY)
        ident, cause = f"{person}/{NEW_LINK}#{fact.key}", f"{FACT_CAUSE}{fact.key}"
        step = Transition(ident, cohort, None, MAIL, NEW_LINK, "", "pending", now, cause)
        log_fact(connection, fact, NEW_LINK, [step.subject], now)
        add_to_history(connection, [step])
        connection.execute(insert(EffectRow), [_effect(letter, step) for letter in letters])
    return True


def _was_sent(connection: Connection, person: str, now: datetime) -> bool:
    mine = FactRow.key.startswith(_keys(person), autoescape=True)
    return connection.scalar(select(FactRow.key).where(mine, FactRow.at > now - AT_MOST_EVERY).limit(1)) is not None


def _keys(person: str) -> str:
    return f"{NEW_LINK}:{person}:"


def _effect(letter: _Letter, step: Transition) -> dict[str, Any]:
    return {
        "key": f"{step.id}/{letter.subject}/{letter.person}",
        "cohort_id": letter.cohort,
        "journey_id": None,
        "subject": letter.subject,
        "history_id": step.id,
        "trigger": NEW_LINK,
        "kind": "mail",
        "message": NEW_LINK,
        "role": letter.role,
        "recipient_id": letter.person,
        "details": dict(letter.details),
        "send_at": step.at,
        "status": "pending",
    }
