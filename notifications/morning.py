"""The mail of the morning asks for what is open when it goes: what is due is opened first, and nothing is no mail."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime

from sqlalchemy import select, update

from config.errors import TemplateError
from notifications.bundle import Bundle
from states.store.conditions import PENDING
from states.store.database import Database
from states.store.tables import EffectRow

NOTHING = "nothing waits for a decision any more"


def open_first(database: Database, found: Bundle, now: datetime, carry_out: Callable[[int], object]) -> bool:
    """Open the tasks that are due in the cohorts whose coordinators a mail asks; return whether there were any."""
    cohorts = {one.cohort_id for one in found.effects if one.id in found.asked}
    if not cohorts:
        return False
    due = PENDING & (EffectRow.kind == "task") & (EffectRow.send_at <= now) & EffectRow.cohort_id.in_(cohorts)
    with database.read() as connection:
        tasks = connection.scalars(select(EffectRow.id).where(due).order_by(EffectRow.id)).all()
    for task in tasks:
        with suppress(TemplateError):  # Set aside by now: its own run says why.
            carry_out(task)
    return bool(tasks)


def drop_what_asks_nothing(database: Database, found: Bundle, now: datetime) -> Collection[int]:
    """Drop the mails of the morning whose reader has decided on everything meanwhile, and return them."""
    over = found.nothing_asked()
    if over:
        gone = {"status": "dropped", "changed_at": now, "note": NOTHING}
        with database.write() as connection:
            connection.execute(update(EffectRow).where(PENDING, EffectRow.id.in_(over)).values(gone))
    return over
