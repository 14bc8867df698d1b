"""Who came by a link: the one place that says whether a link is still worth something (R65)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from config.answers import Answerer
from notifications.links import Links, Purpose, mark_of
from states.running_cohort import RunningCohort, read_cohort
from states.store.tables import CohortRow, JourneyRow, PersonRow
from states.views.roles import roles_in

_AFTER_SUBJECT = "/@"
"""What follows the id of a journey or a cohort in a link's subject: a commitment's name, or a milestone's."""


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


def visitor_of(connection: Connection, links: Links, purpose: Purpose, token: str) -> Visitor | None:
    """Return who came by a link; ``None`` where it is worth nothing, and nobody is told why.

    Worth something is what was signed by us for this purpose and sent to the address that its person still has, while
    they are still somebody for the cohort that it is about. Whether a matter is theirs is for the matter to say.
    """
    opened = links.open(purpose, token)
    if opened is None:
        return None
    mine = select(PersonRow.name, PersonRow.email).where(PersonRow.id == opened.link.person)
    person = connection.execute(mine).one_or_none()
    if person is None or mark_of(person.email) != opened.address:
        return None
    cohort_id = _cohort_of(connection, opened.link.subject)
    if cohort_id is None:
        return None
    cohort = read_cohort(connection, cohort_id)
    roles = roles_in(connection, cohort, opened.link.person)
    if not roles:
        return None
    return Visitor(opened.link.person, person.name, person.email, cohort, opened.link.subject, roles)


def _cohort_of(connection: Connection, subject: str) -> str | None:
    """Return the cohort that a link's subject belongs to: its own id, or that of one of its journeys, comes first."""
    about = subject
    for sign in _AFTER_SUBJECT:
        about = about.partition(sign)[0]
    journeys = select(JourneyRow.cohort_id.label("id")).where(JourneyRow.id == about)
    return connection.scalar(journeys.union(select(CohortRow.id).where(CohortRow.id == about)))
