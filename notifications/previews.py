"""Mails as they would be written at this moment, one for each reader, and nothing kept or sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection

from notifications.context import CohortReader
from notifications.digest import words_of, write_digest
from notifications.due import Effect
from notifications.view_models import CalendarFiles

_COLUMNS = tuple(set(Effect.__dataclass_fields__) - {"id", "mail_id", "note", "resent"})


class Previewed(NamedTuple):
    """A mail to one reader: name, address, when it goes out (local), subject and plain text."""

    name: str
    email: str
    at: datetime
    subject: str
    text: str


def previews(
    connection: Connection, cohort_id: str, rows: Iterable[Mapping[str, Any]], templates: Path, now: datetime
) -> list[Previewed]:
    """Return the mails of effects that are no rows of the outbox yet; they hold no links.

    Raises:
        TemplateError: one cannot be rendered.
    """
    reader = CohortReader(connection, cohort_id, now)
    words, local = words_of(reader.definition, templates), reader.definition.working_time.local
    found: list[Previewed] = []
    for row in rows:
        effect = Effect(id=0, mail_id=None, note="", resent=0, **{name: row[name] for name in _COLUMNS})
        digest = write_digest(effect, [(effect, reader.context(effect))], words)
        who = digest.greeting.recipient
        said = digest.composed(CalendarFiles())
        found.append(Previewed(who.name, who.email, local(row["send_at"]), said.subject, said.text))
    return found
