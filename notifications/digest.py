"""One digest of all that is due to one address (R48), in the words of their programme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from config.definition import Definition
from config.errors import TemplateError
from notifications.due import Effect, is_asked_for
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
    introduces: frozenset[str] = frozenset()
    """The cohorts for which it says what is kept about its reader."""

    def composed(self, calendar: CalendarFiles) -> Rendered:
        """Return the mail, which says what it does to its reader's calendar.

        Raises:
            TemplateError: the layout cannot be rendered.
        """
        return compose(self.sections, self.greeting, *self.words, calendar=calendar)


def write_digest(effect: Effect, matters: Sequence[tuple[Effect, Context]], words: TemplateSource) -> Digest:
    """Return the digest that carries ``effect`` and the other ``matters`` of the same address, of any role or cohort.

    What is most important is said first, and heads the mail: see ``importance``.
    Another matter that cannot be rendered is left out: it waits for its own turn, and says so there.

    Raises:
        TemplateError: ``effect`` itself cannot be rendered.
    """
    sections: list[Section] = []
    left_out: set[int] = set()
    privacy: dict[str, str] = {}
    several = len({context.cohort for _, context in matters}) > 1
    for one, context in sorted(matters, key=importance):
        try:
            section = render_message(one.message, context, *words)
        except TemplateError:
            if one.id == effect.id:
                raise
            left_out.add(one.id)
            continue
        if context.privacy:
            privacy.setdefault(one.cohort_id, context.privacy)
        _say(replace(section, subject=f"{context.cohort}: {section.subject}") if several else section, sections)
    about = matters[0][1]
    greeting = Greeting(about.recipient, about.coordinator, about.programme, tuple(dict.fromkeys(privacy.values())))
    # In the order of the outbox, which lasts: the same effects give the same mail.
    carried = tuple(one for one, _ in matters if one.id not in left_out)
    return Digest(greeting, tuple(sections), carried, words, frozenset(privacy))


def importance(matter: tuple[Effect, Context]) -> tuple[bool, bool, bool, bool, date, int]:
    """Return what orders the matters of one mail.

    First what its reader has just asked for, a welcome to the year (R57), and where their own journey goes now (R7);
    then what they are asked, by the day on which it is due; news come last, in the order in which they came up.
    """
    effect, context = matter
    asks = context.asks or bool(context.decisions)
    first = (not is_asked_for(effect), not context.year, not context.turns)
    return *first, not asks, context.due if asks else date.max, effect.id


def _say(said: Section, sections: list[Section]) -> None:
    """Add a section; whoever has two roles may be told the very same in both, and is told once where both lead."""
    for number, other in enumerate(sections):
        if (other.subject, other.text, other.html) == (said.subject, said.text, said.html):
            sections[number] = replace(other, answer=other.answer or said.answer, page=other.page or said.page)
            return
    sections.append(said)
