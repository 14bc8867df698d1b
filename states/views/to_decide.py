"""What waits for a coordinator: open tasks, and mails that did not get through. Nothing that settles itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from states.running_cohort import RunningCohort
from states.store.conditions import OPEN_TASK, PENDING
from states.store.reach_tables import UnreachableRow
from states.store.tables import EffectRow, TaskRow
from states.views.undelivered import list_mails, mails_page

MORNING = "morning"
"""The message that asks coordinators in the morning, and the trigger behind it."""
ALARMS = ("mails_blocked", "mails_failing")
"""Tasks that ask nothing of their own: the one ends by itself, with the other go the mails that it counts."""


class Decision(NamedTuple):
    """One thing to decide: a task by its title, or what came of mails of one day; ``page`` is the id of its page.

    ``since`` is the local day from which it waits; of mails there are ``mails``, to ``title`` if it is one.
    """

    title: str
    since: date
    page: str
    due: date | None = None
    mails: int = 0
    about: str = ""


def who_decides(connection: Connection, cohort: RunningCohort, now: datetime) -> list[str]:
    """Return the ids of those for whom something of a cohort waits, or is about to be opened, at ``now``."""
    today = cohort.calendar.local_day(now)
    ours = EffectRow.cohort_id == cohort.cohort_id
    asked = select(EffectRow.recipient_id).where(PENDING, ours, EffectRow.kind == "task", EffectRow.send_at <= now)
    owners = {*connection.scalars(asked.distinct()), *(owner for owner, _ in _tasks(connection, cohort))}
    seats = _Seats(cohort, today)
    found = {seats.of(owner) for owner in owners}
    if any(_mails(connection, cohort)):
        found.add(seats.first)
    return sorted(found)


def decisions_of(connection: Connection, cohort: RunningCohort, person: str, today: date) -> list[Decision]:
    """Return what waits for one coordinator, the oldest first; who stands in has what the holder has."""
    seats = _Seats(cohort, today)
    found = [task for owner, task in _tasks(connection, cohort) if seats.of(owner) == person]
    if person == seats.first:
        found += _mails(connection, cohort)
    return sorted(found, key=lambda one: (one.since, one.due or date.max, one.page, one.title))


class _Seats:
    """Who is asked in whose place: the holder or their stand-in, and the first of all where it is no coordinator's."""

    def __init__(self, cohort: RunningCohort, today: date) -> None:
        cast = cohort.cast
        self.first = cohort.coordinator_on(today)
        self._acting = {holder: cast.acting(holder, today) for holder in cast.coordinators}
        for holder in cast.coordinators:
            for stand_in in cast.acting_for(holder):
                self._acting.setdefault(stand_in, cast.acting(holder, today))

    def of(self, owner: str) -> str:
        """Return who is asked about what ``owner`` is to do."""
        return self._acting.get(owner, self.first)


def _tasks(connection: Connection, cohort: RunningCohort) -> Iterator[tuple[str, Decision]]:
    """Yield the open tasks that ask for a decision, each with its owner."""
    ours = (TaskRow.cohort_id == cohort.cohort_id) & OPEN_TASK
    alarms = TaskRow.subject.not_in([f"{cohort.cohort_id}/{one}" for one in ALARMS])
    columns = (TaskRow.id, TaskRow.owner_id, TaskRow.title, TaskRow.opened_at, TaskRow.due_on)
    for row in connection.execute(select(*columns).where(ours, alarms).order_by(TaskRow.id)):
        yield row.owner_id, Decision(row.title, cohort.calendar.local_day(row.opened_at), row.id, row.due_on)


def _mails(connection: Connection, cohort: RunningCohort) -> Sequence[Decision]:
    """Return what is to be decided on mails, a day at a time; what a corrected address will send is asked as a task."""
    ours = EffectRow.cohort_id == cohort.cohort_id
    marked = EffectRow.recipient_id.in_(select(UnreachableRow.person_id)) & (EffectRow.status == "rejected")
    settled = select(func.coalesce(EffectRow.mail_id, EffectRow.key)).where(
        ours, marked | (EffectRow.message == MORNING)
    )
    aside = set(connection.scalars(settled))
    days: dict[date, list[tuple[str, str]]] = {}
    for one in list_mails(connection, cohort.cohort_id):
        if not one.overtaken and one.id not in aside:
            days.setdefault(one.day, []).append((one.to, one.about))
    page = mails_page(cohort.cohort_id)
    return [
        Decision(mails[0][0], day, page, mails=len(mails), about=mails[0][1] if len(mails) == 1 else "")
        for day, mails in days.items()
    ]
