"""The pictures of a cohort: pure functions from what is so to SVG, readable without colours, whatever a name holds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from notifications.pictures.cohort import cohort_picture, cohort_said
from notifications.pictures.look import LOOKS, MAIL_LOOKS, Look, fitted, legend, text_width
from notifications.pictures.mails import mails_picture, mails_said
from notifications.pictures.words import words
from notifications.pictures.year import year_picture, year_said
from states.machines.commitment import FINAL, PLANNED
from states.views.cohort_grid import ABSENT, HELD, OFF, CohortGrid, GridColumn, GridRow
from states.views.mail_weeks import BECAME, MailWeek, MailWeeks
from states.views.year_ahead import DayAhead, DeadlineAhead, YearAhead
from tests.support.worst_names import GOOD, WORST

NOW = datetime(2027, 8, 10, 12, tzinfo=UTC)
TODAY = NOW.date()
STATES = (*sorted(FINAL), PLANNED, "open", "missed", "escalated", HELD, ABSENT, OFF)
SVG = "{http://www.w3.org/2000/svg}"
COLUMNS = (
    GridColumn("kickoff", "Kick-off", date(2027, 3, 1), True),
    GridColumn("talk", "Samtale", date(2027, 4, 1), False),
    GridColumn("m1d1", "Modul 1, dag 1", date(2027, 9, 1), True),
    GridColumn("visit", "Besøg", date(2027, 10, 1), False),
)
EVENING = [("sent", 9), ("waiting", 0), ("rejected", 2), ("unknown", 1)]
AHEAD = (
    DayAhead("Modul 1, dag 2", date(2027, 6, 1), "Efter modul 1", date(2027, 9, 1)),
    DeadlineAhead("Samtale", date(2027, 8, 20), 6),
    DayAhead("Modul 2, dag 1", date(2027, 9, 1), "Sprint", date(2027, 9, 20)),
    DeadlineAhead("Udfordring", date(2027, 9, 2), 0),
    DayAhead("Alumnedag", None),
)


def talent(name: str, *cells: str, days_late: int = 0) -> GridRow:
    return GridRow(f"hold-3-{name}", name, "Modul 1", 2, days_late, cells)


def grid(*rows: GridRow, columns: Sequence[GridColumn] = COLUMNS, passed: int = 2) -> CohortGrid:
    return CohortGrid("Hold 3", "hold-3", NOW, tuple(columns), passed, rows)


LATE = talent("Mette", "held", "escalated", "planned", "open", days_late=131)
FINE = talent("Søren", "absent", "kept", "planned", "planned")


def year(*lines: DayAhead | DeadlineAhead) -> YearAhead:
    return YearAhead("Hold 3", "hold-3", NOW, lines)


def mails(*weeks: Mapping[str, int]) -> MailWeeks:
    first = date(2027, 6, 21)
    made = (MailWeek(first + timedelta(weeks=n), {**dict.fromkeys(BECAME, 0), **one}) for n, one in enumerate(weeks))
    return MailWeeks("Hold 3", "hold-3", NOW, tuple(made))


def texts(svg: str) -> list[str]:
    """All that is written on a picture; fails for what is no XML."""
    return ["".join(one.itertext()) for one in ElementTree.fromstring(svg.strip()).iter(f"{SVG}text")]


def contrast(look: Look) -> float:
    """How much a sign stands out from its field (WCAG 2.2, 1.4.3)."""

    def light(colour: str) -> float:
        parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted(map(light, look))
    return (lighter + 0.05) / (darker + 0.05)


# -- the cohort ------------------------------------------------------------------------------------------------------


def test_every_talent_every_day_and_every_commitment_is_on_it() -> None:
    written = texts(cohort_picture(grid(LATE, FINE)))
    assert {"Mette", "Søren", "Samtale", "Besøg", "Kick-off · 1. mar.", "Modul 1, dag 1 · 1. sep.", "131 d."} <= {
        *written
    }


@pytest.mark.parametrize("state", STATES)
def test_each_state_has_its_sign_in_the_field_and_in_the_legend(state: str) -> None:
    said = words("da")["states"][state]
    column = [GridColumn("one", "Samtale", TODAY, False)]
    with_it = texts(cohort_picture(grid(talent("Mette", state), columns=column, passed=0)))
    without = texts(cohort_picture(grid(talent("Mette", ""), columns=column, passed=0)))
    assert with_it.count(said["sign"]) == without.count(said["sign"]) + 1
    assert said["means"] in without, "the legend is whole, whatever the cohort has"


@pytest.mark.parametrize("language", ["da", "en"])
def test_no_two_states_share_a_sign_or_a_meaning_and_none_is_left_out(language: str) -> None:
    said = words(language)["states"]
    assert {*said} == {*STATES} == {*LOOKS}
    assert len({one["sign"] for one in said.values()}) == len({one["means"] for one in said.values()}) == len(STATES)


def test_both_languages_have_the_same_words() -> None:
    def keys(what: object) -> object:
        return {key: keys(value) for key, value in what.items()} if isinstance(what, dict) else None

    assert keys(words("da")) == keys(words("en"))


@pytest.mark.parametrize("state", [*LOOKS, *MAIL_LOOKS])
def test_a_sign_stands_out_from_its_field(state: str) -> None:
    assert contrast({**LOOKS, **MAIL_LOOKS}[state]) >= 4.5


def test_what_is_late_differs_from_what_is_not_without_colours_too() -> None:
    dark = {state for state, look in LOOKS.items() if look.ink == "#ffffff"}
    assert dark == {"missed", "escalated"}


@pytest.mark.parametrize(("passed", "x"), [(0, 210), (2, 240), (4, 270)], ids=["before", "within", "after"])
def test_the_line_of_today_parts_what_has_passed_from_what_is_ahead(passed: int, x: int) -> None:
    svg = cohort_picture(grid(LATE, passed=passed))
    [line] = [one for one in ElementTree.fromstring(svg.strip()).iter(f"{SVG}line") if one.get("stroke") == "#0b5cad"]
    assert float(line.get("x1", "")) == x


def test_without_talents_and_without_columns_it_is_still_a_picture() -> None:
    assert "Hold 3: hvor hvert talent er" in texts(cohort_picture(grid(columns=(), passed=0)))


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([LATE, FINE], "1 af 2 talenter er bagud; flest mangler Samtale (1)."),
        ([FINE], "Ingen af holdets 1 talent er bagud."),
        ([FINE, FINE], "Ingen af holdets 2 talenter er bagud."),
    ],
    ids=["one-late", "one-talent", "none-late"],
)
def test_its_sentence_says_the_essential(rows: list[GridRow], sentence: str) -> None:
    assert cohort_said(grid(*rows)) == sentence


# -- names are text --------------------------------------------------------------------------------------------------

NAMES = [
    *WORST,
    *GOOD,
    "</text><script>x</script>",
    '"/>',
    "]]>",
    "Mette\x07\n\ufffeBo",
    "W" * 200,
    "漢" * 80,
    "é" * 90,
]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_name_is_text_and_stays_within_its_place(name: str) -> None:
    columns = [GridColumn("one", name, TODAY, True), GridColumn("two", name, TODAY, False)]
    late = GridRow("hold-3-01", name, name, 1, 3, ("held", "missed"))
    plain = CohortGrid(name, "hold-3", NOW, tuple(columns), 1, (late,))
    safe = grid(talent("Mette", "held", "missed", days_late=3), columns=COLUMNS[:2])
    lines = year(DayAhead(name, TODAY, name, TODAY + timedelta(days=9)), DeadlineAhead(name, TODAY, 1))
    tame = year(DayAhead("a", TODAY, "b", TODAY + timedelta(days=9)), DeadlineAhead("c", TODAY, 1))
    assert tags(cohort_picture(plain)) == tags(cohort_picture(safe))
    assert tags(year_picture(lines)) == tags(year_picture(tame))
    assert fitted(name, 136, 14) in texts(cohort_picture(plain))


def tags(svg: str) -> list[str]:
    return [one.tag for one in ElementTree.fromstring(svg.strip()).iter()]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_what_is_too_long_ends_in_dots(name: str) -> None:
    shown = fitted(name, 100, 11)
    assert text_width(shown, 11) <= 100 or shown == "…"
    assert shown.endswith("…") or len(shown) >= len(" ".join(name.split())) - 2


def test_no_two_entries_of_a_legend_meet() -> None:
    items = list(legend([(LOOKS["kept"], "✓", "noget, der er gennemført")] * 7, 500))
    assert len({(item.x, item.y) for item in items}) == 7
    assert all(item.x + 28 + text_width(item.means, 11) <= 500 for item in items)


# -- the year --------------------------------------------------------------------------------------------------------


def test_every_day_and_deadline_ahead_has_a_line() -> None:
    written = texts(year_picture(year(*AHEAD)))
    assert {"Modul 2, dag 1", "Sprint", "Samtale", "6 talenter", "hele holdet", "ingen dato endnu"} <= {*written}
    assert [one for one in written if re.fullmatch(r"\d+\. \w+\.?", one)][:2] == ["1. jun.", "20. aug."]


@pytest.mark.parametrize("weeks", [1, 9, 30, 70, 200], ids=lambda weeks: f"{weeks} weeks")
def test_the_names_of_months_do_not_meet(weeks: int) -> None:
    last = DayAhead("Til sidst", TODAY + timedelta(weeks=weeks))
    svg = ElementTree.fromstring(year_picture(year(last)).strip())
    named = [one for one in svg.iter(f"{SVG}text") if re.fullmatch(r"[a-z]{3,4}\.?", one.text or "")]
    places = sorted(float(one.get("x", "")) for one in named if one.get("y") == "72")
    assert places
    assert all(later - earlier >= 30 for earlier, later in pairwise(places))


def test_nothing_is_written_outside_of_the_picture_of_the_year() -> None:
    late = DayAhead("Alumnedag", TODAY + timedelta(days=300), "Et sted med et meget langt navn", None)
    bar = DayAhead("Modul 6", TODAY + timedelta(days=250), "Forløbet gennemført", TODAY + timedelta(days=300))
    for one in ElementTree.fromstring(year_picture(year(bar, late)).strip()).iter(f"{SVG}text"):
        x, needs = float(one.get("x", "")), text_width(one.text or "", 11)
        assert (x - needs if one.get("text-anchor") == "end" else x) >= 0
        assert (x if one.get("text-anchor") == "end" else x + needs) <= 640


def test_the_years_sentence_names_what_comes_next() -> None:
    assert year_said(year(*AHEAD)) == (
        "2 dage og 2 frister ligger foran. Den næste dag er Modul 2, dag 1 den 1. september 2027. "
        "Den næste frist er Samtale den 20. august 2027."
    )
    assert year_said(year()) == "0 dage og 0 frister ligger foran."


# -- the mails -------------------------------------------------------------------------------------------------------


def test_the_figures_of_each_week_are_written_below_its_pile() -> None:
    written = texts(mails_picture(mails(dict(EVENING), {"sent": 4})))
    assert [one for one in written if one.isdigit()][-10:] == ["9", "4", "0", "0", "2", "0", "1", "0", "12", "4"]
    assert {"Uge 25", "21. jun.", "sendt", "venter", "afvist", "uafklaret", "i alt"} <= {*written}


@pytest.mark.parametrize("most", [0, 1, 4, 5, 37, 400, 12_345])
def test_a_pile_stays_within_its_place_and_each_part_is_as_tall_as_it_counts(most: int) -> None:
    svg = ElementTree.fromstring(mails_picture(mails({"sent": most})).strip())
    [*piles] = [one for one in svg.iter(f"{SVG}rect") if one.get("width") == "40"]
    assert len(piles) == (most > 0)
    axis = max(int(one.text or "") for one in svg.iter(f"{SVG}text") if one.get("x") == "96")
    assert axis >= most
    for one in piles:
        assert float(one.get("height", "")) == pytest.approx(150 * most / axis, abs=0.1)
        assert float(one.get("y", "")) >= 56


def test_the_parts_of_a_pile_differ_without_colours_too() -> None:
    svg = mails_picture(mails({"sent": 1, "waiting": 1, "rejected": 1, "unknown": 1}))
    filled = re.findall(r'width="40"[^>]*fill="url\(#(\w+)\)"', svg)
    assert filled == ["waiting", "rejected", "unknown"], "what is sent is plain"


def test_the_mails_sentence_has_the_figures() -> None:
    assert mails_said(mails(dict(EVENING), {"sent": 4, "waiting": 3})) == (
        "I de seneste 2 uger er 13 mails sendt; 3 venter, 2 er afvist, 1 er uafklaret."
    )


@pytest.mark.parametrize("language", ["da", "en"])
def test_each_picture_has_a_title_and_its_sentence_within(language: str) -> None:
    drawn = [
        (cohort_picture(grid(LATE), language), cohort_said(grid(LATE), language)),
        (year_picture(year(*AHEAD), language), year_said(year(*AHEAD), language)),
        (mails_picture(mails(dict(EVENING)), language), mails_said(mails(dict(EVENING)), language)),
    ]
    for svg, said in drawn:
        root = ElementTree.fromstring(svg.strip())
        assert (root.get("role"), root.get("lang")) == ("img", language)
        assert root.findtext(f"{SVG}title")
        assert root.findtext(f"{SVG}desc") == said
        assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
