"""What is told of ticks, by what was seen: minute by minute, without a server and without waiting."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from flows.clock import TICK_EVERY
from flows.watch import Look, News, Watch, What

START = datetime(2027, 3, 11, 9, tzinfo=UTC)
LONG_AGO = START - timedelta(days=3)


@dataclass
class Beside:
    """Stands beside ``up`` with both clocks in hand, and looks once a minute; keeps what was told, by the minute."""

    ended: datetime | None = LONG_AGO
    watch: Watch = field(default_factory=Watch)
    at: float = 1000.0
    wall: datetime = START
    told: dict[int, News] = field(default_factory=dict)
    minute: int = 0

    def look(self, minutes: int = 1, answered: bool = True, ticks_every: int | None = None) -> None:
        for _ in range(minutes):
            if ticks_every and self.minute % ticks_every == 0:
                self.ended = self.wall
            news = self.watch.see(Look(self.at, self.wall, answered, self.ended if answered else None))
            if news is not None:
                self.told[self.minute] = news
            self.minute += 1
            self.at += 60
            self.wall += timedelta(minutes=1)

    def sleep(self, hours: float, monotonic_too: bool) -> None:
        self.wall += timedelta(hours=hours)
        self.at += hours * 3600 if monotonic_too else 0

    def what(self) -> dict[int, What]:
        return {minute: news.what for minute, news in self.told.items()}


@pytest.fixture
def beside() -> Beside:
    return Beside()


def test_ticks_that_happen_are_not_worth_a_word(beside: Beside) -> None:
    beside.look(24 * 60, ticks_every=15)
    assert beside.told == {}


def test_two_ticks_missed_are_not_told_of_three_are(beside: Beside) -> None:
    periods = 3 * TICK_EVERY // timedelta(minutes=1)
    beside.look(periods)
    assert beside.told == {}, "all this time counts from the start, and not from a tick of days ago"
    beside.look()
    assert beside.told == {periods: News(What.NO_TICK, periods, LONG_AGO)}


def test_where_no_tick_ever_ended_it_is_told_all_the_same() -> None:
    beside = Beside(ended=None)
    beside.look(46)
    assert beside.told == {45: News(What.NO_TICK, 45, None)}


def test_the_very_first_tick_counts() -> None:
    beside = Beside(ended=None)
    beside.look(10)
    beside.look(ticks_every=1)
    beside.look(45)
    assert beside.told == {55: News(What.NO_TICK, 45, START + timedelta(minutes=10))}


def test_it_is_told_once_and_then_once_an_hour(beside: Beside) -> None:
    beside.look(45 + 121)
    assert beside.what() == {45: What.NO_TICK, 105: What.NO_TICK, 165: What.NO_TICK}
    assert [news.minutes for news in beside.told.values()] == [45, 105, 165]


def test_that_ticks_happen_again_is_told_once_and_the_next_silence_anew(beside: Beside) -> None:
    beside.look(50)
    beside.look(31, ticks_every=10)
    assert beside.what() == {45: What.NO_TICK, 50: What.AGAIN}
    assert beside.told[50].ended == START + timedelta(minutes=50)
    beside.look(45)
    assert beside.what() == {45: What.NO_TICK, 50: What.AGAIN, 125: What.NO_TICK}, "the last tick was at minute 80"


def test_a_server_that_does_not_answer_is_told_of_after_five_minutes(beside: Beside) -> None:
    beside.look(20, ticks_every=15)
    beside.look(6, answered=False)
    assert beside.what() == {24: What.NO_ANSWER}
    assert beside.told[24] == News(What.NO_ANSWER, 5, START + timedelta(minutes=15))


def test_a_server_that_never_answered_is_told_of_too(beside: Beside) -> None:
    beside.look(6, answered=False)
    assert beside.told == {5: News(What.NO_ANSWER, 5, None)}


def test_answers_that_come_late_are_not_told_of(beside: Beside) -> None:
    for _ in range(20):
        beside.look(4, answered=False)
        beside.look(ticks_every=5)
        beside.ended = beside.wall
        beside.look()
    assert beside.told == {}


def test_a_server_that_is_back_is_told_of_when_a_tick_has_ended(beside: Beside) -> None:
    beside.look(1)
    beside.look(10, answered=False)
    beside.look(5)
    assert beside.what() == {5: What.NO_ANSWER}, "that it answers is not yet a tick"
    beside.ended = beside.wall
    beside.look(5)
    assert beside.what() == {5: What.NO_ANSWER, 16: What.AGAIN}


def test_the_trouble_that_follows_a_trouble_waits_for_its_hour(beside: Beside) -> None:
    beside.look(1)
    beside.look(10, answered=False)
    beside.look(60)
    assert beside.what() == {5: What.NO_ANSWER, 65: What.NO_TICK}


@pytest.mark.parametrize("monotonic_too", [False, True], ids=["its clock stands still", "its clock goes on"])
@pytest.mark.parametrize("answered", [True, False], ids=["answered", "unanswered"])
def test_what_the_machine_slept_counts_for_nothing(beside: Beside, monotonic_too: bool, answered: bool) -> None:
    beside.look(44)
    beside.look(answered=answered)
    beside.sleep(8, monotonic_too)
    beside.look(4 if not answered else 45, answered=answered)
    assert beside.told == {}
    beside.look(2, answered=answered)
    assert len(beside.told) == 1, "from the waking on it is counted as ever"


def test_a_silence_that_was_told_is_over_only_with_a_tick_also_after_a_sleep(beside: Beside) -> None:
    beside.look(50)
    beside.sleep(8, False)
    beside.look(10)
    beside.ended = beside.wall
    beside.look(2)
    assert beside.what() == {45: What.NO_TICK, 60: What.AGAIN}


def test_a_wall_clock_that_is_set_back_changes_nothing(beside: Beside) -> None:
    beside.look(20, ticks_every=15)
    beside.wall -= timedelta(hours=1)
    beside.look(41)
    assert beside.told[60].what is What.NO_TICK
    assert beside.told[60].minutes == 45


def test_ticks_that_somebody_deleted_are_no_new_ones(beside: Beside) -> None:
    beside.look(30, ticks_every=15)
    beside.ended = LONG_AGO
    beside.look(40)
    assert beside.what() == {60: What.NO_TICK}
