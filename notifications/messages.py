"""Which messages there are templates for, the default ones and those that programmes bring along; and what for."""

from __future__ import annotations

import re

from config.errors import DefinitionError
from config.files.yaml_file import load_yaml
from config.library import Library
from config.programme import Programme
from notifications.languages import messages_in
from notifications.render import known_messages

_FIRST_COMMENT = re.compile(r"\{#\s*(.*?)\s*#\}", re.DOTALL)


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


def purposes(language: str = "da") -> dict[str, str]:
    """Return what each default message of a language is for, as its text begins with: rules, for whom, when.

    A text that begins with something else has none, which is an empty text here.
    """
    texts = sorted(messages_in(language).glob("*/text.j2"))
    found = {path.parent.name: _FIRST_COMMENT.match(path.read_text("utf-8")) for path in texts}
    return {message: comment[1] if comment else "" for message, comment in found.items()}
