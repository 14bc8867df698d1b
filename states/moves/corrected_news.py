"""Who hears that a fact was taken back: whoever was told what followed from it, and nobody else (R62)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from config.definition import ACTIVE
from config.grammar import CORRECT, ESCALATED, NEWS, Trigger
from states.facts import FACT_CAUSE, Transition
from states.machines.commitment import FINAL, is_late
from states.moves.attendance import ROLE, WHOM
from states.moves.firing import Firing
from states.moves.reassign import PERHAPS_TOLD
from states.moves.rests_on import JOURNEY
from states.store.conditions import UNTOLD_STATUSES
from states.store.tables import EffectRow, TaskRow
from states.store.taken_back import KeptFact, effects_of


class CorrectedNews:
    """The mails and tasks that a fact has caused, and those that it has stopped."""

    def __init__(self, firing: Firing, fact: KeptFact, stands: Mapping[str, str]) -> None:
        self._firing = firing
        self._fact = fact
        self._cause = f"{FACT_CAUSE}{fact.key}"
        self._stands = stands
        """The states in which journeys and commitments stand afterwards, by id."""

    def take_back(
        self, history_ids: Collection[str], corrections: Mapping[str, str], instead: Mapping[str, str]
    ) -> None:
        """Drop what waits of what transitions have caused, close its tasks, and tell whoever was told of it.

        ``corrections`` are the ids of the correcting history rows by subject, ``instead`` who is told in whose place.
        """
        changes = self._firing.changes
        effects = effects_of(self._firing.connection, history_ids)
        changes.dropped += [row.id for row in effects if row.status in UNTOLD_STATUSES]
        changes.closed += [row.key for row in effects if row.kind == "task" and row.status == "done"]
        message = self._firing.cohort.definition.programme.on_correct
        told: dict[tuple[str, str], list[Row[Any]]] = {}
        for row in effects:
            if row.kind == "mail" and row.status in PERHAPS_TOLD:
                told.setdefault((row.recipient_id, row.journey_id or row.subject), []).append(row)
        if message is not None:
            changes.effects += [self._correction(rows, message, corrections, instead) for rows in told.values()]

    def revive(self, steps: Sequence[Transition]) -> None:
        """Let wait again what the fact has stopped, and open the tasks that it has closed, where they still hold."""
        connection, changes = self._firing.connection, self._firing.changes
        stopped = (EffectRow.note == self._cause) & (EffectRow.status == "dropped")
        query = select(EffectRow.__table__).where(
            EffectRow.cohort_id == self._firing.cohort.cohort_id, stopped | (EffectRow.overtaken == self._cause)
        )
        opens = self._firing.cohort.definition.working_time.next_open(changes.now)
        for row in connection.execute(query.order_by(EffectRow.id)):
            if self._holds(row, steps):
                changes.revived.append({"b_id": row.id, "b_send_at": max(row.send_at, opens)})
        subjects = {step.subject for step in steps}
        tasks = select(TaskRow.id, TaskRow.subject).where(
            TaskRow.cohort_id == self._firing.cohort.cohort_id, TaskRow.closed_at == self._fact.at
        )
        for row in connection.execute(tasks.order_by(TaskRow.id)):
            if row.subject in subjects and self._is_as_before(row.subject, steps):
                changes.reopened.append(row.id)

    def _holds(self, row: Row[Any], steps: Sequence[Transition]) -> bool:
        """Whether what was stopped is true again: its day is still to come, its commitment stands as it says."""
        if Trigger.parse(row.trigger).part in NEWS:
            return False  # The day that is put back is told anew.
        milestone = Trigger.parse(row.trigger).name if not row.details.get("milestone") else row.details["milestone"]
        day = self._firing.cohort.calendar.days.get(milestone)
        if day is not None:
            return day.ends_at > self._firing.changes.now
        stands = self._stands.get(row.subject)
        if any(step.subject == row.subject and step.machine != JOURNEY for step in steps):
            return self._is_as_before(row.subject, steps)
        return stands is not None and (stands not in FINAL or stands.startswith(ACTIVE))

    def _is_as_before(self, subject: str, steps: Sequence[Transition]) -> bool:
        """Whether a subject stands as before the fact; what asked about something late asks on, whatever the level."""
        stands = self._stands.get(subject)
        stood = next(step.source for step in steps if step.subject == subject)
        return stands == stood or (stands is not None and stands.startswith(ESCALATED) and is_late(stood))

    def _correction(
        self, told: Sequence[Row[Any]], message: str, corrections: Mapping[str, str], instead: Mapping[str, str]
    ) -> dict[str, Any]:
        """Return the mail that takes back what one person was told about one talent, or one matter of the cohort."""
        last = told[-1]
        history = corrections.get(last.subject) or corrections.get(last.journey_id or "")
        history = history or next(iter(corrections.values()))
        recipient = instead.get(last.recipient_id, last.recipient_id)
        return {
            "key": f"{history}/{message}/{last.journey_id or last.subject}/{recipient}",
            "cohort_id": self._firing.cohort.cohort_id,
            "journey_id": last.journey_id,
            "subject": last.subject,
            "history_id": history,
            "trigger": str(Trigger(Trigger.parse(last.trigger).name, CORRECT)),
            "kind": "mail",
            "message": message,
            "role": last.role,
            "recipient_id": recipient,
            "details": self._details(told),
            "send_at": self._firing.cohort.definition.working_time.next_open(self._firing.changes.now),
            "status": "pending",
        }

    def _details(self, told: Sequence[Row[Any]]) -> dict[str, Any]:
        last = told[-1]
        subjects = dict.fromkeys(row.mail_subject for row in told if row.mail_subject)
        details = {"told": "\n".join(subjects), "stands": self._stands.get(last.subject, "")}
        details |= {"of": Trigger.parse(last.trigger).part}
        if last.changed_at is not None:
            details["told_on"] = self._firing.cohort.calendar.local_day(last.changed_at).isoformat()
        milestone = last.details.get("milestone")
        if milestone:
            details |= {"milestone": milestone, "away": "yes" if self._stays_away(last, milestone) else ""}
            details |= {name: last.details[name] for name in (WHOM, ROLE) if name in last.details}
        return details

    def _stays_away(self, told: Row[Any], milestone: str) -> bool:
        """Whether it is as before again that somebody does not come."""
        before = self._fact.before or {}
        absent = before.get("absences", {}).get(f"{told.journey_id} {milestone}", False)
        said = before.get("attendances", {}).get(f"{told.details.get(WHOM)} {milestone}")
        return bool(absent) or said is False


def only_who_was_told(firing: Firing, history_ids: Collection[str]) -> None:
    """Leave of the news that an office goes back what concerns those who were told that it changed hands."""
    effects = effects_of(firing.connection, history_ids)
    firing.changes.dropped += [row.id for row in effects if row.status in UNTOLD_STATUSES]
    told = {row.recipient_id for row in effects if row.kind == "mail" and row.status in PERHAPS_TOLD}
    news = firing.cohort.definition.programme.on_office
    firing.changes.effects = [
        row for row in firing.changes.effects if row["message"] != news or row["recipient_id"] in told
    ]
