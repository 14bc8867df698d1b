"""Why a person's year cannot be shown."""

from __future__ import annotations

from collections.abc import Sequence

from config.errors.root import TalentNordError
from config.suggest import did_you_mean


class NotOnePersonError(TalentNordError):
    """Somebody is asked for by a name or address that nobody has, or several; ``addresses`` are those of these."""

    def __init__(self, text: str, cohort: str, addresses: Sequence[str], known: Sequence[str]) -> None:
        self.text = text
        self.cohort = cohort
        self.addresses = tuple(addresses)
        if addresses:
            why = f"{len(addresses)} people of {cohort} are called {text!r}: ask by address ({', '.join(addresses)})"
        else:
            hint = did_you_mean(text, known) or "; ask by a name or mail address as the cohort's files have it"
            why = f"nobody is called {text!r} in the year of {cohort}{hint}"
        super().__init__(why)
