"""What mails say of the cohorts: each is read once for all its effects, while nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from notifications.bundle import Bundle
from notifications.calendars import Calendars
from notifications.cockpit import decision_views
from notifications.context import CohortReader
from notifications.due import Effect, Position, all_waiting, is_asked_for, position_of
from notifications.links import Links
from notifications.view_models import DecisionView
from states.views.to_decide import MORNING, decisions_of

GOOD_FOR = timedelta(minutes=1)
"""How long what was read of a cohort serves further effects at most: a corrected name needs no transition."""


class Readers:
    """What was read of each cohort, and where it stood then.

    ``links`` lead to the site, if there is one; ``cockpit`` is the address of the coordinators' pages.
    """

    def __init__(self, now: Callable[[], datetime], links: Links | None, cockpit: str = "") -> None:
        self._now = now
        self._links = links
        self._cockpit = cockpit
        self._kept: dict[str, tuple[Position, CohortReader]] = {}

    def clear(self) -> None:
        """Read all anew from now on."""
        self._kept.clear()

    def bundle(self, connection: Connection, effect: Effect, position: Position) -> Bundle:
        """Return what is due to the same address as an effect, and can be said in one mail with it."""
        now, reader = self._now(), self.reader(connection, effect.cohort_id, position)
        waiting = all_waiting(connection, effect)
        found = [one for one in waiting.effects if one.send_at <= now]
        if reader.definition.working_time.next_open(now) > now:
            found = [one for one in found if is_asked_for(one) == is_asked_for(effect)]
        positions, readers = self._together(connection, reader, position, found)
        mine = tuple(one for one in found if one.cohort_id in readers)
        calendars = Calendars(connection, reader.address(effect.recipient_id), readers.values(), waiting.effects)
        mornings = [one for one in mine if one.message == MORNING]
        asked = {one.id: self._asked(connection, readers[one.cohort_id], one) for one in mornings}
        return Bundle(mine, positions, readers, calendars, asked, waiting.known, self._cockpit)

    def _asked(self, connection: Connection, reader: CohortReader, effect: Effect) -> tuple[DecisionView, ...]:
        """Return what a mail of the morning asks, as it stands now: not as it was read for earlier effects."""
        waits = decisions_of(connection, reader.cohort, effect.recipient_id, reader.today)
        return decision_views(waits, self._cockpit)

    def reader(self, connection: Connection, cohort_id: str, position: tuple[int, int]) -> CohortReader:
        """Return what messages say about a cohort; read once for all effects of a run while nothing changes."""
        now = self._now()
        kept_at, reader = self._kept.get(cohort_id, (None, None))
        if reader is None or kept_at != position or not reader.read_at <= now < reader.read_at + GOOD_FOR:
            reader = CohortReader(connection, cohort_id, now, self._links)
            self._kept[cohort_id] = (position, reader)
        return reader

    def _together(
        self, connection: Connection, reader: CohortReader, position: Position, found: Sequence[Effect]
    ) -> tuple[Mapping[str, Position], Mapping[str, CohortReader]]:
        """Return where the cohorts stand for which one mail can speak, and what it may say of each, by id."""
        mine = reader.cohort.cohort_id
        positions, readers = {mine: position}, {mine: reader}
        for cohort_id in dict.fromkeys(one.cohort_id for one in found if one.cohort_id != mine):
            stands = position_of(connection, cohort_id)
            try:
                other = self.reader(connection, cohort_id, stands)
            except ValueError:  # It cannot be read: its own run says why, and no other cohort's mail waits for that.
                continue
            if other.house == reader.house:
                positions[cohort_id], readers[cohort_id] = stands, other
        return positions, readers
