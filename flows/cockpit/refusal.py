"""Why what a coordinator told was not recorded, in their words."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from sqlalchemy import Connection, select

from config.errors import (
    ConsequencesChangedError,
    CorrectionRefusedError,
    DayRefusedError,
    FactIncompleteError,
    HeldOnRefusedError,
    NoConsultantError,
    NotOpenYetError,
    OfficeTakenError,
    TalentNordError,
    TransitionRefusedError,
    UnknownTriggerError,
)
from config.grammar import without_level
from flows.cockpit.day_page import rule_sentence
from flows.cockpit.labels import words
from flows.services import Services
from notifications.run_words import field_fault, said
from states.running_cohort import read_cohort
from states.store.tables import CohortRow, CommitmentRow, JourneyRow, PersonRow
from states.views.told import told_facts


def refusal(services: Services, error: TalentNordError, programme: str = "") -> str:
    """Return what an error says to a coordinator; parts that only an operator understands stay as they are.

    ``programme`` is the one whose form it was, if it was one of a programme's.
    """
    if isinstance(error, TransitionRefusedError):
        with services.database.read() as connection:
            where = "; ".join(_standing(connection, who, state) for who, state in error.refused)
            if isinstance(error, NotOpenYetError):
                return said("not_yet", where=where, when=_opening(connection, error))
        if isinstance(error, NoConsultantError):
            return said("no_consultant", where=where)
        return said("refused", where=where)
    if isinstance(error, UnknownTriggerError):
        return said("not_in_programme")
    if isinstance(error, FactIncompleteError):
        why = _day_fault(error) if isinstance(error, HeldOnRefusedError) else field_fault(error.what)
        return said("incomplete", field=_label(services, programme, error.field), why=why)
    if isinstance(error, DayRefusedError):
        with services.database.read() as connection:
            milestones = read_cohort(connection, error.cohort_id).definition.milestones
        labels = {ident: milestone.label for ident, milestone in milestones.items()}
        return said("day_refused", why="; ".join(rule_sentence(one, labels) for one in error.broken))
    if isinstance(error, CorrectionRefusedError):
        with services.database.read() as connection:
            return said(f"cannot_undo_{error.why}", other=_told(connection, error))
    if isinstance(error, OfficeTakenError):
        return said("office_taken", name=error.name, first=_day(error.first), last=_day(error.last))
    if isinstance(error, ConsequencesChangedError):
        return said("changed_meanwhile")
    return said("failed", why=str(error))


def _told(connection: Connection, error: CorrectionRefusedError) -> str:
    """Return what a list calls the fact that stands against taking another one back."""
    for cohort in connection.scalars(select(CohortRow.id).order_by(CohortRow.id)):
        for fact in told_facts(connection, cohort):
            if fact.key == error.other:
                return fact.label
    return error.by


def _day(day: date) -> str:
    return format_date(day, "d. MMMM y", locale="da")


def _day_fault(error: HeldOnRefusedError) -> str:
    if error.began is None:
        return said("day_to_come", day=_day(error.day))
    return said("day_before", day=_day(error.day), began=_day(error.began))


def _opening(connection: Connection, error: NotOpenYetError) -> str:
    """Return when a commitment opens, or by which other one."""
    if error.opens_on is not None:
        return said("opens_on", day=_day(error.opens_on))
    if not error.follows:
        return said("opens_undated")
    ident = error.refused[0][0]
    cohort = connection.execute(select(CommitmentRow.cohort_id).where(CommitmentRow.id == ident)).scalar_one()
    return said("opens_by", leader=read_cohort(connection, cohort).spec(error.follows).label)


def _label(services: Services, programme: str, field: str) -> str:
    """Return what a form calls a field."""
    if not programme:
        return words().get(f"mails_{field}") or words().get(f"message_{field}", field)
    fields = services.library.programme(programme).definition.programme.form_fields
    return fields.get(field) or fields.get(f"{field}_name", field)


def _standing(connection: Connection, who: str, state: str) -> str:
    """Return who stands where: a talent in a state of the journey, or a talent's or a cohort's commitment."""
    commitment = connection.execute(
        select(CommitmentRow.cohort_id, CommitmentRow.journey_id, CommitmentRow.name).where(CommitmentRow.id == who)
    ).one_or_none()
    journey = commitment.journey_id if commitment else who
    owner = connection.execute(
        select(JourneyRow.cohort_id, PersonRow.name)
        .join(PersonRow, PersonRow.id == JourneyRow.talent_id)
        .where(JourneyRow.id == journey)
    ).one_or_none()
    known = commitment or owner
    if known is None:
        return said("is_in", who=who, state=state)
    cohort = read_cohort(connection, known.cohort_id)
    if commitment is None:
        return said("is_in", who=owner.name if owner else who, state=cohort.definition.state_label(state))
    label, name = cohort.spec(commitment.name).label, without_level(state)
    states = cohort.definition.programme.commitment_states
    return said("is_in", who=f"{label} ({owner.name if owner else cohort.name})", state=states.get(name, name))
