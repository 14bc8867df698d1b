"""The alarm when mails do not get through: a task for the coordinator, closed by itself when they do again.

One mail that is refused is for its own run to tell. This is for a peer that takes none, and for a share of failures
that says that something is wrong with more than an address.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, exists, func, or_, select, update

from notifications.context import CohortReader
from notifications.tasks import ask_coordinator
from states.store.conditions import OPEN_TASK, PENDING
from states.store.database import Database
from states.store.queries import lock_cohort_of
from states.store.tables import EffectRow, MailRow, TaskRow
from states.views.undelivered import BLOCKED, FAILED, failed_in

PERIOD = timedelta(hours=1)
SHARE = 0.05
"""Above this share of failures among the mails of ``PERIOD`` something is wrong."""
AT_LEAST = 5
"""Of fewer mails no share is taken."""

FAILING = "mails_failing"


class Alarms(NamedTuple):
    """What is wrong now, a sentence each, and the cohorts for which a task was opened or closed."""

    wrong: tuple[str, ...]
    changed: tuple[str, ...]


def sound(database: Database, templates: Path, now: datetime, blocked: str) -> Alarms:
    """Open the tasks that are called for and close those that are not any more; ``blocked`` is the peer's reason."""
    with database.write() as connection:
        calls = dict(_calls(connection, now, blocked))
        concerned = {cohort for cohorts, _ in calls.values() for cohort in cohorts}
        concerned.update(task.cohort_id for task in _open_alarms(connection))
        for cohort in sorted(concerned):
            lock_cohort_of(connection, [cohort])
        # Looked up again now that the cohorts are held: another tick may have been here.
        tasks = _open_alarms(connection)
        known = {task.subject for task in tasks}
        changed = {task.cohort_id for task in tasks if _close(connection, task, calls, now)}
        for message, (cohorts, details) in calls.items():
            missing = [cohort for cohort in sorted(cohorts) if _subject(cohort, message) not in known]
            for cohort in missing:
                _open(connection, cohort, message, details, templates, now)
            changed.update(missing)
    wrong = {
        FAILING: "{failed} of the last {mails} mails were refused or are unknown; 'talentnord mails' lists them",
        BLOCKED: "the mail server takes no mail: {why}",
    }
    return Alarms(
        tuple(wrong[message].format(**details) for message, (_, details) in calls.items()), tuple(sorted(changed))
    )


def _calls(
    connection: Connection, now: datetime, blocked: str
) -> Iterator[tuple[str, tuple[frozenset[str], Mapping[str, str]]]]:
    """Yield each message that is called for, with the cohorts concerned and what it says."""
    if blocked:
        waits = select(EffectRow.cohort_id).where(PENDING, EffectRow.kind == "mail", EffectRow.send_at <= now)
        yield BLOCKED, (frozenset(connection.scalars(waits.distinct())), {"why": blocked})
    recent = MailRow.claimed_at > now - PERIOD
    # A mail that is being sent again carries nothing any more.
    fails = exists().where(EffectRow.mail_id == MailRow.id, EffectRow.status.in_(FAILED), EffectRow.overtaken == "")
    failed = connection.scalars(select(MailRow.cohort_id).where(recent, MailRow.status.in_(FAILED), fails)).all()
    sent = connection.scalar(select(func.count()).select_from(MailRow).where(recent, MailRow.status == "sent")) or 0
    mails = len(failed) + sent
    if mails >= AT_LEAST and len(failed) > SHARE * mails:
        yield FAILING, (frozenset(failed), {"failed": str(len(failed)), "mails": str(mails)})


def _open_alarms(connection: Connection) -> Sequence[Row[Any]]:
    """Return the open tasks that an alarm has opened."""
    ours = [TaskRow.subject == TaskRow.cohort_id + _subject("", message) for message in (BLOCKED, FAILING)]
    columns = (TaskRow.id, TaskRow.cohort_id, TaskRow.subject, TaskRow.opened_at)
    return connection.execute(select(*columns).where(OPEN_TASK, or_(*ours))).all()


def _subject(cohort: str, message: str) -> str:
    return f"{cohort}/{message}"


def _open(
    connection: Connection, cohort: str, message: str, details: Mapping[str, str], templates: Path, now: datetime
) -> None:
    """Open a task for a cohort's coordinator."""
    ident = f"{_subject(cohort, message)}@{now:%Y-%m-%dT%H:%MZ}"
    ask_coordinator(connection, CohortReader(connection, cohort, now), ident, message, details, templates, now)


def _close(connection: Connection, task: Row[Any], called_for: Collection[str], now: datetime) -> bool:
    """Close a task that is not called for any more; return whether it was.

    Failures are over when all are decided on, a block when a mail was sent since.
    """
    message = task.subject.removeprefix(_subject(task.cohort_id, ""))
    if message in called_for:
        return False
    if message == FAILING:
        over = not failed_in(connection, task.cohort_id)
    else:
        over = bool(connection.scalar(select(exists().where(MailRow.sent_at > task.opened_at))))
    if over:
        connection.execute(update(TaskRow).where(TaskRow.id == task.id).values(status="done", closed_at=now))
    return over
