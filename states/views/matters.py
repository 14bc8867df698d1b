"""What a person is asked in a cohort, read for the site: their promises, the answers possible now, what was said (R65).

What can be answered is what the machine lets happen, and by whom is what the definition says: nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, or_, select

from config.answers import AnswerSpec
from config.grammar import is_attendance, level_of, without_level
from config.programme import CommitmentSpec
from states.machines.commitment import CANCELLED, PLANNED, is_late, is_open
from states.moves.changes import Changes
from states.moves.firing import Firing
from states.moves.guards import guards_of
from states.records import Commitment, Journey
from states.running_cohort import RunningCohort
from states.store.queries import COMMITMENT_COLUMNS, JOURNEY_COLUMNS
from states.store.tables import CommitmentRow, JourneyRow, PersonRow
from states.views.attendance_matters import attendance_matter, attendance_matters
from states.views.commitments_told import commitments_told
from states.views.matter import Matter, Option, Said


def matter(connection: Connection, cohort: RunningCohort, person: str, subject: str, now: datetime) -> Matter | None:
    """Return what a person is asked of one subject; ``None`` where it is nothing of theirs."""
    if is_attendance(subject):
        return attendance_matter(connection, cohort, person, subject, now)
    found = _matters(connection, cohort, person, now, CommitmentRow.id == subject)
    return next(found, None)


def matters(connection: Connection, cohort: RunningCohort, person: str, now: datetime) -> list[Matter]:
    """Return all that a person is or was asked in a cohort; what they can answer comes first, then by its date."""
    promises = _matters(connection, cohort, person, now, CommitmentRow.id.is_not(None))
    found = [*promises, *attendance_matters(connection, cohort, person, now)]
    return sorted(found, key=lambda one: (not one.options, one.due or date.max, one.subject))


def role_in(cohort: RunningCohort, person: str, spec: CommitmentSpec, journey: Journey | None, today: date) -> str:
    """Return the role in which a person may answer a commitment; empty where they have none in it."""
    asked = {role for answer in spec.answers for role in answer.by}
    return next((role for role in _roles(cohort, person, spec, journey, today) if role in asked), "")


def possible(firing: Firing, spec: CommitmentSpec, commitment: Commitment, role: str) -> Iterator[AnswerSpec]:
    """Yield the answers of a role that the machine lets happen where a commitment stands."""
    rules = firing.cohort.rules.commitments[spec.id]
    for answer in spec.answers:
        guards = guards_of(firing, spec, answer.verb, commitment)
        if role in answer.by and rules.answer(commitment.state, answer.verb, guards) is not None:
            yield answer


def asking(connection: Connection, cohort: RunningCohort, now: datetime) -> Firing:
    """Return what is needed to ask what is possible now; nothing is moved by it."""
    return Firing(connection, cohort, Changes(now, ""), {}, strict=False)


def _roles(
    cohort: RunningCohort, person: str, spec: CommitmentSpec, journey: Journey | None, today: date
) -> Iterator[str]:
    if journey is None:
        if cohort.cast.owners.get(spec.module or "") == person:
            yield "challenge_owner"
        return
    around = {"talent": journey.talent_id, "mentor": journey.mentor_id, "second_mentor": journey.second_mentor_id}
    yield from (role for role, ident in around.items() if ident == person)
    if journey.consultant_id and person in {journey.consultant_id, cohort.cast.acting(journey.consultant_id, today)}:
        yield "consultant"


def _matters(
    connection: Connection, cohort: RunningCohort, person: str, now: datetime, which: ColumnElement[bool]
) -> Iterator[Matter]:
    firing = asking(connection, cohort, now)
    journeys = {one.id: one for one in _journeys_around(connection, cohort, person)}
    names = _names(connection, {one.talent_id for one in journeys.values()})
    mine = CommitmentRow.journey_id.in_(journeys) | CommitmentRow.journey_id.is_(None)
    query = select(*COMMITMENT_COLUMNS).where(CommitmentRow.cohort_id == cohort.cohort_id, mine, which)
    rows = [Commitment._make(row) for row in connection.execute(query.order_by(CommitmentRow.id))]
    found: list[tuple[Commitment, str, Journey | None]] = []
    for one in rows:
        journey = journeys.get(one.journey_id or "")
        role = role_in(cohort, person, cohort.spec(one.name), journey, firing.today)
        if role:
            found.append((one, role, journey))
    said = commitments_told(connection, cohort, [one for one, _, _ in found])
    for commitment, role, journey in found:
        about = names[journey.talent_id] if journey else ""
        shown = _matter(firing, commitment, role, about, said.get(commitment.id, ()))
        if _was_asked(commitment) or shown.options:
            yield shown


def _matter(firing: Firing, commitment: Commitment, role: str, about: str, said: Sequence[Said]) -> Matter:
    spec, programme = firing.cohort.spec(commitment.name), firing.cohort.definition.programme
    words, plan = programme.commitment_states, programme.plan
    name, level = without_level(commitment.state), level_of(commitment.state)
    waits = is_open(commitment.state)
    return Matter(
        subject=commitment.id,
        label=spec.label,
        role=role,
        about=about,
        state=words.get(name, name) + (f" ({level})" if level else ""),
        due=commitment.due_on,
        late=is_late(commitment.state),
        version=commitment.version,
        options=tuple(_options(possible(firing, spec, commitment, role))),
        said=tuple(said),
        choices=spec.choices,
        choice=commitment.choice,
        plan_answers=plan.answers.labels if plan else {},
        appointed_on=commitment.appointed_on if waits else None,
        appointed_at=commitment.appointed_at if waits else "",
    )


def _options(answers: Iterable[AnswerSpec]) -> Iterator[Option]:
    for answer in answers:
        yield Option(answer.id, answer.label, answer.help, answer.asks)


def _was_asked(commitment: Commitment) -> bool:
    return commitment.opened_on is not None or commitment.state not in {PLANNED, CANCELLED}


def _journeys_around(connection: Connection, cohort: RunningCohort, person: str) -> Iterator[Journey]:
    """Yield the journeys in which a person has a part: their own, those of their talents, those they help with."""
    stood_in_for = cohort.cast.stood_in_for(person)
    around = (JourneyRow.talent_id, JourneyRow.mentor_id, JourneyRow.second_mentor_id)
    parts = [column == person for column in around]
    parts.append(JourneyRow.consultant_id.in_({person, stood_in_for}))
    query = select(*JOURNEY_COLUMNS).where(JourneyRow.cohort_id == cohort.cohort_id, or_(*parts))
    yield from (Journey._make(row) for row in connection.execute(query.order_by(JourneyRow.id)))


def _names(connection: Connection, people: Iterable[str]) -> Mapping[str, str]:
    query = select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(set(people)))
    return dict(connection.execute(query).tuples().all())
