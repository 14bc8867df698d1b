"""What the pages of the site share: by which links people come, how often, and what happens after an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, select
from starlette.exceptions import HTTPException
from starlette.requests import Request

from flows.site.afterwards import Afterwards
from flows.site.limits import Limits
from flows.site.visitor import CohortOf, Visitor, visitor_of
from notifications.links import Link, Links, Purpose
from notifications.new_links import HAVE_PAGES
from states.running_cohort import read_cohort
from states.store.tables import PersonRow

_COORDINATOR = select(PersonRow.name, PersonRow.email, PersonRow.telephone).where(PersonRow.id == bindparam("person"))
_AFTER_A_LINK = ".,;:!?)]}>\"'*"
"""What a mail program may take for the end of an address in plain text; no token ends in any of it."""


def _shown() -> Limits:
    return Limits(often=60, within=60.0)


def _sent() -> Limits:
    return Limits(often=20, within=60.0)


@dataclass(frozen=True)
class Site:
    """What pages work with beside the services; ``addresses`` are those the site is known by, the public one first."""

    links: Links
    addresses: tuple[str, ...]
    afterwards: Afterwards = field(default_factory=Afterwards)
    shown: Limits = field(default_factory=_shown)
    sent: Limits = field(default_factory=_sent)
    cohort_of: CohortOf = read_cohort

    def visitor(self, connection: Connection, request: Request, purpose: Purpose) -> Visitor:
        """Return who came by the link in a request's path.

        Raises:
            HTTPException: the link is worth nothing (404, and nothing says why), or is used too often (429).
        """
        token = token_of(request)
        if self.links.open(purpose, token) is None:
            raise HTTPException(404)
        # Only what we have signed is counted: whoever makes links up can neither fill the memory nor lock anybody out.
        limits = self.shown if request.method in {"GET", "HEAD"} else self.sent
        if seconds := limits.wait(token):
            raise HTTPException(429, headers={"retry-after": str(seconds)})
        found = visitor_of(connection, self.links, purpose, token, self.cohort_of)
        if found is None:
            raise HTTPException(404)
        return found

    def beside(self, connection: Connection, visitor: Visitor, now: datetime) -> dict[str, object]:
        """Return what every page says to its visitor: the day, the programme, whom to ask, their own page."""
        cohort = visitor.cohort
        today = cohort.calendar.local_day(now)
        coordinator = connection.execute(_COORDINATOR, {"person": cohort.coordinator_on(today)}).one()
        found: dict[str, object] = {
            "today": today,
            "programme": cohort.definition.programme.name,
            "coordinator": coordinator,
            "role_labels": cohort.definition.programme.role_labels,
        }
        if HAVE_PAGES & set(visitor.roles):
            own = Link(Purpose.PAGE, visitor.person, cohort.cohort_id)
            found["home"] = self.links.path(own, visitor.email)
        return found


def token_of(request: Request) -> str:
    """Return the token in a request's path."""
    return str(request.path_params["token"]).rstrip(_AFTER_A_LINK)
