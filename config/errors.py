"""Every error the project raises on purpose: what was wrong, where, and what to do.

One root, ``TalentNordError``; each class carries its facts as fields and builds its sentence from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, ClassVar

from config.suggest import did_you_mean


class TalentNordError(Exception):
    """The root of all errors that the project raises on purpose."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong (or odd) in an input file, and where it stands.

    ``file`` as given by the user; ``line`` counted from 1 (``None`` where the whole file is meant);
    ``field`` a dotted path such as ``commitments.3.due``.
    """

    file: str
    line: int | None
    field: str
    what: str
    warning: bool = False

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        kind = "warning: " if self.warning else ""
        field = f"{self.field}: " if self.field else ""
        return _visible(f"{place}: {kind}{field}{self.what}")


MOST_FAULTS = 100


def first_faults(problems: Sequence[Problem]) -> list[Problem]:
    """Return the first hundred problems of a file, and how many more there are: nobody reads ten thousand."""
    more = len(problems) - MOST_FAULTS
    if more <= 0:
        return list(problems)
    return [*problems[:MOST_FAULTS], Problem(problems[0].file, None, "", f"{more} more faults; mend these first")]


def _visible(text: str) -> str:
    """Return ``text`` with what no terminal should be sent written out: ``\\x1b``."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


class DefinitionError(TalentNordError):
    """A programme, a cohort or a list of people is not usable as it stands."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class SettingsError(TalentNordError):
    """An environment variable is wrong or missing; ``faults`` has a sentence for each, without its value."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class FileMissingError(TalentNordError):
    """A file that was asked for does not exist; ``known`` are the names of those that do."""

    def __init__(self, path: Path, kind: str, known: Sequence[str] = ()) -> None:
        self.path = path
        self.kind = kind
        self.known = tuple(known)
        hint = did_you_mean(path.stem, known) or "; check the name, or run 'talentnord check' to see what there is"
        super().__init__(f"{path}: no such {kind}{hint}")


class WorkingTimeError(TalentNordError, ValueError):
    """A question to the working calendar that has no answer, such as one about an instant without a time zone."""

    def __init__(self, value: object, why: str) -> None:
        self.value = value
        self.why = why
        super().__init__(f"{value!r}: {why}")


class WhenSyntaxError(TalentNordError):
    """A point in time of a definition cannot be read."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(
            f"{text[:80]!r} is not a point in time; write an anchor and offsets such as"
            " 'kickoff - 6w', 'due + 1d', 'missed + 3wd' or 'm6d2 + 2mo + 15d'"
        )


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


class UnknownRecordError(TalentNordError):
    """A journey, a cohort, a mail or another record that is not in the database."""

    def __init__(self, kind: str, ident: str) -> None:
        self.kind = kind
        self.ident = ident
        command = "mails" if kind == "mail" else "status"
        super().__init__(f"no {kind} {ident!r} in the database; 'talentnord {command}' lists what there is")


class MailDecidedError(TalentNordError):
    """There is nothing to decide on a mail: it is known what became of it, or it is still to be sent."""

    _STANDS: ClassVar[dict[str, str]] = {
        "pending": "waits to be sent",
        "claimed": "is on its way",
        "sent": "was sent",
        "done": "is a task, which was opened",
        "dropped": "was dropped, since what it says is no longer true",
        "resent": "was sent again already",
        "rejected": "was refused, so it has not arrived; 'talentnord resend' sends it again",
    }

    def __init__(self, mail: str, status: str) -> None:
        self.mail = mail
        self.status = status
        super().__init__(f"mail {mail!r} {self._STANDS.get(status, status)}. Nothing was changed.")


class MailOvertakenError(TalentNordError):
    """A mail is not sent again, since what it says is no longer true."""

    def __init__(self, mail: str, cause: str) -> None:
        self.mail = mail
        self.cause = cause
        super().__init__(f"mail {mail!r} says what is no longer true ({cause}). Nothing was sent.")


class ConflictError(TalentNordError):
    """Someone else changed the same record first; read it again and retry."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"{what} was changed by someone else meanwhile; nothing was written, try again")


class CohortOverError(TalentNordError):
    """Somebody is to join a cohort whose last day is over; nothing was changed."""

    def __init__(self, cohort: str, last: str, held_on: date, names: Sequence[str]) -> None:
        self.cohort = cohort
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
        cohorts = _count(failures, "cohort")
        super().__init__(f"time stands still for {cohorts}, all else was done: {'; '.join(map(str, failures))}")


class DatabaseError(TalentNordError):
    """The database cannot be used; ``where`` is its address without a password. No sentence shows what rows hold."""

    def __init__(self, where: str, why: str) -> None:
        self.where = where
        self.why = why
        super().__init__(f"the database {where} {why}")


class DatabaseUnavailableError(DatabaseError):
    """The database is not there now, or not for us: the same may well succeed later. Nothing was written."""


class DatabaseRefusedError(DatabaseError):
    """The database refuses these very rows, or this very statement. Nothing was written."""


class BackupError(TalentNordError):
    """The database was not backed up; what was to follow the backup was not done."""

    def __init__(self, why: str, target: Path | None = None) -> None:
        self.target = target
        self.why = why
        super().__init__(f"no backup was made{f' at {target}' if target else ''}: {why}")


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


class TemplateError(TalentNordError):
    """A message cannot be rendered: a template is missing, or a value in it is."""

    def __init__(self, message: str, part: str, why: str) -> None:
        self.message = message
        self.part = part
        super().__init__(f"message {message!r}, part {part}: {why}")


class FactIncompleteError(TalentNordError):
    """A fact lacks a detail that its trigger needs, or gives one that cannot be."""

    def __init__(self, trigger: str, field: str, what: str) -> None:
        self.trigger = trigger
        self.field = field
        super().__init__(f"{trigger!r}: {field}: {what}. Nothing was recorded.")


class DeliveryError(TalentNordError):
    """A mail was not handed over; the subclasses say what may be done about it."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class RetryLaterError(DeliveryError):
    """The peer surely did not take the mail: it may be sent again, ``after`` seconds from now.

    A second at least and an hour at most, whatever the peer asks for: nobody else decides how long people wait.
    """

    LONGEST = 3600.0

    def __init__(self, why: str, after: float) -> None:
        self.after = max(1.0, min(after, self.LONGEST))
        super().__init__(f"{why}; to be tried again in {self.after:g} s")


class RejectedError(DeliveryError):
    """The peer refused this mail for good; sending it again would not help."""


class TransportBlockedError(DeliveryError):
    """The peer refuses every mail (key, account, access): the queue stops until the operator acts."""


class DeliveryUnknownError(DeliveryError):
    """The connection ended after the mail went out: it may or may not have been taken, never send it again blindly."""


class EffectFailedError(TalentNordError):
    """An effect was not carried out, or it is unknown whether it was."""

    def __init__(self, name: str, status: str, why: str) -> None:
        self.name = name
        self.status = status
        super().__init__(f"{name}: {status}: {why}")


class EffectsFailedError(TalentNordError):
    """Some effects of a run failed; each one's task run says why."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(f"{_count(names, 'effect')} failed: {'; '.join(names)}")


class NothingChosenError(TalentNordError):
    """A decision on mails names none, or none that it could be about."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"{why}. Nothing was changed.")


class MailsFailingError(TalentNordError):
    """Mails do not get through, more than one by itself; ``wrong`` has a sentence for each thing that is wrong."""

    def __init__(self, wrong: Sequence[str]) -> None:
        self.wrong = tuple(wrong)
        super().__init__("; ".join(wrong))


def _count(items: Sequence[object], what: str) -> str:
    return f"{len(items)} {what}{'' if len(items) == 1 else 's'}"


class ServerError(TalentNordError):
    """A server that we started did not come up, or ended by itself; ``log`` is the end of what it said."""

    def __init__(self, why: str, log: str) -> None:
        self.why = why
        self.log = log
        super().__init__(f"{why}; the end of its log:\n{log}" if log else why)


class NoPasswordError(TalentNordError):
    """A server was to listen where other machines reach it, without asking them for a password."""

    def __init__(self, host: str) -> None:
        self.host = host
        super().__init__(
            f"other machines reach {host}, and Prefect runs code for whoever reaches it: set a password first"
            " (PREFECT_SERVER_API_AUTH_STRING, written name:password), or leave out --host. Nothing was started."
        )


class NotOursError(TalentNordError):
    """A file that holds personal data belongs to somebody else, who could read it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} belongs to somebody else: give it to the account that runs this, then start again")
