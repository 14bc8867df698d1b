"""A preview held against what was then written: the same deadlines, timers, mails and tasks, and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from states.moves.consequences import Consequences
from states.store.conditions import ARMED
from states.store.tables import CommitmentRow, EffectRow, TimerRow
from tests.support.driver import Driver


@dataclass
class Rows:
    """What a changed day may change, as it stands."""

    deadlines: dict[str, date | None]
    timers: dict[tuple[str, str], datetime]
    told: Counter[Any]

    @classmethod
    def of(cls, driven: Driver) -> Rows:
        with driven.database.read() as connection:
            deadlines = dict(connection.execute(select(CommitmentRow.id, CommitmentRow.due_on)).tuples().all())
            armed = connection.execute(select(TimerRow.subject, TimerRow.trigger, TimerRow.due_at).where(ARMED)).all()
            effects = connection.execute(
                select(EffectRow.recipient_id, EffectRow.kind, EffectRow.message, EffectRow.send_at)
            ).all()
        local = driven.definition.working_time.local
        told = Counter((row[0], row[1], row[2], local(row[3]).date()) for row in effects)
        return cls(deadlines, {(row[0], row[1]): row[2] for row in armed}, told)


def assert_exactly(preview: Consequences, before: Rows, after: Rows) -> None:
    """What the preview shows is what has changed."""
    both = sorted({*before.timers, *after.timers})
    changed = {(*key, before.timers.get(key), after.timers.get(key)) for key in both}
    assert set(preview.timers) == {one for one in changed if one[2] != one[3]}
    moved = {(one, before.deadlines[one], due) for one, due in after.deadlines.items() if before.deadlines[one] != due}
    assert {(one.commitment_id, one.old, one.new) for one in preview.deadlines} == moved
    assert Counter(tuple(one) for one in preview.told) == after.told - before.told
