"""What the first mail to somebody says of what is kept about them: what, why, how long, and whom to ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from config.names import filled_with
from config.plain_text import Note
from config.roles import Role
from config.spec import Spec

_ALSO: Mapping[str, str] = {"group": "talent", "cohort": "talent", "partner": "talent", "former_mentor": "mentor"}
"""Roles that say how somebody comes into a message, and what these people are."""


class PrivacySpec(Spec):
    """What people in some roles are told; ``{coordinator}`` stands for the name of whom to ask."""

    to: tuple[Role, ...] = Field(min_length=1)
    text: Annotated[Note, filled_with("coordinator")]


def _told_once(specs: tuple[PrivacySpec, ...]) -> tuple[PrivacySpec, ...]:
    for role, times in Counter(_ALSO.get(role, role) for spec in specs for role in spec.to).items():
        if times > 1:
            raise ValueError(f"{role} is told twice; give each role one text")
    return specs


Privacy = Annotated[tuple[PrivacySpec, ...], AfterValidator(_told_once)]


def privacy_text(specs: Iterable[PrivacySpec], role: str, coordinator: str) -> str:
    """Return what somebody in a role is told, ``""`` where that role is told nothing."""
    texts = {_ALSO.get(one, one): spec.text for spec in specs for one in spec.to}
    return texts.get(_ALSO.get(role, role), "").format(coordinator=coordinator)
