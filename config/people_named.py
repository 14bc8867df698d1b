"""How a programme names people: their roles, their levels, and the headings of its lists of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from config.list_columns import ListForm
from config.names import Name
from config.plain_text import Line
from config.roles import RoleSpec, in_meanings, in_names
from config.spec import Spec


class PeopleNamed(Spec):
    """The part of a programme that says what it calls whom; what is read by name is kept by meaning."""

    roles: dict[Name, RoleSpec] = Field(default_factory=dict)
    """What it calls whom; without them everybody is called as the engine calls them, and has no label."""
    levels: dict[str, Line] = Field(default_factory=dict)
    level_letters: dict[Line, str] = Field(default_factory=dict)
    """Letters that may stand for a level in a list of people."""

    @model_validator(mode="before")
    @classmethod
    def _roles_by_meaning(cls, data: Any) -> Any:
        return in_meanings(data)

    @model_serializer(mode="wrap")
    def _roles_by_name(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return in_names(handler(self))

    def role_name(self, meaning: str) -> str:
        """Return what the programme's files and templates call a role; one that it has not, as the engine does."""
        return self.role_names.get(meaning, meaning)

    def role_label(self, meaning: str) -> str:
        """Return what people call a role; empty where the programme does not say."""
        return self.role_labels.get(meaning, "")

    @property
    def role_labels(self) -> dict[str, str]:
        """What people call roles, by what they mean; without ``roles`` nothing is known of that."""
        return {role.means: role.label for role in self.roles.values()}

    def has_role(self, meaning: str) -> bool:
        """Return whether anybody can have a role."""
        return not self.roles or meaning in self.role_names

    @property
    def role_names(self) -> dict[str, str]:
        """What the programme's files and templates call roles, by what they mean."""
        return {role.means: name for name, role in self.roles.items()}

    @property
    def list_form(self) -> ListForm:
        """How its lists of people are written."""
        headings = {
            role.means: {column: heading.lower() for column, heading in role.columns.items()}
            for role in self.roles.values()
        }
        plain = ListForm.plain()
        optional = any(role.optional for role in self.roles.values())
        return ListForm(
            talent=headings.get("talent", plain.talent),
            mentor=headings.get("mentor", plain.mentor),
            second_mentor=headings.get("second_mentor", {}),
            second_mentor_is_optional=optional,
            levels=dict(self._level_words()),
        )

    def _level_words(self) -> Iterator[tuple[str, str]]:
        for ident, name in self.levels.items():
            yield name.lower(), ident
            yield from ((letters.lower(), ident) for letters, means in self.level_letters.items() if means == ident)
