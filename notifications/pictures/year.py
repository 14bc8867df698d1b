"""The picture of what lies ahead: a line for each day and each deadline of a cohort, along an axis of months.

Each line has its words to itself, so no two texts meet, however close their days are.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from babel.dates import format_date

from notifications.languages import locale_of
from notifications.pictures.look import LEGEND_LINE, TITLE, fitted, plain, text_width
from notifications.pictures.words import counted, drawn, made_at, short_day, words
from states.views.year_ahead import DayAhead, DeadlineAhead, YearAhead

_WIDTH, _LEFT, _RIGHT = 640, 304, 628
_DATE, _LABEL = 8, 62
_HEAD, _ROW, _SIZE, _SMALL = 82, 21, 11.5, 11
_MONTH, _SOME_DAYS = 36, 28


class _Month(NamedTuple):
    """The first of a month at ``x``, and what is written there; ``year`` where another one begins."""

    x: float
    name: str
    year: str


class _Line(NamedTuple):
    """A line from ``y`` on: its words, its mark at ``x``, its bar, and what is written beside them."""

    y: float
    date: str
    label: str
    is_day: bool
    x: float | None
    bar: tuple[float, float] | None
    beside: str
    beside_x: float
    anchor: str


class _Axis(NamedTuple):
    """The days from the first to the last, over the picture's width."""

    first: date
    last: date

    def x(self, day: date) -> float:
        share = (max(day, self.first) - self.first) / (self.last - self.first)
        return round(_LEFT + share * (_RIGHT - _LEFT), 1)

    def months(self, language: str) -> Iterator[_Month]:
        """Yield so many months that their names do not meet."""
        firsts = [one for one in self._days() if one.day == 1]
        per_month = (_RIGHT - _LEFT) / max((self.last - self.first).days / 30.4, 1)
        every = next((one for one in (1, 2, 3, 6, 12) if one * per_month >= _MONTH), 12)
        year: int | None = None
        for day in firsts:
            x = self.x(day)
            if (day.month - 1) % every == 0 and x + _MONTH <= _RIGHT + 8:
                yield _Month(x, format_date(day, "MMM", locale=language), "" if day.year == year else str(day.year))
                year = day.year

    def _days(self) -> Iterator[date]:
        for after in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=after)


def year_picture(year: YearAhead, language: str = "da") -> str:
    """Return what lies before a cohort as SVG."""
    said = words(language)
    days = [line.day for line in year.lines if line.day is not None]
    untils = [line.until for line in year.lines if isinstance(line, DayAhead) and line.until is not None]
    axis = _Axis(year.today, max([*days, *untils, year.today + timedelta(days=_SOME_DAYS)]) + timedelta(days=3))
    lines = [_line(line, axis, _HEAD + _ROW * number, language) for number, line in enumerate(year.lines)]
    bottom = _HEAD + _ROW * len(lines) + 4
    values = {
        "title": fitted(said["year"]["title"].format(cohort=year.cohort), _WIDTH - 16, TITLE),
        "said": year_said(year, language),
        "made": made_at(year.made, language),
        "words": said,
        "width": _WIDTH,
        "height": bottom + 12 + LEGEND_LINE,
        "head": _HEAD,
        "bottom": bottom,
        "lines": lines,
        "months": list(axis.months(language)),
        "places": {"date": _DATE, "label": _LABEL, "left": _LEFT, "right": _RIGHT},
        "row_height": _ROW,
    }
    return drawn("year.svg.j2", values, language)


def year_said(year: YearAhead, language: str = "da") -> str:
    """Return what the picture says in some words, for those who do not see it."""
    said = words(language)["year"]
    days, deadlines = len(year.days), len(year.deadlines)
    sentences = [
        said["said"].format(days=counted("days", days, language), deadlines=counted("deadlines", deadlines, language))
    ]
    dated = [one for one in year.days if one.day is not None]
    for name, ahead in (("next_day", dated[:1]), ("next_deadline", year.deadlines[:1])):
        for one in ahead:
            if one.day is not None:
                day = format_date(one.day, "long", locale=locale_of(language))
                sentences.append(said[name].format(label=one.label, day=day))
    return plain(" ".join(sentences))


def whom(deadline: DeadlineAhead, language: str) -> str:
    """Return of how many talents a deadline is, in words."""
    if not deadline.talents:
        return str(words(language)["year"]["whole"])
    return counted("talents", deadline.talents, language)


def _line(line: DayAhead | DeadlineAhead, axis: _Axis, y: float, language: str) -> _Line:
    is_day = isinstance(line, DayAhead)
    label = fitted(line.label, _LEFT - _LABEL - 14, _SIZE)
    if line.day is None:
        undated = words(language)["year"]["undated"]
        return _Line(y, "", label, is_day, None, None, undated, _LEFT + 8, "start")
    x, bar, end = axis.x(line.day), None, axis.x(line.day)
    if isinstance(line, DayAhead):
        if line.until is not None and line.leads_to:
            end = axis.x(line.until)
            bar = (x, end)
        beside = line.leads_to
    else:
        beside = whom(line, language)
    beside_x, anchor = _beside(beside, x, end)
    shown = x if line.day >= axis.first else None
    return _Line(y, short_day(line.day, language), label, is_day, shown, bar, plain(beside), beside_x, anchor)


def _beside(text: str, x: float, end: float) -> tuple[float, str]:
    """Return where the words of a line begin or end: behind its mark and bar, before them, or on the bar."""
    needs = text_width(text, _SMALL)
    if end + 9 + needs <= _RIGHT:
        return end + 9, "start"
    if x - 9 - needs >= _LEFT:
        return x - 9, "end"
    return x + 9, "start"
