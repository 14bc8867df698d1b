"""What the engine reads before it moves anybody.

Statements are built once: building a query costs several times what running it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import BindParameter, Connection, Text, bindparam, select

from config.errors import UnknownRecordError
from states.records import Commitment, InRegion, Journey
from states.store.prepared import Prepared
from states.store.tables import CohortRow, CommitmentRow, JourneyRow, RegionRow

T = TypeVar("T")

JOURNEY_COLUMNS = tuple(getattr(JourneyRow, name) for name in Journey._fields)
COMMITMENT_COLUMNS = tuple(getattr(CommitmentRow, name) for name in Commitment._fields)
_CHUNK = 500

_IDS: BindParameter[Sequence[str]] = bindparam("ids", expanding=True)
_CALENDAR_VERSION = Prepared(select(CohortRow.calendar_version).where(CohortRow.id == bindparam("cohort")))
_SUBJECT = bindparam("subject", type_=Text)
_LOCK = Prepared(
    select(CohortRow.id)
    .where(
        (CohortRow.id == _SUBJECT)
        | (CohortRow.id == select(JourneyRow.cohort_id).where(JourneyRow.id == _SUBJECT).scalar_subquery())
    )
    .with_for_update(key_share=True)
)
_WITH_CALENDAR = select(*JOURNEY_COLUMNS, CohortRow.calendar_version).join(
    CohortRow, CohortRow.id == JourneyRow.cohort_id
)
_JOURNEY = Prepared(_WITH_CALENDAR.where(JourneyRow.id == bindparam("id")))
_JOURNEYS = _WITH_CALENDAR.where(JourneyRow.id.in_(_IDS)).order_by(JourneyRow.id)
_COHORT = select(*JOURNEY_COLUMNS).where(JourneyRow.cohort_id == bindparam("cohort")).order_by(JourneyRow.id)
_REGIONS = select(RegionRow.journey_id, RegionRow.region, RegionRow.place, RegionRow.version).where(
    RegionRow.journey_id.in_(_IDS), RegionRow.region == bindparam("region")
)
_COMMITMENTS = select(*COMMITMENT_COLUMNS).where(CommitmentRow.id.in_(_IDS)).order_by(CommitmentRow.id)


class JourneysAndCohort(NamedTuple):
    """The journeys that a fact is about, by id, their cohort, and the version of its calendar."""

    journeys: dict[str, Journey]
    cohort_id: str
    calendar_version: int | None


def journeys_and_cohort(connection: Connection, subjects: Sequence[str]) -> JourneysAndCohort:
    """Return the journeys named, as far as there are any; or the cohort that stands in the place of one."""
    found: dict[str, Journey] = {}
    version = None
    for chunk in chunks(subjects):
        for row in _rows(connection, chunk):
            found[row[0]] = Journey._make(row[:-1])
            version = row[-1]
    if found:
        return JourneysAndCohort(found, found.get(subjects[0], next(iter(found.values()))).cohort_id, version)
    cohort = subjects[0] if subjects else ""
    return JourneysAndCohort(found, cohort, calendar_version(connection, cohort))


def _rows(connection: Connection, ids: Sequence[str]) -> Sequence[Sequence[Any]]:
    """Most facts are about one journey, and that is the way worth a statement of its own."""
    if len(ids) == 1:
        return _JOURNEY.run(connection, [{"id": ids[0]}]).fetchall()
    return connection.execute(_JOURNEYS, {"ids": ids}).all()


def calendar_version(connection: Connection, cohort_id: str) -> int | None:
    """Return the version of a cohort's calendar; ``None`` if there is no such cohort."""
    (version,) = _CALENDAR_VERSION.run(connection, [{"cohort": cohort_id}]).fetchone() or (None,)
    return version


def lock_cohort_of(connection: Connection, subjects: Sequence[str]) -> None:
    """Let nobody else change a cohort, or anything that belongs to it, until this transaction ends.

    It is the cohort of the first of ``subjects``: a journey's id, or the cohort's own. Whoever writes holds it before
    anything else of the cohort is read or written; only a fact's key comes first. On SQLite a transaction that writes
    has held everything from its first moment.
    """
    if subjects and connection.dialect.name != "sqlite":
        _LOCK.run(connection, [{"subject": subjects[0]}]).fetchall()


def journeys_of(connection: Connection, cohort_id: str) -> list[Journey]:
    """Return all journeys of a cohort."""
    return [Journey._make(row) for row in connection.execute(_COHORT, {"cohort": cohort_id})]


def commitments_named(connection: Connection, ids: Sequence[str]) -> list[Commitment]:
    """Return the commitments named, as far as there are any."""
    found: list[Commitment] = []
    for chunk in chunks(ids):
        found += [Commitment._make(row) for row in connection.execute(_COMMITMENTS, {"ids": chunk})]
    return found


def in_region(connection: Connection, region: str, journeys: Sequence[str]) -> dict[str, InRegion]:
    """Return where journeys stand in a region, by their ids; without those whose definition has no such region."""
    found: dict[str, InRegion] = {}
    for chunk in chunks(journeys):
        rows = connection.execute(_REGIONS, {"ids": chunk, "region": region})
        found |= {row[0]: InRegion._make(row) for row in rows}
    return found


def beside_of(connection: Connection, cohort_id: str) -> dict[str, dict[str, str]]:
    """Return the place of every journey of a cohort in each region, by journey and region."""
    mine = select(JourneyRow.id).where(JourneyRow.cohort_id == cohort_id)
    query = select(RegionRow.journey_id, RegionRow.region, RegionRow.place).where(RegionRow.journey_id.in_(mine))
    found: dict[str, dict[str, str]] = {}
    for row in connection.execute(query.order_by(RegionRow.journey_id, RegionRow.region)):
        found.setdefault(row.journey_id, {})[row.region] = row.place
    return found


def all_found(kind: str, wanted: Sequence[str], found: Sequence[Journey] | Sequence[Commitment]) -> None:
    """Raise ``UnknownRecordError`` unless everything named was found."""
    if len(found) == len(wanted):
        return
    missing = set(wanted) - {one.id for one in found}
    if missing:
        raise UnknownRecordError(kind, ", ".join(sorted(missing)))


def chunks(items: Sequence[T]) -> Iterable[Sequence[T]]:
    """Yield the items in pieces that fit a statement's list of parameters."""
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))
