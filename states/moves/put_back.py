"""Puts commitments back to how they stood before a fact, and lets what time has brought since fall now (R62)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from config.definition import ACTIVE
from config.grammar import CORRECT, Trigger
from config.programme import CommitmentSpec, Event
from states.facts import Transition
from states.machines.commitment import FINAL, OPEN, PLANNED, is_late
from states.machines.journey import event_to
from states.moves.commitments import CommitmentMover
from states.moves.firing import Firing
from states.plan.appointment import dates_of
from states.plan.timers import Timer, commitment_timers
from states.records import Commitment, Journey, from_plain, standing
from states.store.conditions import OPEN_TASK, UNTOLD
from states.store.tables import EffectRow, HistoryRow, TaskRow
from states.store.taken_back import KeptFact

_BY_TIME = ("open", "miss", "lapse")


class PuttingBack:
    """Puts the commitments that a fact has moved back; ``firing`` is the correction's."""

    def __init__(self, firing: Firing, fact: KeptFact) -> None:
        self._firing = firing
        self._fact = fact
        self._mover = CommitmentMover(firing)
        self._stand: dict[str, Commitment] = {}
        """The commitments put back, as they will stand."""

    def put_back(self, step: Transition, now: Commitment) -> str:
        """Put a commitment back to before ``step``, the first of the fact; return the id of its history row.

        What of its own has moved on since, told by other facts, stays: only its partner is as before.
        """
        was = self._before(step, now)
        changes = self._firing.changes
        if was.state != now.state or step.trigger == "extend":
            self._silence_since(step)
        if was.partner_id != now.partner_id:
            changes.partners.append((now.id, was.partner_id))
        history = changes.move_commitment(now, CORRECT, was)
        self._stand[now.id] = was._replace(version=now.version + 1)
        return history

    def let_time_pass(self, journeys: Mapping[str, Journey]) -> None:
        """Arm what holds for those put back at this moment; what has fallen due meanwhile falls now, not in the past.

        Who is off the calendar meanwhile has them as whoever went that way has: paused, or ended.
        """
        for commitment in list(self._stand.values()):
            journey = journeys.get(commitment.journey_id or "")
            event = self._event_that_led_to(journey)
            self._firing.changes.disarmed.append(commitment.id)
            if event is None:
                self._catch_up(commitment, journeys)
            elif event.commitments != "leave" and commitment.state not in FINAL:
                self._mover.move(commitment.name, event.commitments, [commitment], journeys, strict=False)

    def end(self, commitments: Sequence[Commitment], verb: str, journeys: Mapping[str, Journey]) -> None:
        """Let an event befall commitments that were not put back: those that are not settled."""
        for one in commitments:
            if one.state not in FINAL and one.id not in self._stand:
                self._mover.move(one.name, verb, [one], journeys, strict=False)

    def pair_anew(self) -> None:
        """Find partners for whoever is left without one."""
        self._mover.pair_anew()

    def _silence_since(self, step: Transition) -> None:
        """Drop what waits to be told of ``step`` and of what came after it; what was asked before is true again."""
        changes, connection = self._firing.changes, self._firing.connection
        first = select(HistoryRow.n).where(HistoryRow.id == step.id).scalar_subquery()
        since = EffectRow.history_id.in_(select(HistoryRow.id).where(HistoryRow.n >= first))
        untold = select(EffectRow.id).where(EffectRow.subject == step.subject, UNTOLD, since)
        changes.dropped += connection.scalars(untold.order_by(EffectRow.id))
        asked = select(TaskRow.id).join(EffectRow, EffectRow.key == TaskRow.id)
        asked = asked.where(TaskRow.subject == step.subject, OPEN_TASK, since)
        changes.closed += connection.scalars(asked.order_by(TaskRow.id))

    def _event_that_led_to(self, journey: Journey | None) -> Event | None:
        if journey is None or journey.state.startswith(ACTIVE):
            return None
        found = event_to(self._firing.cohort.definition, journey.state)
        return found and found[1]

    def _before(self, step: Transition, now: Commitment) -> Commitment:
        image: Mapping[str, Any] | None = ((self._fact.before or {}).get("commitments") or {}).get(now.id)
        if image is None:  # Another correction has stopped it since, and that keeps no image of its way there.
            opened = now.opened_on or (self._firing.today if step.source != PLANNED else None)
            return now._replace(state=step.source, opened_on=opened)
        if step.trigger == "pair":
            return now._replace(partner_id=image["partner_id"])
        was = from_plain(now, image)
        if step.trigger == "hush":
            return now._replace(quiet=was.quiet)
        if step.source == step.dest and (step.trigger == "hand" or (step.trigger == "stall" and not was.appointed_on)):
            return now  # They change nothing of what time brings.
        spec = self._firing.cohort.spec(now.name)
        if was.state in {PLANNED, OPEN} and not was.agreed:
            # Its days may have been moved since.
            was = was._replace(due_on=self._firing.cohort.calendar.due_of(spec, was.opened_on))
        return self._after_standing_still(spec, was)

    def _after_standing_still(self, spec: CommitmentSpec, was: Commitment) -> Commitment:
        """Return what was late with its escalation going on from where it stopped, where a level has passed since."""
        if not is_late(was.state) or was.missed_on is None or not self._fallen(spec, was, ("escalate",)):
            return was
        stood: timedelta = self._firing.today - self._firing.cohort.calendar.local_day(self._fact.at)
        return was._replace(missed_on=was.missed_on + stood)

    def _catch_up(self, commitment: Commitment, journeys: Mapping[str, Journey]) -> None:
        changes, spec = self._firing.changes, self._firing.cohort.spec(commitment.name)
        while verb := self._fallen(spec, commitment, _BY_TIME):
            changes.timers = [timer for timer in changes.timers if timer.subject != commitment.id]
            before = len(changes.commitments)
            self._mover.move(spec.id, verb, [commitment], journeys, strict=False)
            moved = [row for row in changes.commitments[before:] if row["b_id"] == commitment.id]
            if not moved:
                break
            commitment = standing(commitment, moved[-1])
            if commitment.state in FINAL:
                return
        changes.timers = [timer for timer in changes.timers if timer.subject != commitment.id]
        changes.timers += self._timers(spec, commitment)

    def _fallen(self, spec: CommitmentSpec, commitment: Commitment, verbs: Sequence[str]) -> str:
        """Return the verb among ``verbs`` that has fallen due by now; empty if none has."""
        now = self._firing.changes.now
        due = {Trigger.parse(timer.trigger).part for timer in self._timers(spec, commitment) if timer.due_at <= now}
        return next((verb for verb in verbs if verb in due), "")

    def _timers(self, spec: CommitmentSpec, commitment: Commitment) -> list[Timer]:
        dates = dates_of(commitment)
        calendar, now = self._firing.cohort.calendar, self._firing.changes.now
        who = (commitment.cohort_id, commitment.id)
        return list(commitment_timers(calendar, *who, spec, commitment.state, dates, now))
