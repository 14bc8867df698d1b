"""What the pages that coordinators look at hold: plain values in people's words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from states.facts import FACT_CAUSE


@dataclass(frozen=True)
class CommitmentLine:
    """A commitment on a page; in people's words; ``late`` when it was missed and not yet kept."""

    label: str
    state: str
    due: date | None
    owner: str
    late: bool
    choice: str
    settled: bool
    appointed: date | None = None
    """The day that talent and leader have agreed on, while it is still to come about."""
    id: str = ""
    """The commitment's id: what its forms are filled in with."""
    days_late: int = 0
    """How many days its deadline is past, while it is late."""


@dataclass(frozen=True)
class PlanLine:
    """What was said last of a talent's plan, in people's words, for which day, and by whom: a name or an office."""

    what: str
    day: date
    by: str


@dataclass(frozen=True)
class OverdueLine:
    """A commitment of a talent's that is late: its id, for how many days, and whose turn it is."""

    subject: str
    label: str
    days: int
    turn: str


@dataclass(frozen=True)
class TalentLine:
    """A row of the cohort's overview."""

    journey: str
    name: str
    organisation: str
    state: str
    next_event: str
    next_day: date | None
    late: tuple[str, ...]
    turn: str
    plan: PlanLine | None = None
    overdue: tuple[OverdueLine, ...] = ()
    """What ``late`` names, the longest late first."""
    group: int | None = None


@dataclass(frozen=True)
class TaskLine:
    """A task: who should do what by when; ``journey`` is empty for one of the cohort."""

    id: str
    title: str
    text: str
    owner: str
    due: date | None
    journey: str | None
    open: bool
    subject: str = ""
    """The id of the commitment, the journey or the cohort's day that it is about."""


@dataclass(frozen=True)
class AbsenceLine:
    """Somebody who does not come to a day that is still ahead (R29); ``journey`` is empty but for talents."""

    day: date | None
    label: str
    journey: str
    name: str
    role: str
    organisation: str


@dataclass(frozen=True)
class Peer:
    """Another talent, whose page is linked."""

    journey: str
    name: str


@dataclass(frozen=True)
class HistoryLine:
    """A transition in people's words, and why it happened."""

    at: datetime
    what: str
    dest: str
    cause: str
    actor: str
    """Who told the fact behind it, by what they are (``coordinator``, ``talent``); empty where the clock was."""
    mail: bool
    """Whether it is a decision on a mail or a task, whose ``dest`` is how that stands then."""
    run: str = ""
    """The id of the run that carried out what it caused; empty until there is one."""
    moved: bool = True
    """Whether something came to stand elsewhere; else somebody was only told or reminded."""
    by: str = ""
    """The name of the person who told the fact (R67); empty for an office, the operator or the clock."""
    note: str = ""
    """The remark, or the reason, that was given with the fact; at the first of what it moved."""
    corrected: bool = False
    """Whether the fact was taken back since (R62)."""

    @property
    def by_itself(self) -> bool:
        """Whether time brought it: nobody has told it."""
        return not self.cause.startswith(FACT_CAUSE)


@dataclass(frozen=True)
class MailLine:
    """A mail that was sent, or is to be: who gets it, what became of it, and why where it did not get through."""

    at: datetime
    to: str
    subject: str
    status: str
    about: tuple[str, ...] = ()
    """What of this talent's it was about, where its subject does not say so."""
    why: str = ""
    id: str = ""
    """The mail's id, once it is written: its words can be read."""


Mark = Literal["passed", "here", "ahead"]


@dataclass(frozen=True)
class Stage:
    """A place of the calendar on a talent's way, in people's words."""

    label: str
    mark: Mark


@dataclass(frozen=True)
class CohortPage:
    """The cohort at a glance; dates are local."""

    id: str
    name: str
    today: date
    talents: tuple[TalentLine, ...]
    tasks: tuple[TaskLine, ...]
    commitments: tuple[CommitmentLine, ...]
    undelivered: int
    """How many mails wait for a decision."""
    absences: tuple[AbsenceLine, ...] = ()
    has_plans: bool = False
    """Whether the programme has a plan for each talent (R9)."""
    unknown: int = 0
    """How many of the undelivered mails may have arrived all the same."""
    blocked_since: datetime | None = None
    """Since when the mail server takes no mail at all; local."""
    waiting: int = 0
    """How many mails and tasks are due and not out yet."""
    made: datetime = field(kw_only=True)
    """When this was read; local."""


@dataclass(frozen=True)
class TalentPage:
    """One talent: the line of the overview, and all that is behind it. Instants are local."""

    line: TalentLine
    cohort: str
    cohort_id: str
    mentor: str
    second_mentor: str
    group: int | None
    commitments: tuple[CommitmentLine, ...]
    tasks: tuple[TaskLine, ...]
    mails: tuple[MailLine, ...]
    history: tuple[HistoryLine, ...]
    way: tuple[Stage, ...]
    picture: str
    """The whole journey in Mermaid, with the talent's places marked."""
    has_plan: bool = False
    """Whether the programme has a plan for each talent (R9)."""
    peers: tuple[Peer, ...] = ()
    """Who else is in the learning group."""
    partner: Peer | None = None
    """Whom the talent visits."""
    made: datetime = field(kw_only=True)
    """When this was read; local."""
