"""What reading a cohort's files again changes in one that runs (R6, R22)."""

from __future__ import annotations

from sqlalchemy import Connection

from config.cohort import Cohort
from config.grammar import commitment_id
from states.moves.challenges import CHALLENGE
from states.moves.changes import Changes
from states.moves.commitments import CommitmentMover
from states.moves.firing import Firing
from states.running_cohort import RunningCohort
from states.store.queries import commitments_named


def tell_organisations(running: RunningCohort, file: Cohort, changes: Changes) -> None:
    """Let organisations that are new, or called otherwise, be known: those who join may come from one."""
    names = {ident: one.name for ident, one in running.described.organisations.items()}
    if any(names.get(ident) != one.name for ident, one in file.organisations.items()):
        organisations = {**running.described.organisations, **file.organisations}
        described = changes.described.get(running.cohort_id, running.described)
        changes.described[running.cohort_id] = described.model_copy(update={"organisations": organisations})


def tell_challenges(connection: Connection, running: RunningCohort, file: Cohort, changes: Changes) -> None:
    """Put the challenges of a cohort's file in force, as if they were told in a form."""
    for spec in running.definition.commitments.values():
        challenge = file.challenges.get(spec.secures or "")
        if challenge is not None:
            firing = Firing(connection, running, changes, {CHALLENGE: challenge}, strict=False)
            mine = commitments_named(connection, [commitment_id(running.cohort_id, spec.id)])
            CommitmentMover(firing).move(spec.id, "keep", mine, {})
