"""Where a mail leads: to the page on which its matter is answered, and to the recipient's own page (R65).

A mail links to a page and never acts by itself. A task is shown to others than its owner, so it holds no link.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from config.grammar import Trigger, attendance_id
from config.programme import CommitmentSpec
from notifications.due import Effect
from notifications.links import Link, Links, Purpose
from notifications.view_models import Answer, Talent
from states.machines.commitment import FINAL, PLANNED
from states.running_cohort import RunningCohort
from states.views.roles import has_left


class Signposts:
    """The links in the mails of one cohort."""

    def __init__(self, links: Links, cohort: RunningCohort, journeys: Iterable[Row[Any]], now: datetime) -> None:
        self._links = links
        self._cohort = cohort
        self._now = now
        staying = [journey for journey in journeys if not has_left(cohort.definition, journey.state)]
        self._have_pages = {person for journey in staying for person in (journey.talent_id, journey.mentor_id)}

    def of(self, effect: Effect, commitment: Row[Any] | None, email: str, talent: Talent | None) -> dict[str, Any]:
        """Return where an effect's mail leads, as its context says it: ``answer``, ``page_url``; a task leads nowhere.

        ``talent`` is whom it is about: a leader of several has a button for each.
        """
        if effect.kind == "task":
            return {}
        answer = self._answer(effect, commitment, email) or self._attendance(effect, email)
        if answer is not None and commitment is not None and talent is not None and effect.role != "talent":
            answer = replace(answer, label=f"{answer.label} ({talent.first_name})")
        return {"answer": answer, "page_url": self._page(effect.recipient_id, email)}

    def _page(self, person: str, email: str) -> str | None:
        """Return the address of somebody's own page: talents and their leaders have one, until they leave."""
        if person not in self._have_pages:
            return None
        return self._links.url(Link(Purpose.PAGE, person, self._cohort.cohort_id), email)

    def _answer(self, effect: Effect, commitment: Row[Any] | None, email: str) -> Answer | None:
        """Return the button to what the effect's recipient may answer; ``None`` where there is nothing to answer."""
        if commitment is None or commitment.state in {PLANNED, *FINAL}:
            return None
        url = self._links.url(Link(Purpose.ANSWER, effect.recipient_id, commitment.id), email)
        return button_for(self._cohort.spec(commitment.name), effect.role, url)

    def _attendance(self, effect: Effect, email: str) -> Answer | None:
        """Return the button by which the recipient says whether they come to what is still ahead; else ``None``."""
        milestone, news = Trigger.parse(effect.trigger)
        asks, held = self._cohort.definition.programme.attendance, self._cohort.calendar.days.get(milestone)
        about = effect.journey_id if effect.role == "talent" else effect.cohort_id
        is_asked = bool(news) and effect.role in self._cohort.definition.asked_to(milestone)
        if asks is None or not is_asked or about is None or held is None or held.ends_at <= self._now:
            return None
        subject = attendance_id(about, milestone)
        return Answer(self._links.url(Link(Purpose.ANSWER, effect.recipient_id, subject), email), asks.button)


def button_for(spec: CommitmentSpec, role: str, url: str) -> Answer | None:
    """Return the button of a promise for somebody in a role, who is asked what it says; ``None`` for all others."""
    mine = [one for one in spec.answers if role in one.by]
    return Answer(url, spec.button, any(one.verb == "appoint" for one in mine)) if mine else None
