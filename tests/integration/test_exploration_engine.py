"""What is explored is what the engine does: a cohort driven at random never leaves the states that were walked."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from config.definition import Definition
from config.errors import TransitionRefusedError
from states.exploration.commitment import CommitmentMoves, CommitmentNode
from states.exploration.explore import WithJourney
from states.exploration.ground import Ground
from states.exploration.walk import Walk
from states.machines.commitment import commitment_rules
from states.machines.journey import journey_rules
from states.machines.rules import Rules
from states.store.conditions import ARMED
from states.store.database import Database
from states.store.tables import CommitmentRow, EffectRow, TimerRow
from tests.support.driver import Driver, day, talent_nord, undated


def rules(definition: Definition) -> Rules:
    commitments = {name: commitment_rules(spec) for name, spec in definition.commitments.items()}
    return Rules(definition, journey_rules(definition), commitments)


def explored(definition: Definition) -> dict[str, set[tuple[str, frozenset[str], bool]]]:
    """By commitment: every state with the timers armed in it, and whether a task is open."""
    ground = Ground(rules(definition), frozenset({"alumni_day"}))
    product = WithJourney(ground)
    found: dict[str, set[tuple[str, frozenset[str], bool]]] = {}
    for name, spec in definition.commitments.items():
        if spec.subject == "talent":
            nodes = {pair.commitment for pair in product.explore(spec)[0].nodes if pair.commitment}
        else:
            nodes = cohort_nodes(CommitmentMoves(ground, spec))
        found[name] = {(node.state, node.armed, node.task) for node in nodes}
    return found


def cohort_nodes(moves: CommitmentMoves) -> set[CommitmentNode]:
    return set(Walk(moves.start(dated=False), moves.moves).nodes)


def seen(database: Database) -> set[tuple[str, str, frozenset[str], bool]]:
    """The same of the engine's commitments as they stand in the database."""
    with database.read() as connection:
        armed: dict[str, set[str]] = {}
        for subject, trigger in connection.execute(select(TimerRow.subject, TimerRow.trigger).where(ARMED)):
            armed.setdefault(subject, set()).add(trigger.partition(":")[2])
        tasks = set(
            connection.scalars(select(EffectRow.subject).where(EffectRow.kind == "task", EffectRow.status == "pending"))
        )
        rows = connection.execute(select(CommitmentRow.id, CommitmentRow.name, CommitmentRow.state)).all()
    return {(row.name, row.state, frozenset(armed.get(row.id, ())), row.id in tasks) for row in rows}


def facts(driven: Driver, dice: random.Random) -> None:
    """Tell a few things about talents at random, as far as they are possible."""
    for number in (1, 2, 3):
        name = dice.choice([spec.id for spec in driven.definition.commitments.values() if spec.subject == "talent"])
        choice = dice.choice(["second_mentor", "internship", "none"])
        told = {"choice": choice} if name == "second_half_choice" else {}
        kept = (f"{name}:{dice.choice(['keep', 'keep', 'waive'])}", told)
        event: tuple[str, dict[str, str]] = (dice.choice(["leave", "return", "return"]), {})
        trigger, details = dice.choice([kept, kept, kept, event])
        try:
            driven.fire(trigger, number, **details)
        except TransitionRefusedError:
            continue


@pytest.mark.parametrize("seed", range(2))
def test_the_engine_never_leaves_what_was_explored(sqlite: Database, seed: int) -> None:
    known = explored(talent_nord())
    driven = Driver(sqlite, people=3, cohort=undated("alumni_day")).enrol()
    dice = random.Random(seed)
    met: set[tuple[str, str]] = set()
    last = driven.cohort.dates["m6d2"].date + timedelta(weeks=13)
    while driven.now < driven.at(f"{last} 12:00"):
        driven.until((driven.now + timedelta(days=dice.randint(3, 12))).date().isoformat())
        facts(driven, dice)
        for name, state, armed, task in seen(sqlite):
            assert (state, armed, task) in known[name], (name, state, armed, task, driven.now)
            met.add((name.partition("_m")[0], state))
    driven.move("alumni_day", day((last + timedelta(days=14)).isoformat(), "12:00", "16:00"))
    for name, state, armed, task in seen(sqlite):
        assert (state, armed, task) in known[name], (name, state, armed, task)
    assert len(met) > 40, "the run went through much of what there is"
