"""The spelling checker hunspell with its Danish dictionary, if this machine has it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from functools import cache

_DICTIONARY = "da_DK"


@cache
def why_not() -> str | None:
    """Say why nothing can be spelled here; nothing if it can."""
    if shutil.which("hunspell") is None:
        return "hunspell is not installed (Debian: hunspell hunspell-da)"
    tried = subprocess.run(["hunspell", "-d", _DICTIONARY, "-l"], input="", capture_output=True, text=True, check=False)
    return None if tried.returncode == 0 else f"hunspell has no dictionary {_DICTIONARY} (Debian: hunspell-da)"


def unknown(words: Iterable[str]) -> set[str]:
    """Return the words that the dictionary does not know."""
    ran = subprocess.run(
        ["hunspell", "-d", _DICTIONARY, "-i", "utf-8", "-l"],
        input="\n".join(words),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return set(ran.stdout.split())
