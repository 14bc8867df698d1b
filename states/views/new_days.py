"""What a new day would bring about, with people's names and the programme's words: for pages and commands."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, select

from config.checks.date_rules import BrokenRule
from config.cohort import Day
from config.grammar import without_level
from states.moves.consequences import Consequences
from states.running_cohort import read_cohort
from states.store.conditions import of_cohort
from states.store.tables import JourneyRow, PersonRow

K = TypeVar("K", bound=Hashable)


class DayLine(NamedTuple):
    """A milestone's day before and after; ``None`` where it has none."""

    label: str
    old: Day | None
    new: Day | None


class DeadlineLine(NamedTuple):
    """A deadline before and after; ``who`` is a talent, or the cohort."""

    who: str
    label: str
    old: date | None
    new: date | None


class NoticeLine(NamedTuple):
    """When a notice goes to everybody, local time, before and after."""

    label: str
    old: datetime | None
    new: datetime | None


class ToldLine(NamedTuple):
    """Who is told what, by ``mail`` or ``task``, and on which local day."""

    to: str
    kind: str
    message: str
    on: date


class StaysLine(NamedTuple):
    """What stays as it is: kept, or missed by the date that held then."""

    who: str
    label: str
    state: str


@dataclass(frozen=True)
class NewDaysPage:
    """The consequences of new days for milestones of a cohort, as people read them."""

    cohort_id: str
    cohort: str
    allowed: bool
    reason: str
    seal: str
    days: tuple[DayLine, ...]
    broken: tuple[BrokenRule, ...]
    labels: dict[str, str]
    """Names of the milestones that broken rules speak of, by id."""
    deadlines: tuple[DeadlineLine, ...]
    notices: tuple[NoticeLine, ...]
    timers: int
    told: tuple[ToldLine, ...]
    stays: tuple[StaysLine, ...]


def together(lines: Iterable[tuple[str, K]]) -> dict[K, list[str]]:
    """Return who shares what: names by what is the same for all of them, in the order in which they come."""
    found: dict[K, list[str]] = {}
    for name, what in lines:
        found.setdefault(what, []).append(name)
    return {what: list(dict.fromkeys(names)) for what, names in found.items()}


def new_days_page(connection: Connection, found: Consequences) -> NewDaysPage:
    """Return consequences with names in the place of ids."""
    cohort = read_cohort(connection, found.cohort_id)
    definition, mine = cohort.definition, of_cohort(PersonRow.id, found.cohort_id)
    people = dict(connection.execute(select(PersonRow.id, PersonRow.name).where(mine)).tuples().all())
    journeys = select(JourneyRow.id, JourneyRow.talent_id).where(JourneyRow.cohort_id == found.cohort_id)
    talents = {ident: people[talent] for ident, talent in connection.execute(journeys).tuples()}
    states, local = definition.programme.commitment_states, definition.working_time.local

    def who(journey: str | None) -> str:
        return talents.get(journey or "", cohort.name)

    def state(name: str) -> str:
        return states.get(without_level(name), name)

    def at(instant: datetime | None) -> datetime | None:
        return None if instant is None else local(instant)

    return NewDaysPage(
        cohort_id=found.cohort_id,
        cohort=cohort.name,
        allowed=found.allowed,
        reason=found.reason,
        seal=found.seal,
        days=tuple(DayLine(definition.milestones[one.milestone].label, one.old, one.new) for one in found.days),
        broken=found.broken,
        labels={ident: milestone.label for ident, milestone in definition.milestones.items()},
        deadlines=tuple(
            DeadlineLine(who(one.journey_id), cohort.spec(one.name).label, one.old, one.new) for one in found.deadlines
        ),
        notices=tuple(
            NoticeLine(definition.trigger_label(one.trigger), at(one.old), at(one.new))
            for one in found.timers
            if one.subject == found.cohort_id and one.trigger not in definition.milestones
        ),
        timers=len(found.timers),
        told=tuple(ToldLine(people[one.recipient_id], one.kind, one.message, one.on) for one in found.told),
        stays=tuple(
            StaysLine(who(one.journey_id), cohort.spec(one.name).label, state(one.state)) for one in found.stays
        ),
    )


def as_dict(page: NewDaysPage, sentences: list[str]) -> dict[str, Any]:
    """Return the page as plain data for JSON; ``sentences`` say what each broken rule is about."""
    return {
        "cohort": page.cohort_id,
        "allowed": page.allowed,
        "reason": page.reason,
        "broken": [
            {"rule": one.rule, "milestone": one.milestone, "says": says, "reason_would_do": one.excusable}
            for one, says in zip(page.broken, sentences, strict=True)
        ],
        "days": [{"milestone": one.label, "from": _plain(one.old), "to": _plain(one.new)} for one in page.days],
        "deadlines": [
            {"talent": one.who, "commitment": one.label, "from": _iso(one.old), "to": _iso(one.new)}
            for one in page.deadlines
        ],
        "notices": [{"notice": one.label, "from": _iso(one.old), "to": _iso(one.new)} for one in page.notices],
        "mails": [
            {"to": one.to, "kind": one.kind, "message": one.message, "on": one.on.isoformat()} for one in page.told
        ],
        "kept": [{"talent": one.who, "commitment": one.label, "state": one.state} for one in page.stays],
    }


def _plain(day: Day | None) -> dict[str, Any] | None:
    return None if day is None else day.model_dump(mode="json")


def _iso(at: date | None) -> str | None:
    return None if at is None else at.isoformat()
