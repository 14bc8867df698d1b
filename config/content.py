"""What a programme is about: what mails tell of each event, module and commitment. Data, and no sentences of code.

The programme says what is always so; a cohort adds what this one has: a guide, a theme, a week (R5, R10, R49 to R56).
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from config.names import Name
from config.plain_text import Line, Link, Note
from config.spec import Spec


class Topic(Spec):
    """What is told of one event, module or commitment; what is empty is not told."""

    aim: Note = ""
    """What it is for, in whole sentences."""
    themes: tuple[Line, ...] = ()
    """What it deals with: themes of teaching, questions to discuss, what to look at. Each can stand in a list."""
    steps: tuple[Line, ...] = ()
    """How it goes, in order."""
    bring: Note = ""
    """What to bring, or to have thought of, in whole sentences."""
    afterwards: Note = ""
    """What follows it, as a talent's leader is told, in whole sentences."""
    links: dict[Line, Link] = Field(default_factory=dict)
    """Guides and the like: title and address."""


Topics = dict[Name, Topic]
"""By the id of a milestone, a module or a commitment; of one made for each module also as it is written."""

NO_TOPIC = Topic()


def topic(programme: Mapping[str, Topic], cohort: Mapping[str, Topic], *names: str) -> Topic:
    """Return what is told under the first of ``names`` that either knows: the cohort's word comes first."""
    for name in names:
        if name in programme or name in cohort:
            always, here = programme.get(name, NO_TOPIC), cohort.get(name, NO_TOPIC)
            return always.model_copy(update={part: value for part, value in here if value})
    return NO_TOPIC
