"""The picture of a cohort: a row for each talent, a field for each day and commitment, in the order of time."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from notifications.pictures.look import LEGEND_LINE, LOOKS, TITLE, Look, fitted, legend, plain, text_width
from notifications.pictures.words import counted, drawn, made_at, short_day, words
from states.machines.commitment import is_late
from states.views.cohort_grid import CohortGrid, GridColumn, GridRow

_NAME, _GROUP, _BEHIND = 146, 18, 46
_DAY, _PROMISE, _ROW = 12, 18, 19
_TOP, _LONGEST, _NARROWEST = 50, 200, 620
_BOLD, _SMALL, _MARGIN = 14, 11, 8


class _Column(NamedTuple):
    """A column from ``x`` on, so ``wide``, under its ``words``."""

    x: float
    wide: float
    words: str
    is_day: bool


class _Cell(NamedTuple):
    """A field: its column, how it looks, and its sign."""

    column: _Column
    look: Look
    sign: str


class _Row(NamedTuple):
    """A talent's row from ``y`` on, with what the text beside it says."""

    y: float
    name: str
    group: str
    behind: str
    cells: list[_Cell]


def cohort_picture(grid: CohortGrid, language: str = "da") -> str:
    """Return how all talents of a cohort stand as SVG."""
    said = words(language)
    columns = _columns(grid, language)
    right = columns[-1].x + columns[-1].wide if columns else 0
    width = max(right + _MARGIN, _NARROWEST)
    head = _TOP + 8 + round(max((text_width(one.words, _SMALL) for one in columns), default=0))
    rows = [
        _row(row, columns, head + _ROW * number + (6 if number >= len(grid.late) else 0), said)
        for number, row in enumerate(grid.rows)
    ]
    today = columns[grid.passed].x if grid.passed < len(columns) else right
    bottom = head + _ROW * len(rows) + 6
    entries = [(LOOKS[state], one["sign"], one["means"]) for state, one in said["states"].items()]
    items = list(legend(entries, width - 12))
    values = {
        "title": fitted(said["cohort"]["title"].format(cohort=grid.cohort), width - 16, TITLE),
        "said": cohort_said(grid, language),
        "made": made_at(grid.made, language),
        "words": said,
        "width": width,
        "height": bottom + 16 + (items[-1].y if items else 0) + LEGEND_LINE,
        "head": head,
        "bottom": bottom,
        "right": right,
        "columns": columns,
        "rows": rows,
        "split": rows[len(grid.late)].y - 3 if 0 < len(grid.late) < len(rows) else None,
        "today": today,
        "today_said": min(today, width - 16),
        "legend": items,
        "legend_y": bottom + 16,
        "places": {"name": 8, "group": _NAME + _GROUP - 4, "behind": _NAME + _GROUP + _BEHIND - 4},
        "row_height": _ROW,
        "name_width": _NAME,
    }
    return drawn("cohort.svg.j2", values, language)


def cohort_said(grid: CohortGrid, language: str = "da") -> str:
    """Return what the picture says in one sentence, for those who do not see it."""
    said = words(language)["cohort"]
    talents = counted("talents", len(grid.rows), language)
    if not grid.late:
        return plain(said["none"].format(talents=talents))
    late = Counter(
        column.label
        for row in grid.late
        for column, cell in zip(grid.columns, row.cells, strict=True)
        if cell and not column.is_day and is_late(cell)
    )
    [(label, count)] = late.most_common(1)
    return plain(said["late"].format(late=len(grid.late), talents=talents, label=label, count=count))


def _columns(grid: CohortGrid, language: str) -> list[_Column]:
    x: float = _NAME + _GROUP + _BEHIND
    found = []
    for column in grid.columns:
        wide = _DAY if column.is_day else _PROMISE
        found.append(_Column(x, wide, _heading(column, language), column.is_day))
        x += wide
    return found


def _heading(column: GridColumn, language: str) -> str:
    """Return what stands over a column: a day with its date."""
    day = f" · {short_day(column.day, language)}" if column.is_day and column.day else ""
    return fitted(column.label, _LONGEST - text_width(day, _SMALL), _SMALL) + day


def _row(row: GridRow, columns: list[_Column], y: float, said: Any) -> _Row:
    cells = [
        _Cell(column, LOOKS[state], said["states"][state]["sign"])
        for column, state in zip(columns, row.cells, strict=True)
        if state
    ]
    behind = said["cohort"]["days"].format(row.days_late) if row.days_late else ""
    group = "" if row.group is None else str(row.group)
    return _Row(y, fitted(row.name, _NAME - 10, _BOLD), group, behind, cells)
