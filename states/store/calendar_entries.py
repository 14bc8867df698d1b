"""What people's calendars hold by our mails, as the database keeps it (R66): read, written, and doubted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, select, update

from states.store.reach_tables import CalendarEntryRow

_IDS: BindParameter[Sequence[str]] = bindparam("people", expanding=True)
_HELD = (
    select(
        CalendarEntryRow.person_id,
        CalendarEntryRow.uid,
        CalendarEntryRow.sequence,
        CalendarEntryRow.content,
        CalendarEntryRow.cancelled,
        CalendarEntryRow.mail_id,
    )
    .where(CalendarEntryRow.person_id.in_(_IDS))
    .order_by(CalendarEntryRow.sequence, CalendarEntryRow.person_id, CalendarEntryRow.uid)
)
_LOST = ""
"""Stands in the place of a mail that has not arrived."""


class Held(NamedTuple):
    """An entry as somebody's calendar was last sent it."""

    person: str
    uid: str
    sequence: int
    content: str
    cancelled: bool
    mail_id: str

    @property
    def arrived(self) -> bool:
        """Whether it is taken that the mail that said so has arrived."""
        return self.mail_id != _LOST


class Entered(NamedTuple):
    """An entry as a mail is about to send it; ``before`` is what was held when the mail was written."""

    person: str
    uid: str
    sequence: int
    content: str
    cancelled: bool
    before: Held | None


def held_by(connection: Connection, people: Collection[str]) -> dict[str, Held]:
    """Return what the calendar of one address was sent, by UID; ``people`` are all ids that the address has."""
    return {row.uid: Held(*row) for row in connection.execute(_HELD, {"people": sorted(people)})}


def enter(connection: Connection, entries: Sequence[Entered], mail_id: str) -> bool:
    """Write down what a mail sends; ``False``, and nothing is written, if another mail was faster.

    Two that send somebody their first entry at the same moment collide in the database (``ConflictError``).
    """
    if not entries:
        return True
    rows = connection.execute(_HELD.with_for_update(), {"people": sorted({one.person for one in entries})})
    now = {(row.person_id, row.uid): Held(*row) for row in rows}
    if any(now.get((one.person, one.uid)) != one.before for one in entries):
        return False
    for one in sorted(entries):
        what = {"sequence": one.sequence, "content": one.content, "cancelled": one.cancelled, "mail_id": mail_id}
        if one.before is None:
            connection.execute(insert(CalendarEntryRow).values(person_id=one.person, uid=one.uid, **what))
        else:
            mine = (CalendarEntryRow.person_id == one.person) & (CalendarEntryRow.uid == one.uid)
            connection.execute(update(CalendarEntryRow).where(mine).values(what))
    return True


def not_arrived(connection: Connection, mails: Iterable[str], *, surely: bool) -> None:
    """Put right what calendars hold, since ``mails`` have not arrived: the next mail says it anew.

    Not ``surely``: they may have. Then an entry that was new is taken for known, so that its number is not used twice.
    """
    mine = CalendarEntryRow.mail_id.in_(list(mails))
    in_order = select(CalendarEntryRow.uid).where(mine)
    connection.execute(in_order.order_by(CalendarEntryRow.person_id, CalendarEntryRow.uid).with_for_update()).all()
    if surely:
        connection.execute(delete(CalendarEntryRow).where(mine, CalendarEntryRow.sequence == 0))
    connection.execute(update(CalendarEntryRow).where(mine).values(mail_id=_LOST))
