"""A small calendar program: it reads mails as RFC 5546 says, and holds for each address what they leave there.

It reads with vobject, which shares nothing with the library that writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, NamedTuple

import vobject

from notifications.transports.mime import build
from notifications.transports.protocol import Mail


class Shown(NamedTuple):
    """An entry as somebody sees it."""

    title: str
    starts: date
    ends: date
    place: str


@dataclass
class Copy:
    """What a program knows of one UID; called off it stays known, so that no older mail brings it back."""

    sequence: int
    shown: Shown | None


@dataclass
class CalendarPrograms:
    """The calendars of all who get mails, by address."""

    calendars: dict[str, dict[str, Copy]] = field(default_factory=lambda: defaultdict(dict))
    read: int = 0

    def take(self, mail: Mail) -> None:
        """Read a mail as it is sent."""
        self.take_bytes(build(mail).as_bytes())

    def take_bytes(self, content: bytes) -> None:
        """Read a mail from its bytes."""
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        address = message["To"].addresses[0].addr_spec
        for part in message.iter_attachments():
            if part.get_content_type() == "text/calendar":
                self._apply(address, part)

    def _apply(self, address: str, part: Any) -> None:
        raw = part.get_payload(decode=True)
        lines = raw.split(b"\r\n")
        assert all(len(line) <= 75 and b"\n" not in line for line in lines), "folded, with network line ends"
        calendar = vobject.readOne(raw.decode())
        method, event = calendar.method.value, calendar.vevent
        assert part.get_param("method") == method
        assert event.attendee.value == f"mailto:{address}"
        assert event.organizer.value.startswith("mailto:")
        calendar_of, sequence = self.calendars[address], int(event.sequence.value)
        known = calendar_of.get(event.uid.value)
        self.read += 1
        if known is not None and sequence <= known.sequence:
            return  # A calendar program has no reason to believe an older mail, or the same number with other words.
        calendar_of[event.uid.value] = Copy(sequence, None if method == "CANCEL" else shown(event))

    def holds(self, address: str, after: datetime | None = None) -> set[Shown]:
        """Return what somebody sees in the calendar, all of it or only what ends after an instant."""
        copies = (one.shown for one in self.calendars[address].values())
        return {one for one in copies if one is not None and (after is None or ends_after(one, after))}


def shown(event: Any) -> Shown:
    """What a program shows of an event that vobject has read."""
    starts, ends = (_moment(one.value) for one in (event.dtstart, event.dtend))
    return Shown(event.summary.value, starts, ends, event.location.value if hasattr(event, "location") else "")


def published(content: bytes) -> set[Shown]:
    """What a program shows of a calendar that it subscribes to."""
    calendar = vobject.readOne(content.decode())
    assert calendar.method.value == "PUBLISH"
    return {shown(event) for event in calendar.contents.get("vevent", [])}


def ends_after(one: Shown, instant: datetime) -> bool:
    """Whether an entry is not over at an instant."""
    return one.ends > instant if isinstance(one.ends, datetime) else one.ends > instant.date()


def titles(found: Iterable[Shown]) -> list[str]:
    """The titles of entries in the order of their days, without the programme's name."""
    in_order = sorted(found, key=lambda one: str(one.starts))
    return [one.title.removeprefix("Talent Nord · ") for one in in_order]


def _moment(value: date) -> date:
    return value.astimezone(UTC) if isinstance(value, datetime) else value
