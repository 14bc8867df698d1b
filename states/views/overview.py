"""Where everybody is, what is late and whose turn it is: the read model of the pages that coordinators look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from config.definition import ACTIVE
from config.errors import UnknownRecordError
from config.grammar import TAKEN_BACK, level_of, without_level
from states.machines.commitment import is_late, is_open
from states.machines.journey import CALENDAR, ends
from states.running_cohort import RunningCohort, read_cohort
from states.store.conditions import OPEN_TASK, of_cohort
from states.store.queries import beside_of
from states.store.tables import CommitmentRow, JourneyRow, PersonRow, TaskRow
from states.views.absences import absences
from states.views.diagram import journey_diagram, marked
from states.views.pages import (
    CohortPage,
    CommitmentLine,
    HistoryLine,
    Mark,
    OverdueLine,
    Peer,
    PlanLine,
    Stage,
    TalentLine,
    TalentPage,
    TaskLine,
)
from states.views.plan import Revision, plan_revisions
from states.views.story import history_of, mails_about
from states.views.undelivered import BLOCKED, due_in, failed_in

_TALENTS = select(JourneyRow.id, JourneyRow.talent_id).order_by(JourneyRow.id)


class Overview:
    """Reads the pages of one cohort within one transaction."""

    def __init__(self, connection: Connection, cohort_id: str, now: datetime) -> None:
        self._connection = connection
        self._cohort: RunningCohort = read_cohort(connection, cohort_id)
        self._now = now
        self._today = self._cohort.calendar.local_day(now)
        self._local = self._cohort.definition.working_time.local
        mine = of_cohort(PersonRow.id, cohort_id)
        self._names: Mapping[str, str] = dict(
            connection.execute(select(PersonRow.id, PersonRow.name).where(mine)).tuples().all()
        )
        rows = connection.execute(
            select(CommitmentRow.__table__)
            .where(CommitmentRow.cohort_id == cohort_id)
            .order_by(CommitmentRow.due_on.nulls_last(), CommitmentRow.id)
        )
        self._beside = beside_of(connection, cohort_id)
        self._commitments: dict[str | None, list[Row[Any]]] = {}
        for row in rows:
            self._commitments.setdefault(row.journey_id, []).append(row)

    def titles(self) -> dict[str, str]:
        """Return the titles of all pages by id: the cohort's, then each talent's."""
        rows = self._connection.execute(
            select(JourneyRow.id, JourneyRow.talent_id)
            .where(JourneyRow.cohort_id == self._cohort.cohort_id)
            .order_by(JourneyRow.id)
        )
        return {self._cohort.cohort_id: self._cohort.name} | {row.id: self._names[row.talent_id] for row in rows}

    def cohort(self) -> CohortPage:
        """Return the page of the whole cohort."""
        journeys = self._connection.execute(
            select(JourneyRow.__table__)
            .where(JourneyRow.cohort_id == self._cohort.cohort_id, JourneyRow.state != TAKEN_BACK)
            .order_by(JourneyRow.id)
        ).all()
        tasks = self._tasks(TaskRow.cohort_id == self._cohort.cohort_id)
        return CohortPage(
            id=self._cohort.cohort_id,
            name=self._cohort.name,
            today=self._today,
            talents=tuple(self._talents(journeys, tasks)),
            tasks=tuple(task for task in tasks if task.open),
            commitments=tuple(self._lines(None, None)),
            undelivered=failed_in(self._connection, self._cohort.cohort_id),
            absences=tuple(absences(self._connection, self._cohort, self._now)),
            has_plans=self._cohort.definition.programme.plan is not None,
            unknown=failed_in(self._connection, self._cohort.cohort_id, ("unknown",)),
            blocked_since=self._blocked_since(),
            waiting=due_in(self._connection, self._cohort.cohort_id, self._now),
            made=self._local(self._now),
        )

    def talent(self, journey_id: str) -> TalentPage:
        """Return the page of one talent.

        Raises:
            UnknownRecordError: there is no such journey in this cohort.
        """
        journey = self._journey(journey_id)
        tasks = self._tasks(TaskRow.journey_id == journey_id)
        [line] = self._talents([journey], tasks)
        return TalentPage(
            line=line,
            cohort=self._cohort.name,
            cohort_id=self._cohort.cohort_id,
            mentor=self._names.get(journey.mentor_id, ""),
            second_mentor=self._names.get(journey.second_mentor_id, ""),
            group=journey.group_number,
            commitments=tuple(self._lines(journey_id, journey)),
            tasks=tuple(tasks),
            mails=tuple(mails_about(self._connection, self._cohort, journey_id, self._names)),
            history=tuple(self.history(journey_id)),
            way=tuple(self._way(journey.state)),
            picture=self._picture(journey),
            has_plan=self._cohort.definition.programme.plan is not None,
            peers=tuple(self._peers(journey)),
            partner=self._partner(journey_id),
            made=self._local(self._now),
        )

    def line(self, journey_id: str) -> TalentLine:
        """Return a talent's row of the overview.

        Raises:
            UnknownRecordError: there is no such journey in this cohort.
        """
        return self._line(self._journey(journey_id), self._tasks(TaskRow.journey_id == journey_id))

    def history(self, journey_id: str) -> Iterator[HistoryLine]:
        """Yield what has happened to a talent, the newest first."""
        return history_of(self._connection, self._cohort, journey_id)

    def _journey(self, journey_id: str) -> Row[Any]:
        mine = (JourneyRow.id == journey_id) & (JourneyRow.cohort_id == self._cohort.cohort_id)
        journey = self._connection.execute(select(JourneyRow.__table__).where(mine)).one_or_none()
        if journey is None:
            raise UnknownRecordError("journey", journey_id)
        return journey

    def _talents(self, journeys: Sequence[Row[Any]], tasks: list[TaskLine]) -> Iterator[TalentLine]:
        plans = plan_revisions(self._connection, self._cohort, [journey.id for journey in journeys])
        for journey in journeys:
            yield replace(self._line(journey, tasks), plan=self._plan(plans.get(journey.id)))

    def _plan(self, said: Revision | None) -> PlanLine | None:
        return None if said is None else PlanLine(said.what, said.day, said.by or said.role)

    def _line(self, journey: Row[Any], tasks: list[TaskLine]) -> TalentLine:
        lines = list(self._lines(journey.id, journey))
        step = self._next_step(journey.state)
        mine = [task for task in tasks if task.open and task.journey == journey.id]
        return TalentLine(
            journey=journey.id,
            name=self._names[journey.talent_id],
            organisation=self._cohort.organisation_name(journey.organisation),
            state=self._cohort.definition.whereabouts(journey.state, self._beside.get(journey.id, {})),
            next_event=step[0],
            next_day=step[1],
            late=tuple(line.label for line in lines if line.late),
            turn=self._turn(lines, mine),
            overdue=tuple(self._overdue(lines, mine)),
            group=journey.group_number,
        )

    @staticmethod
    def _overdue(lines: Sequence[CommitmentLine], tasks: Sequence[TaskLine]) -> Iterator[OverdueLine]:
        """Yield what is late, the longest first; it is the turn of who has a task about it, else of its owner."""
        owners = {task.subject: task.owner for task in reversed(tasks)}
        for line in sorted((line for line in lines if line.late), key=lambda line: -line.days_late):
            yield OverdueLine(line.id, line.label, line.days_late, owners.get(line.id, line.owner))

    def _peers(self, journey: Row[Any]) -> Iterator[Peer]:
        """Yield who else is in the learning group."""
        if journey.group_number is None:
            return
        together = (JourneyRow.group_number == journey.group_number) & (JourneyRow.id != journey.id)
        mine = (JourneyRow.cohort_id == self._cohort.cohort_id) & (JourneyRow.state != TAKEN_BACK)
        for row in self._connection.execute(_TALENTS.where(mine, together)):
            yield Peer(row.id, self._names[row.talent_id])

    def _partner(self, journey_id: str) -> Peer | None:
        found = next((row.partner_id for row in self._commitments.get(journey_id, []) if row.partner_id), None)
        row = self._connection.execute(_TALENTS.where(JourneyRow.id == found)).one_or_none() if found else None
        return Peer(row.id, self._names[row.talent_id]) if row else None

    def _blocked_since(self) -> datetime | None:
        """Return since when there is a task that says that no mail is taken."""
        subject = f"{self._cohort.cohort_id}/{BLOCKED}"
        since = select(TaskRow.opened_at).where(OPEN_TASK, TaskRow.subject == subject).order_by(TaskRow.opened_at)
        found = self._connection.scalars(since).first()
        return self._local(found) if found else None

    def _picture(self, journey: Row[Any]) -> str:
        rules = self._cohort.rules
        return marked(journey_diagram(rules), rules, {CALENDAR: journey.state, **self._beside.get(journey.id, {})})

    def _way(self, state: str) -> Iterator[Stage]:
        """Yield the places of the calendar in order; off it, none is passed and none is where the talent is."""
        definition = self._cohort.definition
        way = [one for one in definition.states if one.startswith(ACTIVE)] + [definition.steps[-1].state or ""]
        here = way.index(state) if state in way else -1
        for number, place in enumerate(way):
            mark: Mark = "here" if number == here else "passed" if number < here else "ahead"
            yield Stage(definition.state_label(place), mark)

    def _next_step(self, state: str) -> tuple[str, date | None]:
        """Return the next milestone of a journey and its day; nothing for one that has ended or is paused."""
        if state in ends(self._cohort.definition):
            return "", None
        for step in self._cohort.definition.steps:
            held = self._cohort.calendar.days.get(step.id)
            moves = self._cohort.rules.journey.next_state(state, step.id) not in {None, state}
            if (held is None or held.ends_at > self._now) and moves:
                return step.label, held.day if held else None
        return "", None

    @staticmethod
    def _turn(lines: list[CommitmentLine], tasks: list[TaskLine]) -> str:
        """Return whose turn it is: who has an open task, else who is late, else who has promised what is due next."""
        if tasks:
            return tasks[0].owner
        waiting = sorted(
            (line for line in lines if not line.settled), key=lambda line: (not line.late, line.due or date.max)
        )
        return waiting[0].owner if waiting else ""

    def _lines(self, journey_id: str | None, journey: Row[Any] | None) -> Iterator[CommitmentLine]:
        words = self._cohort.definition.programme.commitment_states
        for row in self._commitments.get(journey_id, []):
            spec = self._cohort.spec(row.name)
            name, level = without_level(row.state), level_of(row.state)
            state = words.get(name, name) + (f" ({level})" if level else "")
            yield CommitmentLine(
                label=spec.label,
                state=state,
                due=row.due_on,
                owner=self._owner(spec.owner, journey),
                late=is_late(row.state),
                choice=spec.choices.get(row.choice or "", ""),
                settled=not is_open(row.state),
                appointed=row.appointed_on if is_open(row.state) else None,
                id=row.id,
                days_late=(self._today - row.due_on).days if is_late(row.state) and row.due_on else 0,
            )

    def _owner(self, role: str, journey: Row[Any] | None) -> str:
        if role == "coordinator" or journey is None:
            return self._names[self._cohort.coordinator_on(self._today)]
        return self._names.get(getattr(journey, f"{role}_id", None) or "", role)

    def _tasks(self, condition: Any) -> list[TaskLine]:
        rows = self._connection.execute(
            select(TaskRow.__table__).where(condition).order_by(TaskRow.due_on.nulls_last(), TaskRow.id)
        )
        return [
            TaskLine(
                id=row.id,
                subject=row.subject,
                title=row.title,
                text=row.text,
                owner=self._names.get(row.owner_id, ""),
                due=row.due_on,
                journey=row.journey_id,
                open=row.status == "open",
            )
            for row in rows
        ]
