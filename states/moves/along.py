"""What befalls the commitments of journeys along with an event: paused, taken up again, or cancelled (R7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from config.grammar import commitment_id
from config.programme import Event
from states.machines.commitment import CANCELLED, FINAL, PLANNED
from states.moves.commitments import CommitmentMover
from states.moves.firing import Firing
from states.records import Commitment, Journey
from states.store.queries import COMMITMENT_COLUMNS
from states.store.tables import CommitmentRow

Lapsed = Mapping[str, list[str]]
"""The names of commitments whose deadline fell into a leave, by journey."""


def carry_along(firing: Firing, commitments: CommitmentMover, event: Event, journeys: Sequence[Journey]) -> Lapsed:
    """Pause, resume or cancel the commitments of journeys that an event has befallen; return what a return ends."""
    if event.commitments == "leave":
        return {}
    ids = [journey.id for journey in journeys]
    rows = firing.connection.execute(
        select(*COMMITMENT_COLUMNS)
        .where(CommitmentRow.journey_id.in_(ids), CommitmentRow.state.not_in(FINAL))
        .order_by(CommitmentRow.id)
    )
    unkept = [Commitment._make(row) for row in rows]
    by_id = {journey.id: journey for journey in journeys}
    again = _chosen(firing, unkept) if event.commitments == "resume" else frozenset()
    for name in dict.fromkeys(commitment.name for commitment in unkept):
        mine = [one for one in unkept if one.name == name]
        chosen = [one for one in mine if one.id in again]
        commitments.move(name, "open", chosen, by_id, strict=False)
        rest = [one for one in mine if one.id not in again]
        commitments.move(name, event.commitments, rest, by_id, strict=False)
    commitments.pair_anew()
    return _lapsed(firing) if event.commitments == "resume" else {}


def _lapsed(firing: Firing) -> Lapsed:
    found: dict[str, list[str]] = {}
    for step in firing.changes.transitions:
        if step.trigger == "resume" and step.dest == CANCELLED and step.journey_id:
            found.setdefault(step.journey_id, []).append(step.machine)
    return found


def _chosen(firing: Firing, commitments: Sequence[Commitment]) -> frozenset[str]:
    """Return those that follow from a choice which still stands: a return opens them again (R33)."""
    leaders: dict[str, tuple[str, str]] = {}
    for commitment in commitments:
        spec = firing.cohort.spec(commitment.name)
        follows, due = spec.opens_on, firing.cohort.calendar.day_of(spec.due, {"opened": firing.today})
        is_over = due is not None and due < firing.today
        if follows is not None and commitment.state == PLANNED and not is_over:
            leaders[commitment.id] = (commitment_id(str(commitment.journey_id), follows.commitment), follows.choice)
    if not leaders:
        return frozenset()
    ids = [leader for leader, _ in leaders.values()]
    choices = dict(
        firing.connection.execute(
            select(CommitmentRow.id, CommitmentRow.choice).where(
                CommitmentRow.id.in_(ids), CommitmentRow.state.in_(FINAL)
            )
        )
        .tuples()
        .all()
    )
    return frozenset(ident for ident, (leader, choice) in leaders.items() if choices.get(leader) == choice)
