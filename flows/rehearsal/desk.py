"""What coordinators do in a rehearsal: they record, set and move days, take back, and call tasks done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from config.cohort import Day
from config.grammar import CALL_OFF, CORRECT, MOVE, NEWS, Trigger, commitment_id
from config.library import LoadedCohort
from config.profile import DAYS
from flows.rehearsal.behaviour import COORDINATOR, MISTAKE, Act
from flows.services import Services
from states.facts import Fact, Outcome
from states.machines.commitment import FINAL, KEPT
from states.moves.arrange import ARRANGED
from states.moves.tasks import FINISH, TASK
from states.store.conditions import OPEN_TASK
from states.store.days import read_days
from states.store.tables import CommitmentRow, FactRow, JourneyRow, TaskRow


class Desk:
    """The coordinators of one cohort, on the clock of its services."""

    def __init__(self, loaded: LoadedCohort, services: Services) -> None:
        self._definition = loaded.definition
        self._dates = loaded.cohort.dates
        self._cohort = loaded.cohort.id
        self._services = services

    def tell(self, trigger: str, acts: Sequence[Act]) -> Outcome:
        """Tell the engine what befell those of the acts, who are all told of in one fact."""
        act, engine, (name, part) = acts[0], self._services.engine, Trigger.parse(trigger)
        details, told = dict(act.details), Fact(act.key, COORDINATOR)
        if part in NEWS:
            return engine.reschedule(self._cohort, name, self._day(act), told)
        if part == CORRECT:
            return engine.undo(details[MISTAKE], told)
        fact = Fact(act.key, COORDINATOR, details)
        if trigger in ARRANGED:
            return engine.arrange(self._cohort, trigger, fact)
        return engine.fire(trigger, [act.journey for act in acts], fact)

    def finish(self) -> list[Outcome]:
        """Call done, when it is due, what a notice has asked for: nothing else closes that."""
        today = self._definition.working_time.local(self._services.now()).date()
        mine = (TaskRow.cohort_id == self._cohort) & (TaskRow.subject == self._cohort) & (TaskRow.due_on <= today)
        with self._services.database.read() as connection:
            tasks = connection.scalars(select(TaskRow.id).where(mine, OPEN_TASK).order_by(TaskRow.id)).all()
        facts = [Fact(f"rehearsal/{FINISH}/{task}", COORDINATOR, {TASK: task}) for task in tasks]
        return [self._services.engine.arrange(self._cohort, FINISH, fact) for fact in facts]

    def is_able(self, act: Act) -> bool:
        """Whether it still makes sense: a talent who has left, or whose commitment was paused, does nothing."""
        trigger = Trigger.parse(act.trigger)
        if act.trigger in ARRANGED:
            return True
        if trigger.part in NEWS:
            return self._can_be_moved(act, trigger)
        if trigger.part == CORRECT:
            return self._was_told(str(dict(act.details)[MISTAKE]))
        return self._can_be_kept(act, trigger) if trigger.part else self._can_befall(act)

    def _day(self, act: Act) -> Day | None:
        """Return the day that a milestone gets: as the act says, so many days later than it is, or none any more."""
        trigger, details = Trigger.parse(act.trigger), dict(act.details)
        if trigger.part == CALL_OFF:
            return None
        if DAYS not in details:
            last = max(self._dates.values(), key=lambda day: day.date)
            return Day.model_validate({**details, "place": last.place})
        was = self._held(trigger.name)
        assert was is not None
        return was.model_copy(update={"date": was.date + timedelta(days=int(details[DAYS]))})

    def _held(self, milestone: str) -> Day | None:
        with self._services.database.read() as connection:
            return read_days(connection, self._cohort, self._definition)[milestone].day

    def _can_be_moved(self, act: Act, trigger: Trigger) -> bool:
        first = trigger.part == MOVE and DAYS not in dict(act.details)
        return (self._held(trigger.name) is None) == first

    def _was_told(self, key: str) -> bool:
        with self._services.database.read() as connection:
            return connection.scalar(select(FactRow.key).where(FactRow.key == key)) is not None

    def _can_be_kept(self, act: Act, trigger: Trigger) -> bool:
        query = select(CommitmentRow.state).where(CommitmentRow.id == commitment_id(act.journey, trigger.name))
        with self._services.database.read() as connection:
            state = connection.scalar(query)
        is_changed = state == KEPT and self._definition.commitments[trigger.name].changeable_until is not None
        return is_changed or state not in {*FINAL, "planned", None}

    def _can_befall(self, act: Act) -> bool:
        with self._services.database.read() as connection:
            state = connection.scalar(select(JourneyRow.state).where(JourneyRow.id == act.journey)) or ""
        event = self._definition.programme.events[act.trigger]
        return any(state == source or state.startswith(f"{source}.") for source in event.source)
