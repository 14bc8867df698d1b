"""Errors of what listens and of the files it keeps."""

from __future__ import annotations

from pathlib import Path

from config.errors.root import TalentNordError


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
