"""Checks of a programme's names: every message, place, milestone and commitment that is referred to is there, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from config.checks.places import Path, effects, news, notice_lists, notices
from config.definition import ACTIVE, Definition, in_active
from config.errors import Problem
from config.files.yaml_file import Source, Step
from config.grammar import MOVE, SAYINGS
from config.programme import CommitmentSpec, MilestoneSpec, ModuleSpec
from config.roles import OF_COHORT, Role
from config.suggest import did_you_mean

PLACE = "place"
RESERVED = frozenset({"opened", "due", "missed", "day", "last_day", "next_day1", ACTIVE, PLACE})
OF_GROUP: frozenset[Role] = frozenset({"group", "partner"})
LEADER = ("opens_on", "commitment")


def unknown_messages(definition: Definition, source: Source, messages: Collection[str]) -> Iterator[Problem]:
    """Yield a problem for each mail or task without a template; ``messages`` are the names of those there are."""
    for path, effect, _, _ in effects(definition.programme):
        if effect.message not in messages:
            kind = "mail" if effect.mail else "task"
            yield source.problem(
                (*path, kind), f"no template {effect.message!r}{did_you_mean(effect.message, messages)}"
            )
    for path, message in news(definition.programme).items():
        if message not in messages:
            yield source.problem(path, f"no template {message!r}{did_you_mean(message, messages)}")


def nobody_meant(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for roles that stand for nobody where they are written, so that no one would ever be told."""
    programme = definition.programme
    for path, effect, _, spec in effects(programme):
        of_cohort = path == ("find_date",) or (spec is not None and spec.subject == "cohort")
        for number, role in enumerate(effect.to):
            name = programme.role_name(role)
            if of_cohort and role not in OF_COHORT:
                yield source.problem((*path, "to", number), f"{name!r} is nobody in a commitment of the whole cohort")
            if role in OF_GROUP and programme.groups is None:
                yield source.problem((*path, "to", number), f"{name!r} is nobody in a programme without 'groups'")
            if role == "former_mentor" and not _changes_mentor(definition, path):
                yield source.problem(
                    (*path, "to", number), f"{name!r} is nobody but in an event that 'needs' new_mentor"
                )
    for number, spec in enumerate(programme.commitments):
        place: tuple[Step, ...] = ("commitments", number)
        if spec.subject == "cohort" and spec.owner not in OF_COHORT:
            known = sorted(programme.role_name(one) for one in OF_COHORT if programme.has_role(one))
            who = f"{programme.role_name(spec.owner)!r} cannot owe what the whole cohort is owed"
            what = f"{who}; write one of {', '.join(known)}"
            yield source.problem((*place, "owner"), what)
        if spec.pairs and programme.groups is None:
            yield source.problem((*place, "pairs"), "pairs are made within learning groups; add 'groups'")
        challenges = [module.id for module in definition.modules.values() if module.challenge]
        if spec.only_challenges and not challenges and not source.dropped:
            yield source.problem((*place, "only_challenges"), "no module has 'challenge: true'", warning=True)


def _changes_mentor(definition: Definition, path: Path) -> bool:
    return path[0] == "events" and "new_mentor" in definition.programme.events[str(path[1])].needs


def twice(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for every id, module number and place that is there twice, or that means something else."""
    seen: dict[str, str] = {}
    for path, ident, kind in _ids(definition):
        if ident in RESERVED or (ident.startswith("day") and ident[3:].isdigit()):
            yield source.problem(path, f"{ident!r} means something else in a definition; choose another name")
        if ident in seen:
            yield source.problem(path, f"{ident!r} is already the name of {seen[ident]}")
        seen.setdefault(ident, kind)
    yield from _numbers_twice(definition, source)
    for path, found in notice_lists(definition.programme):
        for number, notice in enumerate(found):
            if notice.id in {MOVE, *SAYINGS} or notice.id in [other.id for other in found[:number]]:
                what = f"{notice.id!r} is already the name of another notice of this milestone"
                yield source.problem((*path, number, "id"), what)


def _ids(definition: Definition) -> Iterator[tuple[tuple[Step, ...], str, str]]:
    """Everything that a trigger may begin with: its place in the file, its id, what it is."""
    programme = definition.programme
    for number, entry in enumerate(programme.calendar):
        if isinstance(entry, MilestoneSpec):
            yield ("calendar", number, "milestone"), entry.milestone, "a milestone"
            continue
        yield ("calendar", number, "module"), entry.module, "a module"
        days = len(programme.shapes[entry.shape].days) if entry.shape in programme.shapes else 0
        for day in range(1, days + 1):
            yield ("calendar", number, "module"), f"{entry.module}d{day}", f"day {day} of module {entry.module}"
    for name in programme.events:
        yield ("events", name), name, "an event"
    for name in programme.regions:
        yield ("regions", name), name, "a region"
    for number, spec in enumerate(programme.commitments):
        yield ("commitments", number, "id"), spec.id, "a commitment"


def _numbers_twice(definition: Definition, source: Source) -> Iterator[Problem]:
    seen: dict[int, str] = {}
    for number, entry in enumerate(definition.programme.calendar):
        if isinstance(entry, ModuleSpec):
            if entry.number in seen:
                what = f"{entry.number} is already the number of module {seen[entry.number]}"
                yield source.problem(("calendar", number, "number"), what)
            seen.setdefault(entry.number, entry.module)


def unknown_references(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each shape, place, state, milestone or commitment that is referred to and does not exist."""
    programme = definition.programme
    for number, entry in enumerate(programme.calendar):
        if isinstance(entry, ModuleSpec) and entry.shape not in programme.shapes:
            what = f"unknown shape {entry.shape!r}{did_you_mean(entry.shape, programme.shapes)}"
            yield source.problem(("calendar", number, "shape"), what)
    yield from _unknown_places(definition, source)
    yield from _unknown_states(definition, source)
    moving = {step.id: step for step in definition.steps}
    if programme.groups is not None and programme.groups.formed_at not in moving:
        formed_at = programme.groups.formed_at
        what = f"{formed_at!r} is no milestone of the journeys{did_you_mean(formed_at, moving)}"
        yield source.problem(("groups", "formed_at"), what)
    for number, spec in enumerate(programme.commitments):
        for path, what in _refers(spec, definition):
            if path != LEADER or all(gone[0] != "commitments" for gone in source.dropped):
                yield source.problem(("commitments", number, *path), what)


def _unknown_places(definition: Definition, source: Source) -> Iterator[Problem]:
    places = [state.removeprefix(f"{ACTIVE}.") for state in definition.states if state.startswith(f"{ACTIVE}.")]
    for path, notice in notices(definition.programme):
        if notice.state is not None and notice.state not in places:
            what = f"no milestone leads to the place {notice.state!r}{did_you_mean(notice.state, places)}"
            yield source.problem((*path, "state"), what)


def _unknown_states(definition: Definition, source: Source) -> Iterator[Problem]:
    for name, event in definition.programme.events.items():
        for number, state in enumerate(event.source):
            if state not in (known := (ACTIVE, *definition.states)):
                yield source.problem(
                    ("events", name, "from", number), f"unknown state {state!r}{did_you_mean(state, known)}"
                )
        if event.to == ACTIVE:
            yield source.problem(("events", name, "to"), "write 'place' for where the cohort stands, or one state")


def _refers(spec: CommitmentSpec, definition: Definition) -> Iterator[tuple[tuple[Step, ...], str]]:
    if spec.module is not None and spec.module not in definition.modules:
        yield ("module",), f"unknown module {spec.module!r}{did_you_mean(spec.module, definition.modules)}"
    dated = spec.kept_by_date_of
    if dated is not None and dated not in definition.milestones:
        yield ("kept_by_date_of",), f"unknown milestone {dated!r}{did_you_mean(dated, definition.milestones)}"
    if spec.opens_on is None:
        return
    leader = definition.commitments.get(spec.opens_on.commitment)
    choice = spec.opens_on.choice
    if leader is None:
        name = spec.opens_on.commitment
        yield LEADER, f"unknown commitment {name!r}{did_you_mean(name, definition.commitments)}"
    elif choice not in leader.choices:
        yield ("opens_on", "choice"), f"{leader.id!r} has no choice {choice!r}{did_you_mean(choice, leader.choices)}"


def forms(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each form of an unknown commitment or event, or of one that it cannot record, and for each id
    that two forms have."""
    programme = definition.programme
    kinds = {spec.id: spec for spec in programme.commitments}
    complete = all(path[0] not in ("commitments", "events") for path in source.dropped)
    complete_calendar = all(path[0] not in ("calendar", "shapes") for path in source.dropped)
    for number, form in enumerate(programme.forms):
        if form.id in [other.id for other in programme.forms[:number]]:
            yield source.problem(("forms", number, "id"), f"{form.id!r} is already the id of another form")
        for index, kind in enumerate(form.commitments):
            if kind not in kinds and complete:
                what = f"unknown commitment {kind!r}{did_you_mean(kind, kinds)}"
                yield source.problem(("forms", number, "commitments", index), what)
            elif kind in kinds and (what := _not_recordable(form.verb, kinds[kind])):
                yield source.problem(("forms", number, "commitments", index), f"{kind!r} has no {what}")
        for index, milestone in enumerate(() if form.moves == "all" else form.moves):
            if milestone not in definition.milestones and complete_calendar:
                what = f"unknown milestone {milestone!r}{did_you_mean(milestone, definition.milestones)}"
                yield source.problem(("forms", number, "moves", index), what)
        if form.event is not None and form.event not in programme.events and complete:
            what = f"unknown event {form.event!r}{did_you_mean(form.event, programme.events)}"
            yield source.problem(("forms", number, "event"), what)


def _not_recordable(verb: str, spec: CommitmentSpec) -> str:
    """Return what a commitment lacks for a form to record a verb of it; nothing if it lacks nothing."""
    if verb == "hand" and not spec.on_hand:
        return "'on_hand': it cannot be handed to anybody"
    return "'on_appoint': no day can be agreed on" if verb == "appoint" and not spec.on_appoint else ""


def places(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for every place without a name for people, and for a calendar that does not lead to an end."""
    entered = [definition.start_state, *(step.state for step in definition.steps if step.state)]
    counted = Counter(entered)
    for path, state in _entries(definition):
        place = state.removeprefix(f"{ACTIVE}.")
        if not _has_label(place, definition):
            known = definition.programme.places
            label = _label_key(place, definition)
            yield source.problem(path, f"the place {place!r} has no name in 'places'{did_you_mean(label, known)}")
        if counted[state] > 1:
            yield source.problem(path, f"the place {place!r} is entered {counted[state]} times; give each its own")
    finals = [number for number, step in enumerate(definition.steps) if step.final]
    if finals != [len(definition.steps) - 1]:
        yield source.problem(
            ("calendar",), "the last milestone that enters a place, and only that, should be 'final: true'"
        )


def _entries(definition: Definition) -> Iterator[tuple[tuple[Step, ...], str]]:
    """Every state and where in the file it is named; those of a shape's days once for all modules."""
    programme = definition.programme
    yield ("start",), definition.start_state
    shaped: dict[tuple[str, int], str] = {}
    for number, entry in enumerate(programme.calendar):
        if isinstance(entry, MilestoneSpec):
            if entry.enters is not None:
                yield ("calendar", number, "enters"), entry.enters if entry.final else in_active(entry.enters)
        elif entry.shape in programme.shapes:
            days = programme.shapes[entry.shape].days
            for day, spec in enumerate(days):
                if day == len(days) - 1 and entry.leads_to:
                    yield ("calendar", number, "leads_to"), in_active(entry.leads_to)
                else:
                    shaped.setdefault((entry.shape, day), in_active(spec.enters.format(module=entry.module)))
    for number, move in enumerate(programme.moves):
        yield ("moves", number, "to"), in_active(move.to)
    for (shape, day), state in shaped.items():
        yield ("shapes", shape, "days", day, "enters"), state
    for name, event in programme.events.items():
        if event.to not in (None, PLACE, ACTIVE):
            yield ("events", name, "to"), str(event.to)


def _label_key(place: str, definition: Definition) -> str:
    """The key in ``places`` that names a place: its own, or the one for all modules."""
    first, *rest = place.split(".")
    return ".".join(["module", *rest]) if first in definition.modules else place


def _has_label(place: str, definition: Definition) -> bool:
    return place in definition.programme.places or _label_key(place, definition) in definition.programme.places
