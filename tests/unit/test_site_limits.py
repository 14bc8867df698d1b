"""How often one link may be used, and that no number of links fills the memory."""

from __future__ import annotations

import threading

import pytest

from flows.site.limits import Limits


class Clock:
    """Stands where it was set to."""

    at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_link_may_be_used_so_often_at_once_and_then_waits(clock: Clock) -> None:
    limits = Limits(3, 60.0, clock)
    assert [limits.wait("a") for _ in range(4)] == [0, 0, 0, 20]


def test_who_waits_as_long_as_told_is_let_in_again(clock: Clock) -> None:
    limits = Limits(3, 60.0, clock)
    for _ in range(3):
        limits.wait("a")
    clock.at += limits.wait("a")
    assert limits.wait("a") == 0
    assert limits.wait("a") > 0


def test_who_asks_too_often_does_not_wait_longer_for_it(clock: Clock) -> None:
    limits = Limits(3, 60.0, clock)
    assert {limits.wait("a") for _ in range(100)} == {0, 20}


def test_after_a_rest_all_uses_are_there_again(clock: Clock) -> None:
    limits = Limits(3, 60.0, clock)
    for _ in range(2):
        assert [limits.wait("a") for _ in range(3)] == [0, 0, 0]
        clock.at += 60.0


def test_every_link_is_counted_by_itself(clock: Clock) -> None:
    limits = Limits(1, 60.0, clock)
    assert [limits.wait(one) for one in ("a", "b", "a")] == [0, 0, 60]


def test_whoever_was_not_seen_for_longest_is_forgotten(clock: Clock) -> None:
    limits = Limits(1, 60.0, clock, most=2)
    for one in ("a", "b", "c"):
        limits.wait(one)
    assert len(limits) == 2
    assert [limits.wait(one) for one in ("c", "a")] == [60, 0]


def test_threads_share_the_count() -> None:
    limits = Limits(50, 3600.0)
    waits: list[int] = []
    threads = [threading.Thread(target=lambda: waits.extend(limits.wait("a") for _ in range(25))) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert waits.count(0) == 50
