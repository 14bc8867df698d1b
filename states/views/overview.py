"""Where everybody is, what is late and whose turn it is: the read model of the pages that coordinators look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from config.definition import ACTIVE
from config.errors import UnknownRecordError
from config.grammar import ESCALATED, TAKEN_BACK, Trigger, level_of, without_level
from states.machines.commitment import FINAL, MISSED, PLANNED
from states.machines.journey import CALENDAR, ends
from states.moves.tasks import TASK
from states.running_cohort import RunningCohort, read_cohort
from states.store.conditions import of_cohort
from states.store.fact_log import actors_of
from states.store.queries import beside_of
from states.store.run_links import runs_of
from states.store.tables import CommitmentRow, EffectRow, HistoryRow, JourneyRow, MailRow, PersonRow, TaskRow
from states.views.absences import absences
from states.views.actors import names_of
from states.views.diagram import journey_diagram, marked
from states.views.pages import (
    CohortPage,
    CommitmentLine,
    HistoryLine,
    MailLine,
    Mark,
    PlanLine,
    Stage,
    TalentLine,
    TalentPage,
    TaskLine,
)
from states.views.plan import Revision, plan_revisions
from states.views.undelivered import MAIL, failed_in


class Overview:
    """Reads the pages of one cohort within one transaction."""

    def __init__(self, connection: Connection, cohort_id: str, now: datetime) -> None:
        self._connection = connection
        self._cohort: RunningCohort = read_cohort(connection, cohort_id)
        self._now = now
        self._today = self._cohort.calendar.local_day(now)
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
            mails=tuple(self._mails(journey_id)),
            history=tuple(self.history(journey_id)),
            way=tuple(self._way(journey.state)),
            picture=self._picture(journey),
            has_plan=self._cohort.definition.programme.plan is not None,
        )

    def line(self, journey_id: str) -> TalentLine:
        """Return a talent's row of the overview.

        Raises:
            UnknownRecordError: there is no such journey in this cohort.
        """
        return self._line(self._journey(journey_id), self._tasks(TaskRow.journey_id == journey_id))

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
        return TalentLine(
            journey=journey.id,
            name=self._names[journey.talent_id],
            organisation=self._cohort.organisation_name(journey.organisation),
            state=self._cohort.definition.whereabouts(journey.state, self._beside.get(journey.id, {})),
            next_event=step[0],
            next_day=step[1],
            late=tuple(line.label for line in lines if line.late),
            turn=self._turn(lines, [task for task in tasks if task.open and task.journey == journey.id]),
        )

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
                late=name in {MISSED, ESCALATED},
                choice=spec.choices.get(row.choice or "", ""),
                settled=row.state in FINAL or row.state == PLANNED,
                appointed=None if row.state in FINAL else row.appointed_on,
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
                title=row.title,
                text=row.text,
                owner=self._names.get(row.owner_id, ""),
                due=row.due_on,
                journey=row.journey_id,
                open=row.status == "open",
            )
            for row in rows
        ]

    def _mails(self, journey_id: str) -> Iterator[MailLine]:
        rows = self._connection.execute(
            select(
                EffectRow.send_at,
                EffectRow.recipient_id,
                EffectRow.trigger,
                EffectRow.status,
                EffectRow.mail_id,
                MailRow.subject,
            )
            .join(MailRow, MailRow.id == EffectRow.mail_id, isouter=True)
            .where(EffectRow.journey_id == journey_id, EffectRow.kind == "mail", EffectRow.status != "dropped")
            .order_by(EffectRow.id.desc())
        )
        definition = self._cohort.definition
        shown: set[tuple[str, str]] = set()
        for row in rows:
            # A mail that tells of several things is one line.
            if row.mail_id and (row.mail_id, row.status) in shown:
                continue
            shown.add((row.mail_id or "", row.status))
            to = self._names.get(row.recipient_id, "")
            # Until it is written, a mail is named by what it is about.
            about = row.subject or definition.trigger_label(row.trigger)
            yield MailLine(definition.working_time.local(row.send_at), to, about, row.status)

    def history(self, journey_id: str) -> Iterator[HistoryLine]:
        """Yield what has happened to a talent, the newest first."""
        rows = self._connection.execute(
            select(HistoryRow.__table__).where(HistoryRow.journey_id == journey_id).order_by(HistoryRow.n.desc())
        ).all()
        actors = actors_of(self._connection, {row.cause for row in rows})
        people = names_of(self._connection, actors.values())
        definition = self._cohort.definition
        words = definition.programme.commitment_states
        runs = runs_of(self._connection, journey_id)
        for row in rows:
            run = runs.get(row.id, "")
            local = definition.working_time.local(row.at)
            actor = actors.get(row.cause, "")
            if row.machine in {MAIL, TASK}:
                yield HistoryLine(local, row.trigger, row.dest, row.cause, actor, True, run, by=people.get(actor, ""))
                continue
            journeys_own = row.machine == "journey" or row.machine in definition.programme.regions
            trigger = row.trigger if journeys_own else str(Trigger(row.machine, row.trigger))
            name = without_level(row.dest)
            if row.machine == "journey":
                dest = definition.state_label(row.dest)
            elif journeys_own:
                dest = definition.region_label(row.machine, row.dest)
            elif row.machine in definition.milestones:
                dest = definition.trigger_label(row.dest) if row.dest else ""
            else:
                dest = words.get(name, name)
            what, moved, by = definition.trigger_label(trigger), row.source != row.dest, people.get(actor, "")
            yield HistoryLine(local, what, dest, row.cause, actor, False, run, moved, by)
