"""Who came by a link: the one place that says whether a link is still worth something (R65)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import BindParameter, Connection, bindparam, literal_column, select

from config.answers import Answerer
from notifications.links import Links, Purpose, mark_of
from states.running_cohort import RunningCohort, read_cohort
from states.store.prepared import Prepared
from states.store.tables import CohortRow, JourneyRow, PersonRow
from states.views.roles import has_left, roles_in

_ABOUT: BindParameter[str] = bindparam("about")
_PERSON: BindParameter[str] = bindparam("person")
_SUBJECT = Prepared(
    select(JourneyRow.cohort_id, JourneyRow.state)
    .where(JourneyRow.id == _ABOUT)
    .union(select(CohortRow.id, literal_column("''")).where(CohortRow.id == _ABOUT))
)
_WHO = Prepared(select(PersonRow.name, PersonRow.email).where(PersonRow.id == _PERSON))
_AFTER_SUBJECT = "/@"
"""What follows the id of a journey or a cohort in a link's subject: a commitment's name, or a milestone's."""


CohortOf = Callable[[Connection, str], RunningCohort]
"""Reads a cohort by id."""


@dataclass(frozen=True)
class Visitor:
    """Somebody who came by a link; ``roles`` are what they are now for the cohort that it is about."""

    person: str
    name: str
    email: str
    cohort: RunningCohort
    subject: str
    """What the link is about: a matter (``svar``), a cohort (``side``, ``kalender``), a journey (``plan``)."""
    roles: tuple[Answerer, ...]

    @property
    def language(self) -> str:
        """The language of the programme that the link is about."""
        return self.cohort.definition.programme.language


def visitor_of(
    connection: Connection, links: Links, purpose: Purpose, token: str, cohort_of: CohortOf = read_cohort
) -> Visitor | None:
    """Return who came by a link; ``None`` where it is worth nothing, and nobody is told why.

    Worth something is what was signed by us for this purpose and sent to the address that its person still has, while
    they are still somebody for the cohort that it is about, and its talent has not left. Whether a matter is theirs is
    for the matter to say.
    """
    opened = links.open(purpose, token)
    if opened is None:
        return None
    person = _WHO.run(connection, [{"person": opened.link.person}]).fetchone()
    name, email = person or ("", "")
    if person is None or mark_of(email) != opened.address:
        return None
    about = _about(connection, opened.link.subject)
    if about is None:
        return None
    cohort_id, state = about
    cohort = cohort_of(connection, cohort_id)
    roles = roles_in(connection, cohort, opened.link.person)
    if not roles or (state and has_left(cohort.definition, state)):
        return None
    return Visitor(opened.link.person, name, email, cohort, opened.link.subject, roles)


def _about(connection: Connection, subject: str) -> tuple[str, str] | None:
    """Return the cohort that a link's subject belongs to, and where its journey stands if it is about one."""
    about = subject
    for sign in _AFTER_SUBJECT:  # The id of the cohort or the journey comes first.
        about = about.partition(sign)[0]
    cohort_id, state = _SUBJECT.run(connection, [{"about": about}]).fetchone() or ("", "")
    return (cohort_id, state) if cohort_id else None
