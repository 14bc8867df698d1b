"""Which messages there are templates for: the default ones, and those that programmes bring along."""

from __future__ import annotations

from config.errors import DefinitionError
from config.files.yaml_file import load_yaml
from config.library import Library
from config.programme import Programme
from notifications.render import known_messages


def messages_of(library: Library) -> frozenset[str]:
    """Return the names of all messages that a programme of the library can name.

    Read from the bare file: a fault elsewhere in a programme does not make its templates missing. A file that is no
    YAML brings none; what is wrong with it is told where it is checked.
    """
    found = known_messages()
    for ident in library.programmes():
        try:
            data = load_yaml(library.programme_file(ident)).data
        except DefinitionError:
            continue
        if not isinstance(data, dict):
            continue
        folder, language = data.get("templates"), data.get("language", Programme.model_fields["language"].default)
        if isinstance(folder, str) and isinstance(language, str):
            found |= known_messages(language, library.root / folder)
    return found
