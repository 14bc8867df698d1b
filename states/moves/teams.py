"""Mixed teams (R51): formed with a notice, changed by the coordinator until the module is over, and told once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import func, select

from config.definition import ACTIVE, Module
from config.effects import EffectSpec
from config.errors import CorrectionRefusedError, FactIncompleteError, TransitionRefusedError
from config.grammar import CORRECT, Trigger
from states.facts import Transition
from states.moves.firing import Firing
from states.moves.note import talent_named
from states.moves.reassign import PERHAPS_TOLD
from states.plan.effects import Cause, effect_row
from states.plan.groups import Candidate
from states.plan.teams import announcement, formed_by, propose_teams, team_for
from states.records import Journey
from states.store.conditions import PENDING
from states.store.fact_log import last_step
from states.store.tables import EffectRow, JourneyRow
from states.store.taken_back import KeptFact
from states.store.teams import Seats, read_teams, seats_of

TEAM = "team"
"""The fact that somebody is in another team, the detail that holds its number, and the machine of such a step."""
MODULE = "module"
"""The detail that holds the id of the module whose team it is."""


class _Change(NamedTuple):
    """Who is in another team of which module: where they sat, if they did, and the step that says so."""

    journey: Journey
    module: Module
    was: int | None
    step: str


def candidates_among(firing: Firing, journeys: Collection[str]) -> list[Candidate]:
    """Return journeys as candidates for a group or a team, by id."""
    columns = (JourneyRow.id, JourneyRow.organisation, JourneyRow.unit, JourneyRow.level, JourneyRow.talent_id)
    query = select(*columns, func.coalesce(JourneyRow.mentor_id, ""), JourneyRow.group_number)
    rows = firing.connection.execute(query.where(JourneyRow.id.in_(journeys)).order_by(JourneyRow.id))
    return [Candidate._make(row) for row in rows]


def form_teams(firing: Firing, trigger: str) -> None:
    """Put the active talents into teams where a notice forms some; who comes later gets a seat, and no other moves."""
    module = formed_by(firing.cohort.definition, trigger)
    if module is None or module.teams is None:
        return
    taken = _seats(firing, module)
    candidates = {one.journey_id: one for one in candidates_among(firing, firing.active().members)}
    if not taken:
        _seat(firing, module, propose_teams(list(candidates.values()), module.teams).items())
        return
    teams: dict[int, list[Candidate]] = {number: [] for number in sorted(taken.values())}
    for journey, number in taken.items():
        if journey in candidates:
            teams[number].append(candidates[journey])
    for journey, candidate in candidates.items():
        if journey not in taken:
            number = team_for(candidate, teams, module.teams)
            teams[number].append(candidate)
            _seat(firing, module, [(journey, number)])


def change_team(firing: Firing) -> None:
    """Collect that a talent is in another team of a module; who was told of the teams hears of it.

    Raises:
        FactIncompleteError: the module has no teams yet or is over, there is no such team, or it is the talent's own.
        TransitionRefusedError: the talent is not on the way.
        UnknownRecordError: the cohort has no such talent.
    """
    journey = talent_named(firing)
    if not journey.state.startswith(ACTIVE):
        raise TransitionRefusedError(TEAM, [(journey.id, journey.state)])
    module = _module_named(firing)
    taken = _seats(firing, module)
    if not taken:
        raise FactIncompleteError(TEAM, MODULE, f"{module.id} has no teams yet")
    given = str(firing.details.get(TEAM) or "")
    numbers = {str(number): number for number in taken.values()}
    if given not in numbers:
        raise FactIncompleteError(TEAM, TEAM, f"{given!r} is none of the choices")
    was, number = taken.get(journey.id), numbers[given]
    if was == number:
        raise FactIncompleteError(TEAM, TEAM, f"{journey.id} is in it already")
    _seat(firing, module, [(journey.id, number)])
    step = _step(firing, _subject(journey.id, module.id), journey.id, (TEAM, str(was or ""), str(number)))
    _tell(firing, _Change(journey, module, was, step), number)


def put_team_back(firing: Firing, fact: KeptFact, steps: Sequence[Transition]) -> dict[str, str]:
    """Collect the team that a talent was in before ``fact``; return the ids of the history rows, by subject.

    Raises:
        CorrectionRefusedError: the module is over.
    """
    corrections: dict[str, str] = {}
    image = (fact.before or {}).get("teams") or {}
    for step in steps:
        journey = str(step.journey_id)
        for ident, number in image[journey].items():
            module = firing.cohort.definition.modules[ident]
            if firing.cohort.calendar.is_over(module.days[-1], firing.changes.now):
                raise CorrectionRefusedError(fact.key, "held", module.id)
            firing.changes.teams.append({"journey_id": journey, "module": ident, "number": number})
            back = str(Trigger(TEAM, CORRECT))
            corrections[step.subject] = _step(firing, step.subject, journey, (back, step.dest, str(number or "")))
    return corrections


def _module_named(firing: Firing) -> Module:
    module = firing.cohort.definition.modules.get(str(firing.details.get(MODULE) or ""))
    if module is None or module.teams is None:
        raise FactIncompleteError(TEAM, MODULE, f"{firing.details.get(MODULE)!r} is none of the choices")
    if firing.cohort.calendar.is_over(module.days[-1], firing.changes.now):
        raise FactIncompleteError(TEAM, MODULE, f"{module.id} is over since {module.days[-1]}")
    return module


def _seats(firing: Firing, module: Module) -> dict[str, int]:
    seats = seats_of(firing.connection, firing.cohort.cohort_id)
    return {journey: number for (where, journey), number in seats.items() if where == module.id}


def _seat(firing: Firing, module: Module, seats: Iterable[tuple[str, int]]) -> None:
    rows = [{"journey_id": journey, "module": module.id, "number": number} for journey, number in seats]
    firing.changes.teams += rows


def _subject(journey: str, module: str) -> str:
    return f"{journey}/{TEAM}-{module}"


def _step(firing: Firing, subject: str, journey: str, step: tuple[str, str, str]) -> str:
    version, _ = last_step(firing.connection, subject)
    return firing.changes.record(firing.cohort.cohort_id, journey, subject, version, TEAM, step)


def _tell(firing: Firing, change: _Change, number: int) -> None:
    """Tell both teams who is in them now, as far as they were told; what the reminder still has to say is true."""
    teams, module = change.module.teams, change.module
    announced = _told(firing, module)
    if teams is None or not announced:
        return
    trigger = str(Trigger(module.days[0], TEAM))
    journeys = firing.active().members
    told = [journeys[ident] for ident in _both_teams(firing, change, number)]
    told = [journey for journey in told if journey.talent_id in announced]
    _drop_the_last_news(firing, trigger, [journey.talent_id for journey in told])
    mail = EffectSpec(mail=teams.on_change, to=("talent",))
    for journey in told:
        details = {"milestone": module.days[0]}
        cohort, now = firing.cohort.cohort_id, firing.changes.now
        cause = Cause(cohort, journey.id, change.step, trigger, now, journey, details=details)
        firing.changes.effects.append(effect_row(mail, cause, firing.cohort.calendar, "talent", journey.talent_id))


def _both_teams(firing: Firing, change: _Change, number: int) -> list[str]:
    """Return who is in the team that somebody leaves, and in the one that they come to, as it will be."""
    seats: Seats = {
        **seats_of(firing.connection, firing.cohort.cohort_id),
        (change.module.id, change.journey.id): number,
    }
    teams = read_teams(firing.connection, firing.cohort, seats)
    both = [one for one in teams if one.module == change.module.id and one.number in {change.was, number}]
    return [ident for one in both for ident in one.members]


def _told(firing: Firing, module: Module) -> set[str]:
    """Return who was told of their team, or perhaps was, by id."""
    reminded = (EffectRow.trigger == announcement(module)) & EffectRow.status.in_(PERHAPS_TOLD)
    mine = (EffectRow.cohort_id == firing.cohort.cohort_id) & (EffectRow.kind == "mail")
    return set(firing.connection.scalars(select(EffectRow.recipient_id).where(mine, reminded)))


def _drop_the_last_news(firing: Firing, trigger: str, people: Collection[str]) -> None:
    """Drop what still waits to tell people of a change before: the news of this one say all that is true."""
    mine = (EffectRow.cohort_id == firing.cohort.cohort_id) & (EffectRow.trigger == trigger)
    waiting = select(EffectRow.id).where(PENDING, mine, EffectRow.recipient_id.in_(people)).order_by(EffectRow.id)
    firing.changes.dropped += firing.connection.scalars(waiting)
