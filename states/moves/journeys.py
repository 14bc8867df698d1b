"""Moves journeys: what a milestone, a notice or an event does to them, and to the commitments they carry along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from config.definition import ACTIVE
from config.errors import FactIncompleteError
from config.programme import Event
from states.machines.commitment import FINAL, PLANNED
from states.machines.journey import PLACE, place_guard
from states.moves.commitments import Commitments
from states.moves.firing import PROMISE, Desk, Promise
from states.moves.reassign import hand_over, readdress
from states.plan.effects import Occasion, Standing
from states.plan.groups import Candidate, propose_groups
from states.plan.late_joiners import group_to_join, news
from states.store.tables import CommitmentRow, JourneyRow


class Journeys:
    """Moves the journeys of one cohort for one trigger."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._commitments = Commitments(desk)

    def move(self, trigger: str, standings: Sequence[Standing]) -> None:
        """Move journeys by a milestone, a notice or an event.

        Raises:
            TransitionRefusedError: the desk is strict, and one of them stands where the trigger is not possible.
            FactIncompleteError: the event needs a detail that the fact does not give.
        """
        if self._comes_too_late(trigger):
            return
        event = self._desk.book.definition.programme.events.get(trigger)
        guards = frozenset({place_guard(self._desk.book.reached)}) if event and event.to == PLACE else frozenset()
        moved = self._desk.answered(
            trigger,
            standings,
            lambda one: self._desk.book.rules.journey.answer(one.state, trigger, guards),
            self._desk.strict,
        )
        # All are moved before anyone is told: whom to tell depends on who stays.
        written = [(standing, dest, self._move_journey(trigger, standing, dest)) for standing, dest in moved]
        effects = self._desk.book.journey_effects(trigger)
        for standing, dest, history in written:
            if event is not None:
                standing = self._event_details(trigger, event, standing)  # noqa: PLW2901
                standing = self._welcome_back(standing, dest)  # noqa: PLW2901
            if effects:
                self._desk.cause(effects, self._journey_occasion(trigger, standing, history))
        if event is not None and moved:
            gone = [standing.id for standing, dest in moved if not dest.startswith(ACTIVE)]
            hand_over(self._desk, gone)
            self._carry_along(event, [standing for standing, _ in moved])
        groups = self._desk.book.definition.programme.groups
        if groups is not None and groups.formed_at == trigger:
            self._form_groups()

    def _comes_too_late(self, trigger: str) -> bool:
        """Whether this is the notice of a milestone that is over: after an outage nobody is invited to the past."""
        name, _, part = trigger.partition(":")
        held = self._desk.book.calendar.days.get(name) if part and part != "move" else None
        return not self._desk.strict and held is not None and held.ends_at <= self._desk.changes.now

    def _welcome_back(self, standing: Standing, dest: str) -> Standing:
        """Tell one who is on the way again what was announced meanwhile, and find a learning group if there is none."""
        if standing.state.startswith(ACTIVE) or not dest.startswith(ACTIVE):
            return standing
        changes = self._desk.changes
        changes.disarmed.append(standing.id)
        changes.timers += news(self._desk.book.calendar, standing.cohort_id, standing.id, changes.now)
        group = group_to_join(self._desk.circle().group_sizes())
        if standing.group_number is not None or group is None:
            return standing
        changes.fields.append((standing.id, {"group_number": group}))
        return standing._replace(group_number=group)

    def _move_journey(self, trigger: str, standing: Standing, dest: str) -> str:
        self._desk.changes.journeys.append({"b_id": standing.id, "b_version": standing.version, "b_state": dest})
        if dest != standing.state and trigger in self._desk.book.definition.programme.events:
            self._desk.changes.silenced.append(standing.id)
        return self._desk.changes.record(
            standing.cohort_id, standing.id, standing.id, standing.version, "journey", (trigger, standing.state, dest)
        )

    def _event_details(self, trigger: str, event: Event, standing: Standing) -> Standing:
        for need in event.needs:
            if need not in self._desk.details:
                raise FactIncompleteError(trigger, need, "is missing")
        if "milestone" in event.needs:
            milestone = str(self._desk.details["milestone"])
            if milestone not in self._desk.book.definition.milestones:
                known = ", ".join(self._desk.book.definition.milestones)
                raise FactIncompleteError(trigger, "milestone", f"{milestone!r} is not one of {known}")
            self._desk.changes.absences.append(
                {"journey_id": standing.id, "milestone": milestone, "noted_at": self._desk.changes.now}
            )
        if "new_mentor" in event.needs:
            ident = f"{standing.id}/mentor-{standing.version + 1}"
            mentor = self._desk.new_person(ident, trigger, "new_mentor")
            if mentor == standing.talent_id:
                raise FactIncompleteError(trigger, "new_mentor", "nobody is their own leader")
            self._desk.changes.fields.append((standing.id, {"mentor_id": mentor}))
            if mentor != standing.mentor_id:
                readdress(self._desk, standing, mentor)
            return standing._replace(mentor_id=mentor)
        return standing

    def _journey_occasion(self, trigger: str, standing: Standing, history: str) -> Occasion:
        name, _, part = trigger.partition(":")
        milestone = self._desk.book.definition.milestones.get(name) if part else None
        details: dict[str, Any] = {key: value for key, value in self._desk.details.items() if key != "new_mentor"}
        shared = None
        if milestone is not None:
            details["milestone"] = milestone.id
            held = self._desk.book.calendar.days.get(milestone.id)
            shared = f"{standing.cohort_id}/{trigger}@{held.sequence if held else 0}"
        return Occasion(
            cohort_id=standing.cohort_id,
            subject=standing.id,
            history_id=history,
            trigger=trigger,
            now=self._desk.changes.now,
            standing=standing,
            module=milestone.module.id if milestone and milestone.module else None,
            anchors={"day": self._desk.today},
            details=details,
            shared_key=shared,
        )

    def _carry_along(self, event: Event, standings: Sequence[Standing]) -> None:
        """Pause, resume or cancel the commitments of journeys that an event has befallen."""
        if event.commitments == "leave":
            return
        ids = [standing.id for standing in standings]
        rows = self._desk.connection.execute(
            select(*PROMISE)
            .where(CommitmentRow.journey_id.in_(ids), CommitmentRow.state.not_in(FINAL))
            .order_by(CommitmentRow.id)
        )
        unkept = [Promise._make(row) for row in rows]
        by_id = {standing.id: standing for standing in standings}
        again = self._chosen(unkept) if event.commitments == "resume" else frozenset()
        for name in dict.fromkeys(promise.name for promise in unkept):
            mine = [one for one in unkept if one.name == name]
            chosen = [one for one in mine if one.id in again]
            self._commitments.move(name, "open", chosen, by_id, strict=False)
            rest = [one for one in mine if one.id not in again]
            self._commitments.move(name, event.commitments, rest, by_id, strict=False)
        if event.commitments != "resume":
            self._commitments.pair_anew()

    def _chosen(self, promises: Sequence[Promise]) -> frozenset[str]:
        """Return those that follow from a choice which still stands: a return opens them again (R33)."""
        leaders: dict[str, tuple[str, str]] = {}
        for promise in promises:
            spec = self._desk.book.spec(promise.name)
            follows, due = spec.opens_on, self._desk.book.calendar.day_of(spec.due, {"opened": self._desk.today})
            is_over = due is not None and due < self._desk.today
            if follows is not None and promise.state == PLANNED and not is_over:
                leaders[promise.id] = (f"{promise.journey_id}/{follows.commitment}", follows.choice)
        if not leaders:
            return frozenset()
        ids = [leader for leader, _ in leaders.values()]
        choices = dict(
            self._desk.connection.execute(
                select(CommitmentRow.id, CommitmentRow.choice).where(
                    CommitmentRow.id.in_(ids), CommitmentRow.state.in_(FINAL)
                )
            )
            .tuples()
            .all()
        )
        return frozenset(ident for ident, (leader, choice) in leaders.items() if choices.get(leader) == choice)

    def _form_groups(self) -> None:
        """Put the active talents into learning groups (R27); a group that was given before is left as it is."""
        groups = self._desk.book.definition.programme.groups
        members = [one for one in self._desk.circle().members.values() if one.group_number is None]
        if groups is None or not members:
            return
        rows = self._desk.connection.execute(
            select(JourneyRow.id, JourneyRow.organisation, JourneyRow.unit, JourneyRow.level)
            .where(JourneyRow.id.in_([one.id for one in members]))
            .order_by(JourneyRow.id)
        )
        proposal = propose_groups([Candidate._make(row) for row in rows], groups)
        self._desk.changes.fields += [(journey, {"group_number": number}) for journey, number in proposal.items()]
