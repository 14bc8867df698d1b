"""How people behave in a rehearsal: who answers when, who is late, who leaves. Data, in ``config/profiles/``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field

from config.errors import FileMissingError
from config.library import typed
from config.programme import Spec
from config.when import WhenField
from config.yaml_source import load_yaml


class Habit(Spec):
    """How a kind of commitment is kept.

    ``within``: the earliest and latest share of the time between opening and deadline at which it is kept. ``late``
    and ``never`` are shares of people; the late ones are ``late_days`` after the deadline, for those who never keep
    it the coordinator waives it that many days after the deadline as well.
    """

    within: tuple[float, float] = (0.1, 0.9)
    late: float = 0.0
    never: float = 0.0
    late_days: tuple[int, int] = (2, 12)


class Incident(Spec):
    """An event that befalls one talent, by number, at a time."""

    event: str
    talent: int
    when: WhenField
    details: dict[str, Any] = Field(default_factory=dict)


class Profile(Spec):
    """A named behaviour. ``choices`` names talents by number for each choice; the others let silence speak."""

    id: str
    name: str
    habits: dict[str, Habit] = Field(default_factory=dict)
    """By commitment id as written in the programme; ``default`` for all others."""
    choices: dict[str, dict[str, tuple[int, ...]]] = Field(default_factory=dict)
    incidents: tuple[Incident, ...] = ()

    def habit(self, commitment: str) -> Habit:
        """Return the habit for a commitment id, that of its kind (``mentor_meeting`` for ``mentor_meeting_m2``)."""
        kinds = [kind for kind in self.habits if commitment == kind or commitment.startswith(f"{kind}_")]
        return self.habits.get(max(kinds, key=len, default="default"), Habit())


def load_profile(root: Path, ident: str) -> Profile:
    """Read ``profiles/<ident>.yaml`` below the configuration's root.

    Raises ``FileMissingError`` naming those there are, and ``DefinitionError`` with all that is wrong in the file.
    """
    path = root / "profiles" / f"{ident}.yaml"
    known = sorted(one.stem for one in path.parent.glob("*.yaml"))
    if ident not in known:
        raise FileMissingError(path, "profile", known)
    return typed(Profile, load_yaml(path))
