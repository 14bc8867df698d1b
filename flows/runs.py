"""A planned run: what one run of ``react`` is to do, and the run that Prefect keeps of it, made at most once.

The key of a run is made of what it carries. Asked again for the same run, Prefect answers with the run it has; only
one that ended, or was left lying, without having done everything is followed by another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any

from prefect import Flow, runtime
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import FlowRunCreate
from prefect.client.schemas.objects import FlowRun
from prefect.states import Pending, to_state_create
from sqlalchemy import Connection

from flows.services import Services
from notifications.due import Due
from notifications.naming import trigger_name
from notifications.run_words import counted
from states.facts import Outcome
from states.running_cohort import RunningCohort, read_cohort

ACTIVITY, INTERNAL, NOTHING_TO_DO = "aktivitet", "internt", "intet-at-goere"
"""Tags of runs that people care about, of those that only keep the system going, and of ticks that had nothing to do.

The UI's lists are filtered by tags that runs have: forms and what follows from them and from time have the first.
"""

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
    """When the peer last did not take one of the effects' mails: what is tried again is another run."""
    pages: tuple[str, ...] = ()
    """The cohort and journeys whose pages its run publishes."""
    untaken: bool = False
    """Whether some of the transitions have no run yet: one that ended before it took them is followed by another."""

    @property
    def key(self) -> str:
        """What makes this run the same as another: the transitions it carries, and since when they wait."""
        text = "\n".join([self.cohort_id, self.trigger, *self.transitions, self.since])
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @property
    def tags(self) -> list[str]:
        """Tags to find the run by: cohort, trigger, and each talent's journey id (nothing personal)."""
        return [self.cohort_id, self.trigger, *(f"talent:{journey}" for journey in self.journeys), ACTIVITY]

    def parameters(self) -> dict[str, Any]:
        """Return what the flow is called with."""
        return {
            "cohort": self.cohort_id,
            "trigger": self.trigger,
            "transitions": list(self.transitions),
            "effects": list(self.effects),
            "pages": list(self.pages),
        }


async def tag_run(client: PrefectClient, *tags: str) -> None:
    """Add tags to the present run."""
    await client.update_flow_run(runtime.flow_run.id, tags=list(dict.fromkeys([*runtime.flow_run.tags, *tags])))


def plan_runs(services: Services, outcomes: Iterable[Outcome]) -> list[PlannedRun]:
    """Return a run for each group with something to be done now: effects that are due, transitions without a run."""
    batch = services.outbox.due(outcomes, with_untaken=True)
    with services.database.read() as connection:
        titles = _Titles(connection)
        return _with_pages([_planned_run(due, titles.of(due)) for due in batch])


def title(services: Services, cohort: str, trigger: str) -> str:
    """Return what a run about a trigger of a cohort is called, without a number of talents."""
    with services.database.read() as connection:
        return _Titles(connection).of(Due(cohort, trigger, (), (), (), None))


class _Titles:
    """Names runs for people; each cohort is read once."""

    def __init__(self, connection: Connection) -> None:
        self._cohort = cache(partial(_cohort_if_readable, connection))

    def of(self, due: Due) -> str:
        """Return what happened, and to how many."""
        cohort, count = self._cohort(due.cohort_id), len(due.journeys)
        what = trigger_name(cohort.definition if cohort else None, due.trigger)
        people = f" · {counted('talents', count)}" if count else ""
        return f"{cohort.name if cohort else due.cohort_id} · {what}{people}"


def _cohort_if_readable(connection: Connection, cohort_id: str) -> RunningCohort | None:
    """Return the cohort, or ``None`` if it cannot be read: its run says why, and no other cohort waits for that."""
    try:
        return read_cohort(connection, cohort_id)
    except Exception:
        return None


def _planned_run(due: Due, title: str) -> PlannedRun:
    since = due.tried_at.isoformat() if due.tried_at else ""
    return PlannedRun(
        due.cohort_id, due.trigger, title, due.transitions, due.journeys, due.effects, since, untaken=due.untaken
    )


def _with_pages(batch: Sequence[PlannedRun]) -> list[PlannedRun]:
    """Return the planned runs with the pages they publish: each page once, by the last run that concerns it."""
    seen: set[str] = set()
    found: list[PlannedRun] = []
    for planned in reversed(batch):
        pages = tuple(ident for ident in (planned.cohort_id, *planned.journeys) if ident not in seen)
        seen.update(pages)
        found.append(replace(planned, pages=pages))
    return found[::-1]


async def create_run_once(client: PrefectClient, flow: Flow[..., Any], planned: PlannedRun) -> FlowRun | None:
    """Return a new run for the planned run, or ``None`` if another process is at it or it has been done."""
    flow_id = await client.create_flow(flow)
    # No last attempt: a peer may be down for days, and then what waits is still to be sent.
    attempt = 0
    while True:
        attempt += 1
        body = FlowRunCreate(
            flow_id=flow_id,
            flow_version=flow.version,
            name=planned.title,
            parameters=planned.parameters(),
            tags=planned.tags,
            state=to_state_create(Pending()),
            idempotency_key=f"{planned.key}:{attempt}",
        )
        response = await client.request("POST", "/flow_runs/", json=body.model_dump(mode="json", exclude_unset=True))
        run = FlowRun.model_validate(response.json())
        if response.status_code == 201:
            return run
        if not planned.effects and not planned.untaken:
            return None
        if not _is_over(run):
            return None


def _is_over(run: FlowRun) -> bool:
    if run.state is not None and run.state.is_final():
        return True
    return run.created is not None and datetime.now(UTC) - run.created > LEFT_LYING
