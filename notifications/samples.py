"""What a message may know at most where a programme names it: a made-up context of the same kind as a real one.

What ``notifications.context`` never gives there is missing here too; all that it may give is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from config.checks.places import PlacedEffect, effects
from config.content import Topic
from config.definition import Definition, Milestone, Module
from config.plan import plan_in
from config.programme import CalendarEntry, CommitmentSpec, Event, MilestoneSpec
from config.roles import OF_COHORT
from notifications.signposts import button_for
from notifications.view_models import Answer, CommitmentView, Context, EventView, ModuleView, Person, Talent
from states.plan.effects import ALSO

_DAY = date(2027, 3, 4)
_SITE = "https://example.org"
_HAVE_PAGES = {"talent", "mentor"}
_PERSON = Person("Kim Holm", "Kim", "kim.holm@example.org", "An organisation")
_TOPIC = Topic(
    aim="What it is for.",
    themes=("a theme",),
    steps=("A step.",),
    bring="A pen.",
    afterwards="More.",
    links={"A guide": "https://example.org/"},
)
_TALENT = Talent(
    "Bo Lund", "Bo", "bo.lund@example.org", organisation="An organisation", level_label="leader", unit="A unit"
)


def samples(definition: Definition, placed: PlacedEffect) -> Iterator[Context]:
    """Yield the context in which each role is told at the place of an effect; a mail's without a site and with one.

    Where somebody beside the talent is optional, each is there without them too.
    """
    owed = placed.commitment is not None and placed.commitment.owner == "second_mentor"
    for told in _samples(definition, placed):
        yield told
        if not owed:
            yield from _alone(told, definition)


def _alone(told: Context, definition: Definition) -> Iterator[Context]:
    """Yield what is told of a talent who lacks the second mentor that others have, if any may."""
    if definition.programme.may_lack_helper and told.second_mentor and told.role != "second_mentor":
        yield replace(told, second_mentor=None)


def _samples(definition: Definition, placed: PlacedEffect) -> Iterator[Context]:
    plan = plan_in(placed.effect.message, definition.programme.plan)
    for role in placed.effect.to:
        recipient = _TALENT if role == "talent" else _PERSON
        about = replace(_about(definition, placed, role), plan=plan.title if plan else None)
        due = {"due_on": _DAY.isoformat()} if placed.effect.due else {}
        also = {ALSO: " ".join(placed.effect.to)} if placed.effect.names_others else {}
        told = replace(about, role=role, recipient=recipient, details={**about.details, **due, **also})
        yield told
        if placed.effect.mail:
            yield _with_site(told, definition, placed.commitment)
        if role in OF_COHORT and _tells_of_others(definition, placed):
            yield _of_a_leader(told)


def _of_a_leader(said: Context) -> Context:
    nobody = replace(said, talent=None, mentor=None, second_mentor=None, consultant=None, group=(), group_number=None)
    return replace(nobody, attendee=_PERSON, details={**said.details, "role": "mentor"})


def _tells_of_others(definition: Definition, placed: PlacedEffect) -> bool:
    """Whether an effect is also told of somebody who comes, or not, and is no talent."""
    asks = definition.programme.attendance
    if asks is None or set(asks.by) <= {"talent"}:
        return False
    return placed.path[:2] in {("events", one.event) for one in (asks.come, asks.decline)}


def day_news(definition: Definition, milestone: Milestone, called_off: bool) -> Iterator[Context]:
    """Yield the context in which a milestone's audience is told that its day is another, or is called off."""
    event = _event(milestone)
    news = replace(_base(definition), event=None if called_off else event, was=event, module=event.module)
    for role in milestone.audience:
        people = {**_people(), **_team(definition, event.id)} if role == "talent" else {}
        recipient = _TALENT if role == "talent" else _PERSON
        told = replace(news, role=role, recipient=recipient, details={"changed": "date"}, **people)
        yield from (told, _with_site(told, definition), *_alone(told, definition))


def corrections(definition: Definition) -> Iterator[Context]:
    """Yield the context in which each mail is taken back: whatever is told may rest on a slip."""
    slip = {"told": "A subject", "told_on": _DAY.isoformat(), "stands": "active"}
    for placed in effects(definition.programme):
        for told in samples(definition, placed) if placed.effect.mail else ():
            yield replace(told, answer=None, details={**told.details, **slip})


def _with_site(told: Context, definition: Definition, spec: CommitmentSpec | None = None) -> Context:
    asks, url = definition.programme.attendance, f"{_SITE}/answer"
    answer = button_for(spec, told.role, url) if spec else None
    if asks and told.event and told.role in definition.asked_to(told.event.id):
        answer = Answer(url, asks.button)
    return replace(told, answer=answer, page_url=f"{_SITE}/page" if told.role in _HAVE_PAGES else None)


def _about(definition: Definition, placed: PlacedEffect, role: str) -> Context:
    path, base = placed.path, _base(definition)
    if placed.commitment is not None:
        return _of_commitment(definition, placed.commitment, base)
    if path[0] == "events":
        return _of_event(definition, definition.programme.events[str(path[1])], base)
    if path[0] == "find_date":
        was = _event(next(iter(definition.milestones.values())))
        return replace(base, was=was, module=was.module, details={"milestone": was.id})
    if "finds" in path:
        return replace(base, **_people())
    event = _event(_milestone_at(definition, placed))
    people = {**_people(), **_team(definition, event.id)} if role == "talent" else {}
    details = {"milestone": event.id}
    return replace(
        base, event=event, module=event.module, topic=_TOPIC, year=(event,), mine=(_TALENT,), details=details, **people
    )


def _of_commitment(definition: Definition, spec: CommitmentSpec, base: Context) -> Context:
    """Of one made for each module, as it is for the first of them."""
    mine = [one for ident, one in definition.commitments.items() if ident in {spec.id, f"{spec.id}_{one.module}"}]
    module = definition.modules.get((mine[0] if mine else spec).module or "")
    dated = definition.milestones.get(spec.kept_by_date_of or "")
    choice = next(iter(spec.choices), None)
    return replace(
        base,
        event=_event(dated) if dated else None,
        module=_module(module) if module else None,
        topic=_TOPIC,
        commitment=_promise(spec, choice),
        details={"choice": choice} if choice else {},
        **(_people() if spec.subject == "talent" else {}),
        partner=_PERSON if spec.pairs else None,
        visitors=(_PERSON,) if spec.pairs else (),
    )


def _promise(spec: CommitmentSpec, choice: str | None) -> CommitmentView:
    agreed, owner = _DAY if spec.on_appoint else None, _PERSON if spec.subject == "talent" else None
    return CommitmentView(spec.label, _DAY, _DAY, spec.choices, choice, agreed, id=spec.id, owner=owner)


def _of_event(definition: Definition, event: Event, base: Context) -> Context:
    promise = CommitmentView("A commitment", _DAY, _DAY)
    about = replace(base, lapsed=(promise,), late=(promise,), details={"note": "-"}, **_people())
    if not {"milestone", "absence"} & set(event.needs):
        return about
    day = _event(next(iter(definition.milestones.values())))
    return replace(about, event=day, module=day.module, details={"note": "-", "milestone": day.id})


def _milestone_at(definition: Definition, placed: PlacedEffect) -> Milestone:
    path = placed.path
    if path[0] == "calendar":
        entry = definition.programme.calendar[int(path[1])]
        return definition.milestones[_milestone_of(definition, entry)]
    shaped = [module for module in definition.modules.values() if module.shape == path[1]]
    return definition.milestones[shaped[0].days[int(path[3])]]


def _milestone_of(definition: Definition, entry: CalendarEntry) -> str:
    return entry.milestone if isinstance(entry, MilestoneSpec) else definition.modules[entry.module].days[-1]


def _base(definition: Definition) -> Context:
    following = _event(next(iter(definition.milestones.values())))
    office = Person("An office", "An office", "office@example.org")
    return Context(
        role="coordinator",
        recipient=_PERSON,
        coordinator=_PERSON,
        administration=office,
        programme=definition.programme.name,
        role_names=definition.programme.role_names,
        cohort="A cohort",
        today=_DAY,
        soon=_DAY,
        next_event=following,
    )


def _people() -> Mapping[str, Any]:
    return {
        "talent": _TALENT,
        "mentor": _PERSON,
        "second_mentor": _PERSON,
        "consultant": _PERSON,
        "group": (_PERSON,),
        "group_number": 1,
    }


def _team(definition: Definition, milestone: str) -> Mapping[str, Any]:
    module = definition.milestones[milestone].module
    return {"team": (_PERSON,), "team_number": 1} if module and module.teams else {}


def _event(milestone: Milestone) -> EventView:
    module = _module(milestone.module) if milestone.module else None
    return replace(_day(milestone.id, milestone.label), module=module)


def _module(module: Module) -> ModuleView:
    return ModuleView(
        module.number,
        module.title,
        bootcamp=module.hours is not None,
        days=tuple(_day(day, day) for day in module.days),
        challenge_owner="A board" if module.challenge else None,
        challenge_title="A challenge" if module.challenge else None,
        challenge_text="In a few words" if module.challenge else None,
        representative="Kim Holm" if module.challenge else None,
        presentations=datetime(2027, 3, 4, 15, tzinfo=UTC) if module.presentations_hours else None,
        material=(("A podcast", "https://example.org/"),),
        topic=_TOPIC,
    )


def _day(ident: str, label: str) -> EventView:
    start = datetime(2027, 3, 4, 9, tzinfo=UTC)
    return EventView(ident, label, start, start + timedelta(hours=7), "A hall", ("Kim Holm",), topic=_TOPIC)
