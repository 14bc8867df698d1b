"""What somebody is asked, as the site shows it: a promise or an event, the answers there are, what was said. Plain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from config.answers import Asked
from config.grammar import is_attendance


@dataclass(frozen=True)
class Option:
    """One answer that is possible now: the button's words, and the fields that it asks for."""

    id: str
    label: str
    help: str = ""
    asks: tuple[Asked, ...] = ()


@dataclass(frozen=True)
class Said:
    """What somebody has said of a matter; ``at`` is local, ``role`` is the one that they said it in.

    ``by`` is empty for whoever is known by the role alone: ``coordinator``, ``operator``.
    """

    what: str
    """In the programme's words: ``gennemført``, ``aftalt``; with what was chosen or whom they named."""
    by: str
    role: str
    at: datetime
    day: date | None = None
    """The day that it was held on, or that was agreed."""
    time: str = ""


@dataclass(frozen=True)
class Matter:
    """A matter that one person may answer, in the role in which they are asked.

    ``subject`` is a commitment (``hold-3-07/portrait``), or somebody's coming to an event: ``hold-3-07@m2d1`` for a
    talent, ``hold-3@kickoff`` for others. Without ``options`` there is nothing to answer any more.
    """

    subject: str
    label: str
    role: str
    about: str
    """The talent's name; empty where it is about no single talent."""
    state: str
    """Where it stands, in people's words."""
    due: date | None
    late: bool
    version: int
    """How often it has moved: who answers a page that is older than that is shown the new one."""
    options: tuple[Option, ...] = ()
    said: tuple[Said, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    choice: str | None = None
    plan_answers: Mapping[str, str] = field(default_factory=dict)
    """What may be said of the plan, and how the programme calls it; where there is one."""

    @property
    def is_event(self) -> bool:
        """Whether it is about coming to an event, whose day ``due`` is then."""
        return is_attendance(self.subject)

    appointed_on: date | None = None
    appointed_at: str = ""
