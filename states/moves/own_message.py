"""A message in a coordinator's own words: who gets it, once through the outbox, and what was shown is what goes."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import select

from config.effects import EffectSpec
from config.errors import ConsequencesChangedError, CorrectionRefusedError, FactIncompleteError
from config.roles import Role
from states.facts import Transition
from states.moves.firing import Firing
from states.moves.reassign import PERHAPS_TOLD
from states.plan.effects import Cause, effect_row
from states.store.conditions import UNTOLD_STATUSES
from states.store.tables import PersonRow
from states.store.taken_back import KeptFact, effects_of
from states.views.people import KnownPerson, people_of
from states.views.undelivered import MAIL

MESSAGE = "message"
"""The fact that a message was written, and the trigger behind its mails."""
OWN_MESSAGE = "own_message"
"""The message whose words are the fact's."""
TO, SUBJECT, TEXT, SEAL = "to", "subject", "text", "seal"
TALENTS, LEADERS, GROUP = "talents", "leaders", "group:"
"""Whom a message can be for, beside people by id: words of the detail ``to``, a line each."""


class Reader(NamedTuple):
    """One who gets it: their id, what they are for the cohort, and their own journey if they are a talent."""

    person: str
    role: Role
    journey: str | None


def write_message(firing: Firing) -> None:
    """Collect a mail for each reader, in one commit, and a step of history for each talent among them.

    Raises:
        FactIncompleteError: a word is missing, or nobody would get it.
        ConsequencesChangedError: who gets it, or what it says, is other than was shown under its seal.
    """
    for field in (TO, SUBJECT, TEXT):
        if not str(firing.details.get(field) or "").strip():
            raise FactIncompleteError(MESSAGE, field, "is missing")
    readers = list(_readers(firing))
    given = firing.details.get(SEAL)
    if given and given != seal_of(firing, readers):
        raise ConsequencesChangedError(firing.cohort.cohort_id, MESSAGE)
    changes, mail = firing.changes, EffectSpec(mail=OWN_MESSAGE, to=("talent",))
    words = {field: firing.details[field] for field in (SUBJECT, TEXT)}
    for reader in readers:
        step = _step(firing, reader.journey, "pending")
        cause = Cause(step.cohort_id, step.subject, step.id, MESSAGE, changes.now, None, details=words)
        row = effect_row(mail, cause, firing.cohort.calendar, reader.role, reader.person)
        changes.effects.append(row | {"journey_id": reader.journey, "subject": reader.journey or step.subject})
    changes.remember("messages", firing.cohort.cohort_id, len(readers))


def take_message_back(firing: Firing, fact: KeptFact, steps: Sequence[Transition]) -> None:
    """Collect that a message is not sent after all.

    Raises:
        CorrectionRefusedError: somebody has got it, or perhaps has.
    """
    effects = effects_of(firing.connection, [step.id for step in steps])
    if any(one.status in PERHAPS_TOLD for one in effects):
        raise CorrectionRefusedError(fact.key, "sent")
    firing.changes.dropped += [one.id for one in effects if one.status in UNTOLD_STATUSES]
    for step in steps:
        _step(firing, step.journey_id, "dropped")


def seal_of(firing: Firing, readers: Collection[Reader]) -> str:
    """Return what stands for a message as it was shown: who gets it under which address, and what it says."""
    rows = firing.connection.execute(select(PersonRow.id, PersonRow.name, PersonRow.email).order_by(PersonRow.id))
    people = {reader.person for reader in readers}
    shown = [repr(tuple(row)) for row in rows if row.id in people]
    shown += [str(firing.details[field]) for field in (SUBJECT, TEXT)]
    return hashlib.sha256("\n".join(shown).encode()).hexdigest()[:32]


def sealed(firing: Firing) -> str:
    """Return the seal of a message that was collected in ``firing``."""
    return seal_of(firing, list(_readers(firing)))


def _readers(firing: Firing) -> Iterator[Reader]:
    """Yield those who get it, each address once, talents before all others."""
    wanted = set(_wanted(firing))
    everybody = {one.id: one for one in people_of(firing.connection, firing.cohort)}
    unknown = wanted - everybody.keys()
    addresses = dict(_addresses(firing, unknown))
    if unknown - addresses.keys():
        raise FactIncompleteError(MESSAGE, TO, "is none of the choices")
    emails = set(addresses.values())
    found = [one for one in everybody.values() if one.id in wanted or one.email in emails]
    if not found:
        raise FactIncompleteError(MESSAGE, TO, "nobody is meant")
    journeys = {one.talent_id: one.id for one in firing.active().members.values()}
    for one in sorted(found, key=lambda one: (one.role != "talent", one.id)):
        yield _reader(one, journeys.get(one.id))


def _reader(person: KnownPerson, journey: str | None) -> Reader:
    return Reader(person.id, person.role, journey)


def _wanted(firing: Firing) -> Iterator[str]:
    """Yield the ids of those whom the words of ``to`` stand for."""
    members = firing.active().members.values()
    for word in str(firing.details[TO]).split():
        if word == TALENTS:
            yield from (one.talent_id for one in members)
        elif word == LEADERS:
            yield from (one.mentor_id for one in members if one.mentor_id)
        elif word.startswith(GROUP):
            yield from (one.talent_id for one in members if str(one.group_number) == word.removeprefix(GROUP))
        else:
            yield word


def _addresses(firing: Firing, ids: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the addresses of people who are listed under another of their ids."""
    rows = firing.connection.execute(select(PersonRow.id, PersonRow.email).where(PersonRow.id.in_(ids)))
    yield from ((row.id, row.email) for row in rows)


def _step(firing: Firing, journey: str | None, dest: str) -> Transition:
    """Add a step of history for a talent who gets it, or one of the cohort for all others; return it."""
    changes, cohort = firing.changes, firing.cohort.cohort_id
    ident = f"{journey or cohort}/{MESSAGE}#{changes.fact or changes.cause}"
    step = Transition(ident, cohort, journey, MAIL, MESSAGE, "", dest, changes.now, changes.cause)
    if step not in changes.transitions:
        changes.transitions.append(step)
    return step
