"""Working days, opening hours and daylight saving in Denmark."""

from __future__ import annotations

import locale
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from config.errors import TalentNordError, WorkingTimeError
from config.working_time import WorkingTime

DENMARK = WorkingTime()

days = st.dates(date(2020, 1, 1), date(2040, 12, 31))
instants = st.datetimes(datetime(2020, 1, 1), datetime(2040, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
# As people write it: which of two equal hours is meant, a written time does not say.
clocks = st.times().map(lambda clock: clock.replace(fold=0))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2027-03-25", "Skærtorsdag"),
        ("2027-03-26", "Langfredag"),
        ("2027-03-28", "Påskedag"),
        ("2027-03-29", "Anden påskedag"),
        ("2027-05-06", "Kristi himmelfartsdag"),
        ("2027-05-17", "Anden pinsedag"),
        ("2027-01-02", "lørdag"),
        ("2027-01-03", "søndag"),
        ("2027-12-24", "Juleaftensdag"),
        ("2028-06-05", "Anden pinsedag"),
        ("2029-06-05", "Grundlovsdag"),
        ("2023-05-05", "Store bededag"),
    ],
)
def test_a_closed_day_says_why_in_danish(day: str, why: str) -> None:
    assert (DENMARK.why_closed(date.fromisoformat(day)) or "").lower() == why.lower()
    assert not DENMARK.is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2027-03-24", "2027-03-30", "2027-04-23", "2027-05-07", "2026-05-01", "2027-12-23"])
def test_other_weekdays_are_working_days(day: str) -> None:
    """2027-04-23 would be Store Bededag, abolished from 2024."""
    assert DENMARK.is_working_day(date.fromisoformat(day))
    assert DENMARK.why_closed(date.fromisoformat(day)) is None


def test_names_do_not_follow_the_language_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en_US")
    monkeypatch.setattr(locale, "getlocale", lambda *_: ("en_US", "UTF-8"))
    assert DENMARK.why_closed(date(2035, 1, 1)) == "Nytårsdag"


def test_closed_days_are_the_places_own_choice() -> None:
    open_on_constitution_day = WorkingTime(closed_days=("08-13",))
    assert open_on_constitution_day.is_working_day(date(2029, 6, 5))
    assert open_on_constitution_day.why_closed(date(2027, 8, 13)) == "13. august"


def test_easter_is_stepped_over_in_both_directions() -> None:
    assert DENMARK.previous_working_day(date(2027, 3, 28)) == date(2027, 3, 24)
    assert DENMARK.next_working_day(date(2027, 3, 25)) == date(2027, 3, 30)
    assert DENMARK.add_working_days(date(2027, 3, 23), 3) == date(2027, 3, 31)


def test_no_working_days_added_is_the_day_itself() -> None:
    assert DENMARK.add_working_days(date(2027, 3, 28), 0) == date(2027, 3, 28)


def test_working_days_are_not_counted_backwards() -> None:
    with pytest.raises(WorkingTimeError, match=r"-1: working days are counted forward"):
        DENMARK.add_working_days(date(2027, 3, 23), -1)


@pytest.mark.parametrize(
    ("day", "clock", "instant"),
    [
        (date(2027, 3, 27), time(8), "2027-03-27T07:00"),
        (date(2027, 3, 28), time(8), "2027-03-28T06:00"),
        (date(2027, 3, 28), time(2, 30), "2027-03-28T01:30"),
        (date(2027, 10, 31), time(2, 30), "2027-10-31T00:30"),
        (date(2027, 10, 31), time(8), "2027-10-31T07:00"),
    ],
)
def test_wall_clock_times_follow_daylight_saving(day: date, clock: time, instant: str) -> None:
    assert DENMARK.at(day, clock) == utc(instant)


@pytest.mark.parametrize(
    ("instant", "mailed"),
    [
        ("2027-03-24T07:00", "2027-03-24T07:00"),  # 08:00, just opened
        ("2027-03-24T06:59", "2027-03-24T07:00"),  # before opening
        ("2027-03-24T14:59", "2027-03-24T14:59"),  # 15:59
        ("2027-03-24T15:00", "2027-03-30T06:00"),  # 16:00: closed until after Easter, by then summer time
        ("2027-12-23T18:00", "2027-12-27T07:00"),  # Christmas
        ("2027-06-30T23:30", "2027-07-01T06:00"),  # already 1 July in Denmark
    ],
)
def test_mail_goes_out_when_work_next_begins(instant: str, mailed: str) -> None:
    assert DENMARK.next_open(utc(instant)) == utc(mailed)


def test_naive_instants_are_refused() -> None:
    naive = datetime(2027, 3, 24, 9)  # noqa: DTZ001
    for ask in (DENMARK.local, DENMARK.next_open):
        with pytest.raises(WorkingTimeError, match="needs a time zone") as caught:
            ask(naive)
        assert isinstance(caught.value, ValueError)
        assert isinstance(caught.value, TalentNordError)
    with pytest.raises(WorkingTimeError, match="takes no time zone"):
        DENMARK.at(date(2027, 3, 24), time(9, tzinfo=UTC))


def test_it_is_read_from_plain_data_and_is_hashable() -> None:
    read = TypeAdapter(WorkingTime).validate_python({"opens": "08:00", "closes": "16:00"})
    assert read == DENMARK
    assert hash(read) == hash(DENMARK)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"country": "Danmark"}, "no public holidays are known"),
        ({"country": "GB-YRK"}, "no public holidays are known for 'GB-YRK'; write one of GB, GB-ENG, GB-NIR, GB-SCT,"),
        ({"country": "GB-"}, "no public holidays are known for 'GB-'"),
        ({"time_zone": "Europe/Aalborg"}, "is not a time zone"),
        ({"time_zone": ""}, "is not a time zone"),
        ({"time_zone": "Europe"}, "is not a time zone"),
        ({"opens": "16:00"}, "not after it opens"),
        ({"opens": "08:00Z"}, "take no time zone"),
        ({"closed_days": ["24-12"]}, "is not a day of the year"),
        ({"opening": "08:00"}, "Unexpected keyword argument"),
    ],
)
def test_wrong_values_are_refused(values: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        TypeAdapter(WorkingTime).validate_python(values)


def test_a_country_that_names_no_optional_days_works_too() -> None:
    egypt = WorkingTime(country="EG", time_zone="Africa/Cairo", closed_days=("08-13",))
    assert not egypt.is_working_day(date(2027, 1, 1))
    assert egypt.is_working_day(date(2027, 1, 3))  # a Sunday: the week-end is Friday and Saturday


def test_a_part_of_a_country_has_holidays_that_the_others_have_not() -> None:
    bank_holiday, second_of_january = date(2027, 8, 30), date(2026, 1, 2)
    closed = {
        part: [day for day in (bank_holiday, second_of_january) if not WorkingTime(country=part).is_working_day(day)]
        for part in ("GB", "GB-ENG", "GB-SCT")
    }
    assert closed == {"GB": [], "GB-ENG": [bank_holiday], "GB-SCT": [second_of_january]}


@given(days)
def test_the_nearest_working_days_enclose_the_day(day: date) -> None:
    before, after = DENMARK.previous_working_day(day), DENMARK.next_working_day(day)
    assert before <= day <= after
    assert DENMARK.is_working_day(before)
    assert DENMARK.is_working_day(after)
    assert (before == day) == (after == day) == DENMARK.is_working_day(day)
    between = (before + timedelta(days=step) for step in range(1, (after - before).days))
    assert not any(DENMARK.is_working_day(closed) for closed in between)


@given(days, st.integers(0, 30), st.integers(0, 30))
def test_working_days_add_up(day: date, first: int, second: int) -> None:
    assert DENMARK.add_working_days(DENMARK.add_working_days(day, first), second) == DENMARK.add_working_days(
        day, first + second
    )


@given(days, st.integers(1, 30))
def test_as_many_working_days_lie_behind_as_were_added(day: date, n: int) -> None:
    end = DENMARK.add_working_days(day, n)
    passed = [day + timedelta(days=step) for step in range(1, (end - day).days + 1)]
    assert sum(map(DENMARK.is_working_day, passed)) == n
    assert DENMARK.is_working_day(end)


@given(days, clocks)
def test_a_wall_clock_time_comes_back_unless_the_clocks_skip_it(day: date, clock: time) -> None:
    instant = DENMARK.at(day, clock)
    assert instant.tzinfo is UTC
    shown = DENMARK.local(instant).replace(tzinfo=None)
    meant = datetime.combine(day, clock)
    if shown != meant:
        assert shown - meant == timedelta(hours=1)
        assert DENMARK.local(instant - timedelta(hours=1)).utcoffset() != DENMARK.local(instant).utcoffset()


@given(instants, st.integers(-12, 12))
def test_mail_leaves_inside_working_hours_and_never_early(instant: datetime, offset: int) -> None:
    elsewhere = instant.astimezone(timezone(timedelta(hours=offset)))
    opens = DENMARK.next_open(elsewhere)
    here = DENMARK.local(opens)
    assert opens >= instant
    assert opens.tzinfo is UTC
    assert DENMARK.is_working_day(here.date())
    assert DENMARK.opens <= here.time() < DENMARK.closes
    assert DENMARK.next_open(opens) == opens
    assert opens == instant or here.time() == DENMARK.opens
