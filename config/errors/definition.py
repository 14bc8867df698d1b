"""Errors of files and settings: each names the place and what is wrong there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.errors.root import TalentNordError
from config.suggest import did_you_mean


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


class UnknownCommitmentError(TalentNordError):
    """A commitment was asked for that the programme does not have; ``known`` are the names of those it has."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.known = tuple(known)
        super().__init__(f"no commitment {name!r} in the programme{did_you_mean(name, self.known)}")


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
