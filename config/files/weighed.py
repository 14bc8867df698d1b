"""Files are weighed before they are read: what is too large for a definition is refused, and nothing else happens."""

from __future__ import annotations

from pathlib import Path


class UnreadableError(Exception):
    """A file cannot be read any further: what is wrong, and in which row if that is known. Never leaves the readers."""

    def __init__(self, what: str, row: int | None = None) -> None:
        self.what = what
        self.row = row
        super().__init__(what)


def read_weighed(path: Path, most: int) -> bytes:
    """Return the bytes of a file of at most ``most`` bytes; raises ``UnreadableError`` for any other."""
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}") from error
    if len(data) > most:
        raise UnreadableError(f"is larger than {most // 1024} KB, and no definition or list of people is")
    return data
