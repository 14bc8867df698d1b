"""What one mail may carry, as it was read in one transaction, and what goes with its words: files, calendar entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from config.privacy import privacy_text
from notifications.calendars import Calendars, described, files_of
from notifications.cockpit import page_url
from notifications.context import CohortReader
from notifications.digest import Digest
from notifications.due import Effect, Position
from notifications.enclosures import enclosures
from notifications.transports.protocol import Address, Attachment
from notifications.view_models import CalendarFiles, Context, DecisionView
from states.store.calendar_entries import Entered


class Enclosed(NamedTuple):
    """The files that go with a mail, and what these do to its reader's calendar."""

    attachments: tuple[Attachment, ...]
    entries: tuple[Entered, ...]
    calendar: CalendarFiles


class Bundle(NamedTuple):
    """What is due to one address: effects, where their cohorts stood, what is known of these, and the calendar."""

    effects: tuple[Effect, ...]
    positions: Mapping[str, Position]
    readers: Mapping[str, CohortReader]
    calendars: Calendars
    asked: Mapping[int, tuple[DecisionView, ...]] = {}
    """What the mails of the morning ask, by effect."""
    known: frozenset[str] = frozenset()
    """The cohorts about which the reader has got a mail before."""
    cockpit: str = ""

    def matters(self) -> list[tuple[Effect, Context]]:
        """Return what each effect's message may say."""
        return [(one, self._context(one)) for one in self.effects]

    def nothing_asked(self) -> tuple[int, ...]:
        """Return the effects that would ask their reader nothing, since all was decided meanwhile."""
        return tuple(effect for effect, decisions in self.asked.items() if not decisions)

    def _context(self, effect: Effect) -> Context:
        context = self.readers[effect.cohort_id].context(effect)
        if effect.cohort_id not in self.known:
            context = replace(context, privacy=self._privacy(effect, context))
        if effect.id not in self.asked:
            return context
        overview = page_url(self.cockpit, effect.cohort_id)
        return replace(context, decisions=self.asked[effect.id], overview_url=overview)

    def _privacy(self, effect: Effect, context: Context) -> str:
        """Return what somebody's first mail says of what is kept; who signs it need not be told whom to ask."""
        if context.recipient.email == context.coordinator.email:
            return ""
        told = self.readers[effect.cohort_id].definition.programme.privacy
        # Who takes over an office is told so first: it is a consultant's where it is an organisation's.
        office = context.office
        role = ("consultant" if office.organisation else "coordinator") if office else effect.role
        return privacy_text(told, role, context.coordinator.name)

    def enclosed(self, written: Digest, sender: Address, now: datetime) -> Enclosed:
        """Return what goes with a written digest."""
        changes = self.calendars.changes(written.effects)
        to = Address(written.greeting.recipient.name, written.greeting.recipient.email)
        files = enclosures([(one, self.readers[one.cohort_id]) for one in written.effects])
        return Enclosed(
            attachments=(*files, *files_of(changes, sender, to, now)),
            entries=tuple(one.entered for one in changes),
            calendar=described(changes),
        )
