"""What came of effects, counted: mails that went, tasks that were opened, what waits and what failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, select

from notifications.run_words import counted
from states.store.queries import chunks
from states.store.tables import EffectRow

_FATES = {"pending": "waiting", "claimed": "waiting", "done": "opened"}


@dataclass(frozen=True)
class CameOf:
    """Numbers of mails (one a person, whatever it carries) and of tasks, by what became of them."""

    sent: int = 0
    opened: int = 0
    waiting: int = 0
    rejected: int = 0
    unknown: int = 0
    dropped: int = 0

    def said(self) -> str:
        """Return it in words, without what did not happen: ``24 mails sendt, 1 venter``; nothing if nothing did."""
        return ", ".join(counted(what, number) for what, number in asdict(self).items() if number)


def came_of(connection: Connection, effects: Sequence[int]) -> CameOf:
    """Return what has become of effects by now, by id."""
    seen: dict[str, set[str]] = {}
    columns = (EffectRow.key, EffectRow.kind, EffectRow.status, EffectRow.recipient_id, EffectRow.mail_id)
    for some in chunks(list(effects)):
        for row in connection.execute(select(*columns).where(EffectRow.id.in_(some))):
            fate = _FATES.get(row.status, row.status)
            # What waits for one person will be one mail; what was never in one counts by itself.
            together = row.recipient_id if fate == "waiting" and row.kind == "mail" else row.mail_id
            seen.setdefault(fate, set()).add(together or row.key)
    return CameOf(**{fate: len(which) for fate, which in seen.items()})
