"""Mails that were not delivered, as far as is known: those that a peer refused, or perhaps lost, with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from states.running_cohort import read_cohort
from states.store.conditions import PENDING, UNTOLD
from states.store.tables import EffectRow, MailRow, PersonRow

MAIL = "mail"
"""What history calls the machine of a mail that a person decides on."""

FAILED = ("rejected", "unknown")
"""What nothing sends again by itself: a person decides."""


BLOCKED = "mails_blocked"
"""The message of the task that is open while the mail server takes no mail at all."""


@dataclass(frozen=True)
class MailRecord:
    """A mail, or an effect that never became one, under the ``id`` that a person decides on it by.

    ``at`` is local; ``overtaken`` names what has made it untrue since: it can be settled, but not sent again.
    """

    id: str
    cohort_id: str
    journeys: tuple[str, ...]
    to: str
    about: str
    at: datetime
    status: str
    why: str
    overtaken: bool
    written: bool = False
    """Whether it became a mail, whose words can be read."""

    @property
    def day(self) -> date:
        """The local day on which it became what it is."""
        return self.at.date()

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        return asdict(self) | {"journeys": list(self.journeys), "at": self.at.isoformat()}


def list_mails(
    connection: Connection, cohort_id: str, statuses: Sequence[str] = FAILED, day: date | None = None
) -> list[MailRecord]:
    """Return a cohort's mails of these statuses, the oldest first; of one local ``day`` if it is given.

    Raises:
        UnknownRecordError: there is no such cohort.
    """
    cohort = read_cohort(connection, cohort_id)
    rows = connection.execute(_query().where(EffectRow.cohort_id == cohort_id, _in(statuses))).all()
    groups: dict[str, list[Row[Any]]] = {}
    for row in rows:
        groups.setdefault(row.mail_id or row.key, []).append(row)
    local, label = cohort.definition.working_time.local, cohort.definition.trigger_label
    found = (
        MailRecord(
            id=ident,
            cohort_id=cohort_id,
            journeys=tuple(dict.fromkeys(one.journey_id for one in group if one.journey_id)),
            to=group[0].name,
            about=group[0].mail_subject or label(group[0].trigger),
            at=local(group[0].changed_at or group[0].send_at),
            status=group[0].status,
            why=group[0].note,
            overtaken=all(one.overtaken for one in group),
            written=group[0].mail_subject is not None,
        )
        for ident, group in groups.items()
    )
    return sorted((one for one in found if day in {None, one.day}), key=lambda one: (one.at, one.id))


def list_all_mails(
    connection: Connection, statuses: Sequence[str] = FAILED, day: date | None = None
) -> list[MailRecord]:
    """Return the mails of these statuses of all cohorts, cohort by cohort: see ``list_mails``."""
    concerned = select(EffectRow.cohort_id).where(_in(statuses)).distinct()
    return [
        mail
        for cohort in sorted(connection.scalars(concerned))
        for mail in list_mails(connection, cohort, statuses, day)
    ]


def failed_in(connection: Connection, cohort_id: str, statuses: Sequence[str] = FAILED) -> int:
    """Return how many mails of a cohort wait for a person's decision: refused or unknown, and still true."""
    waits = UNTOLD & EffectRow.status.in_(statuses) & (EffectRow.cohort_id == cohort_id) & (EffectRow.overtaken == "")
    mail = func.coalesce(EffectRow.mail_id, EffectRow.key)
    return connection.scalar(select(func.count(mail.distinct())).where(waits)) or 0


def due_in(connection: Connection, cohort_id: str, now: datetime) -> int:
    """Return how many effects of a cohort are due and not out yet."""
    waits = PENDING & (EffectRow.cohort_id == cohort_id) & (EffectRow.send_at <= now)
    return connection.scalar(select(func.count()).select_from(EffectRow).where(waits)) or 0


def _in(statuses: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that an effect has one of these statuses; through the index of untold ones where it can."""
    mine = EffectRow.status.in_(statuses)
    return mine & UNTOLD if set(statuses) <= {*FAILED, "pending", "claimed"} else mine


def _query() -> Any:
    return (
        select(
            EffectRow.key,
            EffectRow.mail_id,
            EffectRow.journey_id,
            EffectRow.trigger,
            EffectRow.status,
            EffectRow.note,
            EffectRow.overtaken,
            EffectRow.send_at,
            EffectRow.changed_at,
            PersonRow.name,
            MailRow.subject.label("mail_subject"),
        )
        .join(PersonRow, PersonRow.id == EffectRow.recipient_id)
        .join(MailRow, MailRow.id == EffectRow.mail_id, isouter=True)
        .order_by(EffectRow.id)
    )


def mails_page(cohort_id: str) -> str:
    """Return the id of the page of a cohort's mails that were not delivered; it is published with the cohort's."""
    return f"{cohort_id}/mails"
