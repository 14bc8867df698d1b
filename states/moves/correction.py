"""Takes a fact back: all stands as history without it would have it, at this moment (R62).

The fact, what it moved and the correction stay in history. What a fact changed is found in its transitions and in the
image that it keeps of how things stood (``Changes.remember``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, select

from config.cohort import Day
from config.definition import ACTIVE, in_active
from config.errors import CorrectionRefusedError
from config.grammar import CORRECT, NEWS, TAKEN_BACK, Trigger, commitment_id
from config.plain_text import AS_KEPT
from states.facts import Transition
from states.machines.commitment import FINAL
from states.machines.journey import ENROL, event_to
from states.moves.absences import missed_news
from states.moves.arrange import ARRANGED
from states.moves.attendance import is_saying
from states.moves.attendance_back import put_attendance_back
from states.moves.changes import Changes
from states.moves.corrected_news import CorrectedNews, only_who_was_told
from states.moves.described_back import put_descriptions_back
from states.moves.firing import Firing
from states.moves.note import NOTE, take_note_back
from states.moves.offices_back import OF_OFFICES, take_office_back
from states.moves.own_message import MESSAGE, take_message_back
from states.moves.put_back import PuttingBack
from states.moves.reassign import readdress
from states.moves.reschedule import Rescheduling
from states.moves.rests_on import (
    JOURNEY,
    Since,
    leads_on,
    refuse_what_bears_another,
    refuse_what_never_goes_back,
)
from states.moves.seating import seated
from states.moves.tasks import FINISH, TASK, open_again
from states.moves.teams import TEAM, put_team_back
from states.plan.timers import chase_timer
from states.records import Commitment, InRegion, Journey
from states.running_cohort import RunningCohort
from states.store.fact_log import transitions_of
from states.store.queries import COMMITMENT_COLUMNS, commitments_named, in_region, journeys_of
from states.store.tables import CommitmentRow
from states.store.taken_back import KeptFact


class Correction:
    """One fact that is taken back, at ``changes.now``."""

    def __init__(self, connection: Connection, cohort: RunningCohort, changes: Changes, fact: KeptFact) -> None:
        self._connection = connection
        self._cohort = cohort
        self._changes = changes
        self._fact = fact
        self._name, self._part = Trigger.parse(fact.trigger)
        self._steps = transitions_of(connection, fact.key)
        self._first = {step.subject: step for step in reversed(self._steps)}
        """The first step of each subject: what it led away from is where that stands without the fact."""
        self._firing = Firing(connection, cohort, changes, {}, strict=False)
        self._firing.late = True
        self._corrections: dict[str, str] = {}
        self._told_instead: Mapping[str, str] = {}
        """Who hears of it in whose place, by id: a role that names another person again."""

    def work_out(self) -> None:
        """Collect what takes the fact back.

        Raises:
            CorrectionRefusedError: it cannot be taken back, or another fact rests on it.
            DayRefusedError: a day cannot be what it was any more.
        """
        refuse_what_never_goes_back(self._fact)
        self._refuse_other_kinds()
        refuse_what_bears_another(self._cohort, self._fact, self._steps, self._since)
        if self._fact.trigger == MESSAGE:
            take_message_back(self._firing, self._fact, self._steps)
            return
        if self._fact.trigger in OF_OFFICES:
            take_office_back(self._firing, self._fact, self._steps[0])
            only_who_was_told(self._firing, [step.id for step in self._steps])
            return
        if self._fact.trigger == NOTE:
            take_note_back(self._firing, self._steps)
            return
        if self._fact.trigger == TEAM:
            self._corrections |= put_team_back(self._firing, self._fact, self._steps)
            self._tell({})
            return
        if self._fact.trigger == FINISH:
            open_again(self._firing, self._fact.details[TASK])
            return
        self._told_instead = put_descriptions_back(self._firing, self._fact)
        self._corrections |= put_attendance_back(self._firing, self._fact, self._steps)
        if self._moves_a_day:
            self._put_days_back()
        putting = PuttingBack(self._firing, self._fact)
        self._put_commitments_back(putting)
        journeys = self._put_journeys_back()
        self._put_regions_back()
        putting.let_time_pass(journeys)
        for journey in journeys.values():
            self._befall(putting, journey)
        if self._event is not None or self._name == ENROL:
            putting.pair_anew()
        self._tell(journeys)

    @cached_property
    def _since(self) -> Since:
        return Since(self._connection, self._fact, self._steps)

    @property
    def _event(self) -> Any:
        return self._cohort.definition.programme.events.get(self._name)

    @property
    def _moves_a_day(self) -> bool:
        return self._name in self._cohort.definition.milestones and self._part in NEWS

    def _refuse_other_kinds(self) -> None:
        known = {*self._cohort.definition.programme.events, *self._cohort.definition.commitments, ENROL}
        said = is_saying(self._cohort.definition, self._fact.trigger)
        if not (self._name in {*known, *ARRANGED} or self._moves_a_day or said):
            raise CorrectionRefusedError(self._fact.key, "kind", self._fact.trigger)

    def _image(self, kind: str) -> Mapping[str, Any]:
        return (self._fact.before or {}).get(kind) or {}

    # -- what has no steps -----------------------------------------------------------------------------------------

    def _put_days_back(self) -> None:
        image = self._image("days").get(self._name)
        was = None if image is None else Day.model_validate(image, context=AS_KEPT)
        moving = Rescheduling(self._connection, self._cohort, self._changes, self._name, was)
        moving.refuse_what_breaks_rules()
        moving.work_out({})
        dated = [spec.id for spec in self._cohort.definition.commitments.values() if spec.kept_by_date_of == self._name]
        if was is None and dated:
            # The commitment that its date had kept is open again, and asks for one.
            self._changes.effects = [one for one in self._changes.effects if one["kind"] != "task"]

    # -- what has steps --------------------------------------------------------------------------------------------

    def _put_commitments_back(self, putting: PuttingBack) -> None:
        mine = [step for step in self._first.values() if step.machine in self._cohort.definition.commitments]
        mine += self._stopped_since()
        stand = {one.id: one for one in commitments_named(self._connection, [step.subject for step in mine])}
        told_since = self._since.moved
        for step in mine:
            # What the fact left in its state may have been kept since: that does not rest on it, and stays.
            if leads_on(step) or step.trigger == "pair" or step.subject not in told_since:
                self._corrections[step.subject] = putting.put_back(step, stand[step.subject])

    def _stopped_since(self) -> list[Transition]:
        """Return how what was corrected while its talent was away by this event was paused or ended like the rest."""
        if self._event is None or self._event.commitments not in {"pause", "cancel"}:
            return []
        away = {step.journey_id for step in self._steps if step.machine == JOURNEY}
        found = {
            step.subject: step
            for step in reversed(self._since.steps)
            if step.trigger == self._event.commitments and step.journey_id in away and step.source != step.dest
        }
        return [step for step in found.values() if step.subject not in self._first]

    def _put_journeys_back(self) -> dict[str, Journey]:
        """Put journeys back, and return all that the fact concerns as they will stand."""
        commitments = [step.journey_id for step in self._first.values() if step.journey_id]
        concerned = {one.id: one for one in journeys_of(self._connection, self._cohort.cohort_id)}
        found = {ident: concerned[ident] for ident in dict.fromkeys(commitments) if ident in concerned}
        if self._moves_a_day:
            return found
        # Who was seated anew for the sake of somebody else has no step of their own.
        others = {ident: was for ident, was in self._image("journeys").items() if ident not in found}
        self._changes.fields += [(ident, dict(was)) for ident, was in others.items()]
        for ident, journey in found.items():
            found[ident] = self._people_around(journey)
            step = self._first.get(ident)
            if step is None:
                continue
            dest = self._without(step, found[ident])
            trigger = str(Trigger(self._name, CORRECT))
            self._corrections[ident] = self._changes.move_journey(found[ident], trigger, dest)
            if dest != journey.state:
                self._changes.disarmed.append(ident)
            if dest.startswith(ACTIVE) and not journey.state.startswith(ACTIVE):
                self._changes.timers += missed_news(self._firing, ident, since=self._fact.at)
                self._seat(found[ident])
            elif dest != journey.state:
                self._changes.silenced.append(ident)
                self._ask_again(ident, dest)
            found[ident] = self._changes.standing(found[ident])
        return found

    def _seat(self, journey: Journey) -> None:
        """Give whoever was away when groups were formed one of them."""
        if journey.group_number is None:
            who = (self._connection, self._changes, self._cohort.cohort_id, self._cohort.definition)
            for ident, group in seated(*who, [journey.id]).items():
                self._changes.fields.append((ident, {"group_number": group}))

    def _ask_again(self, journey: str, dest: str) -> None:
        """Arm what asks about whoever is off the calendar again."""
        found = event_to(self._cohort.definition, dest)
        if found is not None:
            who = (self._cohort.calendar, self._cohort.cohort_id, journey)
            self._changes.timers += chase_timer(*who, found[0], self._changes.now)

    def _people_around(self, journey: Journey) -> Journey:
        was = self._image("journeys").get(journey.id)
        if not was:
            return journey
        if was.get("mentor_id"):
            readdress(self._firing, journey, was["mentor_id"])
        self._changes.set_fields(journey, dict(was))
        return journey._replace(**was)

    def _without(self, step: Transition, journey: Journey) -> str:
        """Return where a journey stands without the fact."""
        if step.trigger == ENROL:
            return TAKEN_BACK
        if step.source == step.dest:
            return journey.state
        if step.source.startswith(ACTIVE) and (self._event is not None or journey.state.startswith(ACTIVE)):
            return self._place(journey)
        return step.source if self._event is not None else journey.state

    def _place(self, journey: Journey) -> str:
        """Return where a journey on the calendar stands: with its cohort, or where its promises have led it on."""
        place, definition = self._cohort.reached, self._cohort.definition
        names = {Trigger.parse(on).name for move in definition.programme.moves for on in move.triggers}
        ids = [commitment_id(journey.id, name) for name in sorted(names)]
        states = {one.id: one.state for one in commitments_named(self._connection, ids)}
        states |= {row["b_id"]: row["b_state"] for row in self._changes.commitments}
        for move in definition.programme.moves:
            led = any(
                states.get(commitment_id(journey.id, on.name)) == on.part for on in map(Trigger.parse, move.triggers)
            )
            if led and place in map(in_active, move.source):
                place = in_active(move.to)
        return place

    def _put_regions_back(self) -> None:
        for step in self._first.values():
            if step.machine not in self._cohort.definition.programme.regions or step.journey_id is None:
                continue
            stands: InRegion = in_region(self._connection, step.machine, [step.journey_id])[step.journey_id]
            if stands.place != step.source:
                who = {"b_journey": step.journey_id, "b_region": step.machine}
                self._changes.regions.append({**who, "b_version": stands.version, "b_place": step.source})
                moved = (CORRECT, stands.place, step.source)
                args = (self._cohort.cohort_id, step.journey_id, step.subject, stands.version, step.machine)
                self._corrections[step.subject] = self._changes.record(*args, moved)

    def _befall(self, putting: PuttingBack, journey: Journey) -> None:
        """Let what leads a journey off the calendar again befall its commitments as well."""
        if journey.id not in self._first or journey.state.startswith(ACTIVE):
            return
        found = event_to(self._cohort.definition, journey.state)
        led = found[1].commitments if found is not None else "cancel"
        if led == "leave" or (led != "cancel" and self._first[journey.id].dest == self._first[journey.id].source):
            return
        mine = (CommitmentRow.journey_id == journey.id) & CommitmentRow.state.not_in(FINAL)
        rows = self._connection.execute(select(*COMMITMENT_COLUMNS).where(mine).order_by(CommitmentRow.id))
        putting.end([Commitment._make(row) for row in rows], led, {journey.id: journey})

    # -- who hears of it -------------------------------------------------------------------------------------------

    def _tell(self, journeys: Mapping[str, Journey]) -> None:
        ids = [one for one in self._first if one in self._corrections and "/" in one]
        stands = {one.id: one.state for one in commitments_named(self._connection, ids)}
        stands |= {row["b_id"]: row["b_state"] for row in self._changes.commitments}
        stands |= {ident: journey.state for ident, journey in journeys.items()}
        news = CorrectedNews(self._firing, self._fact, stands)
        if self._corrections:
            news.take_back(set(self._told_of()), self._corrections, self._told_instead)
        news.revive(self._steps)

    def _told_of(self) -> Iterator[str]:
        """Yield the transitions whose news are untrue: the fact's own, and what time made of where it had led."""
        commitments = self._cohort.definition.commitments
        own = [step for step in self._steps if step.machine in commitments or not self._moves_a_day]
        yield from (step.id for step in own)
        undone = {step.subject for step in own if step.machine in commitments and step.source != step.dest}
        undone |= {step.subject for step in own if step.machine in commitments and step.trigger in {"extend", "resume"}}
        away = {step.subject for step in own if step.machine == JOURNEY and not step.dest.startswith(ACTIVE)}
        enrolled = {step.subject for step in own if step.machine == JOURNEY and step.trigger == ENROL}
        for step in self._since.steps:
            if step.fact is None and (step.subject in undone or step.journey_id in enrolled or step.subject in away):
                yield step.id
