"""The page that shows what follows from a new day, in Danish, with a link to the form that does it, filled in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from config.checks.date_rules import BrokenRule
from config.cohort import Day
from config.files.yaml_file import load_yaml
from flows.cockpit.literal import Markdown, link
from flows.cockpit.markdown import page_text
from notifications.languages import dates_in, locale_of
from notifications.refusals import FALLBACK
from states.views.new_days import NewDaysPage, together


@cache
def _words(language: str) -> Any:
    place = dates_in(language)
    return load_yaml(place if place.exists() else dates_in(FALLBACK)).data


def rule_sentence(one: BrokenRule, labels: Mapping[str, str], language: str = "da") -> str:
    """Return what is wrong with a day, to a coordinator."""
    about: dict[str, Any] = {"milestone": one.milestone, **one.about}
    if one.rule == "gap":
        least, most = about["least"], about["most"]
        about["bounds"] = str(least) if least == most else _words(language)["bounds"].format(least=least, most=most)
    said = {name: _said(value, labels, language) for name, value in about.items()}
    return str(_words(language)["rules"][one.rule]).format(**said)


def day_markdown(page: NewDaysPage, links: Mapping[str, str], form: str | None, language: str = "da") -> str:
    """Return the page; ``links`` are addresses of pages by id, ``form`` that of the filled-in form, if it is served."""
    words = _words(language)["told"]

    def what(kind: str, message: str) -> str:
        return str(words.get(message) or words[kind])

    told = together((one.to, (what(one.kind, one.message), one.on)) for one in page.told)
    deadlines = together((one.who, (one.label, one.old, one.new)) for one in page.deadlines)
    stays = together((one.who, (one.label, one.state)) for one in page.stays)
    values = {
        "page": page,
        "links": {ident: Markdown(address) for ident, address in links.items()},
        "go": link("gennemfør det her", form) if form else "gennemfør det her",
        "broken": [rule_sentence(one, page.labels, language) for one in page.broken],
        "excusable": all(one.excusable for one in page.broken),
        "told": [(*row, names) for row, names in told.items()],
        "deadlines": [(*row, names) for row, names in deadlines.items()],
        "stays": [(*row, names) for row, names in stays.items()],
        "shown": lambda day: _shown(day, language),
    }
    return page_text("new_day.md.j2", values, language)


def _shown(day: Day | None, language: str) -> str:
    if day is None:
        return "–"
    when = format_date(day.date, "EEEE 'den' d. MMMM y", locale=language)
    staff = f", {', '.join(day.staff)}" if day.staff else ""
    return f"{when} kl. {day.start:%H.%M}–{day.end:%H.%M}, {day.place}{staff}"


def _said(value: Any, labels: Mapping[str, str], language: str) -> str:
    if isinstance(value, date):
        return format_date(value, "long", locale=locale_of(language))
    if isinstance(value, float):
        return format_decimal(value, locale=language)
    return labels.get(str(value), str(value))
