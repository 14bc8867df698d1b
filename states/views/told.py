"""The facts that were told about a cohort: what, about whom, by whom and when (R67)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from config.definition import Definition
from config.grammar import SAYINGS, Trigger
from states.machines.journey import ENROL
from states.moves.arrange import ARRANGED
from states.moves.attendance import WHOM
from states.moves.join import NEWCOMER
from states.moves.own_message import MESSAGE, SUBJECT
from states.moves.tasks import FINISH, TASK
from states.running_cohort import read_cohort
from states.store.conditions import CORRECTED, of_cohort
from states.store.tables import FactRow, JourneyRow, PersonRow, TaskRow
from states.views.actors import names_of


@dataclass(frozen=True)
class ToldFact:
    """A fact as it was told; ``at`` is local, ``about`` are names: talents', the cohort's, or of who comes or not."""

    key: str
    at: datetime
    actor: str
    trigger: str
    what: str
    about: tuple[str, ...]
    details: Mapping[str, Any]
    corrects: str | None = None
    """The key of the fact that it takes back."""
    corrected: bool = False
    """Whether it was taken back itself."""
    by: str = ""
    """The name of the person who told it (R67); empty for an office or the operator."""

    @property
    def label(self) -> str:
        """What it is called in a list: when, what, about whom."""
        return f"{self.at:%Y-%m-%d %H:%M} · {self.what} · {', '.join(self.about)}"

    @property
    def may_be_undone(self) -> bool:
        """Whether nobody has taken it back, and it takes none back; what rests on it is found when it is tried."""
        return not self.corrected and self.corrects is None

    @property
    def why(self) -> str:
        """The reason or the remark that was given with it; empty where there was none."""
        return str(self.details.get("because") or self.details.get("note") or "")

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        return asdict(self) | {"about": list(self.about), "at": self.at.isoformat()}


def told_facts(connection: Connection, cohort_id: str, since: datetime | None = None) -> list[ToldFact]:
    """Return the facts about a cohort and its talents, the oldest first; only those told ``since`` then (aware).

    Raises:
        UnknownRecordError: there is no such cohort.
    """
    cohort = read_cohort(connection, cohort_id)
    named = select(JourneyRow.id, PersonRow.name).join(PersonRow, PersonRow.id == JourneyRow.talent_id)
    names = dict(connection.execute(named.where(JourneyRow.cohort_id == cohort_id)).tuples().all())
    names[cohort_id] = cohort.name
    local = cohort.definition.working_time.local
    query = select(FactRow.__table__).order_by(FactRow.at, FactRow.key)
    rows = [
        row
        for row in connection.execute(query if since is None else query.where(FactRow.at >= since))
        if names.keys() & set(row.subjects or ())
    ]
    people = names_of(connection, {row.actor for row in rows})
    ours = select(PersonRow.id, PersonRow.name).where(of_cohort(PersonRow.id, cohort_id))
    everybody = dict(connection.execute(ours).tuples().all())
    titles = select(TaskRow.id, TaskRow.title).where(TaskRow.cohort_id == cohort_id)
    named_tasks = dict(connection.execute(titles).tuples().all())
    corrected = set(connection.scalars(CORRECTED))
    return [
        ToldFact(
            key=row.key,
            at=local(row.at),
            actor=row.actor,
            trigger=row.trigger,
            what=row.details[SUBJECT] if row.trigger == MESSAGE else fact_label(cohort.definition, row.trigger),
            about=_about(row, names | named_tasks, everybody),
            details=row.details,
            corrects=row.corrects,
            corrected=row.key in corrected,
            by=people.get(row.actor, ""),
        )
        for row in rows
    ]


def since_latest(connection: Connection, count: int) -> datetime | None:
    """Return since when the latest ``count`` facts that may be undone were told; ``None`` where there are no more."""
    query = select(FactRow.at).where(FactRow.corrects.is_(None), FactRow.key.not_in(CORRECTED))
    return connection.scalar(query.order_by(FactRow.at.desc(), FactRow.key.desc()).offset(count - 1).limit(1))


def _about(row: Row[Any], names: Mapping[str, str], everybody: Mapping[str, str]) -> tuple[str, ...]:
    """Return whom or what a fact is about: talents, the cohort, who joins, who comes or not, or a task."""
    if Trigger.parse(row.trigger).part in SAYINGS and row.details.get(WHOM) in everybody:
        return (everybody[row.details[WHOM]],)
    if row.trigger == ENROL and row.details.get(NEWCOMER):
        return (str(row.details[NEWCOMER]["name"]),)
    if row.trigger == FINISH:
        return (names.get(row.details[TASK], ""),)
    return tuple(names[subject] for subject in row.subjects if subject in names)


def fact_label(definition: Definition, trigger: str) -> str:
    """Return what a fact is called for people."""
    name = Trigger.parse(trigger).name
    if name in ARRANGED:
        # A form's name says more: what corrects a person is no correction of a fact, though both are called so.
        forms: dict[str, str] = {one.people: one.label for one in definition.programme.forms if one.people}
        forms.update((FINISH, one.label) for one in definition.programme.forms if one.finishes)
        return forms.get(name) or definition.trigger_label(trigger)
    known = {*definition.milestones, *definition.commitments, *definition.programme.events, ENROL}
    return definition.trigger_label(trigger) if name in known else trigger
