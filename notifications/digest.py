"""One digest of all that is due to one address (R48), in the words of their programme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from config.definition import Definition
from config.errors import TemplateError
from notifications.due import Effect
from notifications.render import Rendered, Section, compose, render_message
from notifications.view_models import CalendarFiles, Context, Greeting


class TemplateSource(NamedTuple):
    """Where a programme's words are found: its language, and its own template folder if it has one."""

    language: str
    folder: Path | None


def words_of(definition: Definition, templates: Path) -> TemplateSource:
    """Return where a programme's words are found; ``templates`` is where programmes' own folders lie."""
    language, own = definition.programme.language, definition.programme.templates
    return TemplateSource(language, templates / own if own else None)


class Digest(NamedTuple):
    """What is said, to whom, and the effects that it carries out."""

    greeting: Greeting
    sections: tuple[Section, ...]
    effects: tuple[Effect, ...]
    words: TemplateSource

    def composed(self, calendar: CalendarFiles) -> Rendered:
        """Return the mail, which says what it does to its reader's calendar.

        Raises:
            TemplateError: the layout cannot be rendered.
        """
        return compose(self.sections, self.greeting, *self.words, calendar=calendar)


def write_digest(effect: Effect, matters: Sequence[tuple[Effect, Context]], words: TemplateSource) -> Digest:
    """Return the digest that carries ``effect`` and the other ``matters`` of the same address, of any role or cohort.

    Another matter that cannot be rendered is left out: it waits for its own turn, and says so there.

    Raises:
        TemplateError: ``effect`` itself cannot be rendered.
    """
    sections: list[Section] = []
    carried: list[Effect] = []
    several = len({context.cohort for _, context in matters}) > 1
    for one, context in matters:
        try:
            section = render_message(one.message, context, *words)
        except TemplateError:
            if one.id == effect.id:
                raise
            continue
        carried.append(one)
        _say(replace(section, subject=f"{context.cohort}: {section.subject}") if several else section, sections)
    about = matters[0][1]
    greeting = Greeting(about.recipient, about.coordinator, about.programme)
    return Digest(greeting, tuple(sections), tuple(carried), words)


def _say(said: Section, sections: list[Section]) -> None:
    """Add a section; whoever has two roles may be told the very same in both, and is told once where both lead."""
    for number, other in enumerate(sections):
        if (other.subject, other.text, other.html) == (said.subject, said.text, said.html):
            sections[number] = replace(other, answer=other.answer or said.answer, page=other.page or said.page)
            return
    sections.append(said)
