"""Moves journeys: what a milestone, a notice or an event does to them, and to the commitments they carry along."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from config.definition import ACTIVE, Milestone
from config.errors import FactIncompleteError
from config.grammar import LAPSED, NEWS, Trigger
from config.programme import Event
from states.machines.journey import PLACE, place_guard, silences
from states.machines.rulebook import Answer
from states.moves.absences import ABSENCE, NO_ABSENCE, absent, day_of_talents, missed_news, note
from states.moves.along import Lapsed, carry_along
from states.moves.chasing import chase
from states.moves.commitments import CommitmentMover
from states.moves.firing import Firing, everybody
from states.moves.group_news import tell_groups
from states.moves.plausible import refuse_impossible_day
from states.moves.reassign import is_known_as_mentor, pass_to_those_who_stay, readdress
from states.moves.regions import given
from states.moves.seating import seated
from states.moves.teams import candidates_among, form_teams
from states.plan.effects import Cause, named
from states.plan.groups import propose_groups
from states.plan.late_joiners import catch_up_notices
from states.records import Journey
from states.store.attending import who_stays_away

_NONE: frozenset[str] = frozenset()


class JourneyMover:
    """Moves the journeys of one cohort for one trigger."""

    def __init__(self, firing: Firing) -> None:
        self._firing = firing
        self._commitments = CommitmentMover(firing)
        self._joined: Mapping[str, int] = {}
        """The learning groups that those who come back have joined, by journey."""
        self._former: dict[str, str] = {}
        """The leaders that talents had until now and who know of it, by journey."""

    def move(self, trigger: str, journeys: Sequence[Journey]) -> None:
        """Move journeys by a milestone, a notice or an event.

        Raises:
            TransitionRefusedError: the firing is strict, and one of them stands where the trigger is not possible.
            FactIncompleteError: the event needs a detail that the fact does not give.
        """
        if self._comes_too_late(trigger):
            return
        definition = self._firing.cohort.definition
        event = definition.programme.events.get(trigger)
        if self._firing.strict:
            refuse_impossible_day(self._firing, trigger)
        if event is not None and event.told == "next_morning":
            hours = self._firing.cohort.definition.working_time
            self._firing.told_from = hours.opening(hours.add_working_days(self._firing.today, 1))
        guards = self._guards(trigger, event, journeys)
        answer = self._firing.cohort.rules.journey.answer
        moved = self._firing.answered(
            trigger, journeys, lambda one: answer(one.state, trigger, guards.get(one.id, _NONE)), self._firing.strict
        )
        if event is not None:
            moved = self._with_news(trigger, event, moved)
        # All are moved before anyone is told: whom to tell depends on who stays.
        written = [(journey, found, self._move_journey(trigger, journey, found.dest)) for journey, found in moved]
        chase(self._firing, trigger, [journey for journey, _ in moved])
        lapsed: Lapsed = {}
        concerned = self._who_comes(trigger, [journey for journey, _ in moved])
        if event is not None and moved:
            concerned = {journey.id: self._note_absence(event, journey) for journey, _, _ in written}
            back = self._welcome_back([journey for journey, found in moved if found.dest.startswith(ACTIVE)])
            written = [
                (self._new_leader(trigger, event, back.get(journey.id, journey)), found, history)
                for journey, found, history in written
            ]
            self._tell_groups(trigger, self._joined)
            gone = [journey.id for journey, found in moved if not found.dest.startswith(ACTIVE)]
            pass_to_those_who_stay(self._firing, gone)
            lapsed = carry_along(self._firing, self._commitments, event, [journey for journey, _, _ in written])
        for journey, found, history in written:
            if found.causes:
                effects = named(definition.causes, found.causes)
                cause = self._cause_of(trigger, journey, history)
                if journey.id in lapsed:
                    cause = replace(cause, details={**cause.details, LAPSED: lapsed[journey.id]})
                self._firing.cause(effects, cause, concerned.get(journey.id, everybody))
        groups = definition.programme.groups
        if groups is not None and groups.formed_at == trigger:
            self._form_groups()
        form_teams(self._firing, trigger)

    def _guards(self, trigger: str, event: Event | None, journeys: Sequence[Journey]) -> Mapping[str, frozenset[str]]:
        """Return the guards that hold, by journey: only the way back from a leave asks for any."""
        if event is None or event.to != PLACE:
            return {}
        place = place_guard(self._firing.cohort.reached)
        return {ident: holding | {place} for ident, holding in given(self._firing, trigger, journeys).items()}

    def _comes_too_late(self, trigger: str) -> bool:
        """Whether this is the notice of a milestone that is over: after an outage nobody is invited to the past."""
        name, part = Trigger.parse(trigger)
        calendar = self._firing.cohort.calendar
        held = calendar.days.get(name) if part and part not in NEWS else None
        if self._firing.strict or held is None or held.ends_at > self._firing.changes.now:
            return False
        notices = self._firing.cohort.definition.milestones[name].notices
        return not any(notice.id == part and calendar.follows(name, notice.when) for notice in notices)

    def _welcome_back(self, journeys: Sequence[Journey]) -> Mapping[str, Journey]:
        """Tell those who are on the way again what was announced meanwhile; return them with a learning group each."""
        changes, cohort = self._firing.changes, self._firing.cohort
        back = {journey.id: journey for journey in journeys if not journey.state.startswith(ACTIVE)}
        alone = [ident for ident, journey in back.items() if journey.group_number is None]
        groups = seated(self._firing.connection, changes, cohort.cohort_id, cohort.definition, alone)
        self._joined = groups
        for ident, group in groups.items():
            changes.set_fields(back[ident], {"group_number": group})
            back[ident] = back[ident]._replace(group_number=group)
        for ident in back:
            changes.timers += catch_up_notices(cohort.calendar, cohort.cohort_id, ident, changes.now)
        return back

    def _move_journey(self, trigger: str, journey: Journey, dest: str) -> str:
        if silences(self._firing.cohort.definition, trigger, journey.state, dest):
            self._firing.changes.silenced.append(journey.id)
            self._firing.changes.disarmed.append(journey.id)
        return self._firing.changes.move_journey(journey, trigger, dest)

    def _with_news(
        self, trigger: str, event: Event, moved: Sequence[tuple[Journey, Answer]]
    ) -> list[tuple[Journey, Answer]]:
        """Leave out those of whom nothing new is told: their absence is known, or the leader is theirs already.

        Raises:
            FactIncompleteError: the fact lacks what the event needs, or it cannot be.
        """
        known: Collection[str] = ()
        if {ABSENCE, NO_ABSENCE} & set(event.needs):
            milestone, journeys = day_of_talents(self._firing, trigger), [journey.id for journey, _ in moved]
            known = absent(self._firing, milestone, journeys)
            if NO_ABSENCE in event.needs:
                if set(journeys) != known:
                    raise FactIncompleteError(trigger, "milestone", f"no absence from {milestone} is noted")
                known = ()
        if "new_mentor" in event.needs:
            given = self._firing.details.get("new_mentor")
            if given is None:
                raise FactIncompleteError(trigger, "new_mentor", "is missing")
            leader = self._firing.known_person(given) if isinstance(given, Mapping) else None
            known = [journey.id for journey, _ in moved if leader is not None and journey.mentor_id == leader]
        return [(journey, answer) for journey, answer in moved if journey.id not in known]

    def _who_comes(self, trigger: str, journeys: Sequence[Journey]) -> dict[str, Callable[[str], bool]]:
        """Return who is told, by journey, where a notice is for those who come: whoever does not is left out (R29)."""
        name, part = Trigger.parse(trigger)
        milestone = self._firing.cohort.definition.milestones.get(name)
        if milestone is None or not any(notice.attending for notice in milestone.notices if notice.id == part):
            return {}
        told_of = who_stays_away(self._firing.connection, self._firing.cohort.cohort_id)
        away = {one.person for one in told_of if one.milestone == name}
        return {one.id: lambda person: person not in away for one in journeys}

    def _note_absence(self, event: Event, journey: Journey) -> Callable[[str], bool]:
        if NO_ABSENCE in event.needs:
            # What was kept back from who would not come is told now.
            milestone = str(self._firing.details["milestone"])
            self._firing.changes.timers += missed_news(self._firing, journey.id, milestone)
        return note(self._firing, event, journey) if {ABSENCE, NO_ABSENCE} & set(event.needs) else everybody

    def _new_leader(self, trigger: str, event: Event, journey: Journey) -> Journey:
        if "new_mentor" not in event.needs:
            return journey
        ident = f"{journey.id}/mentor-{journey.version + 1}"
        mentor = self._firing.new_person(ident, trigger, "new_mentor")
        if mentor == journey.talent_id:
            raise FactIncompleteError(trigger, "new_mentor", "nobody is their own leader")
        self._firing.changes.set_fields(journey, {"mentor_id": mentor})
        if is_known_as_mentor(self._firing, journey):
            self._former[journey.id] = str(journey.mentor_id)
        readdress(self._firing, journey, mentor)
        return journey._replace(mentor_id=mentor)

    def _cause_of(self, trigger: str, journey: Journey, history: str) -> Cause:
        name, part = Trigger.parse(trigger)
        milestone = self._firing.cohort.definition.milestones.get(name) if part else None
        details: dict[str, Any] = {key: value for key, value in self._firing.details.items() if key != "new_mentor"}
        shared = None
        if milestone is not None:
            details["milestone"] = milestone.id
            shared = f"{journey.cohort_id}/{trigger}@{self._edition(milestone, part)}"
        return Cause(
            cohort_id=journey.cohort_id,
            subject=journey.id,
            history_id=history,
            trigger=trigger,
            now=self._firing.changes.now,
            journey=journey,
            former_mentor=self._former.get(journey.id),
            module=milestone.module.id if milestone and milestone.module else None,
            anchors={"day": self._firing.today},
            details=details,
            shared_key=shared,
        )

    def _edition(self, milestone: Milestone, part: str) -> int:
        """Return what tells a notice from the same one about an earlier day: nobody gets the same one twice."""
        if "sequence" in self._firing.details:
            return int(self._firing.details["sequence"])
        held = self._firing.cohort.calendar.days.get(milestone.id)
        once = any(notice.once for notice in milestone.notices if notice.id == part)
        return held.sequence if held and not once else 0

    def _form_groups(self) -> None:
        """Put the active talents into learning groups (R27); a group that was given before is left as it is."""
        groups = self._firing.cohort.definition.programme.groups
        members = [one for one in self._firing.active().members.values() if one.group_number is None]
        if groups is None or not members:
            return
        candidates = candidates_among(self._firing, [one.id for one in members])
        proposal = propose_groups(candidates, groups)
        self._firing.changes.fields += [(journey, {"group_number": number}) for journey, number in proposal.items()]
        self._tell_groups(groups.formed_at, proposal)

    def _tell_groups(self, trigger: str, joined: Mapping[str, int]) -> None:
        cohort, connection = self._firing.cohort, self._firing.connection
        tell_groups(connection, self._firing.changes, cohort.cohort_id, cohort.calendar, trigger, joined)
