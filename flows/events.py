"""Tells Prefect's event feed of transitions: ids only, told once, and never needed for anything that is true.

A transition of a journey is ``talentnord.journey.<trigger>``. One of a commitment is ``talentnord.commitment.<verb>``,
whichever commitment it is: a feed or an automation is about promises missed or kept, and the payload says which.
That somebody says whether they come is ``talentnord.attendance.<part>``, with the milestone in the payload; where it is
an event of a talent's journey, as an absence from a teaching day is, it is told as that.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextvars import copy_context
from uuid import NAMESPACE_URL, UUID, uuid5

from prefect import runtime
from prefect.context import FlowRunContext, TaskRunContext
from prefect.events import emit_event
from sqlalchemy import Row, select

from config.grammar import Trigger, is_attendance
from states.store.database import Database
from states.store.tables import HistoryRow

_OWN_KIND = {"journey", "cohort", "mail", "task", "note", "team"}
_LOG = logging.getLogger(__name__)


def tell_events(database: Database, transitions: Sequence[str]) -> None:
    """Emit an event for each of these transitions, by their ids of history; to be called within a run.

    Events are handed over in the background. Whatever goes wrong is logged, and the run goes on.
    """
    try:
        run, deployment = runtime.flow_run.id, runtime.deployment.id
        with database.read() as connection:
            rows = connection.execute(select(HistoryRow.__table__).where(HistoryRow.id.in_(transitions))).all()
        for row in rows:
            copy_context().run(_emit_outside_the_run, row, run, deployment)
    except Exception:
        _LOG.warning("no events of %d transitions", len(transitions), exc_info=True)


def event_name(transition: str, machine: str, trigger: str) -> str:
    """Return the name of a transition's event, by its id, machine and trigger as history has them."""
    return f"talentnord.{_kind(transition, machine, trigger)}.{trigger.replace(':', '.')}"


def _kind(transition: str, machine: str, trigger: str) -> str:
    if machine in _OWN_KIND:
        return machine
    if is_attendance(transition):
        return "attendance"
    # A region of the journey, moved by a commitment's coming to a state.
    return "journey" if Trigger.parse(trigger).part else "commitment"


def event_id(transition: str) -> UUID:
    """Return the id of a transition's event, always the same: Prefect keeps an event that comes again once."""
    return uuid5(NAMESPACE_URL, f"talentnord:{transition}")


def _emit_outside_the_run(row: Row[tuple[object, ...]], run: str | None, deployment: str | None) -> None:
    """Emit without the run's context: Prefect would add each of its tags, every talent's, to each of its events."""
    FlowRunContext.__var__.set(None)  # type: ignore[arg-type]
    TaskRunContext.__var__.set(None)  # type: ignore[arg-type]
    about = f"talentnord.journey.{row.journey_id}" if row.journey_id else f"talentnord.cohort.{row.cohort_id}"
    related = {"flow-run": run, "deployment": deployment}
    emit_event(
        event_name(row.id, row.machine, row.trigger),
        resource={"prefect.resource.id": about, "talentnord.cohort": row.cohort_id},
        related=[
            {"prefect.resource.id": f"prefect.{role}.{ident}", "prefect.resource.role": role}
            for role, ident in related.items()
            if ident
        ],
        payload={
            "transition": row.id,
            "machine": row.machine,
            "trigger": row.trigger,
            "source": row.source,
            "dest": row.dest,
            "at": row.at.isoformat(),
        },
        id=event_id(row.id),
    )
