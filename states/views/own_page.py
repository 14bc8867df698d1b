"""What the page of a talent or a leader holds: plain values, in people's words; instants are local."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from states.views.matter import Matter
from states.views.plan import Revision
from states.views.recorded import Recorded, SentMail


@dataclass(frozen=True)
class Someone:
    """A person and how to reach them."""

    name: str
    email: str
    telephone: str = ""
    title: str = ""


@dataclass(frozen=True)
class Ask:
    """A matter, and the id under which its person answers it; ``milestone`` is the event that it is about, if any."""

    person: str
    email: str
    cohort: str
    matter: Matter
    milestone: str = ""


@dataclass(frozen=True)
class Promise:
    """What somebody has promised on a talent's way; ``owner`` is a name."""

    label: str
    state: str
    due: date | None
    late: bool
    owner: str
    appointed_on: date | None = None


@dataclass(frozen=True)
class OwnDate:
    """An event of the year; without a day it is not settled yet. ``ask`` says whether its person comes."""

    id: str
    label: str
    about: str
    """What a module is about."""
    starts: datetime | None
    ends: datetime | None
    place: str
    staff: tuple[str, ...]
    over: bool
    ask: Ask | None = None


@dataclass(frozen=True)
class Partner:
    """With whom a talent does something in pairs, and what."""

    what: str
    person: Someone


@dataclass(frozen=True)
class OwnTeam:
    """A talent's mixed team of a module that lies ahead: what the module is called, and who else is in it (R51)."""

    module: str
    number: int
    others: tuple[tuple[str, str], ...]
    """Names and organisations."""


@dataclass(frozen=True)
class AsTalent:
    """A talent's year in one cohort; ``ahead`` is promised, but not asked for yet."""

    journey: str
    person: str
    cohort: str
    cohort_id: str
    organisation: str
    unit: str
    level: str
    where: str
    next_event: OwnDate | None
    dates: tuple[OwnDate, ...]
    answered: tuple[Ask, ...]
    ahead: tuple[Promise, ...]
    group_number: int | None
    group: tuple[Someone, ...]
    teams: tuple[OwnTeam, ...]
    partners: tuple[Partner, ...]
    mentor: Someone | None
    second_mentor: Someone | None
    has_plan: bool
    """Whether there is a plan to fetch, and to be told of."""
    plan: Revision | None
    recorded: tuple[Recorded, ...]


@dataclass(frozen=True)
class LedTalent:
    """One of a leader's talents, as far as it is the leader's affair: where they are, and what they owe."""

    journey: str
    person: Someone
    where: str
    next_event: str
    next_day: date | None
    owes: tuple[Promise, ...]
    plan: Revision | None


@dataclass(frozen=True)
class AsLeader:
    """A leader's year in one cohort."""

    person: str
    cohort: str
    cohort_id: str
    next_event: OwnDate | None
    talents: tuple[LedTalent, ...]
    has_plans: bool
    """Whether the talents have plans to fetch, and to be told of."""
    dates: tuple[OwnDate, ...]
    answered: tuple[Ask, ...]
    recorded: tuple[Recorded, ...]


@dataclass(frozen=True)
class OwnPage:
    """All that one person sees; ``asks`` are what they can answer now, by the day on which it is due."""

    me: Someone
    coordinator: Someone
    programme: str
    today: date
    asks: tuple[Ask, ...]
    talent: tuple[AsTalent, ...]
    leader: tuple[AsLeader, ...]
    mails: tuple[SentMail, ...]
    language: str = "da"
    role_labels: Mapping[str, str] = field(default_factory=dict)
    """What the programme calls roles, by what they mean."""
