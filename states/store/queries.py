"""What the engine reads before it moves anybody.

Statements are built once: building a query costs several times what running it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, bindparam, select

from config.errors import UnknownRecordError
from states.moves.changes import chunks
from states.moves.firing import PROMISE, STANDING, Promise
from states.plan.effects import Standing
from states.store.prepared import Prepared
from states.store.tables import CohortRow, CommitmentRow, JourneyRow

_IDS: BindParameter[Sequence[str]] = bindparam("ids", expanding=True)
_CALENDAR_VERSION = select(CohortRow.calendar_version).where(CohortRow.id == bindparam("cohort"))
_HOLD = Prepared(_CALENDAR_VERSION.with_for_update(key_share=True))
_CONCERNED = select(*STANDING, CohortRow.calendar_version).join(CohortRow, CohortRow.id == JourneyRow.cohort_id)
_JOURNEY = Prepared(_CONCERNED.where(JourneyRow.id == bindparam("id")))
_JOURNEYS = _CONCERNED.where(JourneyRow.id.in_(_IDS)).order_by(JourneyRow.id)
_COHORT = select(*STANDING).where(JourneyRow.cohort_id == bindparam("cohort")).order_by(JourneyRow.id)
_PROMISES = select(*PROMISE).where(CommitmentRow.id.in_(_IDS)).order_by(CommitmentRow.id)


class Concerned(NamedTuple):
    """The journeys that a fact is about, by id, their cohort, and the version of its calendar."""

    standings: dict[str, Standing]
    cohort_id: str
    calendar_version: int | None


def concerned(connection: Connection, journeys: Sequence[str]) -> Concerned:
    """Return the journeys named, as far as there are any; or the cohort that stands in the place of one."""
    found: dict[str, Standing] = {}
    version = None
    for chunk in chunks(journeys):
        for row in _rows(connection, chunk):
            found[row[0]] = Standing._make(row[:-1])
            version = row[-1]
    if found:
        return Concerned(found, found.get(journeys[0], next(iter(found.values()))).cohort_id, version)
    cohort = journeys[0] if journeys else ""
    return Concerned(found, cohort, calendar_version(connection, cohort))


def _rows(connection: Connection, journeys: Sequence[str]) -> Sequence[Sequence[Any]]:
    """Most facts are about one journey, and that is the way worth a statement of its own."""
    if len(journeys) == 1:
        return _JOURNEY.run(connection, [{"id": journeys[0]}]).fetchall()
    return connection.execute(_JOURNEYS, {"ids": journeys}).all()


def calendar_version(connection: Connection, cohort_id: str) -> int | None:
    """Return the version of a cohort's calendar; ``None`` if there is no such cohort."""
    return connection.scalar(_CALENDAR_VERSION, {"cohort": cohort_id})


def hold_cohort(connection: Connection, cohort_id: str) -> None:
    """Let nobody else move a whole cohort's dates, timers or pairs until this transaction ends.

    What concerns one commitment alone needs no such hold: its version tells when somebody else was faster. On SQLite
    a transaction that writes has held everything from its first moment.
    """
    if connection.dialect.name != "sqlite":
        _HOLD.run(connection, [{"cohort": cohort_id}]).fetchall()


def journeys_of(connection: Connection, cohort_id: str) -> list[Standing]:
    """Return all journeys of a cohort."""
    return [Standing._make(row) for row in connection.execute(_COHORT, {"cohort": cohort_id})]


def promises(connection: Connection, ids: Sequence[str]) -> list[Promise]:
    """Return the commitments named, as far as there are any."""
    found: list[Promise] = []
    for chunk in chunks(ids):
        found += [Promise._make(row) for row in connection.execute(_PROMISES, {"ids": chunk})]
    return found


def all_found(kind: str, wanted: Sequence[str], found: Sequence[Standing] | Sequence[Promise]) -> None:
    """Raise ``UnknownRecordError`` unless everything named was found."""
    if len(found) == len(wanted):
        return
    missing = set(wanted) - {one.id for one in found}
    if missing:
        raise UnknownRecordError(kind, ", ".join(sorted(missing)))
