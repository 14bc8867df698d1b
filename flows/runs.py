"""An errand: what one run of ``react`` is to do, and the run that Prefect keeps of it, made at most once.

The key of a run is made of what it carries. Asked again for the same errand, Prefect answers with the run it has; only
one that ended, or was left lying, without having done everything is followed by another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any

from prefect import Flow
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import FlowRunCreate
from prefect.client.schemas.objects import FlowRun
from prefect.states import Pending, to_state_create
from sqlalchemy import Connection, select

from flows.cockpit.labels import words
from flows.services import Services
from states.facts import Outcome
from states.running_cohort import RunningCohort, read_cohort
from states.store.tables import PENDING, EffectRow

LEFT_LYING = timedelta(minutes=15)
"""After this long without an end a run counts as left lying by a process that was killed."""


@dataclass(frozen=True)
class PlannedRun:
    """Effects of one trigger of one cohort: database ids, with the transitions and journeys behind them."""

    cohort_id: str
    trigger: str
    title: str
    transitions: tuple[str, ...]
    journeys: tuple[str, ...]
    effects: tuple[int, ...]
    since: str = ""
    """When the peer last did not take one of the effects' mails: what is tried again is another errand."""
    pages: tuple[str, ...] = ()
    """The cohort and journeys whose pages its run publishes."""

    @property
    def key(self) -> str:
        """What makes this errand the same as another: the transitions it carries, and since when they wait."""
        text = "\n".join([self.cohort_id, self.trigger, *self.transitions, self.since])
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @property
    def tags(self) -> list[str]:
        """Tags to find the run by: cohort, trigger, and each talent's journey id (nothing personal)."""
        return [self.cohort_id, self.trigger, *(f"talent:{journey}" for journey in self.journeys)]

    def parameters(self) -> dict[str, Any]:
        """Return what the flow is called with."""
        return {
            "cohort": self.cohort_id,
            "trigger": self.trigger,
            "transitions": list(self.transitions),
            "effects": list(self.effects),
            "pages": list(self.pages),
        }


def plan_runs(services: Services, outcomes: Iterable[Outcome]) -> list[PlannedRun]:
    """Return what is to be done now: for each outcome its effects that are due, then whatever else waits."""
    found: list[PlannedRun] = []
    taken: set[int] = set()
    with services.database.read() as connection:
        book = cache(partial(_book, connection))
        pending = connection.execute(
            select(
                EffectRow.id,
                EffectRow.cohort_id,
                EffectRow.trigger,
                EffectRow.history_id,
                EffectRow.journey_id,
                EffectRow.changed_at,
            )
            .where(PENDING, EffectRow.send_at <= services.now())
            .order_by(EffectRow.id)
        ).all()
        for outcome in outcomes:
            if not outcome.transitions:
                continue
            ids = tuple(transition.id for transition in outcome.transitions)
            mine = set(ids)
            effects = [row for row in pending if row.history_id in mine]
            taken.update(row.id for row in effects)
            journeys = [one.journey_id for one in outcome.transitions]
            cohort = outcome.cohort_id
            found.append(_errand(book(cohort), cohort, outcome.trigger, ids, journeys, effects))
        waiting: dict[tuple[str, str], list[Any]] = {}
        for row in pending:
            if row.id not in taken:
                waiting.setdefault((row.cohort_id, row.trigger), []).append(row)
        for (cohort, trigger), rows in waiting.items():
            ids = tuple(dict.fromkeys(row.history_id for row in rows))
            found.append(_errand(book(cohort), cohort, trigger, ids, [row.journey_id for row in rows], rows))
    return _with_pages(found)


def _book(connection: Connection, cohort_id: str) -> RunningCohort | None:
    """Return the cohort, or ``None`` if it cannot be read: its run says why, and no other cohort waits for that."""
    try:
        return read_cohort(connection, cohort_id)
    except Exception:
        return None


def _errand(
    book: RunningCohort | None,
    cohort_id: str,
    trigger: str,
    transitions: tuple[str, ...],
    journeys: Sequence[str | None],
    effects: Sequence[Any],
) -> PlannedRun:
    concerned = tuple(dict.fromkeys(journey for journey in journeys if journey))
    people = f" · {len(concerned)} {words()['talent' if len(concerned) == 1 else 'talents']}" if concerned else ""
    what = f"{book.name} · {book.definition.trigger_label(trigger)}" if book else f"{cohort_id} · {trigger}"
    tried = max((row.changed_at for row in effects if row.changed_at is not None), default=None)
    return PlannedRun(
        cohort_id,
        trigger,
        f"{what}{people}",
        transitions,
        concerned,
        tuple(row.id for row in effects),
        since=tried.isoformat() if tried else "",
    )


def _with_pages(batch: Sequence[PlannedRun]) -> list[PlannedRun]:
    """Return the errands with the pages they publish: each page once, by the last run that concerns it."""
    seen: set[str] = set()
    found: list[PlannedRun] = []
    for errand in reversed(batch):
        pages = tuple(ident for ident in (errand.cohort_id, *errand.journeys) if ident not in seen)
        seen.update(pages)
        found.append(replace(errand, pages=pages))
    return found[::-1]


async def create_run_once(client: PrefectClient, flow: Flow[..., Any], errand: PlannedRun) -> FlowRun | None:
    """Return a new run for the errand, or ``None`` if another process is at it or it has been done."""
    flow_id = await client.create_flow(flow)
    # No last attempt: a peer may be down for days, and then what waits is still to be sent.
    attempt = 0
    while True:
        attempt += 1
        body = FlowRunCreate(
            flow_id=flow_id,
            flow_version=flow.version,
            name=errand.title,
            parameters=errand.parameters(),
            tags=errand.tags,
            state=to_state_create(Pending()),
            idempotency_key=f"{errand.key}:{attempt}",
        )
        response = await client.request("POST", "/flow_runs/", json=body.model_dump(mode="json", exclude_unset=True))
        run = FlowRun.model_validate(response.json())
        if response.status_code == 201:
            return run
        if not errand.effects:
            return None
        if not _is_over(run):
            return None


def _is_over(run: FlowRun) -> bool:
    if run.state is not None and run.state.is_final():
        return True
    return run.created is not None and datetime.now(UTC) - run.created > LEFT_LYING
