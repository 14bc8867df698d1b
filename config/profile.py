"""How people behave in a rehearsal: who answers when, who is late, who leaves. Data, in ``config/profiles/``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from config.cohort import Challenge, Contact
from config.errors import FileMissingError
from config.files.yaml_file import load_yaml
from config.library import typed
from config.plain_text import Line
from config.spec import Spec
from config.when import WhenField

Share = Annotated[float, Field(ge=0, le=1)]
Days = Annotated[int, Field(ge=1, le=3650)]


class Habit(Spec):
    """How a kind of commitment is kept.

    ``within``: the earliest and latest share of the time between opening and deadline at which it is kept. ``late``
    and ``never`` are shares of people; the late ones are ``late_days`` after the deadline, for those who never keep
    it the coordinator waives it that many days after the deadline as well.
    """

    within: tuple[Share, Share] = (0.1, 0.9)
    late: Share = 0.0
    never: Share = 0.0
    late_days: tuple[Days, Days] = (2, 12)
    appoints: Share = 0.0
    """The share of people who say beforehand on which day it will be, where the programme asks for that."""
    counterpart: Share = 0.0
    """The share of cases in which not the owner answers but somebody else who may."""

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        for name, (first, last) in {"within": self.within, "late_days": self.late_days}.items():
            if first > last:
                raise ValueError(f"{name} must be the smaller number, then the greater, not [{first:g}, {last:g}]")
        if self.late + self.never > 1:
            raise ValueError(f"late and never are shares of the same people: together {self.late + self.never:g} > 1")
        return self


DAYS = "days"
"""The detail of an incident that moves a milestone: by how many days."""
COHORT = "{cohort}"
"""What stands in an incident's details for the id of the cohort."""


class Incident(Spec):
    """What befalls one talent, by number, or without one the cohort, at a time, as a coordinator records it.

    ``event`` is an event of the programme, what becomes of a commitment or a milestone (``mentor_meeting_m1:extend``,
    ``network2:move``, ``network3:call_off``), or a fact about people (``replace``).
    """

    event: str
    talent: int | None = Field(default=None, ge=1)
    when: WhenField
    details: dict[str, Any] = Field(default_factory=dict)
    dates: dict[str, WhenField] = Field(default_factory=dict)
    """Details that are days."""
    taken_back: WhenField | None = None
    """When it turns out to have been a mistake."""


class MovedDay(Spec):
    """A milestone that is moved by so many days, at a time."""

    milestone: str
    days: int
    when: WhenField


class Profile(Spec):
    """A named behaviour. ``choices`` names talents by number for each choice; the others let silence speak."""

    id: str
    name: Line
    habits: dict[str, Habit] = Field(default_factory=dict)
    """By commitment id as written in the programme; ``default`` for all others."""
    choices: dict[str, dict[str, tuple[int, ...]]] = Field(default_factory=dict)
    incidents: tuple[Incident, ...] = ()
    moved: MovedDay | None = None
    """A day that the demo moves by the form: first it shows what follows."""
    slip: Incident | None = None
    """What the demo records by mistake, and takes back an hour later or more."""
    second_mentor: Contact | None = None
    """Whom a talent finds who looks for another mentor."""
    challenge: Challenge | None = None
    """What is found for a module that has no challenge yet; without it none is."""

    def habit(self, commitment: str) -> Habit:
        """Return the habit for a commitment id, that of its kind (``mentor_meeting`` for ``mentor_meeting_m2``)."""
        kinds = [kind for kind in self.habits if commitment == kind or commitment.startswith(f"{kind}_")]
        return self.habits.get(max(kinds, key=len, default="default"), Habit())


def profiles(root: Path) -> list[str]:
    """Return the ids of all profiles below the configuration's root."""
    return sorted(path.stem for path in (root / "profiles").glob("*.yaml"))


def load_profile(root: Path, ident: str) -> Profile:
    """Read ``profiles/<ident>.yaml`` below the configuration's root.

    Raises ``FileMissingError`` naming those there are, and ``DefinitionError`` with all that is wrong in the file.
    """
    path = root / "profiles" / f"{ident}.yaml"
    if ident not in (known := profiles(root)):
        raise FileMissingError(path, "profile", known)
    return typed(Profile, load_yaml(path))
