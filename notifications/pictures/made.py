"""Which pictures of a cohort there are, under which paths they are served, and each as it is at an instant."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from notifications.pictures.cohort import cohort_picture
from notifications.pictures.mails import mails_picture
from notifications.pictures.year import year_picture
from states.views.cohort_grid import cohort_grid
from states.views.mail_weeks import mail_weeks
from states.views.year_ahead import year_ahead

PICTURES = "/billede/"
"""What the paths of pictures begin with, ``/billede/hold-3/hold.svg``: our own app in front of Prefect serves them."""
ENDING = ".svg"
CONTENT_TYPE = "image/svg+xml"


class Picture(StrEnum):
    """The pictures of a cohort, by what they are called in their paths."""

    COHORT = "hold"
    YEAR = "aaret"
    MAILS = "mails"


def picture_path(cohort_id: str, picture: Picture) -> str:
    """Return the path that a picture of a cohort is served under."""
    return f"{PICTURES}{cohort_id}/{picture}{ENDING}"


def asked_for(path: str) -> tuple[str, Picture] | None:
    """Return whose picture a path means, and which; nothing for a path that means none."""
    cohort_id, slash, name = path.removeprefix(PICTURES).partition("/")
    known = {f"{picture}{ENDING}": picture for picture in Picture}
    return (cohort_id, known[name]) if slash and cohort_id and name in known else None


def draw(connection: Connection, cohort_id: str, picture: Picture, now: datetime) -> str:
    """Return a picture of a cohort as it stands at ``now``, as SVG.

    Raises:
        UnknownRecordError: there is no such cohort.
    """
    if picture is Picture.COHORT:
        return cohort_picture(cohort_grid(connection, cohort_id, now))
    if picture is Picture.YEAR:
        return year_picture(year_ahead(connection, cohort_id, now))
    return mails_picture(mail_weeks(connection, cohort_id, now))
