"""A cohort on one page, in its programme's language: what ``talentnord check`` shows of a definition that is right."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from babel.dates import format_date

from config.checks.date_rules import Span, date_of
from config.checks.time import written_out
from config.definition import Definition
from config.library import LoadedCohort
from config.programme import CommitmentSpec

WIDTH = 100
PLACE_WIDTH = 32
_WORDS: Mapping[str, Mapping[str, str]] = {
    "da": {
        "coordinators": "Koordinatorer",
        "dates": "Datoer",
        "promises": "Aftaler og frister",
        "no_date": "(endnu ingen dato)",
        "people": "{talents} talenter",
        "people_by_level": "{talents} talenter ({levels}) og {leaders} nærmeste ledere",
        "from": "Fra",
        "after_opening": "frist {distance} efter at den er åbnet",
        "same_day": "samme dag,",
        "and": "og",
        "d": "dage",
        "w": "uger",
        "wd": "arbejdsdage",
        "mo": "måneder",
    },
    "en": {
        "coordinators": "Coordinators",
        "dates": "Dates",
        "promises": "What is promised, and by when",
        "no_date": "(no date yet)",
        "people": "{talents} people",
        "people_by_level": "{talents} people ({levels}), and {leaders} who lead them",
        "from": "From",
        "after_opening": "due {distance} after it has opened",
        "same_day": "on the day,",
        "and": "and",
        "d": "days",
        "w": "weeks",
        "wd": "working days",
        "mo": "months",
    },
}
_OTHERWISE = "en"
"""The language of the page of a programme in one that has no words here."""


def one_page(loaded: LoadedCohort) -> str:
    """Return programme, cohort, dates, people and deadlines of a cohort: lines of at most 100 characters."""
    programme, cohort, words = loaded.definition.programme, loaded.cohort, _words(loaded)
    lines = [
        f"{cohort.name} ({cohort.id}) · {programme.name}, version {programme.version}",
        *_wrapped(words["coordinators"], [f"{contact.name} <{contact.email}>" for contact in cohort.coordinators]),
        "",
        words["dates"],
        *_dates(loaded),
        "",
        *_people(loaded),
        "",
        words["promises"],
    ]
    for spec in programme.commitments:
        lines += _commitment(spec, loaded)
    return "\n".join(lines)


def _dates(loaded: LoadedCohort) -> Iterator[str]:
    rows, no_date = [], _words(loaded)["no_date"]
    dates = loaded.cohort.dates
    order = sorted(loaded.definition.milestones.values(), key=lambda one: _day(one.id, loaded))
    for milestone in order:
        day = dates.get(milestone.id)
        when = format_date(day.date, _pattern(loaded, "EEEEEE d. MMM y"), locale=_language(loaded)) if day else no_date
        rows.append((milestone.label, when, day.place if day else ""))
    date_width = max(len(when) for _, when, _ in rows)
    label_width = min(max(len(label) for label, _, _ in rows), WIDTH - date_width - PLACE_WIDTH - 6)
    for label, when, place in rows:
        cells = f"  {_cut(label, label_width):{label_width}}  {when:{date_width}}  {_cut(place, PLACE_WIDTH)}"
        yield cells.rstrip()


def _day(milestone: str, loaded: LoadedCohort) -> date:
    day = loaded.cohort.dates.get(milestone)
    return day.date if day else date.max


def _people(loaded: LoadedCohort) -> Iterator[str]:
    talents, levels = loaded.people.talents, loaded.definition.programme.levels
    leaders = {talent.leader.email for talent in talents}
    by_level = Counter(talent.level for talent in talents)
    split = ", ".join(f"{label} {by_level[ident]}" for ident, label in levels.items())
    words = _words(loaded)
    about = words["people_by_level" if split else "people"]
    yield about.format(talents=len(talents), levels=split, leaders=len(leaders))
    per_organisation = Counter(talent.organisation for talent in talents)
    yield from _wrapped(
        words["from"], [f"{part.name} {per_organisation[ident]}" for ident, part in loaded.cohort.organisations.items()]
    )


def _commitment(spec: CommitmentSpec, loaded: LoadedCohort) -> list[str]:
    written = written_out(spec, loaded.definition)
    label = written[0].label if len(written) == 1 else _label_for_all(spec, loaded.definition, _words(loaded)["and"])
    spans = {ident: Span.of(day, loaded.definition) for ident, day in loaded.cohort.dates.items()}
    days = [date_of(one.due, spans, loaded.definition) for one in written]
    if spec.due.anchor == "opened":
        return _wrapped(
            f"  {label}", [_words(loaded)["after_opening"].format(distance=_distance(spec, _words(loaded)))]
        )
    return _wrapped(f"  {label}", _short_dates(days, loaded))


def _label_for_all(spec: CommitmentSpec, definition: Definition, conjunction: str) -> str:
    """The label of a commitment of several modules: ``Mentormøde i modul 1-6``."""
    modules = [definition.modules[one.module or ""] for one in written_out(spec, definition)]
    numbers = [module.number for module in modules]
    in_a_row = numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else False
    number = (
        f"{numbers[0]}-{numbers[-1]}" if in_a_row and len(numbers) > 2 else f" {conjunction} ".join(map(str, numbers))
    )
    return spec.label.format(number=number, title=", ".join(module.title for module in modules))


def _short_dates(days: Sequence[date | None], loaded: LoadedCohort) -> Iterator[str]:
    """Dates in order, the year only where the next one has another."""
    for day, after in zip(days, [*days[1:], None], strict=True):
        if day is None:
            yield _words(loaded)["no_date"]
        else:
            pattern = "d. MMM" if after is not None and after.year == day.year else "d. MMM y"
            yield format_date(day, _pattern(loaded, pattern), locale=_language(loaded))


def _distance(spec: CommitmentSpec, words: Mapping[str, str]) -> str:
    return " + ".join(f"{amount} {words[unit]}" for amount, unit in spec.due.offsets) or words["same_day"]


def _language(loaded: LoadedCohort) -> str:
    language = loaded.definition.programme.language
    return language if language in _WORDS else _OTHERWISE


def _words(loaded: LoadedCohort) -> Mapping[str, str]:
    return _WORDS[_language(loaded)]


def _pattern(loaded: LoadedCohort, danish: str) -> str:
    """Return how a date is written: a point stands after the day in Danish alone."""
    return danish if _language(loaded) == "da" else danish.replace("d.", "d")


def _wrapped(title: str, items: Iterable[str]) -> list[str]:
    # Items are kept whole.
    text = ", ".join(item.replace(" ", "\u00a0") for item in items)
    lines = textwrap.wrap(f"{title}: {text}", WIDTH, subsequent_indent="    ", break_long_words=False)
    return [line.replace("\u00a0", " ") for line in lines]


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
