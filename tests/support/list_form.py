"""How the lists of people of Talent Nord are written, by its programme's file."""

from __future__ import annotations

from config.library import Library

FORM = Library().programme("talent-nord").definition.programme.list_form
COLUMNS, REQUIRED = FORM.columns, FORM.required
LETTERS = {
    level: letters.lower()
    for letters, level in Library().programme("talent-nord").definition.programme.level_letters.items()
}
