"""What form and command share about a message of one's own: whom it is for, how it would be, and that it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import Connection, select

from config.errors import FactIncompleteError, SeveralCohortsError
from config.plain_text import quoted
from flows.cockpit.labels import words
from flows.cockpit.people_lists import people_labels
from flows.services import Services
from notifications.previews import Previewed, previews
from states.facts import Fact, Outcome
from states.moves.arrange import arrange
from states.moves.changes import Changes
from states.moves.firing import Firing
from states.moves.own_message import GROUP, LEADERS, MESSAGE, SEAL, SUBJECT, TALENTS, TEXT, TO, sealed
from states.plain_facts import plain_fact
from states.running_cohort import RunningCohort, read_cohort, readable_cohorts
from states.store.tables import JourneyRow


class Written(NamedTuple):
    """A message as it would be sent: in which cohort, to whom, and the seal under which just that is sent."""

    cohort_id: str
    cohort: str
    mails: Sequence[Previewed]
    seal: str


def readers_listed(connection: Connection) -> dict[str, tuple[str, str]]:
    """Return whom a message can be for as the form lists them, all of a cohort first: (cohort, word) by label."""
    found: dict[str, tuple[str, str]] = {}
    people: dict[str, tuple[str, str]] = {}
    for cohort in readable_cohorts(connection):
        cohort_id = cohort.cohort_id
        found |= {label: (cohort_id, word) for label, word in _audiences(connection, cohort).items()}
        listed = people_labels(connection, cohort, "correct")
        people |= {label: (cohort_id, ident) for label, ident in listed.items()}
    return found | people


def _audiences(connection: Connection, cohort: RunningCohort) -> Mapping[str, str]:
    mine = JourneyRow.cohort_id == cohort.cohort_id
    numbers = connection.scalars(select(JourneyRow.group_number).where(mine, JourneyRow.group_number.is_not(None)))
    groups = {words()["message_group"].format(number=one): f"{GROUP}{one}" for one in sorted({*numbers} - {None})}
    everybody = {words()["message_talents"]: TALENTS, words()["message_leaders"]: LEADERS}
    return {f"{label} ({cohort.name})": word for label, word in (everybody | groups).items()}


def meant(connection: Connection, labels: Sequence[str]) -> tuple[str, str]:
    """Return the cohort and the words that labels of the form stand for.

    Raises:
        FactIncompleteError: none is given, or one is none of the choices.
        SeveralCohortsError: they are of several cohorts.
    """
    listed = readers_listed(connection)
    for label in labels:
        if label not in listed:
            raise FactIncompleteError(MESSAGE, TO, f"{quoted(label)} is none of the choices")
    found = [listed[label] for label in labels]
    if not found:
        raise FactIncompleteError(MESSAGE, TO, "is missing")
    cohorts = sorted({cohort for cohort, _ in found})
    if len(cohorts) > 1:
        raise SeveralCohortsError([read_cohort(connection, one).name for one in cohorts])
    return cohorts[0], "\n".join(dict.fromkeys(word for _, word in found))


def written(services: Services, cohort_id: str, fact: Fact) -> Written:
    """Return a message as each would get it, worked out and not kept.

    Raises:
        FactIncompleteError: a word is missing or not plain, or nobody would get it.
        TemplateError: a programme's own template cannot say it.
    """
    fact, now = plain_fact(fact, MESSAGE, [cohort_id]), services.now()
    with services.database.read() as connection:
        cohort, changes = read_cohort(connection, cohort_id), Changes(now, "preview")
        arrange(MESSAGE, fact.details, connection, cohort, changes)
        mails = previews(connection, cohort_id, changes.effects, services.library.root, now)
        seal = sealed(Firing(connection, cohort, changes, fact.details, strict=True))
    return Written(cohort_id, cohort.name, mails, seal)


def send(services: Services, cohort_id: str, fact: Fact, seal: str) -> Outcome:
    """Let a message be sent as it was shown under its seal.

    Raises:
        ConsequencesChangedError: it would go to others, or say something else.
    """
    return services.engine.arrange(cohort_id, MESSAGE, replace(fact, details={**fact.details, SEAL: seal}))


def details(to: str, subject: str, text: str) -> dict[str, str]:
    """Return what a fact holds about a message; ``to`` are words, a line each."""
    return {TO: to, SUBJECT: subject, TEXT: text}
