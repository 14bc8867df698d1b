"""Errors of mails: not written, not handed over, or nothing to decide on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from config.errors.root import TalentNordError, counted


class TemplateError(TalentNordError):
    """A message cannot be rendered: a template is missing, or a value in it is."""

    def __init__(self, message: str, part: str, why: str) -> None:
        self.message = message
        self.part = part
        super().__init__(f"message {message!r}, part {part}: {why}")


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


class EffectWaitsError(TalentNordError):
    """A peer surely did not take an effect's mail: it may be tried again, ``after`` seconds from now."""

    def __init__(self, name: str, why: str, after: float) -> None:
        self.name = name
        self.why = why
        self.after = after
        super().__init__(f"{name}: {why}")


class EffectsFailedError(TalentNordError):
    """Some effects of a run failed; each one's task run says why."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(f"{counted(names, 'effect')} failed: {'; '.join(names)}")


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
