"""How a task is opened: one row, made of what asks for it and its words; and how the system itself asks for something.

What a transition asks for is an effect. What no programme names (mails that do not get through, an address that takes
none) is asked of the cohort's coordinator, due today.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, insert

from notifications.context import CohortReader
from notifications.digest import words_of
from notifications.due import Effect
from notifications.render import TaskText, render_task
from states.store.tables import TaskRow


def ask_coordinator(
    connection: Connection,
    reader: CohortReader,
    ident: str,
    message: str,
    details: Mapping[str, str],
    templates: Path,
    now: datetime,
) -> None:
    """Open a task of the system's own; ``ident`` is its id: a subject, ``@``, and what tells it from earlier ones."""
    cohort = reader.cohort
    about = Effect(
        id=0,
        key=ident,
        cohort_id=cohort.cohort_id,
        journey_id=None,
        subject=ident.rpartition("@")[0],
        trigger=message,
        kind="task",
        message=message,
        role="coordinator",
        recipient_id=cohort.coordinator_on(reader.today),
        details={**details, "due_on": cohort.calendar.local_day(now).isoformat()},
        status="pending",
        send_at=now,
        mail_id=None,
        note="",
        resent=0,
    )
    text = render_task(message, reader.context(about), *words_of(reader.definition, templates))
    open_task(connection, about, text, now)


def open_task(connection: Connection, asked: Effect, text: TaskText, now: datetime) -> None:
    """Open the task that ``asked`` is about: its key is the task's id, its detail ``due_on`` (ISO) the deadline."""
    due = asked.details.get("due_on")
    connection.execute(
        insert(TaskRow).values(
            id=asked.key,
            cohort_id=asked.cohort_id,
            journey_id=asked.journey_id,
            subject=asked.subject,
            owner_id=asked.recipient_id,
            title=text.title,
            text=text.text,
            due_on=datetime.fromisoformat(due).date() if due else None,
            opened_at=now,
            status="open",
        )
    )
