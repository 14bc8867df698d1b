"""Errors of answers that people give on the pages of the site."""

from __future__ import annotations

from config.errors.root import TalentNordError


class AnswerRefusedError(TalentNordError):
    """A field of an answer lacks something or cannot be meant; ``why`` is a stable word that pages explain."""

    def __init__(self, field: str, why: str) -> None:
        self.field = field
        self.why = why
        super().__init__(f"{field}: {why}. Nothing was recorded.")


class AnswerOverError(TalentNordError):
    """There is nothing to answer any more, or somebody has answered since the page was shown; ``why`` says which."""

    def __init__(self, subject: str, why: str) -> None:
        self.subject = subject
        self.why = why
        super().__init__(f"{subject} takes this answer no more: {why}. Nothing was recorded.")
