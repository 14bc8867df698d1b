"""How many mails people get: per role the mean of a cohort's time, and the most in a day and in a week."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, func, select

from states.running_cohort import read_cohort
from states.store.tables import EffectRow, PersonRow

_AS_A_TALENT = frozenset({"group", "cohort", "partner"})
"""Roles in which talents hear of one another."""
_FIRST = ("talent", "mentor")
"""What people who have several roles are counted as."""


@dataclass(frozen=True)
class Load:
    """The mails to the people of one role: ``mean`` a person, and the most that one of them got in a day and a week."""

    role: str
    people: int
    mean: float
    day: int
    week: int


def mail_load(connection: Connection, cohort_id: str) -> tuple[Load, ...]:
    """Return how many mails a cohort's people were sent, by role; several matters of one mail are one (R48).

    Who got none is not counted; a week is one from Monday to Sunday.

    Raises:
        UnknownRecordError: there is no such cohort.
    """
    local = read_cohort(connection, cohort_id).definition.working_time.local
    at = func.min(func.coalesce(EffectRow.changed_at, EffectRow.send_at)).label("at")
    mail = func.coalesce(EffectRow.mail_id, EffectRow.key)
    mine = (EffectRow.cohort_id == cohort_id) & (EffectRow.kind == "mail") & (EffectRow.status == "sent")
    sent = (
        select(PersonRow.email, EffectRow.role, mail.label("mail"), at)
        .join(PersonRow, PersonRow.id == EffectRow.recipient_id)
        .where(mine)
        .group_by(PersonRow.email, EffectRow.role, mail)
    )
    roles: dict[str, set[str]] = defaultdict(set)
    days: dict[str, dict[str, date]] = defaultdict(dict)
    for row in connection.execute(sent):
        roles[row.email].add("talent" if row.role in _AS_A_TALENT else row.role)
        days[row.email][row.mail] = local(row.at).date()
    by_role: dict[str, list[str]] = defaultdict(list)
    for person, held in roles.items():
        by_role[next((role for role in _FIRST if role in held), min(held))].append(person)
    return tuple(_load(role, [list(days[one].values()) for one in people]) for role, people in sorted(by_role.items()))


def _load(role: str, people: list[list[date]]) -> Load:
    weeks = [[day - timedelta(days=day.weekday()) for day in days] for days in people]
    return Load(role, len(people), sum(map(len, people)) / len(people), _most(people), _most(weeks))


def _most(people: list[list[date]]) -> int:
    return max(count for days in people for count in Counter(days).values())
