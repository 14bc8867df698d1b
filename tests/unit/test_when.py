"""Points in time of a definition: how they are written, and which day they stand for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from config.errors import WhenSyntaxError
from config.when import When, WhenField, parse_when
from config.working_time import WorkingTime

DENMARK = WorkingTime()
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
ANCHORS = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
OFFSETS = st.one_of(
    st.tuples(st.integers(-9999, 9999), st.sampled_from(["d", "w"])),
    st.tuples(st.integers(-3000, 3000), st.just("mo")),
    st.tuples(st.integers(0, 9999), st.just("wd")),
)
WHENS = st.builds(When, ANCHORS, st.lists(OFFSETS, max_size=3).map(tuple))


@given(WHENS)
def test_what_is_written_is_read_again(when: When) -> None:
    assert parse_when(str(when)) == when
    assert parse_when(str(when).replace(" ", "")) == when
    assert parse_when(when) is when


@pytest.mark.parametrize(
    ("text", "anchor", "expected"),
    [
        ("kickoff", "2027-02-25", "2027-02-25"),
        ("kickoff - 6w", "2027-02-25", "2027-01-14"),
        ("due+1d", "2027-12-31", "2028-01-01"),
        ("missed + 3wd", "2027-03-24", "2027-04-01"),  # Easter: four days and a week-end of holidays
        ("missed + 0wd", "2027-03-27", "2027-03-27"),
        ("m6d2 + 3mo", "2027-11-30", "2028-02-29"),  # month ends clipped (R39)
        ("m6d2 - 1mo", "2027-03-31", "2027-02-28"),
        ("m6d2 + 2mo + 15d", "2027-12-01", "2028-02-16"),
        ("missed + 1mo + 1wd", "2027-01-31", "2027-03-01"),
    ],
)
def test_offsets_are_added_in_order(text: str, anchor: str, expected: str) -> None:
    assert parse_when(text).on(date.fromisoformat(anchor), DENMARK).isoformat() == expected


@given(DAYS, st.integers(-200, 200), st.integers(-200, 200))
def test_days_and_weeks_are_plain_sums(day: date, days: int, weeks: int) -> None:
    when = When("due", ((days, "d"), (weeks, "w")))
    assert when.on(day, DENMARK) == day + timedelta(days=days + 7 * weeks)


@given(DAYS, st.integers(1, 30))
def test_working_days_end_on_a_working_day(day: date, amount: int) -> None:
    end = When("missed", ((amount, "wd"),)).on(day, DENMARK)
    worked = [day + timedelta(days=n) for n in range(1, (end - day).days + 1)]
    assert sum(map(DENMARK.is_working_day, worked)) == amount
    assert DENMARK.is_working_day(end)


@pytest.mark.parametrize(
    "text",
    ["", " ", "6w", "- 6w", "Kickoff", "kickoff -", "kickoff 6w", "kickoff - 6", "kickoff - 6 weeks", "due - 1wd",
     "due + 1y", "due + 3days", "due + 1.5d", "due + 10000d", "due + 9999mo + 9999mo", "due, + 1d", None, 7, True],
)  # fmt: skip
def test_what_is_no_point_in_time_is_refused(text: object) -> None:
    with pytest.raises(WhenSyntaxError, match="is not a point in time; write an anchor and offsets such as"):
        parse_when(text)


def test_an_anchor_may_get_another_name() -> None:
    when = parse_when("day1 + 7d")
    assert when.anchored({"day1": "m2d1"}) == parse_when("m2d1 + 7d")
    assert when.anchored({"day2": "m2d2"}) == when


class Commitment(BaseModel):
    due: WhenField


def test_it_is_a_text_in_json_and_back() -> None:
    promise = Commitment.model_validate({"due": "m1d1+ 7d"})
    assert promise.model_dump_json() == '{"due":"m1d1 + 7d"}'
    assert Commitment.model_validate_json(promise.model_dump_json()) == promise


def test_in_a_model_a_wrong_one_is_a_fault_of_its_field() -> None:
    with pytest.raises(ValidationError, match=r"due\n.*'soon!' is not a point in time"):
        Commitment.model_validate({"due": "soon!"})
