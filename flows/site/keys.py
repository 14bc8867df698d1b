"""The keys that links are signed with: from the environment, or from a file that the first start makes."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from tempfile import NamedTemporaryFile

from config.errors import SettingsError
from config.settings import Settings
from notifications.links import REHEARSAL_KEY, Links

SHORTEST = 32
"""Characters of a key at least: what ``secrets.token_urlsafe`` makes of 32 bytes has 43."""
_FROM = "TALENTNORD_SITE_KEY"
_ELSE = "leave it out, and one is made"


def site_links(settings: Settings) -> Links | None:
    """Return what makes the links of mails and opens them; ``None`` where the site has no address.

    Raises:
        SettingsError: see ``site_keys``.
    """
    return Links(site_keys(settings), settings.site_url) if settings.site_url else None


def site_keys(settings: Settings) -> tuple[str, ...]:
    """Return the keys, the newest first: those of the environment, else those of the file, which is made if need be.

    Raises:
        SettingsError: one is too short or is the rehearsals', or the file can be neither read nor made.
    """
    given = settings.site_key.get_secret_value()
    if given.strip():
        return _checked(given, _FROM)
    return _checked(_kept(settings.site_key_file), str(settings.site_key_file))


def _checked(text: str, where: str) -> tuple[str, ...]:
    if REHEARSAL_KEY in text:
        raise SettingsError([f"{where}: is the key of rehearsals, which everybody knows; {_ELSE}"])
    keys = tuple(key.strip() for key in text.replace("\n", ",").split(",") if key.strip())
    if not keys or any(len(key) < SHORTEST or not key.isascii() or len(key.split()) != 1 for key in keys):
        raise SettingsError([f"{where}: must be one word of at least {SHORTEST} ASCII characters, or two; {_ELSE}"])
    return keys


def _kept(path: Path) -> str:
    try:
        if not path.exists():
            _make(path)
        return path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "is not a text of ASCII characters"
        raise SettingsError([f"{path}: the key of the site can be neither read nor made there: {why}"]) from error


def _make(path: Path) -> None:
    """Make the file whole or not at all: where several start at once, the first one's key is everybody's."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, prefix=f"{path.name}.", encoding="ascii") as file:  # Made with 0600.
        file.write(f"{secrets.token_urlsafe(32)}\n")
        file.flush()
        os.fsync(file.fileno())
        try:
            os.link(file.name, path)
        except FileExistsError:
            return
