"""Mails as .eml files in a folder: for trying things out, and for sites that send by other means."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC
from pathlib import Path

from config.errors import TransportBlockedError
from notifications.transports.mime import build
from notifications.transports.protocol import Mail, Receipt


class FilesTransport:
    """Writes one file a mail into ``directory`` (made if missing, readable by its owner only).

    The name is the mail's date in UTC and our id, so a listing is in order of time and names nobody. A file is there
    whole or not at all; the same mail again gives the same file.
    """

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        """``durable``: a file that is there survives a power cut; a rehearsal, soon repeated, saves the wait."""
        self._directory = directory
        self._durable = durable

    def send(self, mail: Mail) -> Receipt:
        """Write the file; the receipt's reference is its path.

        Raises RejectedError (see ``mime.build``), and TransportBlockedError when the folder cannot be written.
        """
        content = build(mail).as_bytes()
        path = self._directory / f"{mail.date.astimezone(UTC):%Y-%m-%dT%H%M}_{mail.message_id}.eml"
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write_whole(path, content, self._durable)
        except OSError as error:
            raise TransportBlockedError(f"{self._directory}: cannot write mails here ({error.strerror})") from error
        return Receipt(str(path))


def _write_whole(path: Path, content: bytes, durable: bool) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
