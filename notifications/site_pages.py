"""The pages of the site, from templates of a language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import jinja2

from notifications.languages import LANGUAGES


@cache
def _environment(language: str) -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(LANGUAGES / language / "site"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
    )


def render_page(name: str, values: Mapping[str, object], language: str = "da") -> str:
    """Return a page as HTML."""
    return _environment(language).get_template(f"{name}.html.j2").render(values)
