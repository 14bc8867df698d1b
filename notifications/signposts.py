"""Where a mail leads: to the page on which its matter is answered, and to the recipient's own page (R65).

A mail links to a page and never acts by itself. A task is shown to others than its owner, so it holds no link.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row

from config.definition import ACTIVE
from config.grammar import Trigger, attendance_id
from config.programme import CommitmentSpec
from notifications.due import Effect
from notifications.links import Link, Links, Purpose
from notifications.view_models import Answer, Talent
from states.machines.commitment import FINAL, PLANNED
from states.running_cohort import RunningCohort
from states.views.roles import has_left


class Recipient(NamedTuple):
    """Who is led somewhere, at which address, and what signs the links, where there is a site."""

    person: str
    email: str
    links: Links | None

    def url(self, purpose: Purpose, subject: str) -> str:
        """Return the address of a link of theirs, ``""`` where there is no site."""
        return self.links.url(Link(purpose, self.person, subject), self.email) if self.links else ""


class Signposts:
    """The links in the mails of one cohort as it stands at ``now``; without ``links``, where there is no site, none."""

    def __init__(
        self, links: Links | None, cohort: RunningCohort, journeys: Mapping[str, Row[Any]], now: datetime
    ) -> None:
        self._links = links
        self._cohort = cohort
        self._journeys = journeys
        self._now = now
        staying = [journey for journey in journeys.values() if not has_left(cohort.definition, journey.state)]
        self._have_pages = {person for journey in staying for person in (journey.talent_id, journey.mentor_id)}

    def of(self, effect: Effect, commitment: Row[Any] | None, email: str, talent: Talent | None) -> dict[str, Any]:
        """Return whether an effect's mail asks for an answer, and where it leads: ``asks``, ``answer``, ``page_url``.

        A task leads nowhere, and without a site no mail does: it asks all the same.
        ``talent`` is whom it is about: a leader of several has a button for each.
        """
        if effect.kind == "task":
            return {}
        to = Recipient(effect.recipient_id, email, self._links)
        answer = self._coming(effect, to) if commitment is None else self._promise(effect, commitment, to)
        if self._links is None:
            return {"asks": answer is not None}
        if answer is not None and commitment is not None and talent is not None and effect.role != "talent":
            answer = replace(answer, label=f"{answer.label} ({talent.first_name})")
        has_page = effect.recipient_id in self._have_pages
        page = to.url(Purpose.PAGE, self._cohort.cohort_id) if has_page else None
        return {"asks": answer is not None, "answer": answer, "page_url": page}

    def _promise(self, effect: Effect, commitment: Row[Any], to: Recipient) -> Answer | None:
        """Return the button to a promise; ``None`` while there is nothing to say of it, and when all is said."""
        if commitment.state in {PLANNED, *FINAL}:
            return None
        return button_for(self._cohort.spec(commitment.name), effect.role, to.url(Purpose.ANSWER, commitment.id))

    def _coming(self, effect: Effect, to: Recipient) -> Answer | None:
        """Return the button by which somebody says whether they come to an event that is still ahead (R61)."""
        definition = self._cohort.definition
        name, news = Trigger.parse(effect.trigger)
        # What tells of somebody else's coming has another trigger; a new link has its subject.
        milestone = name if news else effect.subject.rpartition("@")[2]
        asks, day = definition.programme.attendance, self._cohort.calendar.days.get(milestone)
        if asks is None or day is None or day.ends_at <= self._now or effect.role not in definition.asked_to(milestone):
            return None
        who = self._cohort.cohort_id
        if effect.role == "talent":
            journey = self._journeys.get(effect.journey_id or "")
            if journey is None or not journey.state.startswith(ACTIVE):
                return None
            who = journey.id
        return Answer(to.url(Purpose.ANSWER, attendance_id(who, milestone)), asks.button)


def button_for(spec: CommitmentSpec, role: str, url: str) -> Answer | None:
    """Return the button of a promise for somebody in a role, who is asked what it says; ``None`` for all others."""
    mine = [one for one in spec.answers if role in one.by]
    return Answer(url, spec.button, any(one.verb == "appoint" for one in mine)) if mine else None
