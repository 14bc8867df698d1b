"""What reading a cohort's files again would change in one that runs, and what they differ in beside that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from config.cohort import Cohort, Day
from config.definition import Definition
from config.people import People, TalentRow
from states.machines.journey import ends
from states.moves.beside import Part, journey_id, person_of
from states.moves.changes import Changes
from states.moves.enrol import Enrolment
from states.moves.reimport import is_another, seal_of
from states.plan.offices import changes_hands, offices_of, owner_id
from states.running_cohort import RunningCohort, read_cohort
from states.store.conditions import of_cohort
from states.store.days import day_details
from states.store.tables import CohortRow, JourneyRow, MilestoneRow, PersonRow


@dataclass(frozen=True)
class Difference:
    """Something that is otherwise in the files: what it is, what runs now and what the files say."""

    what: str
    now: str
    file: str

    def __str__(self) -> str:
        """Return it as a line."""
        return f"{self.what}: {self.now or 'none'} → {self.file or 'none'}"


@dataclass(frozen=True)
class ImportPreview:
    """What an import changes (``new`` to ``organisations``), and what it only reports (the rest)."""

    new: tuple[str, ...]
    corrected: tuple[Difference, ...]
    challenges: tuple[Difference, ...]
    organisations: tuple[Difference, ...]
    missing: tuple[str, ...]
    """Talents who are not in the file any more: they go on until somebody withdraws them."""
    leaders: tuple[Difference, ...]
    helpers: tuple[Difference, ...]
    """Those beside talents who are others in the file: whoever helps goes on, for no fact says otherwise."""
    holders: tuple[Difference, ...]
    """Coordinators and consultants who are others in the file, or are there no more."""
    dates: tuple[Difference, ...]
    seal: str
    """Stands for what it changes: applied with it, just that is done."""

    @property
    def changes_something(self) -> bool:
        """Whether applying it would do anything."""
        return bool(self.new or self.corrected or self.challenges or self.organisations)

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {"first": False, **asdict(self)}

    def lines(self) -> Iterator[str]:
        """Yield it as lines to read."""
        yield from (f"new: {name}" for name in self.new)
        for one in (*self.corrected, *self.challenges, *self.organisations):
            yield f"changed: {one}"
        yield from (f"missing in the file, and not withdrawn: {name}" for name in self.missing)
        yield from (f"another leader, to be recorded as such: {one}" for one in self.leaders)
        yield from (f"another one beside, who is not taken over: {one}" for one in self.helpers)
        yield from (f"another one, to be recorded with 'talentnord replace': {one}" for one in self.holders)
        yield from (f"another date, to be moved with 'talentnord move': {one}" for one in self.dates)


def import_preview(
    connection: Connection, cohort: Cohort, definition: Definition, people: People, now: datetime
) -> ImportPreview | None:
    """Return what an import of these files would change; ``None`` for a cohort that is not enrolled yet.

    Raises:
        DefinitionError, CohortOverError: as the import itself would.
    """
    if connection.scalar(select(CohortRow.id).where(CohortRow.id == cohort.id)) is None:
        return None
    running, changes = read_cohort(connection, cohort.id), Changes(now, "preview")
    Enrolment(cohort, definition, people, changes).work_out(connection)
    persons = select(PersonRow.__table__).where(of_cohort(PersonRow.id, cohort.id))
    rows = {row.id: row._asdict() for row in connection.execute(persons)}
    known = {ident: f"{row['name']} <{row['email']}>" for ident, row in rows.items()}
    journeys = connection.execute(
        select(JourneyRow.id, JourneyRow.talent_id, JourneyRow.mentor_id, JourneyRow.second_mentor_id)
        .where(JourneyRow.cohort_id == cohort.id, JourneyRow.state.not_in(ends(running.definition)))
        .order_by(JourneyRow.id)
    ).all()
    listed = {journey_id(cohort.id, talent): talent for talent in people.talents}
    leads = {row.id: known.get(row.mentor_id or "", "") for row in journeys}
    helps = {row.id: known.get(row.second_mentor_id or "", "") for row in journeys}
    enrolled = [step.journey_id for step in changes.transitions if step.trigger == "enrol"]
    return ImportPreview(
        new=tuple(listed[ident].name for ident in enrolled if ident),
        corrected=tuple(_corrected(cohort, changes, rows)),
        challenges=tuple(_challenges(running, changes)),
        organisations=tuple(_organisations(running, changes)),
        missing=tuple(known[row.talent_id] for row in journeys if row.id not in listed),
        leaders=tuple(_others(listed, leads, "leader")),
        helpers=tuple(_others(listed, helps, "helper")),
        holders=tuple(_holders(running, cohort)),
        dates=tuple(_dates(connection, cohort, running)),
        seal=seal_of(changes),
    )


def _others(listed: Mapping[str, TalentRow], known: Mapping[str, str], part: Part) -> Iterator[Difference]:
    """Yield whom the file names beside a talent, where somebody of another name and address is there."""
    for ident, before in known.items():
        person = person_of(listed[ident], part) if ident in listed else None
        if person is not None and not _same_person(before, person.name, person.email):
            yield Difference(listed[ident].name, before, f"{person.name} <{person.email}>")


def _same_person(known: str, name: str, email: str) -> bool:
    return known.startswith(f"{name} <") or known.endswith(f"<{email}>")


def _corrected(cohort: Cohort, changes: Changes, known: Mapping[str, Mapping[str, Any]]) -> Iterator[Difference]:
    owners = {owner_id(cohort.id, module) for module in cohort.challenges}
    for row in changes.corrected:
        if row["id"] not in owners:
            before = known[row["id"]]
            yield Difference(row["id"], _reached(before), _reached({**before, **row}))

    for row in changes.new.get(PersonRow, ()):
        if row["id"] in offices_of(cohort):
            yield Difference(row["id"], "", _reached(row))


def _holders(running: RunningCohort, cohort: Cohort) -> Iterator[Difference]:
    named = offices_of(cohort)
    for office, contact in offices_of(running.described).items():
        if changes_hands(cohort.id, office) and office not in named:
            yield Difference(office, _reached(dict(contact)), "")
        elif office in named and is_another(cohort.id, office, contact, named[office]):
            yield Difference(office, _reached(dict(contact)), _reached(dict(named[office])))


def _reached(person: Mapping[str, Any]) -> str:
    told = (person[name] for name in ("title", "organisation", "telephone"))
    return ", ".join(filter(None, (f"{person['name']} <{person['email']}>", *told)))


def _challenges(running: RunningCohort, changes: Changes) -> Iterator[Difference]:
    described = changes.described.get(running.cohort_id, running.described)
    for step in changes.transitions:
        module = running.definition.commitments[step.machine].secures if step.trigger == "keep" else None
        if module is not None:
            now, file = running.described.challenges.get(module), described.challenges[module]
            said = [
                f"{one.owner}, {one.representative.name} <{one.representative.email}>" if one else ""
                for one in (now, file)
            ]
            titles = [f" ({one.title})" if one and one.title else "" for one in (now, file)]
            yield Difference(f"challenge {module}", said[0] + titles[0], said[1] + titles[1])


def _organisations(running: RunningCohort, changes: Changes) -> Iterator[Difference]:
    described = changes.described.get(running.cohort_id, running.described)
    for ident, organisation in described.organisations.items():
        before = running.described.organisations.get(ident)
        if before is None or before.name != organisation.name:
            yield Difference(f"organisation {ident}", before.name if before else "", organisation.name)


def _dates(connection: Connection, cohort: Cohort, running: RunningCohort) -> Iterator[Difference]:
    """Yield the days still to come that lie, or are described, otherwise than in the file."""
    hours = running.definition.working_time
    rows = connection.execute(select(MilestoneRow.__table__).where(MilestoneRow.cohort_id == cohort.id)).all()
    for row in sorted(rows, key=lambda one: list(running.definition.milestones).index(one.id)):
        day = cohort.dates.get(row.id)
        if row.held_at is not None:
            continue
        now = ""
        if row.starts_at is not None and row.ends_at is not None:
            start, end = hours.local(row.starts_at), hours.local(row.ends_at)
            now = f"{row.day} {start:%H:%M}-{end:%H:%M} {row.place}"
        file = _said(day) if day else ""
        if now != file:
            yield Difference(row.id, now, file)
        elif day is not None and row.details != day_details(day):
            yield Difference(f"{row.id}, staff or material", now, "otherwise")


def _said(day: Day) -> str:
    return f"{day.date} {day.start:%H:%M}-{day.end:%H:%M} {day.place}"
