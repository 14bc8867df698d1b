"""How a commitment comes to be open otherwise than on its day: by a choice (R33), or late (R8)."""

from __future__ import annotations

from typing import Self

from config.spec import Spec
from config.when import WhenField


class OpensOn(Spec):
    """A commitment that opens when another one was kept with this choice (R33)."""

    commitment: str
    choice: str


class AskedLate(Spec):
    """What holds for somebody who joins a cohort when a commitment has opened already (R8)."""

    due: WhenField
    """The deadline, counted from the day that it ``opened``, where it is later than that of the others."""
    until: WhenField
    """The last day on which somebody is still asked though the deadline of the others is over."""

    def anchored(self, names: dict[str, str]) -> Self:
        """Return the same with the anchors replaced that ``names`` has."""
        return self.model_copy(update={"due": self.due.anchored(names), "until": self.until.anchored(names)})
