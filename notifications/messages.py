"""Which messages there are templates for: the default ones, and those that programmes bring along."""

from __future__ import annotations

from config.errors import DefinitionError
from config.library import Library
from notifications.render import known_messages


def messages_of(library: Library) -> frozenset[str]:
    """Return the names of all messages that a programme of the library can name.

    A programme that cannot be read brings none: what is wrong with it is told where it is checked.
    """
    found = known_messages()
    for ident in library.programmes():
        try:
            programme = library.programme(ident).definition.programme
        except DefinitionError:
            continue
        folder = library.root / programme.templates if programme.templates else None
        found |= known_messages(programme.language, folder)
    return found
