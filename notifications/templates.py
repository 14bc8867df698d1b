"""How templates are set up, for mails, tasks and the site's pages alike: strict, with the same words for dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import jinja2
from babel.dates import format_date, format_time
from css_inline import CSSInliner

from notifications.languages import locale_of

_inliner = CSSInliner(load_remote_stylesheets=False)


def with_inline_styles(page: str) -> str:
    """Return a mail's HTML with its styles where every mail program reads them; those of media queries stay."""
    return _inliner.inline(page)


def environment(roots: Sequence[Path], language: str, html: bool) -> jinja2.Environment:
    """Return an environment that looks for templates in ``roots`` in turn, and escapes what goes into HTML."""
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(roots),
        autoescape=html,
        undefined=jinja2.StrictUndefined,
        finalize=_present,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.globals.update(roots=", ".join(map(str, roots)))
    found.filters["date"] = lambda day, pattern="full": _date(day, pattern, language)
    found.filters["time"] = lambda at, pattern="short": _time(at, pattern, language)
    found.filters["day"] = date.fromisoformat
    found.filters["earlier"] = lambda at, minutes: at - timedelta(minutes=minutes)
    return found


def _present(value: object) -> object:
    """Refuse to print a value that is not there: StrictUndefined alone would let a ``None`` through."""
    if value is None:
        raise jinja2.UndefinedError("a value that is to be printed is None")
    return value


def _date(day: object, pattern: str, language: str) -> str:
    # Babel would take None for today.
    if not isinstance(day, date):
        raise jinja2.UndefinedError("a date that is to be printed is missing")
    return format_date(day, pattern, locale=locale_of(language))


def _time(at: object, pattern: str, language: str) -> str:
    if not isinstance(at, datetime):
        raise jinja2.UndefinedError("a time that is to be printed is missing")
    # Babel would turn an aware datetime to UTC; this one is local already.
    return format_time(at.time(), pattern, locale=locale_of(language))
