"""Errors of facts and timers: what was told, or fell due, and cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from config.errors.root import TalentNordError, counted


class UnknownTriggerError(TalentNordError):
    """A trigger that the definition does not know."""

    def __init__(self, trigger: str, known: Sequence[str]) -> None:
        self.trigger = trigger
        self.known = tuple(known)
        super().__init__(f"no trigger {trigger!r} in this definition; it has {', '.join(known)}")


class TransitionRefusedError(TalentNordError):
    """A trigger is not allowed where a journey or commitment stands; nothing was changed."""

    def __init__(self, trigger: str, refused: Sequence[tuple[str, str]]) -> None:
        self.trigger = trigger
        self.refused = tuple(refused)
        where = "; ".join(f"{who} is in {state}" for who, state in refused)
        super().__init__(f"{trigger!r} is not possible: {where}. Nothing was recorded.")


class NotOpenYetError(TransitionRefusedError):
    """A commitment is told kept before it opens; ``opens_on`` is when it does, ``follows`` the one that it waits for.

    Both are empty where the date that it hangs on is not set yet.
    """

    def __init__(
        self, trigger: str, refused: Sequence[tuple[str, str]], opens_on: date | None = None, follows: str = ""
    ) -> None:
        super().__init__(trigger, refused)
        self.opens_on = opens_on
        self.follows = follows
        when = f"on {opens_on}" if opens_on else f"by a choice in {follows!r}" if follows else "when it has a date"
        who = ", ".join(who for who, _ in refused)
        self.args = (f"{trigger!r} is not possible yet: {who} opens {when}. Nothing was recorded.",)


class NoConsultantError(TransitionRefusedError):
    """A commitment is to be handed to a consultant, and the talent's organisation has none."""

    def __init__(self, trigger: str, refused: Sequence[tuple[str, str]]) -> None:
        super().__init__(trigger, refused)
        who = ", ".join(who for who, _ in refused)
        self.args = (f"{trigger!r} is not possible: no consultant is known for {who}. Nothing was recorded.",)


class UnknownRecordError(TalentNordError):
    """A journey, a cohort, a mail or another record that is not in the database."""

    def __init__(self, kind: str, ident: str) -> None:
        self.kind = kind
        self.ident = ident
        command = "mails" if kind == "mail" else "status"
        super().__init__(f"no {kind} {ident!r} in the database; 'talentnord {command}' lists what there is")


class AmbiguousPersonError(TalentNordError):
    """A person is named by an address that several cohorts know; ``ids`` are theirs there."""

    def __init__(self, text: str, ids: Sequence[str]) -> None:
        self.text = text
        self.ids = tuple(ids)
        super().__init__(f"{text} is somebody in several cohorts; name one by id: {', '.join(ids)}")


class OfficeTakenError(TalentNordError):
    """Somebody stands in on some of the days already; nothing was changed."""

    def __init__(self, office: str, name: str, first: date, last: date) -> None:
        self.office = office
        self.name = name
        self.first = first
        self.last = last
        super().__init__(f"{name} stands in for {office} from {first} to {last}; end that first. Nothing was recorded.")


class TaskNotDoneError(TalentNordError):
    """A task cannot be called done; ``why`` is ``closed``, ``itself`` or ``alone``. Nothing was changed."""

    def __init__(self, task: str, title: str, why: str) -> None:
        self.task = task
        self.title = title
        self.why = why
        sentences = {
            "closed": "it is closed already",
            "itself": "it closes by itself once what it asks for is done",
            "alone": "nobody would be asked any more about what it is about; tell what came of that, and it closes",
        }
        super().__init__(f"the task {title!r} ({task}) cannot be called done: {sentences[why]}. Nothing was recorded.")


class ConflictError(TalentNordError):
    """Someone else changed the same record first; read it again and retry."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"{what} was changed by someone else meanwhile; nothing was written, try again")


class DayRefusedError(TalentNordError):
    """A day that a milestone cannot have; ``broken`` are the rules against it, in order with ``sentences``."""

    def __init__(self, cohort_id: str, milestone: str, broken: Sequence[Any], sentences: Sequence[str]) -> None:
        self.cohort_id = cohort_id
        self.milestone = milestone
        self.broken = tuple(broken)
        why = "; ".join(
            f"{sentence} (a reason would do)" if one.excusable else sentence
            for one, sentence in zip(broken, sentences, strict=True)
        )
        super().__init__(f"{cohort_id}: {milestone} cannot be changed so: {why}. Nothing was recorded.")


class ConsequencesChangedError(TalentNordError):
    """What would follow is not what was shown before; nothing was changed."""

    def __init__(self, cohort_id: str, milestone: str) -> None:
        self.cohort_id = cohort_id
        self.milestone = milestone
        super().__init__(
            f"{cohort_id}: what follows from the new day of {milestone} is other than it was when it was shown; look"
            " at it again. Nothing was recorded."
        )


class CorrectionRefusedError(TalentNordError):
    """A fact cannot be taken back; ``why`` is ``correction``, ``corrected``, ``rests``, ``old``, ``sent``, ``held`` or
    ``kind``.

    ``by`` is the trigger of what stands against it, told on ``at`` by ``actor`` under the key ``other``.
    """

    def __init__(
        self, key: str, why: str, by: str = "", other: str = "", at: datetime | None = None, actor: str = ""
    ) -> None:
        self.key = key
        self.why = why
        self.by = by
        self.other = other
        self.at = at
        self.actor = actor
        later = f"{by!r}, told {at:%Y-%m-%d %H:%M} UTC by {actor} ({other})" if at else by
        sentences = {
            "correction": "it takes another fact back itself; tell that one again",
            "corrected": f"it was taken back before, by {later}",
            "rests": f"{later} rests on it; take that back first",
            "old": "it was told before facts kept how things stood; tell what is right instead",
            "sent": "somebody has got the message, or perhaps has; write another one",
            "held": f"{by!r} is over, and its teams are what they were",
            "kind": f"{by!r} cannot be undone",
        }
        super().__init__(f"{key} cannot be taken back: {sentences[why]}. Nothing was recorded.")


class ImportChangedError(TalentNordError):
    """What an import would change is not what was shown before; nothing was changed."""

    def __init__(self, cohort_id: str) -> None:
        self.cohort_id = cohort_id
        super().__init__(f"{cohort_id}: the import would change other things than were shown; look at it again")


class CohortOverError(TalentNordError):
    """Somebody is to join a cohort whose last day is over; nothing was changed."""

    def __init__(self, cohort: str, last: str, held_on: date, names: Sequence[str]) -> None:
        self.cohort = cohort
        self.last = last
        self.held_on = held_on
        self.names = tuple(names)
        super().__init__(
            f"{cohort} is over since {held_on} ({last}) and takes nobody more: {', '.join(names)}; enrol them in a"
            " cohort that is still to come. Nothing was recorded."
        )


class TimerFailedError(TalentNordError):
    """A timer that is due could not be fired; nothing of it was written, and it is tried again at the next tick."""

    def __init__(self, cohort_id: str, trigger: str, due_at: datetime, why: str) -> None:
        self.cohort_id = cohort_id
        self.trigger = trigger
        super().__init__(f"{cohort_id}: {trigger!r}, due {due_at:%Y-%m-%d %H:%M} UTC: {why}")


class TickFailedError(TalentNordError):
    """A tick could not fire all timers; ``outcomes`` is what it has changed in the other cohorts and before."""

    def __init__(self, outcomes: Sequence[Any], failures: Sequence[TimerFailedError]) -> None:
        self.outcomes = tuple(outcomes)
        self.failures = tuple(failures)
        cohorts = counted(failures, "cohort")
        super().__init__(f"time stands still for {cohorts}, all else was done: {'; '.join(map(str, failures))}")


class FactReusedError(TalentNordError):
    """A fact's key was used before for another fact; ``differs`` names the parts that differ, not what they hold."""

    def __init__(self, key: str, trigger: str, differs: Sequence[str]) -> None:
        self.key = key
        self.trigger = trigger
        self.differs = tuple(differs)
        super().__init__(
            f"the key {key!r} already stands for another fact ({trigger}), which differs in {', '.join(differs)};"
            " give this fact a key of its own. Nothing was recorded."
        )


class FactIncompleteError(TalentNordError):
    """A fact lacks a detail that its trigger needs, or gives one that cannot be."""

    def __init__(self, trigger: str, field: str, what: str) -> None:
        self.trigger = trigger
        self.field = field
        self.what = what
        super().__init__(f"{trigger!r}: {field}: {what}. Nothing was recorded.")


class HeldOnRefusedError(FactIncompleteError):
    """A fact tells of a day that cannot be: one still to come, or one before the cohort ``began``."""

    def __init__(self, trigger: str, field: str, day: date, began: date | None = None) -> None:
        self.day = day
        self.began = began
        what = f"{day} is still to come" if began is None else f"{day} is before the cohort began ({began})"
        super().__init__(trigger, field, what)


class PersonRefusedError(FactIncompleteError):
    """A fact names a person who it cannot be: the ``talent`` or the ``mentor``, or one ``known`` by another name."""

    def __init__(self, trigger: str, field: str, what: str, who: str) -> None:
        self.who = who
        super().__init__(trigger, field, what)


class AppointmentRefusedError(FactIncompleteError):
    """A day is agreed on that cannot be: one that is ``past``, or one so far ahead that it was mistyped."""

    def __init__(self, trigger: str, field: str, day: date, past: bool) -> None:
        self.day = day
        self.past = past
        super().__init__(trigger, field, f"{day} is past" if past else f"{day} is more than a year ahead")


class NotConfirmedError(TalentNordError):
    """A name that was typed to confirm what cannot be taken back is not the name of the talent who was chosen."""

    def __init__(self, name: str, typed: str) -> None:
        self.name = name
        self.typed = typed
        super().__init__(f"{name} was chosen, and {typed!r} typed to confirm it. Nothing was recorded.")


class NobodyChosenError(TalentNordError):
    """A form is about everybody but those chosen, and nobody is left."""

    def __init__(self) -> None:
        super().__init__("nobody is left when those chosen are taken out. Nothing was recorded.")


class SeveralCohortsError(TalentNordError):
    """A form is about talents of several cohorts, by name; one fact is of one cohort."""

    def __init__(self, cohorts: Sequence[str]) -> None:
        self.cohorts = tuple(cohorts)
        super().__init__(f"the talents are of several cohorts: {', '.join(cohorts)}. Nothing was recorded.")
