"""Takes back that an office changed hands, or was stood in for: by the facts that lead back, told to the same two."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from config.errors import CorrectionRefusedError, FactIncompleteError
from states.facts import Transition
from states.moves.firing import Firing
from states.moves.offices import END_STAND_IN, HOLDER, REPLACE, STAND_IN, end_stand_in, replace_holder, stand_in
from states.store.tables import HolderRow, PersonRow
from states.store.taken_back import KeptFact

OF_OFFICES = frozenset({REPLACE, STAND_IN, END_STAND_IN})


def take_office_back(firing: Firing, fact: KeptFact, step: Transition) -> None:
    """Collect what leads back from ``fact``; ``step`` is its own.

    Raises:
        CorrectionRefusedError: the days of a stand-in are over, or it has ended otherwise.
    """
    whom = {"whom": step.subject.removesuffix("/stand-in")}
    try:
        if fact.trigger == REPLACE:
            replace_holder(_with(firing, {**whom, HOLDER: _person(firing, step.source)}))
            for number, image in ((fact.before or {}).get("holders") or {}).items():
                firing.changes.ended.append((int(number), date.fromisoformat(image["last_day"])))
        elif fact.trigger == STAND_IN:
            days = {"last_day": (firing.today - timedelta(days=1)).isoformat()}
            end_stand_in(_with(firing, {**whom, **days}), _number(firing, fact, whom["whom"], step.dest))
        else:
            _stand_in_again(firing, fact, whom)
    except FactIncompleteError as error:
        raise CorrectionRefusedError(fact.key, "kind", f"{fact.trigger}: {error.what}") from error


def _number(firing: Firing, fact: KeptFact, office: str, person: str) -> int:
    """Return the number of the stand-in that a fact has told of; -1 if it is there no more."""
    first = str(fact.details.get("first_day"))
    mine = (HolderRow.office == office) & (HolderRow.person_id == person)
    rows = firing.connection.execute(select(HolderRow.n, HolderRow.first_day).where(mine).order_by(HolderRow.n.desc()))
    return next((row.n for row in rows if row.first_day.isoformat() == first), -1)


def _stand_in_again(firing: Firing, fact: KeptFact, whom: Mapping[str, Any]) -> None:
    """Let who was sent away early stand in for the days that are left."""
    (number, image), *_ = ((fact.before or {}).get("holders") or {}).items()
    row = firing.connection.execute(select(HolderRow.__table__).where(HolderRow.n == int(number))).one()
    first = max(firing.today, row.last_day + timedelta(days=1))
    days = {"first_day": first.isoformat(), "last_day": image["last_day"]}
    stand_in(_with(firing, {**whom, HOLDER: _person(firing, row.person_id), **days}))


def _person(firing: Firing, ident: str) -> dict[str, str]:
    row = firing.connection.execute(select(PersonRow.name, PersonRow.email).where(PersonRow.id == ident)).one()
    return {"name": row.name, "email": row.email}


def _with(firing: Firing, details: Mapping[str, Any]) -> Firing:
    return Firing(firing.connection, firing.cohort, firing.changes, details, strict=True)
