"""Errors of what a mail service tells of mails: whoever posts it is answered by them."""

from __future__ import annotations

from config.errors.root import TalentNordError


class EventsRefusedError(TalentNordError):
    """Events are not taken; the subclasses say why, and none of them says what the events hold."""


class EventsUnsignedError(EventsRefusedError):
    """A header of the signature is missing, or is no such header."""

    def __init__(self, header: str) -> None:
        self.header = header
        super().__init__(f"the header {header} is missing, or cannot be read")


class EventsForgedError(EventsRefusedError):
    """The signature is not the service's for just this content."""

    def __init__(self) -> None:
        super().__init__("the signature is not that of this content")


class EventsOutdatedError(EventsRefusedError):
    """They were signed at a time that cannot be: too long ago, or ahead of the clock."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"the signature is {seconds:+.0f} s from now")


class EventsUnreadableError(EventsRefusedError):
    """The content is signed and no list of events in JSON."""

    def __init__(self) -> None:
        super().__init__("the content is no list of events in JSON")
