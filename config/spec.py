"""The base of all parts of a definition."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Spec(BaseModel):
    """The base of all parts of a definition: immutable, and no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)
