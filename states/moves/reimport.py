"""What reading a cohort's files again changes in one that runs (R6, R22)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from sqlalchemy import Connection

from config.cohort import Cohort, Contact
from config.grammar import commitment_id
from states.moves.challenges import CHALLENGE
from states.moves.changes import Changes
from states.moves.commitments import CommitmentMover
from states.moves.firing import Firing
from states.plan.offices import changes_hands, described_with, offices_of, owner_id
from states.running_cohort import RunningCohort
from states.store.queries import commitments_named
from states.store.tables import PersonRow


def seal_of(changes: Changes) -> str:
    """Return a short word that stands for what an import changes; other changes have another one."""
    plain = [
        [(step.id, step.trigger, step.dest) for step in changes.transitions],
        [*changes.new.get(PersonRow, ()), *changes.corrected],
        {ident: one.model_dump(mode="json") for ident, one in changes.described.items()},
    ]
    return hashlib.sha256(json.dumps(plain, default=str).encode()).hexdigest()[:12]


def office_holders(running: RunningCohort | None, file: Cohort) -> Iterator[tuple[str, Contact]]:
    """Yield whom the files name for each office, under the id of who holds it.

    Of a cohort that runs, without whom a fact has to tell: another coordinator or consultant (``is_another``), and who
    hears the solutions to a challenge that a commitment secures.
    """
    if running is None:
        yield from offices_of(file).items()
        return
    known, cohort = offices_of(running.described), running.cohort_id
    told = {owner_id(cohort, spec.secures) for spec in running.definition.commitments.values() if spec.secures}
    for office, contact in offices_of(file).items():
        if office not in told and not is_another(cohort, office, known.get(office), contact):
            yield running.holders.get(office, office), contact


def is_another(cohort_id: str, office: str, known: Contact | None, named: Contact) -> bool:
    """Return whether the files name somebody else for an office, who differs in name and address, and no correction."""
    if known is None or not changes_hands(cohort_id, office):
        return False
    return known.name != named.name and known.email != named.email


def tell_offices(running: RunningCohort, file: Cohort, changes: Changes) -> None:
    """Let coordinators and organisations that are new, and whoever is called or reached otherwise, be known."""
    before = changes.described.get(running.cohort_id, running.described)
    organisations = dict(before.organisations)
    for ident, one in file.organisations.items():
        known = organisations.get(ident, one)
        organisations[ident] = known.model_copy(update={"name": one.name})
    coordinators = (*before.coordinators, *file.coordinators[len(before.coordinators) :])
    described = before.model_copy(update={"organisations": organisations, "coordinators": coordinators})
    corrected = {row["id"]: row for row in changes.corrected}
    for office, contact in offices_of(described).items():
        if row := corrected.get(running.holders.get(office, office)):
            new = {name: row[name] for name in Contact.model_fields if name in row}
            described = described_with(described, office, contact.model_copy(update=new))
    if described != before:
        changes.described[running.cohort_id] = described


def tell_challenges(connection: Connection, running: RunningCohort, file: Cohort, changes: Changes) -> None:
    """Put the challenges of a cohort's file in force, as if they were told in a form."""
    for spec in running.definition.commitments.values():
        challenge = file.challenges.get(spec.secures or "")
        if challenge is not None:
            firing = Firing(connection, running, changes, {CHALLENGE: challenge}, strict=False)
            mine = commitments_named(connection, [commitment_id(running.cohort_id, spec.id)])
            CommitmentMover(firing).move(spec.id, "keep", mine, {})
