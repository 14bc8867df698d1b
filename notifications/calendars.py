"""What a mail does to its reader's calendar: all in which it differs from what is true, and no sooner than it may.

What is true is worked out anew each time (``notifications.entries``); what a calendar was sent is kept. So whatever
led to a difference, and whatever became of an earlier mail, the next mail carries it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from config.grammar import Trigger
from config.working_time import WorkingTime
from notifications.context import CohortReader
from notifications.due import Effect
from notifications.entries import Concern, Entry, concerns
from notifications.ics import Method, attachment, invitation
from notifications.links import mark_of
from notifications.transports.protocol import Address, Attachment
from notifications.view_models import CalendarFiles, EntryView
from states.store.calendar_entries import Entered, Held, held_by


@dataclass(frozen=True)
class Change:
    """One entry that a mail brings, changes or calls off; ``entered`` is how it is kept."""

    method: Method
    entry: Entry
    entered: Entered


class Calendars:
    """The calendar of one address, as far as the cohorts go that a mail speaks of.

    ``waiting`` are all mails that wait for the address. Read in the transaction that the mail is written from.
    """

    def __init__(
        self, connection: Connection, address: str, readers: Iterable[CohortReader], waiting: Sequence[Effect]
    ) -> None:
        self._address = address
        self._readers = {reader: reader.ids_of(address) for reader in readers}
        self._waiting = waiting
        people = {ident for ids in self._readers.values() for ident in ids}
        self._held = held_by(connection, people) if people else {}

    def changes(self, carried: Collection[Effect]) -> tuple[Change, ...]:
        """Return what a mail that carries these effects does to the calendar, in the order of the days."""
        found = [
            one for reader, ids in self._readers.items() for one in _OfCohort(self, reader, ids, carried).changes()
        ]
        return tuple(sorted(found, key=lambda one: (str(one.entry.starts), one.entry.uid)))

    def left(self, reader: CohortReader, carried: Collection[Effect]) -> list[Effect]:
        """Return the mails about a cohort that still wait when a mail that carries these effects has gone."""
        cohort, ids = reader.cohort.cohort_id, {one.id for one in carried}
        return [one for one in self._waiting if one.cohort_id == cohort and one.id not in ids]

    def held(self, ids: frozenset[str]) -> Mapping[str, Held]:
        """Return what was sent to the person who has these ids, by UID."""
        return {uid: one for uid, one in self._held.items() if one.person in ids}

    @property
    def mark(self) -> str:
        """What stands for the address where no address may."""
        return mark_of(self._address)


class _OfCohort:
    """What a mail changes of the entries of one cohort."""

    def __init__(
        self, calendar: Calendars, reader: CohortReader, ids: frozenset[str], carried: Collection[Effect]
    ) -> None:
        self._mark = calendar.mark
        self._reader = reader
        self._held = calendar.held(ids)
        self._true = {one.entry.uid: one for one in concerns(reader, ids)}
        self._carried = [one for one in carried if one.cohort_id == reader.cohort.cohort_id]
        self._left = calendar.left(reader, carried)

    def changes(self) -> Iterator[Change]:
        """Yield what is new, changed or no longer true, but for what a mail that waits is to tell."""
        for uid, concern in self._true.items():
            entered = self._entered(concern, self._held.get(uid))
            if entered is not None:
                yield Change("REQUEST", concern.entry, entered)
        # Who is to hear tomorrow that somebody has left, or has another leader, does not read it in the calendar today.
        if all(Trigger.parse(one.trigger).name in self._reader.definition.milestones for one in self._left):
            yield from (self._call_off(one) for one in self._held.values() if self._is_to_go(one))

    def _entered(self, concern: Concern, held: Held | None) -> Entered | None:
        """Return how an entry is kept once it is sent; ``None`` where it is not to be."""
        if concern.is_told_by(self._left):
            return None
        # News of a day are no invitation to what people are invited to only once they have come so far (R39).
        is_news = concern.is_known_ahead and concern.is_told_by(self._carried)
        if held is None and not (concern.invited or is_news):
            return None
        content = _content(concern.entry, self._mark)
        is_there = held is not None and not held.cancelled
        if held is not None and is_there and held.arrived and held.content == content:
            return None
        # An entry of the past is no news, unless the calendar has it in the time to come.
        if self._is_over(concern.entry.ends) and not (held and is_there and not self._is_over(self._entry(held).ends)):
            return None
        person, sequence = (concern.person, 0) if held is None else (held.person, held.sequence + 1)
        return Entered(person, concern.entry.uid, sequence, content, False, held)

    def _is_to_go(self, held: Held) -> bool:
        """Whether the calendar has what is not true any more, or was perhaps not told that it is not."""
        if held.uid in self._true or (held.cancelled and held.arrived):
            return False
        # Another mailbox has never had it.
        return _kept(held)["to"] == self._mark and not self._is_over(self._entry(held).ends)

    def _call_off(self, held: Held) -> Change:
        entered = Entered(held.person, held.uid, held.sequence + 1, held.content, True, held)
        return Change("CANCEL", self._entry(held), entered)

    def _is_over(self, ends: date) -> bool:
        hours, now = self._reader.definition.working_time, self._reader.read_at
        return (ends if isinstance(ends, datetime) else hours.at(ends, time())) <= now

    def _entry(self, held: Held) -> Entry:
        kept, hours = _kept(held), self._reader.definition.working_time
        starts, ends = (_moment(kept[name], hours) for name in ("starts", "ends"))
        return Entry(held.uid, kept["title"], kept["place"], starts, ends)


def described(changes: Sequence[Change]) -> CalendarFiles:
    """Return what a mail says of the files that bring changes."""
    sides: dict[bool, list[EntryView]] = {False: [], True: []}
    for one in changes:
        sides[one.method == "CANCEL"].append(EntryView(one.entry.label, one.entry.starts))
    return CalendarFiles(tuple(sides[False]), tuple(sides[True]))


def files_of(changes: Sequence[Change], sender: Address, to: Address, now: datetime) -> tuple[Attachment, ...]:
    """Return changes as files that go with a mail, called by their days."""
    found: list[Attachment] = []
    for change in changes:
        day = str(change.entry.starts)[:10]
        number = sum(one.filename.startswith(day) for one in found)
        content = invitation(change.entry, change.method, change.entered.sequence, sender, to, now)
        found.append(attachment(content, change.method, f"{day}-{number + 1}" if number else day))
    return tuple(found)


def _content(entry: Entry, mark: str) -> str:
    """Return an entry as it is kept: all that makes it another one when it changes, and no name."""
    starts, ends = entry.starts.isoformat(), entry.ends.isoformat()
    said = {"title": entry.title, "place": entry.place, "starts": starts, "ends": ends}
    return json.dumps({**said, "people": entry.people, "to": mark}, ensure_ascii=False, sort_keys=True)


def _kept(held: Held) -> Mapping[str, str]:
    found: dict[str, str] = json.loads(held.content)
    return found


def _moment(text: str, hours: WorkingTime) -> date:
    if "T" not in text:
        return date.fromisoformat(text)
    return datetime.fromisoformat(text).astimezone(ZoneInfo(hours.time_zone))
