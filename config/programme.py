"""The typed form of a programme's definition: milestones, journey events, commitments and messages.

The YAML file is written in terms of modules and their shapes; ``config.definition`` lays it out flat.
Every rule of docs/rules.md that is data has its place here and its value in ``config/programmes/``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, ValidationInfo, model_validator

from config.answers import AnswerSpec
from config.attendance import AttendanceSpec
from config.content import Topics
from config.effects import EffectSpec, Finding, Notice, Reminder
from config.form import Form
from config.grammar import escalated, reminder
from config.groups import Groups, Teams
from config.names import Folder, Language, Name, filled_with
from config.opening import AskedLate, OpensOn
from config.people_named import PeopleNamed
from config.plain_text import AS_KEPT, Line, OptionalLine, PersonName
from config.plan import PlanSpec
from config.privacy import Privacy
from config.regions import Move, RegionSpec
from config.roles import A_ROLE, Role
from config.spec import Spec
from config.when import WhenField, parse_when
from config.working_time import WorkingTime

ON_OPEN, ON_MISS, ON_KEEP, ON_EXTEND = "on_open", "on_miss", "on_keep", "on_extend"
ON_HAND, ON_PAIR, ON_RETRACT = "on_hand", "on_pair", "on_retract"
ON_APPOINT, ON_STALL = "on_appoint", "on_stall"
ON_STEPS = (ON_OPEN, ON_MISS, ON_KEEP, ON_EXTEND, ON_HAND, ON_PAIR, ON_RETRACT, ON_APPOINT, ON_STALL)


class DaySpec(Spec):
    """One day of a module's shape: the place a journey enters when the day has been held, and its notices."""

    enters: Annotated[str, filled_with("module")]
    label: Annotated[Line, filled_with("module_number", "number", "title")] = "{module_number}.{number}"
    """The day's name for people; may hold ``{module_number}``, ``{number}`` and ``{title}``."""
    notices: tuple[Notice, ...] = ()


class Shape(Spec):
    """How a module's days lie: its days, the gap in calendar days between them, its length in hours if fixed."""

    label: Line
    days: tuple[DaySpec, ...] = Field(min_length=1)
    gap_days: tuple[int, int] | None = None
    hours: int | None = None
    teams: Teams | None = None
    presentations_hours: float | None = Field(default=None, gt=0)
    """How long before its end a challenge's owner is there to hear what was found (R24)."""


class Window(Spec):
    """The earliest and latest day a milestone may lie on (R39)."""

    earliest: WhenField
    latest: WhenField


class MilestoneSpec(Spec):
    """An event of the cohort's calendar that is not a module day: kick-off, network meeting, alumni day."""

    milestone: Name
    label: Line
    enters: str | None = None
    """The journey place entered when the event has been held; none for an event beside the journey (R40)."""
    final: bool = False
    audience: tuple[Role, ...] = ("talent",)
    hours: float | None = None
    date_optional: bool = False
    window: Window | None = None
    notices: tuple[Notice, ...] = ()
    finds: tuple[Finding, ...] = ()


class ModuleSpec(Spec):
    """A module: its title, its shape and, where it differs from the shape, the place its last day leads to."""

    module: Name
    number: int
    title: Line
    shape: str
    challenge: bool = False
    leads_to: str | None = None
    notices: tuple[Notice, ...] = ()
    """What is told of this module alone, beside what its shape tells; ``day`` is its last day."""


class Event(Spec):
    """Something that befalls a journey out of turn: leave, return, transfer, withdrawal, absence (R7, R29)."""

    label: Line
    rule: OptionalLine = ""
    source: tuple[str, ...] = Field(alias="from")
    to: str | None = None
    """A state, ``place`` for where the cohort stands now, or nothing: the journey stays where it is."""
    final: bool = False
    commitments: Literal["leave", "pause", "resume", "cancel"] = "leave"
    told: Literal["at_once", "next_morning"] = "at_once"
    """When people hear of it: the next working morning leaves the rest of the day for taking a slip back (R62)."""
    needs: tuple[Literal["milestone", "absence", "new_mentor"], ...] = ()
    """``milestone``: a day to stay away from; ``absence``: one that is no longer stayed away from (R29)."""
    effects: tuple[EffectSpec, ...] = ()
    chase: Reminder | None = None
    """What is asked, each time anew, as long as a journey stays where the event has led (R7)."""
    falls: WhenField | None = None
    """The day on which it befalls by itself whoever stands in ``from`` then (R7: nobody is on leave for good)."""

    @property
    def leads_elsewhere(self) -> bool:
        """Whether a journey stands elsewhere afterwards: who is on leave comes back, or leaves."""
        return self.to is not None


class CommitmentSpec(Spec):
    """A promise with an owner and a deadline.

    ``opens``, ``due`` and ``miss`` are points in time; anchors are milestones, ``opened``, ``due`` and ``missed``,
    and within ``each: module`` also ``day1``, ``day2``, ``last_day`` and ``next_day1``.
    """

    id: Name
    label: Annotated[Line, filled_with("number", "title")]
    rule: OptionalLine = ""
    subject: Literal["talent", "cohort"] = "talent"
    owner: Role
    each: Literal["module"] | None = None
    only_challenges: bool = False
    module: str | None = None
    opens: WhenField | None = None
    opens_on: OpensOn | None = None
    asked_late: AskedLate | None = None
    """How it is with somebody who joins late (R8); without it they have what is left of the others' time."""
    early: bool = False
    """Whether it may be kept before it opens: the leader may convene the talk earlier (R8)."""
    due: WhenField
    miss: WhenField = parse_when("due + 1d")
    choices: dict[str, Line] = Field(default_factory=dict)
    default_choice: str | None = None
    """What silence counts as at the deadline (R36); without it the commitment is missed."""
    changeable_until: WhenField | None = None
    pairs: bool = False
    """Kept with a partner from the learning group (R30, R31)."""
    fills: Annotated[Literal["second_mentor"], A_ROLE] | None = None
    """The role that a person named when it is kept takes up (R33)."""
    kept_by_date_of: str | None = None
    """The milestone whose being dated keeps this commitment (R39)."""
    on_open: tuple[EffectSpec, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    first_reminder: WhenField | None = None
    """Before when none of the reminders goes: nobody is reminded of what they have just been told (R45)."""
    on_miss: tuple[EffectSpec, ...] = ()
    escalation: tuple[Reminder, ...] = ()
    on_keep: tuple[EffectSpec, ...] = ()
    on_extend: tuple[EffectSpec, ...] = ()
    """What is told of a new deadline that was agreed; a consultant hears of it who was told of the old one."""
    on_hand: tuple[EffectSpec, ...] = ()
    """What is told and asked when it is handed to the talent's consultant; without it, it cannot be."""
    on_pair: tuple[EffectSpec, ...] = ()
    """What is told when the partner, or who visits, is another than when it opened (R58)."""
    answers: tuple[AnswerSpec, ...] = ()
    """What people may say of it by a click (R65)."""
    button: OptionalLine = ""
    """What the button in mails says, which opens the page of all answers."""
    appoint_within: WhenField | None = None
    """How long the next step of the ladder waits for an agreed day: ``day`` is when it would have come."""
    on_appoint: tuple[EffectSpec, ...] = ()
    """What is told when a day is agreed on; without it, none can be."""
    on_stall: tuple[EffectSpec, ...] = ()
    """What is asked when those concerned find no time; without it, they cannot say so."""
    on_retract: tuple[EffectSpec, ...] = ()
    """What is told when a changed choice lets go whoever was found, if they were told that they were (R60)."""

    @property
    def secures(self) -> str | None:
        """The module whose challenge is told when it is kept (R22)."""
        return self.module if self.subject == "cohort" and self.only_challenges else None

    @property
    def can_be_hushed(self) -> bool:
        """Whether it asks others for help, which a talent may not want (R59)."""
        return any(step.asks_others for step in self.reminders)

    @cached_property
    def causes(self) -> Mapping[str, tuple[EffectSpec, ...]]:
        """What the commitment's transitions cause, by the names that its machine calls them."""
        found: dict[str, tuple[EffectSpec, ...]] = {name: getattr(self, name) for name in ON_STEPS}
        found |= {reminder(number): step.effects for number, step in enumerate(self.reminders, start=1)}
        return found | {escalated(number): step.effects for number, step in enumerate(self.escalation, start=1)}

    @model_validator(mode="before")
    @classmethod
    def _goes_on_as_it_began(cls, data: Any, info: ValidationInfo) -> Any:
        """Let a cohort that was enrolled before there was this key go on as it began: all could be kept early."""
        return {"early": True} | data if info.context is AS_KEPT and isinstance(data, dict) else data

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.opens is None) == (self.opens_on is None):
            raise ValueError("a commitment has either 'opens' or 'opens_on'")
        if self.default_choice is not None and self.default_choice not in self.choices:
            raise ValueError(f"default_choice {self.default_choice!r} is not one of the choices")
        if self.default_choice is not None and (self.escalation or self.on_miss):
            raise ValueError("a commitment with a default_choice is never missed: drop 'on_miss' and 'escalation'")
        if self.answers and not self.button:
            raise ValueError("a commitment with 'answers' says what the button in its mails does: add 'button'")
        if self.on_hand and self.subject == "cohort":
            raise ValueError("a commitment of the cohort has no consultant to be handed to: drop 'on_hand'")
        return self


def _kind_of_entry(entry: object) -> str:
    is_module = "module" in entry if isinstance(entry, dict) else isinstance(entry, ModuleSpec)
    return "module" if is_module else "milestone"


CalendarEntry = Annotated[
    Annotated[MilestoneSpec, Tag("milestone")] | Annotated[ModuleSpec, Tag("module")],
    Discriminator(_kind_of_entry),
]


class Programme(PeopleNamed):
    """A whole programme as written; versioned, since a running cohort keeps the one it started with."""

    id: str
    version: int
    name: Line
    sender_name: PersonName | None = None
    """Whom its mails and calendar entries come from, where that is not whom the installation's do."""
    language: Language = "da"
    example: bool = False
    """Whether it is there to be read: its forms are offered once a cohort of it is enrolled."""
    templates: Folder | None = None
    """The programme's own template folder, relative to the configuration's root; what it lacks, the default has."""
    hours: WorkingTime = WorkingTime()
    """When mails may go out (R47)."""
    start: str
    """The place a journey starts in."""
    places: dict[str, Annotated[Line, filled_with("number", "title", "module")]]
    """Names of the places and states for people; ``module.sprint`` names the place ``sprint`` of every module."""
    verbs: dict[str, Line] = Field(default_factory=dict)
    """Names of the commitments' and notices' triggers for people: ``keep: holdt``; and of the commitments' states."""
    commitment_states: dict[str, Line] = Field(default_factory=dict)
    moves: tuple[Move, ...] = ()
    """How promises lead from place to place before, or within, what the calendar leads through (R12)."""
    regions: dict[Name, RegionSpec] = Field(default_factory=dict)
    """What goes on beside the calendar: the second half with or without a second mentor (R33 to R36)."""
    on_move: str | None = None
    """The mail to a milestone's audience when its date, time or place is another."""
    on_correct: str | None = None
    """The mail to whoever was told what followed from a fact that is taken back (R62)."""
    on_call_off: str | None = None
    """The mail to a milestone's audience when it is called off and has no new date yet."""
    on_office: str | None = None
    """The mail to both when an office has another holder, or a stand-in."""
    find_date: EffectSpec | None = None
    """Whose task it is to find a new day for a milestone that was called off; ``day`` is the day on which it was."""
    groups: Groups | None = None
    shapes: dict[str, Shape] = Field(default_factory=dict)
    calendar: tuple[CalendarEntry, ...] = Field(min_length=1)
    attendance: AttendanceSpec | None = None
    """Who says whether they come (R61); without it nobody is asked."""
    events: dict[Name, Event] = Field(default_factory=dict)
    commitments: tuple[CommitmentSpec, ...] = ()
    content: Topics = Field(default_factory=dict)
    """What people are told of milestones, modules and commitments, by their ids (R49 to R56)."""
    plan: PlanSpec | None = None
    """The document in which talent and mentor write goals (R9 to R11); without it there is none."""
    privacy: Privacy = ()
    """What the first mail to somebody says of what is kept about them, by role."""
    forms: tuple[Form, ...] = ()
    form_fields: dict[str, Line] = Field(default_factory=dict)
    """Names of the forms' fields for people."""

    @property
    def finds_helper(self) -> bool:
        """Whether a second mentor whom the list does not name may be found later."""
        return any(spec.fills for spec in self.commitments)

    @property
    def may_lack_helper(self) -> bool:
        """Whether a talent may be without the second mentor that the list names for others."""
        return any(role.optional for role in self.roles.values())
