"""Moves journeys to where their promises lead: beside the calendar, and within it (R12, R33 to R36)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from config.grammar import Trigger, commitment_id
from states.machines.journey import CALENDAR, GIVEN, choice_guard, ends
from states.moves.firing import Firing
from states.records import InRegion, Journey
from states.store.queries import in_region
from states.store.tables import CommitmentRow

Guards = Mapping[str, frozenset[str]]


def lead_on(
    firing: Firing, name: str, choice: str | None, arrived: Iterable[tuple[str, str]], journeys: Mapping[str, Journey]
) -> None:
    """Move journeys whose commitments of one name have come to a state; ``arrived`` are (journey, state).

    A journey that has ended is moved no more, and one that stands where the promise leads nowhere stays.
    """
    concerns = firing.cohort.rules.journey.concerns
    led: dict[str, list[Journey]] = {}
    for journey, state in arrived:
        trigger = str(Trigger(name, state))
        if trigger in concerns and journey in journeys:
            standing = firing.changes.standing(journeys[journey])
            if standing.state not in ends(firing.cohort.definition):
                led.setdefault(trigger, []).append(standing)
    for trigger, mine in led.items():
        guards = given(firing, trigger, mine)
        if choice is not None:
            guards = {ident: holding | {choice_guard(choice)} for ident, holding in guards.items()}
        for region in concerns[trigger]:
            if region == CALENDAR:
                _on_calendar(firing, trigger, mine, guards)
            else:
                _beside(firing, trigger, region, [one.id for one in mine], guards)


def given(firing: Firing, trigger: str, journeys: Sequence[Journey]) -> Guards:
    """Return, by journey, the guards of a trigger that hold by the state a commitment is in, as it will stand."""
    asked = [guard for guard in firing.cohort.rules.journey.guards_of(trigger) if guard.startswith(GIVEN)]
    if not asked:
        return {one.id: frozenset() for one in journeys}
    wanted = {guard: Trigger.parse(guard.removeprefix(GIVEN)) for guard in asked}
    ids = [commitment_id(one.id, name) for one in journeys for name in {trigger.name for trigger in wanted.values()}]
    query = select(CommitmentRow.id, CommitmentRow.state).where(CommitmentRow.id.in_(ids))
    states = dict(firing.connection.execute(query).tuples().all())
    states |= {row["b_id"]: row["b_state"] for row in firing.changes.commitments}
    return {
        one.id: frozenset(
            guard for guard, (name, state) in wanted.items() if states.get(commitment_id(one.id, name)) == state
        )
        for one in journeys
    }


def _on_calendar(firing: Firing, trigger: str, journeys: Sequence[Journey], guards: Guards) -> None:
    for one in journeys:
        dest = firing.cohort.rules.journey.next_state(one.state, trigger, guards[one.id])
        if dest is not None:
            firing.changes.move_journey(one, trigger, dest)


def _beside(firing: Firing, trigger: str, region: str, journeys: Sequence[str], guards: Guards) -> None:
    changes, cohort = firing.changes, firing.cohort
    there = in_region(firing.connection, region, journeys)
    for row in changes.regions:
        if row["b_region"] == region and row["b_journey"] in there:
            there[row["b_journey"]] = InRegion(row["b_journey"], region, row["b_place"], row["b_version"] + 1)
    for journey, _, place, version in there.values():
        dest = cohort.rules.journey.next_state(place, trigger, guards[journey], region)
        if dest not in {None, place}:
            moved = {"b_journey": journey, "b_region": region, "b_version": version, "b_place": dest}
            changes.regions.append(moved)
            step = (trigger, place, dest)
            changes.record(cohort.cohort_id, journey, f"{journey}/{region}", version, region, step)
