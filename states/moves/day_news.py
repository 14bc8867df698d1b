"""Who hears that a day is another, or called off: its audience, and whoever was told of the day as it was (R39)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, select

from config.cohort import Day
from config.definition import ACTIVE
from config.grammar import CALL_OFF, MOVE, NEWS, Trigger
from config.roles import OF_COHORT
from states.moves.absences import untold_absences
from states.moves.firing import Firing
from states.moves.journeys import JourneyMover
from states.moves.reassign import PERHAPS_TOLD
from states.plan.day_change import changed_parts
from states.records import Journey
from states.store.queries import journeys_of
from states.store.tables import EffectRow


class _Untold(NamedTuple):
    """Earlier news that nobody has heard yet: effects by id, and the day that people know of."""

    effects: tuple[int, ...]
    known: Day | None
    any: bool


def details_of_news(old: Day | None, new: Day | None) -> dict[str, Any]:
    """Return what the news of a day says beside the day itself: what is other, and how it was."""
    was = {"was": old.model_dump(mode="json")} if old is not None else {}
    return {"changed": " ".join(changed_parts(old, new)), **was}


class DayNews:
    """The news of one milestone's new day, or of none; ``firing`` has the cohort as it will be."""

    def __init__(self, firing: Firing, milestone: str, old: Day | None, new: Day | None) -> None:
        self._firing = firing
        self._milestone = milestone
        self._old, self._new = old, new
        self._subject = f"{firing.cohort.cohort_id}/{milestone}"
        self._earlier: Sequence[Row[Any]] = self._told_of_it()

    def tell(self, sequence: int) -> None:
        """Add the news, unless there is none: who was not told yet of an earlier change never hears of that one."""
        untold, changes = self._untold(), self._firing.changes
        changes.dropped += untold.effects
        if self._new is None:
            changes.dropped += [row.id for row in self._earlier if row.status == "pending" and row.kind == "mail"]
            changes.dropped += untold_absences(self._firing, self._milestone)
        known = untold.known if untold.any else self._old
        parts = changed_parts(known, self._new)
        reached = any(row.status in PERHAPS_TOLD for row in self._earlier)
        if not parts or not ("date" in parts or reached):
            return
        part = CALL_OFF if self._new is None else MOVE
        trigger = str(Trigger(self._milestone, part))
        details = {**self._firing.details, **details_of_news(known, self._new), "sequence": sequence}
        told = Firing(self._firing.connection, self._firing.cohort, changes, details, strict=False)
        before = len(changes.transitions), len(changes.effects)
        JourneyMover(told).move(trigger, self._active())
        if moved := changes.transitions[before[0] :]:
            self._tell_others(told, trigger, moved[0].id, sequence)
        for effect in changes.effects[before[1] :]:
            if effect["kind"] == "task":
                # It is the day's, not that of the talent who comes first: the next day that is set closes it.
                effect |= {"subject": self._subject, "journey_id": None}

    def _told_of_it(self) -> Sequence[Row[Any]]:
        """Return the effects about this milestone, the oldest first."""
        mine = EffectRow.trigger.startswith(f"{self._milestone}:", autoescape=True)
        columns = (
            EffectRow.id, EffectRow.trigger, EffectRow.status, EffectRow.role, EffectRow.kind,
            EffectRow.recipient_id, EffectRow.details,
        )  # fmt: skip
        query = select(*columns).where(EffectRow.cohort_id == self._firing.cohort.cohort_id, mine)
        return self._firing.connection.execute(query.order_by(EffectRow.id)).all()

    def _untold(self) -> _Untold:
        """Return the latest news of this day as far as it has reached nobody."""
        news = [row for row in self._earlier if Trigger.parse(row.trigger).part in NEWS and row.kind == "mail"]
        by_change: dict[int, list[Row[Any]]] = {}
        for row in news:
            by_change.setdefault(int(row.details.get("sequence", 0)), []).append(row)
        effects: list[int] = []
        was: Mapping[str, Any] | None = None
        for sequence in sorted(by_change, reverse=True):
            rows = [row for row in by_change[sequence] if row.status != "dropped"]
            waiting = [row for row in rows if row.status == "pending"]
            if not waiting or len(waiting) < len(rows):
                break
            effects += [row.id for row in waiting]
            was = waiting[0].details.get("was")
        return _Untold(tuple(effects), Day.model_validate(was) if was else None, bool(effects))

    def _active(self) -> list[Journey]:
        # The news of another day of the same module may have moved them on.
        standing = map(
            self._firing.changes.standing, journeys_of(self._firing.connection, self._firing.cohort.cohort_id)
        )
        return [one for one in standing if one.state.startswith(ACTIVE)]

    def _tell_others(self, firing: Firing, trigger: str, history: str, sequence: int) -> None:
        """Tell people of no single journey who were told of the day before: owners of challenges (R38)."""
        causes = firing.cohort.definition.causes.get(trigger, ())
        people = {
            row.recipient_id: row.role
            for row in self._earlier
            if row.kind == "mail" and row.role in OF_COHORT and row.status in PERHAPS_TOLD
        }
        hours = firing.cohort.definition.working_time
        for effect in causes:
            for person, role in people.items():
                firing.changes.effects.append(
                    {
                        # The key that the audience's have: whoever is among them is told once.
                        "key": f"{firing.cohort.cohort_id}/{trigger}@{sequence}/{effect.message}/{person}",
                        "cohort_id": firing.cohort.cohort_id,
                        "journey_id": None,
                        "subject": self._subject,
                        "history_id": history,
                        "trigger": trigger,
                        "kind": "mail",
                        "message": effect.message,
                        "role": role,
                        "recipient_id": person,
                        "details": {**firing.details, "milestone": self._milestone},
                        "send_at": hours.next_open(firing.changes.now),
                        "status": "pending",
                    }
                )
