"""A coordinator or consultant is replaced for good, or stood in for from one day to another.

Who holds an office when a mail goes out gets it: what waits follows at once, what is made later is addressed by its day
(``plan.effects``).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select

from config.cohort import Contact
from config.effects import EffectSpec
from config.errors import FactIncompleteError, OfficeTakenError, UnknownRecordError
from config.roles import Role
from states.moves.firing import Firing
from states.moves.reassign import UNTOLD_COLUMNS, pass_on
from states.plan.effects import Cause, effect_row
from states.plan.offices import consultant_id, coordinator_id, described_with
from states.store.conditions import OPEN_TASK, UNTOLD
from states.store.fact_log import last_step
from states.store.send_again import key_for
from states.store.tables import EffectRow, JourneyRow, PersonRow, TaskRow

REPLACE, STAND_IN, END_STAND_IN = "replace", "stand_in", "end_stand_in"
HOLDER = "holder"
"""The detail that names the new holder or the stand-in: name and mail address."""


class Office(NamedTuple):
    """An office that can change hands, and who holds it for good; ``organisation`` is a consultant's."""

    id: str
    role: Role
    holder: str
    organisation: str = ""


def replace_holder(firing: Firing) -> None:
    """Collect what a new holder of an office brings about, from this moment on.

    Raises:
        UnknownRecordError: there is no such office.
        FactIncompleteError: the new holder is not named, or holds it already.
    """
    office = _office(firing, REPLACE)
    new = firing.new_person(f"{office.id}.{last_step(firing.connection, office.id)[0] + 2}", REPLACE, HOLDER)
    if new == office.holder:
        raise FactIncompleteError(REPLACE, HOLDER, "holds it already")
    changes, cohort = firing.changes, firing.cohort
    changes.holders.append(_row(firing, office, new, firing.today, None))
    mine = [one for one in cohort.cast.stand_ins if one.office == office.id and one.last >= firing.today]
    changes.ended += [(one.n, firing.today - timedelta(days=1)) for one in mine]
    old = {office.holder, *(one.person for one in mine)}
    changes.silenced.append(office.id)
    _pass_on(firing, office, old, new)
    _hand_over_tasks(firing, office, old, new)
    _follow(firing, office, new)
    history = _record(firing, office.id, REPLACE, office.id, new)
    _tell(firing, office, history, {"first_day": firing.today.isoformat()}, (new, office.holder))


def stand_in(firing: Firing) -> None:
    """Collect that somebody acts for the holder of an office from one day to another.

    Raises:
        UnknownRecordError: there is no such office.
        FactIncompleteError: the stand-in or a day is missing, or the days cannot be meant.
        OfficeTakenError: somebody stands in on some of the days already.
    """
    office = _office(firing, STAND_IN)
    first, last = (_day(firing, STAND_IN, name) for name in ("first_day", "last_day"))
    if last < max(first, firing.today):
        raise FactIncompleteError(STAND_IN, "last_day", f"{last} is over, or before the first day")
    number = len(firing.cohort.cast.stand_ins) + 1
    person = firing.new_person(f"{firing.cohort.cohort_id}/stand-in-{number}", STAND_IN, HOLDER)
    if person == office.holder:
        raise FactIncompleteError(STAND_IN, HOLDER, "holds it already")
    for one in firing.cohort.cast.stand_ins:
        if one.holder == office.holder and one.first <= last and first <= one.last:
            raise OfficeTakenError(office.id, _name(firing, one.person), one.first, one.last)
    firing.changes.holders.append(_row(firing, office, person, first, last))
    _pass_on(firing, office, {office.holder}, person, first, last)
    history = _record(firing, f"{office.id}/stand-in", STAND_IN, "", person)
    days = {"first_day": first.isoformat(), "last_day": last.isoformat()}
    _tell(firing, office, history, days, (person, office.holder))


def end_stand_in(firing: Firing, number: int | None = None) -> None:
    """Collect that a stand-in ends earlier than was told: the one who acts now or the next one, or that ``number``.

    Raises:
        UnknownRecordError: there is no such office.
        FactIncompleteError: nobody stands in, or the day is not earlier, or long over.
    """
    office = _office(firing, END_STAND_IN)
    last = _day(firing, END_STAND_IN, "last_day")
    mine = [one for one in firing.cohort.cast.stand_ins if one.holder == office.holder and one.last >= firing.today]
    mine = [one for one in mine if number in {None, one.n}]
    if not mine:
        raise FactIncompleteError(END_STAND_IN, "whom", "nobody stands in")
    found = min(mine, key=lambda one: one.first)
    if not firing.today - timedelta(days=1) <= last < found.last:
        raise FactIncompleteError(END_STAND_IN, "last_day", f"{last} is not an earlier day that is still to come")
    firing.changes.ended.append((found.n, last))
    _pass_on(firing, office, {found.person}, office.holder, last + timedelta(days=1))
    history = _record(firing, f"{office.id}/stand-in", END_STAND_IN, "", "")
    days = {"first_day": found.first.isoformat(), "last_day": last.isoformat(), "was": found.last.isoformat()}
    _tell(firing, office, history, days, (found.person, office.holder))


# -- what is meant ---------------------------------------------------------------------------------------------------


def _office(firing: Firing, trigger: str) -> Office:
    """Return the office that a fact names: by itself, or by its holder."""
    whom = str(firing.details.get("whom") or "")
    cohort, described = firing.cohort, firing.cohort.described
    offices = [
        Office(ident, "coordinator", cohort.holders[ident])
        for ident in (coordinator_id(cohort.cohort_id, n) for n in range(1, len(described.coordinators) + 1))
    ]
    for organisation in described.organisations:
        ident = consultant_id(cohort.cohort_id, organisation)
        offices.append(Office(ident, "consultant", cohort.holders[ident], organisation))
    found = [one for one in offices if one.id == whom] or [one for one in offices if one.holder == whom]
    if len(found) > 1:
        raise FactIncompleteError(trigger, "whom", f"holds several; name one of {', '.join(one.id for one in found)}")
    if not found:
        raise UnknownRecordError("coordinator or consultant", whom)
    return found[0]


def _day(firing: Firing, trigger: str, name: str) -> date:
    given = firing.details.get(name)
    if not given:
        raise FactIncompleteError(trigger, name, "is missing")
    return date.fromisoformat(str(given))


def _name(firing: Firing, person: str) -> str:
    return str(firing.connection.scalar(select(PersonRow.name).where(PersonRow.id == person)))


def _row(firing: Firing, office: Office, person: str, first: date, last: date | None) -> dict[str, Any]:
    return {
        "cohort_id": firing.cohort.cohort_id,
        "office": office.id,
        "person_id": person,
        "first_day": first,
        "last_day": last,
    }


# -- what follows ----------------------------------------------------------------------------------------------------


def _of_office(firing: Firing, office: Office) -> ColumnElement[bool]:
    """Return which effects are an office's: of the role, and a consultant's of the organisation's talents."""
    mine = (EffectRow.cohort_id == firing.cohort.cohort_id) & (EffectRow.role == office.role)
    if office.role == "coordinator":
        return mine
    return mine & EffectRow.journey_id.in_(_journeys(firing, office))


def _journeys(firing: Firing, office: Office) -> Any:
    ours = JourneyRow.cohort_id == firing.cohort.cohort_id
    return select(JourneyRow.id).where(ours, JourneyRow.organisation == office.organisation)


def _pass_on(
    firing: Firing, office: Office, old: set[str], new: str, first: date | None = None, last: date | None = None
) -> None:
    """Let what waits for the ``old`` ones go to the ``new``: all of it, or what goes out from one day to another."""
    holds = EffectRow.recipient_id.in_(old) | EffectRow.successor_id.in_(old)
    which = UNTOLD & _of_office(firing, office) & holds
    rows = firing.connection.execute(
        select(*UNTOLD_COLUMNS).where(which).order_by(EffectRow.id).with_for_update()
    ).all()
    local, now = firing.cohort.calendar.local_day, firing.changes.now
    keys = {row.id: key_for(row.key, row.recipient_id, new) for row in rows}
    known = set(firing.connection.scalars(select(EffectRow.key).where(EffectRow.key.in_(keys.values()))))
    for row in rows:
        goes_out = local(max(row.send_at, now))
        if first is None or (row.status == "pending" and first <= goes_out <= (last or goes_out)):
            pass_on(firing.changes, row, keys[row.id], new, keys[row.id] in known)


def _hand_over_tasks(firing: Firing, office: Office, old: set[str], new: str) -> None:
    """Let open tasks change owner; one that no effect has asked for is a coordinator's."""
    asked = select(EffectRow.key).where(_of_office(firing, office))
    mine: ColumnElement[bool] = TaskRow.id.in_(asked)
    if office.role == "coordinator":
        mine |= TaskRow.id.not_in(select(EffectRow.key).where(EffectRow.cohort_id == firing.cohort.cohort_id))
    ours = OPEN_TASK & (TaskRow.cohort_id == firing.cohort.cohort_id) & TaskRow.owner_id.in_(old) & mine
    for task in firing.connection.execute(select(TaskRow.id, TaskRow.owner_id).where(ours).order_by(TaskRow.id)):
        firing.changes.remember("tasks", task.id, {"owner_id": task.owner_id})
        firing.changes.owners[task.id] = new


def _follow(firing: Firing, office: Office, new: str) -> None:
    """Let journeys and the cohort's description name the new holder."""
    changes, cohort = firing.changes, firing.cohort.cohort_id
    if office.role == "consultant":
        rows = select(JourneyRow.id, JourneyRow.consultant_id).where(JourneyRow.id.in_(_journeys(firing, office)))
        for row in firing.connection.execute(rows.order_by(JourneyRow.id)):
            changes.remember("journeys", row.id, {"consultant_id": row.consultant_id})
            changes.fields.append((row.id, {"consultant_id": new}))
    known = firing.connection.execute(select(PersonRow.__table__).where(PersonRow.id == new)).one_or_none()
    person = known._asdict() if known is not None else next(one for one in changes.persons if one["id"] == new)
    contact = Contact.model_construct(**{name: person[name] for name in Contact.model_fields})
    described = changes.described.get(cohort, firing.cohort.described)
    changes.described[cohort] = described_with(described, office.id, contact)


def _record(firing: Firing, subject: str, trigger: str, source: str, dest: str) -> str:
    version, before = last_step(firing.connection, subject)
    step = (trigger, before if version else source, dest)
    firing.changes.revised.append(firing.cohort.cohort_id)
    return firing.changes.record(firing.cohort.cohort_id, None, subject, version, "cohort", step)


def _tell(firing: Firing, office: Office, history: str, days: dict[str, str], both: tuple[str, str]) -> None:
    """Tell who takes over, and who has held it until now, if the programme has a mail for it."""
    changes, cohort = firing.changes, firing.cohort
    message = cohort.definition.programme.on_office
    if message is None:
        return
    (takes, gives), mail = both, EffectSpec(mail=message, to=(office.role,))
    cause = Cause(cohort.cohort_id, office.id, history, changes.transitions[-1].trigger, changes.now, None)
    for person, other, side in ((takes, gives, "takes"), (gives, takes, "gives")):
        details = {"office": office.id, "other": other, "side": side, **days}
        changes.effects.append(effect_row(mail, cause, cohort.calendar, "holder", person) | {"details": details})
