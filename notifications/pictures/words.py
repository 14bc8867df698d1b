"""The words of the pictures in a language, and the templates that they are drawn with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

import jinja2
from babel.dates import format_date, format_time

from config.files.yaml_file import load_yaml
from notifications.languages import COMMON, locale_of, pictures_in
from notifications.pictures.look import INK, LINE, PAPER, QUIET
from notifications.templates import environment


@cache
def words(language: str) -> Any:
    """Return the words of the pictures, as ``pictures.yaml`` of a language has them."""
    return load_yaml(pictures_in(language)).data


def counted(what: str, number: int, language: str) -> str:
    """Return so many talents, days, deadlines or mails in words."""
    one, several = words(language)["counts"][what]
    return str(one if number == 1 else several.format(number))


def made_at(made: datetime, language: str) -> str:
    """Return when a picture was made, in words; ``made`` is local."""
    day = format_date(made, "long", locale=locale_of(language))
    time = format_time(made.time(), "short", locale=locale_of(language))
    return str(words(language)["made"].format(day=day, time=time))


def short_day(day: date, language: str) -> str:
    """Return a day without its year: ``25. feb.``."""
    return format_date(day, "d. MMM" if language == "da" else "d MMM", locale=language)


def drawn(template: str, values: Mapping[str, object], language: str) -> str:
    """Return a picture; whatever its template is given is text, never markup."""
    return _environment(language).get_template(template).render(values).strip()


@cache
def _environment(language: str) -> jinja2.Environment:
    found = environment([COMMON / "pictures"], language, html=True)
    found.globals.update(ink=INK, quiet=QUIET, paper=PAPER, line=LINE, language=language)
    return found
