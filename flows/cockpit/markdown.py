"""Pages as Markdown for the Prefect UI: templates and the links between pages are Markdown, all else is text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

import jinja2
from babel.dates import format_date, format_time

from flows.clock import TRUSTED_FOR
from flows.cockpit.acts import Act, short_links
from flows.cockpit.literal import Markdown, address, link, literal
from notifications.languages import pages_in
from notifications.run_words import teller
from states.views.calendar import DayLine
from states.views.mentors import MentorLine
from states.views.pages import CohortPage, TalentPage
from states.views.teams import ModuleTeams
from states.views.todo import TodoPage
from states.views.undelivered import MailRecord

ActsBySubject = Mapping[str, Sequence[Act]]
"""What can be done, by the id of what it is about."""
NO_ACTS: ActsBySubject = MappingProxyType({})


def cohort_markdown(
    page: CohortPage,
    links: Mapping[str, str],
    acts: ActsBySubject = NO_ACTS,
    more: Sequence[Markdown] = (),
    several: Sequence[Markdown] = (),
    picture: Markdown | None = None,
    language: str = "da",
) -> str:
    """Return a cohort's overview.

    ``links`` are the addresses of pages by id, ``acts`` what can be done by what it is about, ``more`` links to the
    cohort's other pages and to forms that no row leads to, ``several`` links that record what many are late with,
    ``picture`` shows where all talents are.
    """
    overdue = sorted(
        ((talent, line) for talent in page.talents for line in talent.overdue),
        key=lambda one: (-one[1].days, one[0].journey),
    )
    values = {
        "page": page,
        "links": _trusted(links),
        "acts": acts,
        "more": more,
        "several": several,
        "overdue": overdue,
        "picture": picture,
    }
    return page_text("cohort.md.j2", values | {"stale": page.made + TRUSTED_FOR}, language)


def talent_markdown(
    page: TalentPage,
    links: Mapping[str, str],
    draws_mermaid: bool,
    acts: ActsBySubject = NO_ACTS,
    language: str = "da",
) -> str:
    """Return a talent's page; ``links`` and ``acts`` as above. Where the UI draws it, with a picture of the journey."""
    picture = Markdown(page.picture) if draws_mermaid else None
    values = {"page": page, "picture": picture, "links": _trusted(links), "acts": acts}
    return page_text("talent.md.j2", values, language)


def mails_markdown(
    page: CohortPage, mails: Sequence[MailRecord], links: Mapping[str, str], language: str = "da"
) -> str:
    """Return the page of a cohort's ``mails`` that were not delivered; ``links`` as above."""
    values = {"page": page, "mails": mails, "links": _trusted(links)}
    return page_text("mails.md.j2", values, language)


def mentors_markdown(
    page: CohortPage, mentors: Sequence[MentorLine], links: Mapping[str, str], language: str = "da"
) -> str:
    """Return the page of a cohort's leaders and second ``mentors``; ``links`` as above."""
    return page_text("mentors.md.j2", {"page": page, "mentors": mentors, "links": _trusted(links)}, language)


def todo_markdown(
    page: TodoPage, links: Mapping[str, str], acts: ActsBySubject, made: datetime, language: str = "da"
) -> str:
    """Return the page of a coordinator's tasks; ``acts`` are by the task's id, ``made`` is local."""
    values = {"page": page, "links": _trusted(links), "acts": acts}
    return page_text("todo.md.j2", values | {"made": made, "stale": made + TRUSTED_FOR}, language)


def calendar_markdown(
    page: CohortPage,
    days: Sequence[DayLine],
    links: Mapping[str, str],
    acts: ActsBySubject,
    language: str = "da",
) -> str:
    """Return the page of a cohort's dates, with the forms that move each."""
    values = {"cohort": page.name, "cohort_id": page.id, "days": days, "links": _trusted(links), "acts": acts}
    return page_text("calendar.md.j2", values | {"made": page.made, "stale": page.made + TRUSTED_FOR}, language)


def teams_markdown(
    page: CohortPage,
    modules: Sequence[ModuleTeams],
    links: Mapping[str, str],
    acts: Mapping[tuple[str, str], Sequence[Act]],
    language: str = "da",
) -> str:
    """Return the page of a cohort's teams; ``acts`` are by module and journey."""
    values = {"cohort": page.name, "cohort_id": page.id, "modules": modules, "links": _trusted(links), "acts": acts}
    return page_text("teams.md.j2", values | {"made": page.made}, language)


def page_text(template: str, values: Mapping[str, object], language: str) -> str:
    """Return a page; whatever its template is given is text, but what is ``Markdown``."""
    return _environment(language).get_template(template).render(values)


@lru_cache
def _environment(language: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(pages_in(language)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        # Whatever a template is given is text; a filter for each place would be forgotten in one.
        finalize=literal,
    )
    environment.filters["date"] = lambda day, pattern="full": format_date(day, pattern, locale=language)
    environment.filters["time"] = lambda at: format_time(at.time(), "short", locale=language)
    environment.filters["link"] = link
    environment.filters["address"] = address
    environment.filters["acts"] = short_links
    environment.filters["teller"] = lambda line: teller(line.actor, line.by, language)
    return environment


def _trusted(links: Mapping[str, str]) -> dict[str, Markdown]:
    return {ident: Markdown(link) for ident, link in links.items()}
