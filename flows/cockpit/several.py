"""A form about several talents at once: those chosen, or everybody of a cohort but those chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, Select, select

from config.definition import ACTIVE
from config.errors import FactIncompleteError, NobodyChosenError, SeveralCohortsError
from config.form import Form
from flows.cockpit.labels import words
from states.machines.commitment import FINAL
from states.store.reach_tables import AbsenceRow
from states.store.tables import CohortRow, CommitmentRow, JourneyRow

TALENTS, FOR_WHOM = "talents", "for_whom"
"""The fields of such a form: the talents chosen, and whether it is about them or about everybody else."""


def for_whom(cohorts: Mapping[str, str]) -> dict[str, str]:
    """Return the choices of whom a form is about, each with its cohort; ``cohorts`` are ids by name.

    Those chosen come first and have none.
    """
    everybody = words()["everybody_but"]
    return {words()["those_chosen"]: "", **{everybody.format(cohort=name): one for name, one in cohorts.items()}}


def subjects(
    connection: Connection, form: Form, name: str, chosen: Sequence[str], cohort: str, milestone: str = ""
) -> list[str]:
    """Return the journeys that a form is about, as they stand in the cohort's list.

    ``name`` is the commitment, ``chosen`` are journeys; with a ``cohort`` it is everybody there but them, as far as
    the commitment is not settled for them already: nobody has to look up who has recorded theirs before. An event has
    no commitment: it is about those on the calendar, and of a ``milestone`` those who are not known to stay away.

    Raises:
        FactIncompleteError: nobody is chosen.
        NobodyChosenError: nobody is left.
        SeveralCohortsError: they are of several cohorts; one fact is of one.
    """
    if not cohort:
        if not chosen:
            raise FactIncompleteError(form.id, TALENTS, "is missing")
        return _of_one_cohort(connection, chosen)
    _of_one_cohort(connection, chosen, cohort)
    mine = _whom_an_event_is_about(cohort, milestone) if form.event else _whose_is_not_settled(cohort, name)
    left = select(JourneyRow.id).where(JourneyRow.id.in_(mine), JourneyRow.id.not_in(chosen)).order_by(JourneyRow.id)
    if not (found := list(connection.scalars(left))):
        raise NobodyChosenError
    return found


def _whose_is_not_settled(cohort: str, name: str) -> Select[tuple[str | None]]:
    return select(CommitmentRow.journey_id).where(
        CommitmentRow.cohort_id == cohort, CommitmentRow.name == name, CommitmentRow.state.not_in(FINAL)
    )


def _whom_an_event_is_about(cohort: str, milestone: str) -> Select[tuple[str]]:
    known = select(AbsenceRow.journey_id).where(AbsenceRow.milestone == milestone)
    return select(JourneyRow.id).where(
        JourneyRow.cohort_id == cohort, JourneyRow.state.startswith(ACTIVE), JourneyRow.id.not_in(known)
    )


def _of_one_cohort(connection: Connection, journeys: Iterable[str], cohort: str = "") -> list[str]:
    ids = sorted(set(journeys))
    query = select(CohortRow.id, CohortRow.name).where(
        CohortRow.id.in_(select(JourneyRow.cohort_id).where(JourneyRow.id.in_(ids))) | (CohortRow.id == cohort)
    )
    cohorts = dict(connection.execute(query.order_by(CohortRow.id)).tuples().all())
    if len(cohorts) > 1:
        raise SeveralCohortsError(list(cohorts.values()))
    return ids
