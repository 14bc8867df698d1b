"""Calendar entries as bytes, read with a second, independent parser."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from notifications.entries import Entry
from notifications.ics import Method, attachment, invitation, published
from notifications.time_zones import described
from notifications.transports.protocol import Address

NOW = datetime(2027, 1, 4, 8, tzinfo=UTC)
SENDER = Address("Talent Nord", "talentnord@aalborg.example")
TO = Address("Åse Ærø", "aase@hjørring.example")
HERE = ZoneInfo("Europe/Copenhagen")
KICKOFF = Entry(
    "kickoff.hold-3@talent-nord",
    "Talent Nord · Fælles kick-off, i huset; og bagefter",
    "Nordkraft, Aalborg",
    datetime(2027, 2, 25, 12, 30, tzinfo=HERE),
    datetime(2027, 2, 25, 16, 30, tzinfo=HERE),
)
DAY = Entry(
    "a@b", "Talent Nord · Mentormøde i modul 1", "", date(2027, 3, 15), date(2027, 3, 16), ("1",), ("Anna Å", "Bo")
)


def read(entry: Entry, method: Method = "REQUEST", sequence: int = 0) -> Any:
    """What a calendar program makes of an invitation."""
    return vobject.readOne(invitation(entry, method, sequence, SENDER, TO, NOW).decode())


def test_a_program_shows_what_was_meant() -> None:
    event = read(KICKOFF).vevent
    assert event.summary.value == KICKOFF.title
    assert event.location.value == KICKOFF.place
    assert (event.dtstart.value, event.dtend.value) == (KICKOFF.starts, KICKOFF.ends)
    assert event.uid.value == KICKOFF.uid
    assert event.status.value == "CONFIRMED"
    assert not hasattr(event, "valarm")


def test_it_says_from_whom_it_is_and_for_whom_and_asks_for_no_reply() -> None:
    event = read(KICKOFF).vevent
    assert event.organizer.value == "mailto:talentnord@aalborg.example"
    assert event.attendee.value == "mailto:aase@xn--hjrring-r1a.example"
    assert (event.attendee.params["CN"], event.attendee.params["RSVP"]) == (["Åse Ærø"], ["FALSE"])
    assert event.attendee.params["PARTSTAT"] == ["NEEDS-ACTION"]


def test_what_is_called_off_keeps_its_uid_and_says_so() -> None:
    calendar = read(KICKOFF, "CANCEL", 3)
    assert calendar.method.value == "CANCEL"
    event = calendar.vevent
    assert (event.uid.value, event.sequence.value, event.status.value) == (KICKOFF.uid, "3", "CANCELLED")


def test_times_are_local_and_their_zone_comes_along() -> None:
    content = invitation(KICKOFF, "REQUEST", 0, SENDER, TO, NOW).decode()
    assert "DTSTART;TZID=Europe/Copenhagen:20270225T123000\r\n" in content
    assert "TZID:Europe/Copenhagen\r\n" in content


def test_a_day_without_a_time_is_a_whole_day_and_keeps_nobody_busy() -> None:
    event = read(DAY).vevent
    assert (event.dtstart.value, event.dtend.value) == (date(2027, 3, 15), date(2027, 3, 16))
    assert event.transp.value == "TRANSPARENT"


def test_names_of_those_who_meet_stand_in_the_text_and_nowhere_else() -> None:
    event = read(DAY).vevent
    assert event.description.value == "Anna Å · Bo"
    assert "Anna" not in event.summary.value + event.uid.value
    assert not hasattr(event, "location")


def test_the_same_entry_gives_the_same_bytes_in_lines_as_the_standard_has_them() -> None:
    content = invitation(KICKOFF, "REQUEST", 0, SENDER, TO, NOW)
    assert content == invitation(KICKOFF, "REQUEST", 0, SENDER, TO, NOW)
    assert not re.search(rb"(?<!\r)\n", content)
    assert max(map(len, content.split(b"\r\n"))) <= 75
    assert "DTSTAMP:20270104T080000Z" in content.decode()


def test_a_file_names_its_method() -> None:
    found = attachment(b"x", "CANCEL", "2027-02-25")
    assert (found.filename, found.content_type) == ("2027-02-25.ics", "text/calendar; method=CANCEL; charset=utf-8")


def test_a_calendar_to_subscribe_to_has_a_name_all_entries_and_no_guests() -> None:
    content = published([KICKOFF, DAY], "Talent Nord · Hold 3", SENDER, NOW)
    calendar = vobject.readOne(content.decode())
    assert calendar.method.value == "PUBLISH"
    assert "\r\nNAME:Talent Nord · Hold 3\r\n" in content.decode()
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in content
    assert {event.uid.value for event in calendar.vevent_list} == {KICKOFF.uid, DAY.uid}
    assert b"ATTENDEE" not in content


def test_a_calendar_without_entries_is_one_all_the_same() -> None:
    assert vobject.readOne(published([], "Hold 3", SENDER, NOW).decode()).method.value == "PUBLISH"


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=80))
def test_any_title_survives_and_adds_no_line(title: str) -> None:
    entry = Entry(KICKOFF.uid, title, title, KICKOFF.starts, KICKOFF.ends)
    event = read(entry).vevent
    assert event.summary.value == title
    assert len(event.contents) == len(read(KICKOFF).vevent.contents)


@pytest.mark.parametrize(
    "zone", ["Europe/Copenhagen", "America/New_York", "Australia/Sydney", "Asia/Tokyo", "Africa/Casablanca"]
)
def test_a_zone_is_described_as_its_clocks_go(zone: str) -> None:
    """Read by vobject, every day of three years has the offset that the zone has, an hour after each turn too."""
    text = described(zone, 2027, 2028).to_ical().decode()
    calendar = vobject.readOne(f"BEGIN:VCALENDAR\r\n{text}END:VCALENDAR\r\n")
    theirs, ours = calendar.vtimezone.gettzinfo(), ZoneInfo(zone)
    at = datetime(2027, 1, 1, 0, 30, tzinfo=UTC)
    while at.year < 2029:
        local = at.astimezone(ours)
        if local.replace(fold=1).utcoffset() == local.utcoffset():
            assert local.replace(tzinfo=theirs).utcoffset() == local.utcoffset(), at
        at += timedelta(hours=1)
