"""Puts people, and what a cohort says of itself, back to how a fact has found them (R62)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from config.cohort import Cohort
from config.plain_text import AS_KEPT
from states.moves.firing import Firing
from states.store.tables import PersonRow
from states.store.taken_back import KeptFact


def put_descriptions_back(firing: Firing, fact: KeptFact) -> Mapping[str, str]:
    """Collect how people and the cohort are called and reached again.

    Returns the ids of those who are told in whose place: a role that names another person again has told somebody.
    """
    changes, before, instead = firing.changes, fact.before or {}, dict[str, str]()
    for ident, was in (before.get("persons") or {}).items():
        row = firing.connection.execute(select(PersonRow.__table__).where(PersonRow.id == ident)).one()
        changes.corrected.append({"id": ident, **was})
        changes.revised.append(firing.cohort.cohort_id)
        if row.email != was.get("email", row.email):
            changes.reachable.append(ident)
            instead[ident] = f"{ident}/{fact.key}"
            changes.persons.append({**row._asdict(), "id": instead[ident]})
    for cohort_id, parts in (before.get("described") or {}).items():
        changes.described[cohort_id] = _as_described(firing.cohort.described, parts)
    return instead


def _as_described(described: Cohort, was: Mapping[str, Any]) -> Cohort:
    """Return a cohort described as before, but for what was told of it since."""
    parts: dict[str, Any] = described.model_dump(mode="json")
    for name, value in was.items():
        key, _, part = name.partition(".")
        if not part:
            parts[key] = value
        elif value is None:
            parts[key].pop(part, None)
        else:
            parts[key][part] = value
    return Cohort.model_validate(parts, context=AS_KEPT)
