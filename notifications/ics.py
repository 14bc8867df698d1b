"""Calendar entries as iCalendar (RFC 5545, sent by RFC 5546): the same entry always gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

from config.mail_address import ascii_address
from config.plain_text import without_the_unseen
from notifications.entries import Entry
from notifications.time_zones import described
from notifications.transports.protocol import Address, Attachment

Method = Literal["REQUEST", "CANCEL"]

_PRODUCT = "-//talentnord//calendar//EN"
_AGAIN = timedelta(hours=6)
"""How often a calendar program is asked to fetch a subscribed calendar anew."""


def invitation(entry: Entry, method: Method, sequence: int, sender: Address, to: Address, now: datetime) -> bytes:
    """Return one entry for one person: as it is now (``REQUEST``), or that it no longer is (``CANCEL``)."""
    event = _event(entry, sequence, sender, now)
    event.add("status", "CONFIRMED" if method == "REQUEST" else "CANCELLED")
    attendee = _who(to)
    attendee.params |= {"ROLE": vText("REQ-PARTICIPANT"), "PARTSTAT": vText("NEEDS-ACTION"), "RSVP": vText("FALSE")}
    event.add("attendee", attendee)
    return bytes(_calendar(method, [event], [entry]).to_ical())


def published(entries: Sequence[Entry], name: str, sender: Address, now: datetime) -> bytes:
    """Return all entries as a calendar to subscribe to, under its name."""
    events = [_event(entry, 0, sender, now) for entry in entries]
    for event in events:
        event.add("status", "CONFIRMED")
    calendar = _calendar("PUBLISH", events, entries)
    calendar.add("name", name)
    calendar.add("refresh-interval", _AGAIN, parameters={"VALUE": "DURATION"})
    # The names that programs had for the same before RFC 7986.
    calendar.add("x-wr-calname", name)
    calendar.add("x-published-ttl", _AGAIN)
    return bytes(calendar.to_ical())


def attachment(content: bytes, method: Method, name: str) -> Attachment:
    """Return an invitation as a file that goes with a mail."""
    return Attachment(f"{name}.ics", f"text/calendar; method={method}; charset=utf-8", content)


def _event(entry: Entry, sequence: int, sender: Address, now: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", sequence)
    event.add("summary", entry.title)
    event.add("dtstart", entry.starts)
    event.add("dtend", entry.ends)
    if entry.place:
        event.add("location", entry.place)
    if entry.names:
        event.add("description", " · ".join(entry.names))
    # A day without a time keeps nobody busy from morning to night.
    event.add("transp", "OPAQUE" if isinstance(entry.starts, datetime) else "TRANSPARENT")
    event.add("organizer", _who(sender))
    return event


def _who(address: Address) -> vCalAddress:
    try:
        email = ascii_address(address.email)
    except ValueError:  # The mail is refused by its transport, which says why.
        email = address.email
    found = vCalAddress(f"mailto:{email}")
    if address.name:
        found.params["CN"] = vText(without_the_unseen(address.name))
    return found


def _calendar(method: str, events: Sequence[Event], entries: Sequence[Entry]) -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", _PRODUCT)
    calendar.add("method", method)
    for zone, years in _zones(entries).items():
        calendar.add_component(described(zone, min(years), max(years)))
    for event in events:
        calendar.add_component(event)
    return calendar


def _zones(entries: Iterable[Entry]) -> dict[str, set[int]]:
    """Return the time zones of entries, with the years in which they lie."""
    found: dict[str, set[int]] = {}
    for entry in entries:
        for moment in (entry.starts, entry.ends):
            if isinstance(moment, datetime):
                assert isinstance(moment.tzinfo, ZoneInfo)
                found.setdefault(moment.tzinfo.key, set()).add(moment.year)
    return found
