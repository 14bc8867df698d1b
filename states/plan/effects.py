"""What a transition causes: mails and tasks for the people that a definition's roles stand for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from config.effects import EffectSpec
from config.roles import OF_COHORT, Role
from states.plan.calendar import Calendar
from states.records import Journey


class StandIn(NamedTuple):
    """Somebody who acts for the holder of an office from one local day to another, both included."""

    n: int
    office: str
    holder: str
    person: str
    first: date
    last: date


@dataclass(frozen=True)
class Cast:
    """The people of a cohort who belong to no single journey (ids); ``owners`` are challenge owners by module."""

    coordinators: tuple[str, ...]
    administration: str
    owners: Mapping[str, str] = field(default_factory=dict)
    stand_ins: tuple[StandIn, ...] = ()

    def acting(self, holder: str, day: date) -> str:
        """Return who acts as coordinator or consultant on a local day: the holder, unless somebody stands in."""
        mine = (one.person for one in self.stand_ins if one.holder == holder and one.first <= day <= one.last)
        return next(mine, holder)

    def acting_for(self, holder: str) -> frozenset[str]:
        """Return who acts for a holder at some time."""
        return frozenset(one.person for one in self.stand_ins if one.holder == holder)

    def stood_in_for(self, person: str) -> str:
        """Return for whom a person may act: a holder whom they stand in for at some time, else themselves."""
        return next((one.holder for one in self.stand_ins if one.person == person), person)


@dataclass(frozen=True)
class ActiveJourneys:
    """The other talents, as far as a transition has to tell them: active journeys by id."""

    members: Mapping[str, Journey] = field(default_factory=dict)

    def group_of(self, who: Journey) -> tuple[str, ...]:
        """Return the other talents of the learning group."""
        if who.group_number is None:
            return ()
        return tuple(
            other.talent_id
            for other in self.members.values()
            if other.group_number == who.group_number and other.id != who.id
        )

    def others(self, who: Journey) -> tuple[str, ...]:
        """Return all other talents of the cohort."""
        return tuple(other.talent_id for other in self.members.values() if other.id != who.id)


ALSO = "also"
"""The detail of a mail that holds the roles of those who are told the same, between spaces."""

_STOOD_IN_FOR: frozenset[Role] = frozenset({"coordinator", "consultant"})
NEEDS_ACTIVE_JOURNEYS: frozenset[Role] = frozenset({"group", "cohort", "partner"})


@dataclass(frozen=True)
class Cause:
    """What effects are caused by: a transition, whom it concerns, and the dates that a task may hang on."""

    cohort_id: str
    subject: str
    history_id: str
    trigger: str
    now: datetime
    journey: Journey | None
    module: str | None = None
    partner: str | None = None
    former_mentor: str | None = None
    """Who was the talent's leader until now, if they have been told of it (R7)."""
    anchors: Mapping[str, date] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    teller: str = ""
    """Who has told it by an answer, if anybody has."""
    shared_key: str | None = None
    """For what is said once to a person whoever it was caused by (an invitation): the key instead of the transition."""


def effect_rows(
    specs: Iterable[EffectSpec], cause: Cause, calendar: Calendar, cast: Cast, active: ActiveJourneys
) -> Iterator[dict[str, Any]]:
    """Yield one outbox row a message and recipient; nobody gets the same message twice from one cause.

    Where a mail names who else is told, its details hold their roles as ``also``.
    """
    rows = list(_rows(specs, cause, calendar, cast, active))
    for spec, row in rows:
        if spec.names_others and (others := _others([one for _, one in rows], row)):
            row["details"][ALSO] = " ".join(others)
        yield row


def _others(rows: Iterable[Mapping[str, Any]], row: Mapping[str, Any]) -> Iterable[str]:
    """Return the roles of those other than a row's recipient who are told the same, each once."""
    alike = (one for one in rows if one["message"] == row["message"] and one["recipient_id"] != row["recipient_id"])
    return dict.fromkeys(one["role"] for one in alike)


def _rows(
    specs: Iterable[EffectSpec], cause: Cause, calendar: Calendar, cast: Cast, active: ActiveJourneys
) -> Iterator[tuple[EffectSpec, dict[str, Any]]]:
    for spec in specs:
        told = _left_out(spec, cause, cast, active)
        for role in spec.to:
            for holder in recipients(role, cause, cast, active):
                row = effect_row(spec, cause, calendar, role, holder)
                if role in _STOOD_IN_FOR:
                    row = _for_whom_acts(row, cast.acting(holder, calendar.local_day(row["send_at"])))
                if row["recipient_id"] not in told:
                    told.add(row["recipient_id"])
                    yield spec, row


def _left_out(spec: EffectSpec, cause: Cause, cast: Cast, active: ActiveJourneys) -> set[str]:
    """Return who is not told: those without whom it goes out, and those who have agreed on it when one has told it."""

    def people(roles: Sequence[Role]) -> set[str]:
        return {person for role in roles for person in recipients(role, cause, cast, active)}

    agreed = people(spec.between)
    return people(spec.without) | (agreed if cause.teller in agreed else {cause.teller} if spec.between else set())


def effect_row(spec: EffectSpec, cause: Cause, calendar: Calendar, role: str, person: str) -> dict[str, Any]:
    """Return the outbox row of one message for one recipient; a mail goes out when people are at work."""
    due = calendar.day_of(spec.due, cause.anchors) if spec.due else None
    if cause.shared_key and role in OF_COHORT:  # Of the cohort, whoever of the talents it was worked out for.
        cause = replace(cause, journey=None, subject=cause.cohort_id)
    return {
        "key": f"{cause.shared_key or cause.history_id}/{spec.message}/{person}",
        "cohort_id": cause.cohort_id,
        "journey_id": cause.journey.id if cause.journey else None,
        "subject": cause.subject,
        "history_id": cause.history_id,
        "trigger": cause.trigger,
        "kind": "mail" if spec.mail else "task",
        "message": spec.message,
        "role": role,
        "recipient_id": person,
        "details": dict(cause.details) | ({"due_on": due.isoformat()} if due else {}),
        "send_at": calendar.definition.working_time.next_open(cause.now) if spec.mail else cause.now,
        "status": "pending",
    }


def _for_whom_acts(row: dict[str, Any], person: str) -> dict[str, Any]:
    key = row["key"].removesuffix(row["recipient_id"]) + person
    return row | {"key": key, "recipient_id": person}


def recipients(role: Role, cause: Cause, cast: Cast, active: ActiveJourneys) -> tuple[str, ...]:
    """Return the ids of those whom ``role`` stands for; nobody where the role is not filled."""
    who = cause.journey
    if role == "coordinator":
        return cast.coordinators[:1]
    if role == "administration":
        return (cast.administration,)
    if role == "challenge_owner":
        owner = cast.owners.get(cause.module or "")
        return tuple(cast.owners.values()) if cause.module is None else (owner,) if owner else ()
    if who is None:
        return ()
    if role == "group":
        return active.group_of(who)
    if role == "cohort":
        return active.others(who)
    if role == "partner":
        partner = active.members.get(cause.partner or "")
        return (partner.talent_id,) if partner else ()
    person = {
        "talent": who.talent_id,
        "mentor": who.mentor_id,
        "former_mentor": cause.former_mentor,
        "second_mentor": who.second_mentor_id,
        "consultant": who.consultant_id,
    }[role]
    return (person,) if person else ()


def named(causes: Mapping[str, tuple[EffectSpec, ...]], names: Sequence[str]) -> list[EffectSpec]:
    """Return the effects that a machine's answer names, of those that its definition has."""
    return [effect for name in names for effect in causes[name]]
