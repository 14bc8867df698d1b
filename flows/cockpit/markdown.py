"""Pages as Markdown for the Prefect UI, from templates."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import jinja2
from babel.dates import format_date, format_time

from notifications.languages import pages_in
from states.views.overview import CohortPage, TalentPage


def cohort_markdown(page: CohortPage, links: Mapping[str, str], language: str = "da") -> str:
    """Return a cohort's overview; ``links`` are the addresses of the pages of its talents, by id."""
    return _environment(language).get_template("cohort.md.j2").render(page=page, links=links)


def talent_markdown(page: TalentPage, links: Mapping[str, str], language: str = "da") -> str:
    """Return a talent's page; ``links`` as above."""
    return _environment(language).get_template("talent.md.j2").render(page=page, links=links)


@lru_cache
def _environment(language: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(pages_in(language)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    environment.filters["date"] = lambda day, pattern="full": format_date(day, pattern, locale=language)
    environment.filters["time"] = lambda at: format_time(at.time(), "short", locale=language)
    environment.filters["cell"] = _cell
    return environment


def _cell(text: str) -> str:
    """Return text for a table's cell: on one line, with no mark that would end the cell or begin HTML."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
