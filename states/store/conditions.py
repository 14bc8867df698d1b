"""Conditions that many queries share: what is armed, waits, is open, was not told or taken back; what is a cohort's."""

from __future__ import annotations

from sqlalchemy import ColumnElement, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute

from states.store.tables import EffectRow, FactRow, RunLinkRow, TaskRow, TimerRow

# A partial index serves a query only if the query holds the very condition, as a literal and not as a parameter.
ARMED = TimerRow.status == literal_column("'armed'")
PENDING = EffectRow.status == literal_column("'pending'")
UNTOLD_STATUSES = ("pending", "claimed", "rejected", "unknown")
UNTOLD = EffectRow.status.in_([literal_column(f"'{one}'") for one in UNTOLD_STATUSES])
"""What people were not told yet, as far as is known; all but ``pending`` may still come back to be sent."""
UNTAKEN = RunLinkRow.flow_run_id.is_(None)
OPEN_TASK = TaskRow.status == literal_column("'open'")
CORRECTED = select(FactRow.corrects).where(FactRow.corrects.is_not(None))
"""The keys of facts that were taken back."""


def of_cohort(ident: InstrumentedAttribute[str], cohort_id: str) -> ColumnElement[bool]:
    """Return the condition that an id was derived from a cohort's: ``hold-3/…`` or ``hold-3-…``."""
    return ident.startswith(f"{cohort_id}/", autoescape=True) | ident.startswith(f"{cohort_id}-", autoescape=True)
