"""The picture of the mails of the last weeks: a pile a week, and the figures below it."""

from __future__ import annotations

from typing import NamedTuple

from notifications.pictures.look import MAIL_LOOKS, TITLE, Look, fitted
from notifications.pictures.words import counted, drawn, made_at, short_day, words
from states.views.mail_weeks import BECAME, MailWeek, MailWeeks

_WIDTH, _LEFT, _RIGHT = 640, 104, 632
_TOP, _TALL, _BAR = 56, 150, 40
_ROW, _AT_LEAST = 20, 3
_STEPS = (1, 2, 5)


class _Part(NamedTuple):
    """The mails of a week that became one thing: from ``y`` on, so tall."""

    y: float
    tall: float
    became: str
    look: Look


class _Pile(NamedTuple):
    """A week with its middle at ``x``: its parts from below, and the figures of all it can be."""

    x: float
    number: str
    day: str
    parts: list[_Part]
    figures: list[int]
    total: int


def mails_picture(mails: MailWeeks, language: str = "da") -> str:
    """Return what became of the mails of the last weeks as SVG."""
    said = words(language)
    step = _step(max((week.total for week in mails.weeks), default=0))
    most = step * 4
    each = (_RIGHT - _LEFT) / max(len(mails.weeks), 1)
    piles = [_pile(week, _LEFT + each * (number + 0.5), most, language) for number, week in enumerate(mails.weeks)]
    values = {
        "title": fitted(said["mails"]["title"].format(cohort=mails.cohort, weeks=len(mails.weeks)), _WIDTH - 16, TITLE),
        "said": mails_said(mails, language),
        "made": made_at(mails.made, language),
        "words": said,
        "width": _WIDTH,
        "height": _TOP + _TALL + 44 + _ROW * (len(BECAME) + 1) + 8,
        "floor": _TOP + _TALL,
        "lines": [(_TOP + _TALL - _TALL * number / 4, step * number) for number in range(5)],
        "piles": piles,
        "became": [(one, MAIL_LOOKS[one], said["mails"][one]) for one in BECAME],
        "places": {"left": _LEFT, "right": _RIGHT, "bar": _BAR},
        "row_height": _ROW,
    }
    return drawn("mails.svg.j2", values, language)


def mails_said(mails: MailWeeks, language: str = "da") -> str:
    """Return what the picture says in one sentence, for those who do not see it."""
    counts = {one: mails.count(one) for one in BECAME}
    sent = counted("mails", counts.pop("sent"), language)
    return str(words(language)["mails"]["said"].format(weeks=len(mails.weeks), sent=sent, **counts))


def _step(most: int) -> int:
    """Return the least round step of which four are enough."""
    power = 1
    while True:
        for round_one in _STEPS:
            if round_one * power * 4 >= most:
                return round_one * power
        power *= 10


def _pile(week: MailWeek, x: float, most: int, language: str) -> _Pile:
    parts, floor = [], float(_TOP + _TALL)
    for became in BECAME:
        if count := week.counts[became]:
            tall = max(round(_TALL * count / most, 1), _AT_LEAST)
            floor = round(floor - tall, 1)
            parts.append(_Part(floor, tall, became, MAIL_LOOKS[became]))
    number = str(words(language)["mails"]["week"].format(week.number))
    figures = [week.counts[one] for one in BECAME]
    return _Pile(x, number, short_day(week.monday, language), parts, figures, week.total)
