"""A programme laid out flat: every milestone, notice and commitment of every module by name.

The YAML speaks of modules and shapes; the engine and the mails ask this instead. Nothing here is Talent Nord's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from config.each_module import for_module
from config.effects import EffectSpec, Finding, Notice
from config.grammar import CALL_OFF, CHASE, MOVE, Trigger
from config.groups import Teams
from config.programme import CommitmentSpec, MilestoneSpec, ModuleSpec, Programme, Shape, Window
from config.roles import Role
from config.working_time import WorkingTime

ACTIVE = "active"
"""The parent state of every place that the calendar leads through."""


@dataclass(frozen=True)
class Module:
    """A module as people know it; ``days`` are its milestones' ids in order."""

    id: str
    number: int
    title: str
    shape: str
    days: tuple[str, ...]
    challenge: bool
    gap_days: tuple[int, int] | None
    hours: int | None
    teams: Teams | None = None
    presentations_hours: float | None = None


@dataclass(frozen=True)
class Milestone:
    """An event of the calendar; ``state`` is the journey state it leads to, ``None`` for one beside the journey."""

    id: str
    label: str
    state: str | None
    final: bool
    audience: tuple[Role, ...]
    module: Module | None = None
    hours: float | None = None
    date_optional: bool = False
    window: Window | None = None
    notices: tuple[Notice, ...] = ()
    finds: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Definition:
    """A programme, expanded; equal programmes give equal definitions."""

    programme: Programme

    @cached_property
    def working_time(self) -> WorkingTime:
        """The programme's working days and hours."""
        return self.programme.hours

    @cached_property
    def modules(self) -> Mapping[str, Module]:
        """Modules by id, in the calendar's order."""
        return {module.id: module for module in _modules(self.programme)}

    @cached_property
    def milestones(self) -> Mapping[str, Milestone]:
        """Milestones by id, in the calendar's order: ``kickoff``, ``m1d1``, ``m1d2`` …"""
        return {milestone.id: milestone for milestone in _milestones(self.programme)}

    @cached_property
    def steps(self) -> tuple[Milestone, ...]:
        """The milestones that move a journey, in order."""
        return tuple(milestone for milestone in self.milestones.values() if milestone.state is not None)

    @cached_property
    def commitments(self) -> Mapping[str, CommitmentSpec]:
        """Commitments by id, those of each module written out: ``mentor_meeting_m1`` …"""
        return {spec.id: spec for spec in _commitments(self.programme, self.modules)}

    @cached_property
    def start_state(self) -> str:
        """The state every journey starts in."""
        return in_active(self.programme.start)

    @cached_property
    def final_states(self) -> frozenset[str]:
        """The states a journey does not leave."""
        steps = {step.state for step in self.steps if step.final and step.state}
        return frozenset(steps | {event.to for event in self.programme.events.values() if event.final and event.to})

    @cached_property
    def states(self) -> tuple[str, ...]:
        """All places of the journey's calendar in the order people meet them."""
        found = [self.start_state, *(in_active(move.to) for move in self.programme.moves)]
        found += [step.state for step in self.steps if step.state]
        found += [event.to for event in self.programme.events.values() if event.to and event.to != "place"]
        return tuple(dict.fromkeys(found))

    def asked_to(self, milestone: str) -> tuple[Role, ...]:
        """Return the roles that are asked whether they come to a milestone; none where nobody is (R61)."""
        asks = self.programme.attendance
        if asks is None or milestone not in self.milestones or not asks.is_about(milestone):
            return ()
        return tuple(role for role in self.milestones[milestone].audience if role in asks.by)

    @cached_property
    def days_of_talents(self) -> tuple[str, ...]:
        """The milestones that a talent may be absent from: days of modules, and those that talents are asked to."""
        return tuple(one for one, lies in self.milestones.items() if lies.module or "talent" in self.asked_to(one))

    def state_of(self, place: str) -> str:
        """Return the state of a place: one of the calendar, or one that an event leads to."""
        return place if place in self.states else in_active(place)

    def state_label(self, state: str) -> str:
        """Return the name of a journey state for people, as the programme's ``places`` give it."""
        place = state.removeprefix(f"{ACTIVE}.")
        places = self.programme.places
        module = self.modules.get(place.split(".")[0])
        if place in places or module is None:
            return places.get(place, place)
        pattern = places.get(".".join(["module", *place.split(".")[1:]]), place)
        return pattern.format(number=module.number, title=module.title, module=module.id)

    def region_label(self, region: str, place: str) -> str:
        """Return the name of a place of a region for people; empty for one that is not shown."""
        return self.programme.regions[region].places.get(place, place)

    def whereabouts(self, state: str, beside: Mapping[str, str]) -> str:
        """Return where a journey stands for people: ``Modul 4 · AL-sprint · søger supplerende mentor``.

        ``beside`` are the places of its regions; off the calendar they are not shown.
        """
        shown = beside.items() if state.startswith(ACTIVE) else ()
        names = (self.region_label(region, place) for region, place in shown)
        return " · ".join([self.state_label(state), *filter(None, names)])

    def trigger_label(self, trigger: str) -> str:
        """Return a trigger's name for people: ``Modul 2, dag 1``, ``Mentormøde i modul 2: holdt``."""
        name, verb = Trigger.parse(trigger)
        if name in self.milestones:
            label = self.milestones[name].label
        elif name in self.commitments:
            label = self.commitments[name].label
        elif name in self.programme.events:
            label = self.programme.events[name].label
        else:
            label = self.verb_label(name)
        return f"{label}: {self.verb_label(verb)}" if verb else label

    def verb_label(self, verb: str) -> str:
        """Return the name of a verb, or of the state a commitment comes to; the second reminder is a reminder too."""
        words = self.programme.commitment_states | self.programme.verbs
        return words.get(verb) or words.get(verb.rstrip("_.0123456789"), verb)

    @cached_property
    def causes(self) -> Mapping[str, tuple[EffectSpec, ...]]:
        """What the journey's transitions cause, by the names that its machine calls them."""
        found: dict[str, tuple[EffectSpec, ...]] = {}
        for milestone in self.milestones.values():
            found |= {str(Trigger(milestone.id, notice.id)): notice.effects for notice in milestone.notices}
            found |= {found_in(milestone.id, finding.place): finding.effects for finding in milestone.finds}
            found |= self._news(milestone)
        for name, event in self.programme.events.items():
            found[name] = event.effects
            if event.chase is not None:
                found[str(Trigger(name, CHASE))] = event.chase.effects
        return found

    def _news(self, milestone: Milestone) -> Iterator[tuple[str, tuple[EffectSpec, ...]]]:
        find = () if self.programme.find_date is None else (self.programme.find_date,)
        for part, message, more in ((MOVE, self.programme.on_move, ()), (CALL_OFF, self.programme.on_call_off, find)):
            if message is not None:
                yield str(Trigger(milestone.id, part)), (EffectSpec(mail=message, to=milestone.audience), *more)

    def effects(self) -> Iterator[tuple[str, EffectSpec]]:
        """Yield every effect of the definition with the name of what causes it (``portrait:on_miss``)."""
        for name, effects in self.causes.items():
            yield from ((name, effect) for effect in effects)
        for spec in self.commitments.values():
            for name, effects in spec.causes.items():
                yield from ((str(Trigger(spec.id, name)), effect) for effect in effects)


def found_in(milestone: str, place: str) -> str:
    """Return the name of what a milestone causes for those whom it finds in a place."""
    return f"{milestone}@{place}"


def in_active(place: str) -> str:
    """Return the state of a place of the calendar."""
    return f"{ACTIVE}.{place}"


def _module(entry: ModuleSpec, shape: Shape) -> Module:
    return Module(
        id=entry.module,
        number=entry.number,
        title=entry.title,
        shape=entry.shape,
        days=tuple(f"{entry.module}d{day}" for day in range(1, len(shape.days) + 1)),
        challenge=entry.challenge,
        gap_days=shape.gap_days,
        hours=shape.hours,
        teams=shape.teams,
        presentations_hours=shape.presentations_hours,
    )


def _modules(programme: Programme) -> Iterator[Module]:
    for entry in programme.calendar:
        if isinstance(entry, ModuleSpec) and entry.shape in programme.shapes:
            yield _module(entry, programme.shapes[entry.shape])


def _milestones(programme: Programme) -> Iterator[Milestone]:
    for entry in programme.calendar:
        if isinstance(entry, MilestoneSpec):
            yield _single(entry)
        elif entry.shape in programme.shapes:
            yield from _days(entry, programme.shapes[entry.shape])


def _single(entry: MilestoneSpec) -> Milestone:
    state = None
    if entry.enters is not None:
        state = entry.enters if entry.final else in_active(entry.enters)
    return Milestone(
        id=entry.milestone,
        label=entry.label,
        state=state,
        final=entry.final,
        audience=entry.audience,
        hours=entry.hours,
        date_optional=entry.date_optional,
        window=entry.window,
        notices=_notices(entry.notices, entry.milestone),
        finds=entry.finds,
    )


def _days(entry: ModuleSpec, shape: Shape) -> Iterator[Milestone]:
    module = _module(entry, shape)
    for number, (ident, day) in enumerate(zip(module.days, shape.days, strict=True), start=1):
        last = number == len(shape.days)
        notices = (*day.notices, *(entry.notices if last else ()))
        place = entry.leads_to if last and entry.leads_to else day.enters.format(module=module.id)
        yield Milestone(
            id=ident,
            label=day.label.format(module_number=module.number, number=number, title=module.title),
            state=in_active(place),
            final=False,
            audience=("talent",),
            module=module,
            notices=_notices(notices, ident),
        )


def _notices(notices: tuple[Notice, ...], milestone: str) -> tuple[Notice, ...]:
    names = {"day": milestone}
    return tuple(notice.model_copy(update={"when": notice.when.anchored(names)}) for notice in notices)


def day_names(modules: Sequence[Module], module: Module) -> dict[str, str]:
    """Return what ``day1``, ``last_day``, ``next_day1`` and the like stand for within ``module``.

    ``home`` is the day on which people come home from it: the first, of a stay its last (R21).
    """
    names = {f"day{number}": day for number, day in enumerate(module.days, start=1)}
    names["last_day"] = module.days[-1]
    names["home"] = module.days[-1] if module.hours is not None else module.days[0]
    after = modules[modules.index(module) + 1 :]
    return names | ({"next_day1": after[0].days[0]} if after else {})


def modules_of(spec: CommitmentSpec, modules: Iterable[Module]) -> list[Module]:
    """Return the modules that a commitment of ``each: module`` is written out for."""
    return [module for module in modules if module.challenge or not spec.only_challenges]


def _commitments(programme: Programme, modules: Mapping[str, Module]) -> Iterator[CommitmentSpec]:
    order = list(modules.values())
    for spec in programme.commitments:
        if spec.each is None:
            yield spec
        else:
            for module in modules_of(spec, order):
                words = {"number": module.number, "title": module.title}
                yield for_module(spec, module.id, words, day_names(order, module))
