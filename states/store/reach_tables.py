"""The tables of what people have said, hold, can be reached by, were asked, and whom they work with: attendance,
calendars, delivery, teams.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from states.store.columns import Base


class AbsenceRow(Base):
    """A talent who gave notice of not coming to a milestone (R29)."""

    __tablename__ = "absences"

    journey_id: Mapped[str] = mapped_column(ForeignKey("journeys.id"), primary_key=True)
    milestone: Mapped[str] = mapped_column(primary_key=True)
    noted_at: Mapped[datetime]


class AttendanceRow(Base):
    """Whether somebody comes to a milestone, as they said last (R61); whoever has said nothing counts as coming."""

    __tablename__ = "attendances"

    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohorts.id"), primary_key=True)
    milestone: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    coming: Mapped[bool]
    noted_at: Mapped[datetime]


class TeamRow(Base):
    """The mixed team of a module that a talent was put into (R51); who does not come is left out when it is read."""

    __tablename__ = "teams"

    journey_id: Mapped[str] = mapped_column(ForeignKey("journeys.id"), primary_key=True)
    module: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]


class CalendarEntryRow(Base):
    """An entry that a person's calendar holds by our mails (R66): what it said last, and by which mail."""

    __tablename__ = "calendar_entries"
    __table_args__ = (Index("ix_calendar_entries_mail_id", "mail_id"),)

    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    uid: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(default=0)
    content: Mapped[str]
    """What the entry said, without names: to see whether it is another now, and to call it off by its own words."""
    cancelled: Mapped[bool] = mapped_column(default=False)
    mail_id: Mapped[str]
    """The mail that said so last; empty where that has not arrived, or perhaps not."""


class DeliveryEventRow(Base):
    """Something that SendGrid told of a mail, once."""

    __tablename__ = "delivery_events"
    __table_args__ = (Index("ix_delivery_events_mail_id", "mail_id"), {"sqlite_with_rowid": False})

    id: Mapped[str] = mapped_column(primary_key=True)
    """SendGrid's own id of the event."""
    mail_id: Mapped[str]
    event: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")


class UnreachableRow(Base):
    """A person whose address does not take mail, since when and why; gone when the address is corrected."""

    __tablename__ = "unreachable"

    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    email: Mapped[str]
    since: Mapped[datetime]
    reason: Mapped[str]


class MorningRow(Base):
    """The last local day on which a cohort was looked through for what its coordinators are to decide."""

    __tablename__ = "mornings"

    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohorts.id"), primary_key=True)
    day: Mapped[date]
