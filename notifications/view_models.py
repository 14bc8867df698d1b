"""What a template may know about: people, events, modules, commitments, and all of it together. Plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import NamedTuple

from config.content import NO_TOPIC, Topic


@dataclass(frozen=True)
class Person:
    """Someone a mail goes to, speaks of or is signed by; ``first_name`` as in the greeting."""

    name: str
    first_name: str
    email: str
    organisation: str | None = None
    telephone: str = ""
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Talent(Person):
    """The talent whose journey a message is about; ``level_label`` in the programme's words (R1)."""

    organisation: str
    level_label: str
    unit: str


@dataclass(frozen=True)
class EventView:
    """A dated event; ``start`` and ``end`` are local times of the programme's time zone."""

    id: str
    label: str
    start: datetime
    end: datetime
    place: str
    staff: tuple[str, ...] = ()
    module: ModuleView | None = None
    topic: Topic = NO_TOPIC


@dataclass(frozen=True)
class ModuleView:
    """A module with its days in order; ``material`` holds pairs of title and address (R19).

    ``presentations`` is when its presentations begin, where that is known (R24).
    """

    number: int
    title: str
    bootcamp: bool
    days: tuple[EventView, ...]
    challenge_owner: str | None = None
    challenge_title: str | None = None
    challenge_text: str | None = None
    representative: str | None = None
    presentations: datetime | None = None
    material: tuple[tuple[str, str], ...] = ()
    topic: Topic = NO_TOPIC

    def day_number(self, event: EventView) -> int:
        """Return which of the module's days ``event`` is, counted from 1; ``ValueError`` if it is none of them."""
        return [day.id for day in self.days].index(event.id) + 1


@dataclass(frozen=True)
class CommitmentView:
    """A commitment as its owner sees it; ``choice`` is a key of ``choices``."""

    label: str
    due: date
    missed_on: date | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    choice: str | None = None
    appointed_on: date | None = None
    """The day that talent and leader have agreed on, at ``appointed_at`` (``14:30``) where a time was said."""
    appointed_at: str = ""
    owner: Person | None = None
    """Who has promised it, where that is one person of the talent's."""
    id: str = ""
    """What its definition calls it."""
    given_until: date | None = None
    """The day by which whoever has missed it was asked to settle it."""
    asked_on: date | None = None
    """The next day on which others are asked for help, if the talent does not say no by ``no_by`` (R59)."""
    no_by: date | None = None
    settled: bool = False
    """Whether nothing more is to be done for it."""


@dataclass(frozen=True)
class OfficeView:
    """An office that changes hands: a consultant's of an organisation, or a coordinator's.

    ``takes`` whether the recipient is who takes over; ``other`` is the other one of the two. With a last day it is for
    some days only; ``was`` is the last day that was told before.
    """

    organisation: str | None
    other: Person
    takes: bool
    first: date
    last: date | None = None
    was: date | None = None


@dataclass(frozen=True)
class DecisionView:
    """What waits for a coordinator: a task by its ``title``; or mails of a day, one to ``title`` or ``mails`` in all.

    ``since`` is the day from which it waits; ``url`` its page in the cockpit, if that has an address.
    """

    title: str
    since: date
    due: date | None = None
    mails: int = 0
    about: str = ""
    url: str = ""


@dataclass(frozen=True)
class Answer:
    """The one button of a message's matter: the page that it opens, and what it says."""

    url: str
    label: str
    takes_day: bool = False
    """Whether a day that is agreed for can be told there."""


@dataclass(frozen=True)
class OwnPage:
    """The link to the recipient's own page in a cohort, at the foot of a mail."""

    url: str
    cohort: str


@dataclass(frozen=True, kw_only=True)
class Context:
    """All that a template may say; what a message has no business with is ``None`` or empty.

    ``talent`` is whom the message is about, ``recipient`` whom it goes to in the role ``role``; ``mentor`` is the
    talent's present one; ``partner`` is whom the talent visits or portrays, ``visitors`` who has yet to visit or
    portray the talent; ``details`` holds what a form gave.
    Without a site there are neither ``answer`` nor ``page_url``.
    """

    role: str
    recipient: Person
    coordinator: Person
    administration: Person
    programme: str
    cohort: str
    today: date
    soon: date
    """A week of work from today: by then one can have answered."""
    talent: Talent | None = None
    mentor: Person | None = None
    second_mentor: Person | None = None
    partner: Person | None = None
    visitors: tuple[Person, ...] = ()
    consultant: Person | None = None
    group: tuple[Person, ...] = ()
    group_number: int | None = None
    team: tuple[Person, ...] = ()
    """The others in the talent's mixed team, where a message is about a day of a module that has teams (R51)."""
    team_number: int | None = None
    attendee: Person | None = None
    """Who comes or does not come, where that is no talent on their own journey; ``details`` has their role."""
    event: EventView | None = None
    away: bool = False
    """Whether the recipient has said that they do not come to the event."""
    was: EventView | None = None
    """The event as people knew it before its day, time or place was changed."""
    module: ModuleView | None = None
    commitment: CommitmentView | None = None
    topic: Topic = NO_TOPIC
    """What there is to tell of the commitment or the event (R49 to R56)."""
    mine: tuple[Talent, ...] = ()
    """Whose leader or consultant the recipient is, where a mail is about an event and not about one of them."""
    year: tuple[EventView, ...] = ()
    """All events that the recipient is invited to, where a mail invites to them all (R57)."""
    next_event: EventView | None = None
    office: OfficeView | None = None
    plan: str | None = None
    """The title of the plan that goes with the mail, if it does (R9)."""
    lapsed: tuple[CommitmentView, ...] = ()
    """What a leave has ended: its deadline fell into it."""
    late: tuple[CommitmentView, ...] = ()
    """What the talent still owes, though its deadline is over."""
    details: Mapping[str, str] = field(default_factory=dict)
    decisions: tuple[DecisionView, ...] = ()
    """What waits for the recipient, the oldest first."""
    overview_url: str = ""
    """The cohort's page in the cockpit, where that has an address."""
    turns: bool = False
    """Whether it tells the recipient that their own journey goes another way: a leave, a return, an end of it (R7)."""
    asks: bool = False
    """Whether it is about something that the recipient may answer, by a button or by mail."""
    answer: Answer | None = None
    page_url: str | None = None
    """The recipient's own page, if they have one."""
    privacy: str = ""
    """What the first mail about the cohort says of what is kept about the recipient."""
    role_names: Mapping[str, str] = field(default_factory=dict)
    """What the programme calls roles, by what they mean: templates are given people, and ``role``, by these names."""

    @property
    def due(self) -> date:
        """The day by which its matter is to be settled, as far as it has one; the last of all days otherwise."""
        if self.commitment is not None:
            return self.commitment.due
        return self.event.start.date() if self.event is not None else date.max

    @property
    def page(self) -> OwnPage | None:
        """The recipient's own page and its cohort."""
        return OwnPage(self.page_url, self.cohort) if self.page_url else None


PEOPLE = ("talent", "mentor", "second_mentor", "partner", "consultant", "group", "coordinator", "administration")
"""The parts of a context that are people in a role."""


def template_values(context: Context) -> dict[str, object]:
    """Return what a template is given: the parts of a context, people and roles by the programme's names."""
    values = {part.name: getattr(context, part.name) for part in fields(context)}
    names = context.role_names
    details = dict(context.details)
    if "role" in details:
        details["role"] = names.get(details["role"], details["role"])
    people = {names[meaning]: values[meaning] for meaning in PEOPLE if meaning in names}
    return values | people | {"role": names.get(context.role, context.role), "details": details}


class EntryView(NamedTuple):
    """An entry of a calendar: what it is, and when it starts; a plain day where it is a whole day."""

    label: str
    starts: date

    @property
    def all_day(self) -> bool:
        """Whether it has no time."""
        return not isinstance(self.starts, datetime)


class CalendarFiles(NamedTuple):
    """What a mail's files bring to its reader's calendar, or change there, and what they call off."""

    brought: tuple[EntryView, ...] = ()
    called_off: tuple[EntryView, ...] = ()


@dataclass(frozen=True)
class Greeting:
    """Whom a mail greets, who signs it, for which programme, and what it says of what is kept about them."""

    recipient: Person
    coordinator: Person
    programme: str
    privacy: tuple[str, ...] = ()
