"""Which effects each mail tells of, noted as it is written: what the database says of it later may be wrong."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from notifications.digest import Digest
from notifications.outbox import Outbox
from notifications.transports.protocol import Mail


def note_letters(path: Path) -> None:
    """Let every mail that is written from now on be noted in a file that several processes write to."""
    really = Outbox._mail

    def noted(self: Outbox, digest: Digest, *rest: Any) -> Mail:
        mail = really(self, digest, *rest)
        line = json.dumps([mail.message_id, *(effect.key for effect in digest.effects)]) + "\n"
        place = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(place, line.encode())
        finally:
            os.close(place)
        return mail

    Outbox._mail = noted  # type: ignore[assignment, method-assign]


def read_letters(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the effects that each mail tells of, by the mail's id."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return {mail: tuple(keys) for mail, *keys in map(json.loads, lines)}
