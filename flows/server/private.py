"""Files of their owner only: they hold names, addresses and mails of people."""

from __future__ import annotations

import os
from pathlib import Path

from config.errors import NotOursError


def only_for_owner() -> None:
    """Let whatever this process and its children make from now on be their owner's only."""
    os.umask(0o077)


def write_for_owner(path: Path, content: bytes) -> None:
    """Write a file that its owner alone can read, in place of one that is there; its folder is made if missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)


def take_back(folder: Path) -> None:
    """Take a folder, and all that an earlier version left in it, from everybody but its owner; no link is followed.

    Raises:
        NotOursError: it belongs to somebody else.
    """
    for root, _, names in os.walk(folder):
        _set(Path(root), 0o700)
        for name in names:
            _set(Path(root, name), 0o600)


def _set(path: Path, mode: int) -> None:
    try:
        if not path.is_symlink():
            path.chmod(mode)
    except FileNotFoundError:
        pass  # A database's log comes and goes.
    except PermissionError as error:
        raise NotOursError(path) from error
