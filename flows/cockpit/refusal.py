"""Why what a coordinator told was not recorded, in their words: what is in the way, and what to do about it."""

from __future__ import annotations

from datetime import date
from functools import partial

from babel.dates import format_date
from sqlalchemy import Connection, select

from config.errors import (
    CohortOverError,
    ConflictError,
    ConsequencesChangedError,
    CorrectionRefusedError,
    DayRefusedError,
    FactIncompleteError,
    HeldOnRefusedError,
    MailDecidedError,
    MailOvertakenError,
    NobodyChosenError,
    NoConsultantError,
    NotConfirmedError,
    NotOpenYetError,
    OfficeTakenError,
    SeveralCohortsError,
    StampRefusedError,
    TalentNordError,
    TaskNotDoneError,
    TransitionRefusedError,
    UnknownRecordError,
    UnknownTriggerError,
)
from config.grammar import without_level
from config.mail_address import NO_ADDRESS
from flows.cockpit.day_page import rule_sentence
from flows.cockpit.fact_list import fact_labels
from flows.cockpit.labels import words
from flows.services import Services
from notifications.languages import locale_of
from notifications.refusals import field_fault, mail_stands, refused
from states.running_cohort import read_cohort
from states.store.tables import CohortRow, CommitmentRow, JourneyRow, PersonRow
from states.views.told import told_facts


def refusal(services: Services, error: TalentNordError, programme: str = "") -> str | None:
    """Return what an error says to a coordinator, in the language of the ``programme`` whose form it was, if of one.

    ``None`` where no form was filled in wrongly, and something is broken: that is for the operator.
    """
    language = language_of(services, programme)
    say = partial(_sentence, language)
    match error:
        case TransitionRefusedError():
            with services.database.read() as connection:
                return _not_possible(connection, error, language)
        case FactIncompleteError():
            why = _day_fault(error, language) if isinstance(error, HeldOnRefusedError) else ""
            field = _label(services, programme, error.field, error.what)
            return say("incomplete", field=field, why=why or field_fault(error.what, language))
        case DayRefusedError():
            with services.database.read() as connection:
                milestones = read_cohort(connection, error.cohort_id).definition.milestones
            labels = {ident: milestone.label for ident, milestone in milestones.items()}
            return say("day_refused", why="; ".join(rule_sentence(one, labels, language) for one in error.broken))
        case CorrectionRefusedError():
            with services.database.read() as connection:
                other = _told(connection, error) or say("earlier_fact")
            return say(f"cannot_undo_{error.why}", other=other)
        case TaskNotDoneError():
            return say(f"task_{error.why}", title=error.title)
        case OfficeTakenError():
            first, last = (_day(day, language) for day in (error.first, error.last))
            return say("office_taken", name=error.name, first=first, last=last)
        case NotConfirmedError():
            return say("not_confirmed", name=error.name, typed=error.typed)
        case SeveralCohortsError():
            return say("several_cohorts", cohorts=", ".join(error.cohorts))
        case CohortOverError():
            return say("cohort_over", cohort=error.cohort, last=error.last, day=_day(error.held_on, language))
        case MailDecidedError():
            return say("mail_decided", stands=mail_stands(error.status, language))
    plain = next((what for kind, what in _PLAIN.items() if isinstance(error, kind)), None)
    return plain and say(plain)


_PLAIN: dict[type[TalentNordError], str] = {
    UnknownTriggerError: "not_in_programme",
    UnknownRecordError: "gone",
    ConsequencesChangedError: "changed_meanwhile",
    ConflictError: "busy",
    NobodyChosenError: "nobody_left",
    MailOvertakenError: "mail_overtaken",
    StampRefusedError: "not_stamped",
}
"""The errors that need no more than their sentence."""


REFUSED = (
    TransitionRefusedError, FactIncompleteError, DayRefusedError, CorrectionRefusedError, OfficeTakenError,
    TaskNotDoneError, NotConfirmedError, SeveralCohortsError, MailDecidedError, CohortOverError,
    *_PLAIN,
)  # fmt: skip
"""All errors that a form can be refused for, with their subclasses; any other is for the operator."""


def language_of(services: Services, programme: str) -> str:
    """Return the language of a programme by id, of none in particular the one that all pages are written in."""
    return services.library.programme(programme).definition.programme.language if programme else "da"


def _sentence(language: str, what: str, **parts: str) -> str:
    return refused(what, language, **parts)


def _not_possible(connection: Connection, error: TransitionRefusedError, language: str) -> str:
    where = "; ".join(_standing(connection, who, state, language) for who, state in error.refused)
    if isinstance(error, NotOpenYetError):
        return refused("not_yet", language, where=where, when=_opening(connection, error, language))
    return refused("no_consultant" if isinstance(error, NoConsultantError) else "refused", language, where=where)


def _told(connection: Connection, error: CorrectionRefusedError) -> str:
    """Return what a list calls the fact that stands against taking another one back, nothing if none has it."""
    cohorts = connection.scalars(select(CohortRow.id).order_by(CohortRow.id)).all()
    return fact_labels(fact for cohort in cohorts for fact in told_facts(connection, cohort)).get(error.other or "", "")


def _day(day: date, language: str) -> str:
    return format_date(day, "long", locale=locale_of(language))


def _day_fault(error: HeldOnRefusedError, language: str) -> str:
    if error.began is None:
        return refused("day_to_come", language, day=_day(error.day, language))
    return refused("day_before", language, day=_day(error.day, language), began=_day(error.began, language))


def _opening(connection: Connection, error: NotOpenYetError, language: str) -> str:
    """Return when a commitment opens, or by which other one."""
    if error.opens_on is not None:
        return refused("opens_on", language, day=_day(error.opens_on, language))
    if not error.follows:
        return refused("opens_undated", language)
    ident = error.refused[0][0]
    cohort = connection.execute(select(CommitmentRow.cohort_id).where(CommitmentRow.id == ident)).scalar_one()
    return refused("opens_by", language, leader=read_cohort(connection, cohort).spec(error.follows).label)


def _label(services: Services, programme: str, field: str, fault: str) -> str:
    """Return what a form calls a field; a person is one detail and two fields, of which the ``fault`` tells one."""
    if not programme:
        return words().get(f"mails_{field}") or words().get(f"message_{field}", field)
    fields = services.library.programme(programme).definition.programme.form_fields
    part = "email" if NO_ADDRESS in fault else "name"
    return fields.get(field) or fields.get(f"{field}_{part}", field)


def _standing(connection: Connection, who: str, state: str, language: str) -> str:
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
        return refused("is_in", language, who=who, state=state)
    cohort = read_cohort(connection, known.cohort_id)
    if commitment is None:
        return refused("is_in", language, who=owner.name if owner else who, state=cohort.definition.state_label(state))
    label, name = cohort.spec(commitment.name).label, without_level(state)
    states = cohort.definition.programme.commitment_states
    return refused(
        "is_in", language, who=f"{label} ({owner.name if owner else cohort.name})", state=states.get(name, name)
    )
