"""Whether a person comes to what they are asked to, as the site shows it: what they said, and may say now (R61)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from config.attendance import AttendanceSpec
from config.definition import ACTIVE
from config.grammar import COME, DECLINE, attendance_id
from states.moves.attendance import said_by
from states.running_cohort import RunningCohort
from states.store.attending import JourneyPart, ids_of, parts_in_journeys
from states.store.tables import PersonRow
from states.views.attendance_told import Sayings, attendance_told
from states.views.matter import Matter, Option


class Who(NamedTuple):
    """A person, the ids under which the cohort knows them, and what they are in its journeys."""

    person: str
    ids: list[str]
    parts: list[JourneyPart]


class Asked(NamedTuple):
    """What a person is asked to come to: a milestone, the subject by which it is answered, what they are there."""

    milestone: str
    subject: str
    part: JourneyPart


def attendance_matter(
    connection: Connection, cohort: RunningCohort, person: str, subject: str, now: datetime
) -> Matter | None:
    """Return whether a person comes to one milestone; ``None`` where they are not asked, or no longer."""
    who = who_is(connection, cohort, person, now)
    asked = [one for one in asked_to(cohort, who, [subject.rpartition("@")[2]]) if one.subject == subject]
    return next(matters_of(connection, cohort, who, asked, now), None)


def attendance_matters(connection: Connection, cohort: RunningCohort, person: str, now: datetime) -> list[Matter]:
    """Return all that a person is or was asked to come to; what they can answer comes first, then by its date."""
    who, once = who_is(connection, cohort, person, now), dict[str, Asked]()
    for one in asked_to(cohort, who, list(cohort.definition.milestones)):
        once.setdefault(one.milestone, one)
    found = matters_of(connection, cohort, who, list(once.values()), now)
    return sorted(found, key=lambda one: (not one.options, one.due or date.max))


def who_is(connection: Connection, cohort: RunningCohort, person: str, now: datetime) -> Who:
    """Return who a person is in a cohort."""
    ids = ids_of(connection, cohort.cohort_id, person)
    return Who(person, ids, parts_in_journeys(connection, cohort, ids, cohort.calendar.local_day(now)))


def asked_to(cohort: RunningCohort, who: Who, milestones: Sequence[str]) -> list[Asked]:
    """Return what a person is asked to; who is a talent there is asked as that first, then as what else they are."""
    found: dict[str, Asked] = {}
    for milestone in milestones:
        for role in sorted(cohort.definition.asked_to(milestone), key=lambda one: one != "talent"):
            for part in who.parts:
                if part.role == role:
                    subject = attendance_id(part.journey.id if role == "talent" else cohort.cohort_id, milestone)
                    found.setdefault(subject, Asked(milestone, subject, part))
    return list(found.values())


def matters_of(
    connection: Connection, cohort: RunningCohort, who: Who, asked: Sequence[Asked], now: datetime
) -> Iterator[Matter]:
    """Yield what a person is asked, as it stands now."""
    asks = cohort.definition.programme.attendance
    if asks is None or not asked:
        return
    own = next((part.journey.id for part in who.parts if part.role == "talent"), None)
    said = attendance_told(connection, cohort, who.ids, own)
    name = connection.scalar(select(PersonRow.name).where(PersonRow.id == who.person)) or ""
    for one in asked:
        sayings = said.get(one.milestone, Sayings())
        held = cohort.calendar.days.get(one.milestone)
        ahead = held is not None and held.ends_at > now and one.part.journey.state.startswith(ACTIVE)
        yield Matter(
            subject=one.subject,
            label=cohort.definition.milestones[one.milestone].label,
            role=one.part.role,
            about=name if one.part.role == "talent" else "",
            state=asks.silence if sayings.coming is None else cohort.definition.trigger_label(_part(sayings.coming)),
            due=held.day if held else None,
            late=False,
            version=sayings.version,
            options=tuple(_options(asks, sayings.coming)) if ahead else (),
            said=sayings.said,
        )


def _part(coming: bool) -> str:
    return COME if coming else DECLINE


def _options(asks: AttendanceSpec, coming: bool | None) -> Iterator[Option]:
    """Yield what would be news."""
    for part in (COME, DECLINE):
        if coming is None or part != _part(coming):
            says = said_by(asks, part)
            yield Option(part, says.label, says.help)
