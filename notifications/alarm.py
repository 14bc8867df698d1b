"""The alarm when mails do not get through: a task for the coordinator, closed by itself when they do again.

One mail that is refused is for its own run to tell. This is for a peer that takes none, and for a share of failures
that says that something is wrong with more than an address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, exists, func, insert, select, update

from notifications.context import CohortReader
from notifications.digest import words_of
from notifications.due import Effect
from notifications.render import render_task
from states.store.database import Database
from states.store.queries import lock_cohort_of
from states.store.tables import OPEN_TASK, PENDING, EffectRow, MailRow, TaskRow
from states.views.undelivered import FAILED, failed_in

PERIOD = timedelta(hours=1)
SHARE = 0.05
"""Above this share of failures among the mails of ``PERIOD`` something is wrong."""
AT_LEAST = 5
"""Of fewer mails no share is taken."""

BLOCKED, FAILING = "mails_blocked", "mails_failing"


class Alarms(NamedTuple):
    """What is wrong now, a sentence each, and the cohorts for which a task was opened or closed."""

    wrong: tuple[str, ...]
    changed: tuple[str, ...]


def sound(database: Database, templates: Path, now: datetime, blocked: str) -> Alarms:
    """Open the tasks that are called for and close those that are not any more; ``blocked`` is the peer's reason."""
    with database.write() as connection:
        calls = dict(_calls(connection, now, blocked))
        concerned = set[str]().union(*(cohorts for cohorts, _ in calls.values()), _alarmed(connection))
        changed: list[str] = []
        for cohort in sorted(concerned):
            lock_cohort_of(connection, [cohort])
            mine = {message: details for message, (cohorts, details) in calls.items() if cohort in cohorts}
            opened = [_open(connection, cohort, message, mine[message], templates, now) for message in mine]
            if any([*opened, _close(connection, cohort, frozenset(calls), now)]):
                changed.append(cohort)
    wrong = {
        FAILING: "{failed} of the last {mails} mails were refused or are unknown; 'talentnord mails' lists them",
        BLOCKED: "the mail server takes no mail: {why}",
    }
    return Alarms(tuple(wrong[message].format(**details) for message, (_, details) in calls.items()), tuple(changed))


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


def _alarmed(connection: Connection) -> Iterator[str]:
    """Yield the cohorts that have a task of ours."""
    for task in connection.execute(select(TaskRow.cohort_id, TaskRow.subject).where(OPEN_TASK)):
        if task.subject in {_subject(task.cohort_id, message) for message in (BLOCKED, FAILING)}:
            yield task.cohort_id


def _subject(cohort: str, message: str) -> str:
    return f"{cohort}/{message}"


def _open(
    connection: Connection, cohort: str, message: str, details: Mapping[str, str], templates: Path, now: datetime
) -> bool:
    """Open a task for a cohort's coordinator unless it is open; return whether it was opened."""
    subject = _subject(cohort, message)
    if connection.scalar(select(TaskRow.id).where(OPEN_TASK, TaskRow.subject == subject)) is not None:
        return False
    reader = CohortReader(connection, cohort, now)
    owner = reader.cohort.cast.coordinators[0]
    ident = f"{subject}@{now:%Y-%m-%dT%H:%MZ}"
    about = Effect(
        id=0,
        key=ident,
        cohort_id=cohort,
        journey_id=None,
        subject=subject,
        trigger=message,
        kind="task",
        message=message,
        role="coordinator",
        recipient_id=owner,
        details=details,
        status="pending",
        send_at=now,
        mail_id=None,
        note="",
        resent=0,
    )
    text = render_task(message, reader.context(about), *words_of(reader.definition, templates))
    connection.execute(
        insert(TaskRow).values(
            id=ident,
            cohort_id=cohort,
            subject=subject,
            owner_id=owner,
            title=text.title,
            text=text.text,
            due_on=reader.cohort.calendar.local_day(now),
            opened_at=now,
            status="open",
        )
    )
    return True


def _close(connection: Connection, cohort: str, called_for: frozenset[str], now: datetime) -> bool:
    """Close what is not called for any more: failures that are settled, a block since which a mail was sent."""
    mine = OPEN_TASK & TaskRow.subject.in_([_subject(cohort, message) for message in (BLOCKED, FAILING)])
    over: list[str] = []
    for task in connection.execute(select(TaskRow.id, TaskRow.subject, TaskRow.opened_at).where(mine)).all():
        message = task.subject.removeprefix(f"{cohort}/")
        if message in called_for:
            continue
        sent = exists().where(MailRow.sent_at > task.opened_at)
        if not failed_in(connection, cohort) if message == FAILING else connection.scalar(select(sent)):
            over.append(task.id)
    closed = update(TaskRow).where(OPEN_TASK, TaskRow.id.in_(over)).values(status="done", closed_at=now)
    return bool(over) and connection.execute(closed).rowcount > 0
