"""The pages of the site as HTML. All words, and all of their looks but the style sheet, are templates of a language.

What a template is given beside what it is about: where it is known who looks, ``programme`` (a name), ``coordinator``
(name, email, telephone) and ``role_labels`` (what the programme calls roles); and ``home``, the address of their page.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import jinja2

from config.errors import TemplateError
from notifications.context import first_name
from notifications.languages import COMMON, messages_in, site_in
from notifications.site_words import FALLBACK, spoken
from notifications.templates import environment

STYLE = COMMON / "style.css"
"""How all pages look, in every language."""


def render_page(name: str, values: Mapping[str, object], language: str = FALLBACK) -> str:
    """Return the page ``name`` (``answer``, ``thanks``, ``my_page`` …); whatever it is given is escaped.

    A language that has no pages gets those of ``FALLBACK``.

    Raises:
        TemplateError: there is no such page, or it names a value that is not there.
    """
    try:
        return _environment(spoken(language)).get_template(f"{name}.html.j2").render(values)
    except jinja2.TemplateError as error:
        raise TemplateError("site", name, str(error)) from error


@lru_cache
def _environment(language: str) -> jinja2.Environment:
    # The words that mails share (clock times, whose) are those of the pages too.
    found = environment([site_in(language), messages_in(language)], language, html=True)
    found.trim_blocks = True
    found.filters["first_name"] = first_name
    found.filters["capitalize_first"] = lambda text: text[:1].upper() + text[1:]
    return found
