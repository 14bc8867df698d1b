"""The page of a cohort's pictures, each with the same said as text, for those who do not see it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from flows.clock import TRUSTED_FOR
from flows.cockpit.literal import Markdown, literal
from flows.cockpit.markdown import page_text
from notifications.pictures.cohort import cohort_said
from notifications.pictures.made import Picture, picture_path
from notifications.pictures.mails import mails_said
from notifications.pictures.words import words
from notifications.pictures.year import whom, year_said
from states.views.cohort_grid import CohortGrid, cohort_grid
from states.views.mail_weeks import BECAME, MailWeeks, mail_weeks
from states.views.year_ahead import DeadlineAhead, YearAhead, year_ahead


class Pictures(NamedTuple):
    """What the pictures of a cohort are drawn from."""

    grid: CohortGrid
    year: YearAhead
    mails: MailWeeks


def pictures_of(connection: Connection, cohort_id: str, now: datetime) -> Pictures:
    """Return what the pictures of a cohort show at ``now``. Raises ``UnknownRecordError`` for a cohort not known."""
    return Pictures(
        cohort_grid(connection, cohort_id, now),
        year_ahead(connection, cohort_id, now),
        mail_weeks(connection, cohort_id, now),
    )


def image(cohort_id: str, picture: Picture, said: str, language: str = "da") -> Markdown:
    """Return a picture of a cohort as Markdown, with its sentence in its place, and a link that opens it alone."""
    path = picture_path(cohort_id, picture)
    return Markdown(f"![{literal(said)}]({path})\n\n{literal(said)} [{words(language)['alone']}]({path})")


def pictures_markdown(pictures: Pictures, links: Mapping[str, str], language: str = "da") -> str:
    """Return the page of a cohort's pictures; ``links`` are the addresses of pages by id."""
    grid, year, mails = pictures
    means = {state: one["means"] for state, one in words(language)["states"].items()}
    values = {
        "grid": grid,
        "year": year,
        "mails": mails,
        "images": {
            "cohort": image(grid.cohort_id, Picture.COHORT, cohort_said(grid, language), language),
            "year": image(grid.cohort_id, Picture.YEAR, year_said(year, language), language),
            "mails": image(grid.cohort_id, Picture.MAILS, mails_said(mails, language), language),
        },
        "means": means,
        "became": BECAME,
        "whom": {line: whom(line, language) for line in year.lines if isinstance(line, DeadlineAhead)},
        "links": {ident: Markdown(address) for ident, address in links.items()},
        "stale": grid.made + TRUSTED_FOR,
    }
    return page_text("pictures.md.j2", values, language)
