"""The files that go with a mail, by what it carries; what they say is made elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from notifications.context import CohortReader
from notifications.due import Effect
from notifications.plan_file import plans_with
from notifications.transports.protocol import Attachment

Carried = Sequence[tuple[Effect, CohortReader]]
"""The effects that a mail carries, in order, each with what is known of its cohort."""

MAKERS: tuple[Callable[[Effect, CohortReader], Sequence[Attachment]], ...] = (plans_with,)
"""What makes the files of one effect, of any message; most messages have none."""


def enclosures(carried: Carried) -> tuple[Attachment, ...]:
    """Return the files that go with a mail, each once, in the order in which it speaks of them."""
    return tuple(dict.fromkeys(one for effect, reader in carried for make in MAKERS for one in make(effect, reader)))
