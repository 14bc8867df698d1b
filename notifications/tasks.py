"""How a task is opened: one row, made of what asks for it and its words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert

from notifications.due import Effect
from notifications.render import TaskText
from states.store.tables import TaskRow


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
