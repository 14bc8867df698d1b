"""The calendar that a person subscribes to: all that is true for them in one cohort, whatever mails they were sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from notifications.context import CohortReader
from notifications.entries import concerns
from notifications.ics import published
from notifications.transports.protocol import Address


def feed(connection: Connection, cohort_id: str, person: str, sender: Address, now: datetime) -> bytes:
    """Return a person's calendar in a cohort, under all ids that their address has there; past days stay in it.

    The year's days are known from the start; but what people are invited to only once they have come so far is in it
    when their invitation has gone out (R39).
    """
    reader = CohortReader(connection, cohort_id, now)
    found = concerns(reader, reader.ids_of(reader.address(person)))
    entries = [one.entry for one in found if one.invited or one.is_known_ahead]
    name = f"{reader.definition.programme.name} · {reader.cohort.name}"
    by = sender.called(reader.definition.programme.sender_name)
    return published(sorted(entries, key=lambda one: (str(one.starts), one.uid)), name, by, now)
