"""What became of the mails of the last weeks, week by week: the read model of a picture."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select

from states.running_cohort import read_cohort
from states.store.tables import EffectRow

BECAME = ("sent", "waiting", "rejected", "unknown")
"""What a mail counts as; one that was overtaken before it went out counts as nothing."""
_COUNTS_AS = {"sent": "sent", "pending": "waiting", "claimed": "waiting", "rejected": "rejected", "unknown": "unknown"}
WEEKS = 8


@dataclass(frozen=True)
class MailWeek:
    """A week from Monday on, and how many of its mails became what (by ``BECAME``)."""

    monday: date
    counts: dict[str, int]

    @property
    def number(self) -> int:
        """The number of the week as calendars have it (ISO 8601)."""
        return self.monday.isocalendar().week

    @property
    def total(self) -> int:
        """How many mails the week had."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class MailWeeks:
    """The mails of a cohort's last weeks, the oldest week first; ``made`` is local."""

    cohort: str
    cohort_id: str
    made: datetime
    weeks: tuple[MailWeek, ...]

    def count(self, *became: str) -> int:
        """Return how many mails of all these weeks became one of these."""
        return sum(week.counts[one] for week in self.weeks for one in became)


def mail_weeks(connection: Connection, cohort_id: str, now: datetime) -> MailWeeks:
    """Return what became of a cohort's mails in this week and those before it; a mail counts once.

    Raises:
        UnknownRecordError: there is no such cohort.
    """
    cohort = read_cohort(connection, cohort_id)
    local, today = cohort.definition.working_time.local, cohort.calendar.local_day(now)
    this = today - timedelta(days=today.weekday())
    mondays = [this - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    found: dict[date, Counter[str]] = {monday: Counter() for monday in mondays}
    at = func.coalesce(EffectRow.changed_at, EffectRow.send_at)
    mail = func.coalesce(EffectRow.mail_id, EffectRow.key)
    # A day earlier, for the local day may begin before that of UTC.
    since = now - timedelta(days=today.weekday() + 1, weeks=WEEKS - 1, hours=24)
    mine = (EffectRow.cohort_id == cohort_id) & (EffectRow.kind == "mail") & EffectRow.status.in_(_COUNTS_AS)
    rows = (
        select(func.min(EffectRow.status).label("status"), func.min(at).label("at"))
        .where(mine, at >= since, EffectRow.send_at <= now)
        .group_by(mail)
    )
    for row in connection.execute(rows):
        day = local(row.at).date()
        monday = day - timedelta(days=day.weekday())
        if monday in found:
            found[monday][_COUNTS_AS[row.status]] += 1
    weeks = (MailWeek(monday, {one: counts[one] for one in BECAME}) for monday, counts in found.items())
    return MailWeeks(cohort.name, cohort_id, cohort.definition.working_time.local(now), tuple(weeks))
