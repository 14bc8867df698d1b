"""Pages as Markdown for the Prefect UI, from templates; which artifact a page is kept under, and how to link there."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import jinja2
from babel.dates import format_date, format_time

from states.overview import CohortPage, TalentPage

TEMPLATES = Path(__file__).parent / "templates"


def artifact_key(ident: str) -> str:
    """Return the artifact's key for a cohort's or a journey's id: lower-case letters, digits and dashes."""
    return "side-" + "".join(character if character.isalnum() else "-" for character in ident.lower())


def artifact_link(ident: str) -> str:
    """Return the path of a page within the Prefect UI."""
    return f"/artifacts/key/{artifact_key(ident)}"


def cohort_markdown(page: CohortPage, language: str = "da") -> str:
    """Return a cohort's overview."""
    return _environment(language).get_template("cohort.md.j2").render(page=page)


def talent_markdown(page: TalentPage, language: str = "da") -> str:
    """Return a talent's page."""
    return _environment(language).get_template("talent.md.j2").render(page=page)


@lru_cache
def _environment(language: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES / language),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    environment.globals["link"] = artifact_link
    environment.filters["date"] = lambda day, pattern="full": format_date(day, pattern, locale=language)
    environment.filters["time"] = lambda at: format_time(at.time(), "short", locale=language)
    environment.filters["cell"] = _cell
    return environment


def _cell(text: str) -> str:
    """Return text for a table's cell: on one line, with no mark that would end the cell or begin HTML."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
