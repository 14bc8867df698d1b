"""The tables: what is true (cohorts, journeys, commitments), how it came about (facts, history), what is to
happen (timers) and what people are still to be told (effects, tasks).

Identifiers are readable and derived, never random: ``hold-3-07`` is a journey, ``hold-3-07/portrait`` one of its
commitments, ``hold-3-07/portrait#3`` the third transition of that. The same facts give the same rows.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from states.store.columns import Base

_SERIAL = BigInteger().with_variant(Integer, "sqlite")
_ARMED = text("status = 'armed'")
_PENDING = text("status = 'pending'")
_UNTOLD = text("status IN ('pending', 'claimed', 'rejected', 'unknown')")
_OPEN = text("status = 'open'")
_UNTAKEN = text("flow_run_id IS NULL")


class CohortRow(Base):
    """A running of a programme, pinned to the definition it started with (invariant 9)."""

    __tablename__ = "cohorts"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    definition: Mapped[str]
    """The programme as JSON, as it was when the cohort was enrolled."""
    cohort: Mapped[str]
    """The cohort as JSON: organisations, challenges, coordinators. Dates live in ``milestones``."""
    calendar_version: Mapped[int] = mapped_column(default=0)


class PersonRow(Base):
    """A person; erasing one overwrites name and address, never the row (invariant 2)."""

    __tablename__ = "persons"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(default="")
    telephone: Mapped[str] = mapped_column(default="")
    organisation: Mapped[str] = mapped_column(default="")
    """What a coordinator signs with; that of talents and leaders is their journey's."""


class HolderRow(Base):
    """Who holds an office in the place of whom the cohort was enrolled with; with a last day, who acts for them."""

    __tablename__ = "holders"
    __table_args__ = (Index("ix_holders_cohort_id", "cohort_id"),)

    n: Mapped[int] = mapped_column(_SERIAL, primary_key=True, autoincrement=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohorts.id"))
    office: Mapped[str]
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    first_day: Mapped[date]
    last_day: Mapped[date | None]


class MilestoneRow(Base):
    """A dated event of a cohort's calendar."""

    __tablename__ = "milestones"

    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohorts.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    place: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Staff and preparation material."""
    sequence: Mapped[int] = mapped_column(default=0)
    held_at: Mapped[datetime | None]


class JourneyRow(Base):
    """One talent's way through; ``version`` counts its transitions."""

    __tablename__ = "journeys"
    __table_args__ = (Index("ix_journeys_cohort_id", "cohort_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohorts.id"))
    state: Mapped[str]
    version: Mapped[int] = mapped_column(default=0)
    talent_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    mentor_id: Mapped[str | None] = mapped_column(ForeignKey("persons.id"))
    second_mentor_id: Mapped[str | None] = mapped_column(ForeignKey("persons.id"))
    consultant_id: Mapped[str | None] = mapped_column(ForeignKey("persons.id"))
    organisation: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(default="")
    level: Mapped[str] = mapped_column(default="")
    group_number: Mapped[int | None]


class RegionRow(Base):
    """Where a journey stands in a region beside its calendar; ``version`` counts its transitions there."""

    __tablename__ = "regions"

    journey_id: Mapped[str] = mapped_column(ForeignKey("journeys.id"), primary_key=True)
    region: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str]
    version: Mapped[int] = mapped_column(default=0)


class CommitmentRow(Base):
    """A commitment of a journey, or of the cohort itself where ``journey_id`` is empty."""

    __tablename__ = "commitments"
    __table_args__ = (Index("ix_commitments_journey_id", "journey_id"), Index("ix_commitments_cohort_id", "cohort_id"))

    id: Mapped[str] = mapped_column(primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohorts.id"))
    journey_id: Mapped[str | None] = mapped_column(ForeignKey("journeys.id"))
    name: Mapped[str]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(default=0)
    opened_on: Mapped[date | None]
    due_on: Mapped[date | None]
    missed_on: Mapped[date | None]
    choice: Mapped[str | None]
    partner_id: Mapped[str | None] = mapped_column(ForeignKey("journeys.id"))
    agreed: Mapped[bool] = mapped_column(default=False)
    appointed_on: Mapped[date | None]
    appointed_at: Mapped[str] = mapped_column(default="")
    """The local time of day that it is agreed for, ``14:30``; empty where none was said."""
    quiet: Mapped[bool] = mapped_column(default=False)


class FactRow(Base):
    """Something somebody told us, once: the key is the fact (invariant 4)."""

    __tablename__ = "facts"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - one tree to write, not two

    key: Mapped[str] = mapped_column(primary_key=True)
    trigger: Mapped[str]
    at: Mapped[datetime]
    actor: Mapped[str]
    details: Mapped[dict[str, Any]]
    subjects: Mapped[list[str] | None]
    """Whom it was about, sorted; empty for facts of before migration 0002."""
    before: Mapped[dict[str, Any] | None]
    """How what it changed stood before, as far as history does not say; empty for facts of before migration 0008."""
    corrects: Mapped[str | None] = mapped_column(index=True, unique=True)
    """The key of the fact that this one takes back."""


class HistoryRow(Base):
    """One transition of a journey, a commitment or a cohort; never changed, never deleted (invariant 2)."""

    __tablename__ = "history"
    __table_args__ = (Index("ix_history_journey_id", "journey_id"),)

    n: Mapped[int] = mapped_column(_SERIAL, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(unique=True)
    """``<subject>#<version>``: two writers of the same version collide here."""
    cohort_id: Mapped[str]
    journey_id: Mapped[str | None]
    machine: Mapped[str]
    """``journey``, ``cohort``, or the name of the region or the commitment."""
    trigger: Mapped[str]
    source: Mapped[str]
    dest: Mapped[str]
    at: Mapped[datetime]
    cause: Mapped[str]
    """``timer <trigger> <instant it was due>`` or ``fact <key>``."""


class RunLinkRow(Base):
    """Which run carried out what a transition caused; those of before migration 0004 have no row."""

    __tablename__ = "run_links"
    __table_args__ = (
        Index("ix_run_links_history_id", "history_id", sqlite_where=_UNTAKEN, postgresql_where=_UNTAKEN),
        {"sqlite_with_rowid": False},
    )

    history_id: Mapped[str] = mapped_column(primary_key=True)
    flow_run_id: Mapped[str | None]
    """The id of the run in Prefect; empty until one has begun."""


class TimerRow(Base):
    """At ``due_at`` fire ``trigger``; armed and cancelled by transitions, fired once."""

    __tablename__ = "timers"
    __table_args__ = (
        Index("ix_timers_due_at", "due_at", "rank", "id", sqlite_where=_ARMED, postgresql_where=_ARMED),
        Index(
            "uq_timers_subject_trigger",
            "subject",
            "trigger",
            unique=True,
            sqlite_where=_ARMED,
            postgresql_where=_ARMED,
        ),
    )

    id: Mapped[int] = mapped_column(_SERIAL, primary_key=True, autoincrement=True)
    cohort_id: Mapped[str]
    subject: Mapped[str]
    """The cohort, journey or commitment it belongs to."""
    trigger: Mapped[str]
    due_at: Mapped[datetime]
    rank: Mapped[int] = mapped_column(default=0)
    """Orders timers of one instant: events before what they open, openings before deadlines."""
    status: Mapped[str] = mapped_column(default="armed")


class EffectRow(Base):
    """Something a transition causes outside: a mail, or a task to open. This is the outbox."""

    __tablename__ = "effects"
    __table_args__ = (
        Index("ix_effects_send_at", "send_at", sqlite_where=_PENDING, postgresql_where=_PENDING),
        Index("ix_effects_subject", "subject", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
        Index("ix_effects_history_id", "history_id"),
    )

    id: Mapped[int] = mapped_column(_SERIAL, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(unique=True)
    cohort_id: Mapped[str]
    journey_id: Mapped[str | None]
    subject: Mapped[str]
    history_id: Mapped[str]
    """The transition behind it, the answer to 'why did I get this?'."""
    trigger: Mapped[str]
    kind: Mapped[str]
    """``mail`` or ``task``."""
    message: Mapped[str]
    role: Mapped[str]
    recipient_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    details: Mapped[dict[str, Any]]
    """What the message needs beside its subject: milestone, due date, facts given in a form."""
    send_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="pending")
    """pending → claimed → sent | unknown | rejected; or done (a task opened); or dropped before it was sent."""
    overtaken: Mapped[str] = mapped_column(default="")
    """The cause that has made it untrue since it was claimed: should it come back, it is not sent again."""
    successor_id: Mapped[str | None] = mapped_column(ForeignKey("persons.id"))
    """Who is told in the recipient's place, should it come back: the role has another holder since it was claimed."""
    resent: Mapped[int] = mapped_column(default=0)
    """How often it was sent again after a peer had refused or perhaps lost it; each time it is another mail."""
    mail_id: Mapped[str | None] = mapped_column(index=True)
    changed_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")


class MailRow(Base):
    """A mail as handed over: one person, one or more effects (R48)."""

    __tablename__ = "mails"

    id: Mapped[str] = mapped_column(primary_key=True)
    cohort_id: Mapped[str]
    recipient_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), index=True)
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str | None]
    """Its words, without the links that are its reader's alone; ``None`` before migration 0014."""
    claimed_at: Mapped[datetime] = mapped_column(index=True)
    claimed_by: Mapped[str]
    status: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None]


class TaskRow(Base):
    """Something a named person should do, open until done or no longer needed."""

    __tablename__ = "tasks"
    __table_args__ = (Index("ix_tasks_subject", "subject", sqlite_where=_OPEN, postgresql_where=_OPEN),)

    id: Mapped[str] = mapped_column(primary_key=True)
    """The key of the effect that opened it."""
    cohort_id: Mapped[str]
    journey_id: Mapped[str | None]
    subject: Mapped[str]
    owner_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    title: Mapped[str]
    text: Mapped[str]
    due_on: Mapped[date | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(default="open")
