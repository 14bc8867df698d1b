"""A cohort's calendar: when its milestones are, and what the definition's points in time mean on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Self

from config.cohort import Day
from config.definition import Definition
from config.programme import CommitmentSpec
from config.when import When


@dataclass(frozen=True)
class MilestoneDate:
    """The day of a milestone, and its start and end in UTC; ``sequence`` counts how often it was moved."""

    day: date
    starts_at: datetime
    ends_at: datetime
    sequence: int = 0

    @classmethod
    def of(cls, day: Day, definition: Definition, sequence: int = 0) -> Self:
        """Return a day of a cohort's file as the calendar has it."""
        hours = definition.working_time
        return cls(day.date, day.starts(hours), day.ends(hours), sequence)


@dataclass(frozen=True)
class Calendar:
    """The dated milestones of a cohort. A milestone without a date is not in ``days``."""

    definition: Definition
    days: Mapping[str, MilestoneDate] = field(default_factory=dict)

    @classmethod
    def of(cls, dates: Mapping[str, Day], definition: Definition) -> Self:
        """Return the calendar that a cohort's file gives; ``dates`` by milestone."""
        return cls(definition, {ident: MilestoneDate.of(day, definition) for ident, day in dates.items()})

    def day_of(self, when: When, anchors: Mapping[str, date] | None = None) -> date | None:
        """Return the date that ``when`` stands for, ``None`` while its anchor has no date yet.

        ``anchors`` are the dates of ``opened``, ``due`` and the like; milestones are known.
        """
        anchor = (anchors or {}).get(when.anchor)
        if anchor is None:
            held = self.days.get(when.anchor)
            anchor = held.day if held else None
        return None if anchor is None else when.on(anchor, self.definition.working_time)

    def due_of(self, spec: CommitmentSpec, opened: date | None = None) -> date | None:
        """Return a commitment's deadline; a choice that opens after it is due on the last day for changing it (R36)."""
        due = self.day_of(spec.due, {"opened": opened} if opened else {})
        last = self.last_change(spec)
        is_over = due is not None and opened is not None and due < opened
        return last if is_over and last is not None else due

    def last_change(self, spec: CommitmentSpec) -> date | None:
        """Return the last day on which a choice can be made or changed."""
        return None if spec.changeable_until is None else self.day_of(spec.changeable_until)

    def missed_on(self, spec: CommitmentSpec, anchors: Mapping[str, date]) -> date | None:
        """Return the day on which a commitment counts as missed: never before its own deadline is over."""
        day, due = self.day_of(spec.miss, anchors), anchors.get("due")
        return day if day is None or due is None else max(day, due + timedelta(days=1))

    def notice_at(self, when: When, anchors: Mapping[str, date] | None = None) -> datetime | None:
        """Return when a notice goes out: at opening time, on the working day before where it would be late (R47)."""
        day = self.day_of(when, anchors)
        hours = self.definition.working_time
        return None if day is None else hours.opening(hours.previous_working_day(day))

    def follows(self, milestone: str, when: When) -> bool:
        """Whether a notice is meant for after its milestone's day: thanks, what comes next."""
        held, day = self.days.get(milestone), self.day_of(when)
        return held is not None and day is not None and day > held.day

    def is_over(self, milestone: str, now: datetime) -> bool:
        """Whether a milestone's day has been held."""
        held = self.days.get(milestone)
        return held is not None and held.ends_at <= now

    def deadline_at(self, when: When, anchors: Mapping[str, date] | None = None) -> datetime | None:
        """Return the instant at which something counts as missed: opening time of that very day."""
        day = self.day_of(when, anchors)
        return None if day is None else self.definition.working_time.opening(day)

    def opening_at(self, when: When) -> datetime | None:
        """Return when a commitment opens: at a milestone's end if it opens with the event, else like a notice."""
        held = self.days.get(when.anchor)
        if held is not None and not when.offsets:
            return held.ends_at
        return self.notice_at(when)

    def local_day(self, instant: datetime) -> date:
        """Return the date that people have at ``instant``."""
        return self.definition.working_time.local(instant).date()
