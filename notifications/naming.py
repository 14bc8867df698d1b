"""Names for effects as they are shown to coordinators: what is sent or asked, and to whom."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from states.store.database import Database
from states.store.tables import EffectRow, PersonRow


def effect_names(database: Database, effects: Sequence[int]) -> dict[int, str]:
    """Return a readable name for each effect: ``mail · meeting_due · Mette Holm (mentor)``."""
    with database.read() as connection:
        rows = connection.execute(
            select(EffectRow.id, EffectRow.kind, EffectRow.message, EffectRow.role, PersonRow.name)
            .join(PersonRow, PersonRow.id == EffectRow.recipient_id)
            .where(EffectRow.id.in_(effects))
        )
        return {row.id: f"{row.kind} · {row.message} · {row.name} ({row.role})" for row in rows}
