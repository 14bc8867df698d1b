"""Enrols a cohort: its people, its dates, a journey for each talent with what is promised, and the first timers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from config.cohort import Cohort
from config.definition import Definition
from config.errors import CohortOverError
from config.grammar import commitment_id
from config.people import People, TalentRow
from config.people import PersonRow as ListedPerson
from config.programme import CommitmentSpec
from states.facts import Transition
from states.machines.commitment import KEPT, PLANNED
from states.moves.beside import Around, Beside, journey_id
from states.moves.changes import Changes
from states.moves.enrol_again import enrol_again, taken_back
from states.moves.group_news import tell_groups
from states.moves.numbers import refuse_other_numbers
from states.moves.reimport import office_holders, tell_challenges, tell_offices
from states.moves.seating import seated
from states.plain_facts import refuse_unplain_people
from states.plan.calendar import Calendar
from states.plan.late_joiners import can_be_asked, catch_up_notices, deadline
from states.plan.offices import consultant_id
from states.plan.timers import Timer, cohort_timers, opening_timer
from states.running_cohort import RunningCohort, read_cohort
from states.store.conditions import of_cohort
from states.store.days import day_details
from states.store.tables import CohortRow, CommitmentRow, JourneyRow, MilestoneRow, PersonRow, RegionRow


@dataclass
class Enrolment:
    """Works out the rows that enrolling a cohort adds; those that are there already are left as they are."""

    cohort: Cohort
    definition: Definition
    people: People
    changes: Changes
    _pinned: RunningCohort | None = None
    """The cohort as it runs, once it does."""

    def __post_init__(self) -> None:
        self._beside = Beside(self.cohort.id, self.people, {}, {})
        self.calendar = Calendar.of(self.cohort.dates, self.definition)
        self._place = self.definition.start_state
        """Where those who are enrolled stand: with the cohort, should it be on its way."""

    @property
    def again(self) -> bool:
        """Whether the cohort has run already; known once it is worked out."""
        return self._pinned is not None

    @property
    def _now(self) -> datetime:
        return self.changes.now

    @property
    def _today(self) -> date:
        return self.calendar.local_day(self._now)

    def _id(self, talent: TalentRow) -> str:
        return journey_id(self.cohort.id, talent)

    def work_out(self, connection: Connection) -> None:
        """Collect the cohort, or the talents that are new to it and corrected names and addresses.

        A cohort that runs keeps the definition it is pinned to and the dates as they were moved (invariant 9).

        Raises:
            DefinitionError: somebody's name or address is none, or they have the number of somebody else.
            CohortOverError: its last day is over, and somebody is new to it: nothing would ever move them.
        """
        refuse_unplain_people(self.people, self.cohort.people, self.definition.programme.list_form)
        running = connection.scalar(select(CohortRow.id).where(CohortRow.id == self.cohort.id)) is not None
        pinned = self._pinned = read_cohort(connection, self.cohort.id) if running else None
        if pinned is not None:
            self.definition, self.calendar = pinned.definition, pinned.calendar
            self._place = pinned.reached
        else:
            self.changes.new[CohortRow] = [self._cohort_row()]
            self.changes.new[MilestoneRow] = list(self._milestones())
        self._collect_persons(connection)
        fresh = [talent for talent in self.people.talents if self._id(talent) not in self._beside.enrolled]
        back = taken_back(connection, self.cohort.id, [self._id(talent) for talent in self.people.talents])
        again = [talent for talent in self.people.talents if self._id(talent) in {one.id for one in back}]
        self._refuse_those_too_late([*fresh, *again])
        newcomers = [self._id(talent) for talent in fresh] if running else []
        newcomers += [one.id for one in back if one.group_number is None]
        groups = seated(connection, self.changes, self.cohort.id, self.definition, newcomers)
        self.changes.new[JourneyRow] = [self._journey(talent, groups.get(self._id(talent))) for talent in fresh]
        self.changes.new[RegionRow] = [row for talent in fresh for row in self._regions(self._id(talent))]
        commitments = [row for talent in fresh for row in self._commitments(talent)]
        if not running:
            commitments += self._cohort_commitments()
        self.changes.new[CommitmentRow] = commitments
        self.changes.timers += self._calendar_timers(running, fresh)
        for commitment in commitments:
            spec = self.definition.commitments[commitment["name"]]
            if commitment["state"] == PLANNED:
                self.changes.timers += opening_timer(self.calendar, self.cohort.id, commitment["id"], spec, self._now)
        self.changes.transitions += [self._enrolled(talent) for talent in fresh]
        self.changes.transitions += [self._kept(row) for row in commitments if row["state"] == KEPT]
        if pinned is not None:
            enrol_again(connection, pinned, self.changes, back, groups)
        tell_groups(connection, self.changes, self.cohort.id, self.calendar, "enrol", groups)
        if pinned is not None:
            tell_offices(pinned, self.cohort, self.changes)
            tell_challenges(connection, pinned, self.cohort, self.changes)

    def _refuse_those_too_late(self, fresh: Sequence[TalentRow]) -> None:
        last = self.definition.steps[-1]
        ends = self.calendar.days.get(last.id)
        if fresh and ends is not None and ends.ends_at <= self._now:
            raise CohortOverError(self.cohort.name, last.label, ends.day, [talent.name for talent in fresh])

    def _calendar_timers(self, running: bool, fresh: Sequence[TalentRow]) -> Iterator[Timer]:
        """Yield the cohort's timers; of a cohort that runs, what those who are new to it were not told yet."""
        if not running:
            yield from cohort_timers(self.calendar, self.cohort.id, self._now)
            return
        for talent in fresh:
            yield from catch_up_notices(self.calendar, self.cohort.id, self._id(talent), self._now)

    def _cohort_row(self) -> dict[str, Any]:
        return {
            "id": self.cohort.id,
            "name": self.cohort.name,
            "definition": self.definition.programme.model_dump_json(by_alias=True),
            "cohort": self.cohort.model_dump_json(),
        }

    def _milestones(self) -> Iterator[dict[str, Any]]:
        for ident in self.definition.milestones:
            day = self.cohort.dates.get(ident)
            lies = self.calendar.days.get(ident)
            yield {
                "cohort_id": self.cohort.id,
                "id": ident,
                "day": lies.day if lies else None,
                "starts_at": lies.starts_at if lies else None,
                "ends_at": lies.ends_at if lies else None,
                "place": day.place if day else "",
                "details": day_details(day) if day else {},
                "held_at": self._now if lies and lies.ends_at <= self._now else None,
            }

    def _collect_persons(self, connection: Connection) -> None:
        around = select(JourneyRow.id, JourneyRow.mentor_id, JourneyRow.second_mentor_id)
        journeys = connection.execute(around.where(JourneyRow.cohort_id == self.cohort.id))
        enrolled = {row.id: Around(row.mentor_id, row.second_mentor_id) for row in journeys}
        persons = select(PersonRow.__table__).where(of_cohort(PersonRow.id, self.cohort.id))
        known = {row.id: row for row in connection.execute(persons)}
        self._beside = Beside(self.cohort.id, self.people, enrolled, known)
        refuse_other_numbers(self._beside, self.cohort.people, self.definition.programme.list_form)
        rows = {row["id"]: row for row in self._persons()}
        self.changes.new[PersonRow] = [row for ident, row in rows.items() if ident not in known]
        corrected = [row for ident, row in rows.items() if self._is_corrected(ident, row)]
        # What the files leave empty, a form may have told.
        self.changes.corrected += [{name: one for name, one in row.items() if one} for row in corrected]
        self.changes.revised += [self.cohort.id] if corrected else []
        self.changes.reachable += [one["id"] for one in corrected if known[one["id"]].email != one["email"]]

    def _is_corrected(self, ident: str, row: dict[str, Any]) -> bool:
        """Whether the files call somebody who is known otherwise, or give another way to reach or to address them."""
        known = self._beside.known.get(ident)
        if known is None:
            return False
        return any(one and one != getattr(known, name) for name, one in row.items())

    def _persons(self) -> Iterator[dict[str, Any]]:
        for ident, contact in office_holders(self._pinned, self.cohort):
            yield {"id": ident, **dict(contact)}
        for talent in self.people.talents:
            helper_id = self._beside.id_of(talent, "helper")
            if helper_id is not None and talent.helper is not None:
                yield {**_person(helper_id, talent.helper), "title": talent.helper_title}
        for talent in self.people.talents:
            leader_id = self._beside.id_of(talent, "leader")
            if leader_id is not None:
                yield {**_person(leader_id, talent.leader), "title": talent.leader_title}
        for talent in self.people.talents:
            yield _person(self._id(talent), talent)

    def _consultant_id(self, organisation: str) -> str:
        office = consultant_id(self.cohort.id, organisation)
        return self._pinned.holders.get(office, office) if self._pinned is not None else office

    def _journey(self, talent: TalentRow, group: int | None) -> dict[str, Any]:
        ident = self._id(talent)
        return {
            "id": ident,
            "cohort_id": self.cohort.id,
            "state": self._place,
            "version": 0,
            "talent_id": ident,
            "mentor_id": self._beside.id_of(talent, "leader"),
            "second_mentor_id": self._beside.id_of(talent, "helper"),
            "consultant_id": self._consultant_id(talent.organisation),
            "organisation": talent.organisation,
            "unit": talent.unit,
            "level": talent.level,
            "group_number": group,
        }

    def _regions(self, journey: str) -> Iterator[dict[str, Any]]:
        for name, region in self.definition.programme.regions.items():
            yield {"journey_id": journey, "region": name, "place": region.start, "version": 0}

    def _commitments(self, talent: TalentRow) -> Iterator[dict[str, Any]]:
        for spec in self.definition.commitments.values():
            asked = spec.subject == "talent" and can_be_asked(self.calendar, spec, self._today)
            if asked and not self._lacks_owner(spec, talent):
                yield self._commitment(spec, self._id(talent))

    def _lacks_owner(self, spec: CommitmentSpec, talent: TalentRow) -> bool:
        """Return whether a commitment is owed by a helper whom the talent has not, and whom nothing will find."""
        helped = self._beside.id_of(talent, "helper") is not None or self.definition.programme.finds_helper
        return spec.owner == "second_mentor" and not helped

    def _cohort_commitments(self) -> Iterator[dict[str, Any]]:
        for spec in self.definition.commitments.values():
            if spec.subject == "cohort" and can_be_asked(self.calendar, spec, self._today):
                yield self._commitment(spec, None)

    def _commitment(self, spec: CommitmentSpec, journey: str | None) -> dict[str, Any]:
        # What a file says of a challenge is told with the enrolment: nobody is asked to find it (R22).
        known = spec.secures in self.cohort.challenges
        due = deadline(self.calendar, spec, self._today)
        return {
            "id": commitment_id(journey or self.cohort.id, spec.id),
            "cohort_id": self.cohort.id,
            "journey_id": journey,
            "name": spec.id,
            "state": KEPT if known else PLANNED,
            "version": 1 if known else 0,
            "due_on": due.day,
            "agreed": due.is_own,
        }

    def _kept(self, row: dict[str, Any]) -> Transition:
        step = ("keep", PLANNED, KEPT)
        return Transition(f"{row['id']}#1", self.cohort.id, None, row["name"], *step, self._now, self.changes.cause)

    def _enrolled(self, talent: TalentRow) -> Transition:
        ident = self._id(talent)
        return Transition(
            f"{ident}#0",
            self.cohort.id,
            ident,
            "journey",
            "enrol",
            "",
            self._place,
            self._now,
            self.changes.cause,
        )


def _person(ident: str, person: ListedPerson | TalentRow) -> dict[str, Any]:
    unknown = {"title": "", "telephone": "", "organisation": ""}
    return {"id": ident, "name": person.name, "email": person.email, **unknown}
