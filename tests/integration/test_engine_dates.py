"""R15, R19, R21, R38, R39, R63: a day is changed by the rules of `check`, shown before, and told to whoever knew it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.cohort import Day
from config.errors import ConsequencesChangedError, DayRefusedError, UnknownTriggerError
from config.programme import Programme
from states.facts import Fact
from states.store.database import Database
from states.views.counts import summarise
from tests.support.driver import Driver, day, hold_3, talent_nord
from tests.support.previewed import Rows, assert_exactly

SNOW = "Sne"


def refused(driven: Driver, milestone: str, to: Day | None) -> list[tuple[str, bool]]:
    """The rules that stand against a move, and whether a reason would do; nothing is written."""
    before = driven.dump()
    preview = driven.engine.preview("hold-3", milestone, to)
    with pytest.raises(DayRefusedError) as caught:
        driven.move(milestone, to)
    assert driven.dump() == before
    assert caught.value.broken == preview.objections
    return [(one.rule, one.excusable) for one in caught.value.broken]


def held(milestone: str, **other: Any) -> Day:
    """A milestone's day as the cohort's file has it, with other parts."""
    return hold_3().dates[milestone].model_copy(update=other)


@pytest.fixture
def spring(sqlite: Database) -> Driver:
    """Three talents of hold-3 on the day after module 1 has begun."""
    return Driver(sqlite, people=3).enrol().until("2027-03-12")


class TestTheRulesOfCheckHold:
    @pytest.mark.parametrize(
        ("milestone", "to", "rules"),
        [
            ("m1d1", day("2027-06-01"), [("held", False), ("order", False)]),
            ("m1d2", day("2027-03-18"), [("gap", True)]),
            ("m1d2", day("2027-04-04"), [("closed", True)]),
            ("m1d2", day("2027-04-01", "16:00", "09:00"), [("ends_early", False)]),
            ("m1d2", held("m1d2"), [("same", False)]),
            ("m3d1", day("2027-04-20"), [("order", False)]),
            ("network1", day("2027-04-14"), [("length", True)]),
            ("network1", day("2027-03-10", "13:00", "15:30"), [("past", True)]),
            ("alumni_day", day("2028-05-10", "12:00", "16:00"), [("window", True)]),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_each_with_whether_a_reason_would_do(
        self, spring: Driver, milestone: str, to: Day, rules: list[tuple[str, bool]]
    ) -> None:
        assert set(rules) <= set(refused(spring, milestone, to))

    def test_a_day_beside_the_journey_is_held_once_it_is_over(self, spring: Driver) -> None:
        spring.until("2027-04-14 16:00")
        assert ("held", False) in refused(spring, "network1", day("2027-04-21", "13:00", "15:30"))

    def test_a_reason_is_taken_where_one_would_do_and_kept(self, spring: Driver) -> None:
        spring.move("m1d2", day("2027-03-18", reason=SNOW))
        assert spring.commitment("leadership_foundation", 1).due_on == date(2027, 3, 18)
        # What a day breaks with a reason is no fault of another day that is moved later.
        spring.move("m3d1", held("m3d1", date=date(2027, 6, 3)))

    def test_what_was_broken_before_stands_against_nothing_else(self, spring: Driver) -> None:
        spring.move("network1", day("2027-04-14", reason=SNOW))
        assert spring.engine.preview("hold-3", "network2", held("network2", date=date(2027, 6, 10))).allowed


class TestWhatGoesAlong:
    def test_both_days_of_a_bootcamp_move_together(self, spring: Driver) -> None:
        preview = spring.engine.preview("hold-3", "m2d1", held("m2d1", date=date(2027, 5, 3)))
        assert [(one.milestone, one.new and one.new.date) for one in preview.days] == [
            ("m2d1", date(2027, 5, 3)),
            ("m2d2", date(2027, 5, 4)),
        ]
        assert preview.allowed

    def test_once_the_first_was_held_the_second_moves_alone_and_needs_a_reason(self, spring: Driver) -> None:
        spring.until("2027-04-28 22:00")
        to = held("m2d2", date=date(2027, 5, 4))
        assert refused(spring, "m2d2", to) == [("gap", True), ("module_length", True)]
        spring.move("m2d2", to.model_copy(update={"reason": SNOW}))

    def test_another_place_for_one_of_them_leaves_the_other(self, spring: Driver) -> None:
        preview = spring.engine.preview("hold-3", "m2d1", held("m2d1", place="Hotel Hirtshals"))
        assert [one.milestone for one in preview.days] == ["m2d1"]


class TestWhoIsTold:
    def test_the_day_as_it_was_stands_in_the_news(self, spring: Driver) -> None:
        spring.move("m1d2", held("m1d2", date=date(2027, 4, 8)))
        [news, *_] = spring.mails("date_moved")
        assert (news.details["changed"], news.details["was"]["date"]) == ("date", "2027-04-01")

    def test_who_was_not_told_of_one_change_hears_of_the_last_only(self, spring: Driver) -> None:
        spring.move("m1d2", held("m1d2", date=date(2027, 4, 8)))
        spring.move("m1d2", held("m1d2", date=date(2027, 4, 7)))
        waiting = [mail for mail in spring.mails("date_moved") if mail.status == "pending"]
        assert [mail.to for mail in waiting] == ["01", "02", "03"]
        assert {mail.details["was"]["date"] for mail in waiting} == {"2027-04-01"}

    def test_a_day_that_is_put_back_before_anybody_was_told_is_no_news(self, spring: Driver) -> None:
        spring.move("m1d2", held("m1d2", date=date(2027, 4, 8)))
        spring.move("m1d2", held("m1d2"))
        assert {mail.status for mail in spring.mails("date_moved")} == {"dropped"}

    def test_owners_of_challenges_who_were_invited_are_told(self, sqlite: Database) -> None:
        driven = Driver(sqlite, people=2).enrol().until("2028-02-03")
        driven.all_sent()
        driven.move("alumni_day", held("alumni_day", date=date(2028, 4, 5)))
        assert sorted(mail.to for mail in driven.mails("date_moved")) == ["01", "02", "owner-m2", "owner-m5"]
        driven.until("2028-04-05 16:00")
        assert len(driven.mails("alumni_owner_invitation")) == 2, "nobody is invited twice"
        assert len(driven.mails("alumni_invitation", number=1)) == 1

    def test_owners_who_were_not_invited_yet_are_invited_to_the_new_day_only(self, sqlite: Database) -> None:
        driven = Driver(sqlite, people=2).enrol().until("2028-01-12")
        driven.move("alumni_day", held("alumni_day", date=date(2028, 4, 5)))
        assert sorted(mail.to for mail in driven.mails("date_moved")) == ["01", "02"]
        driven.until("2028-04-05 16:00")
        assert {mail.on for mail in driven.mails("alumni_owner_invitation")} == {"2028-02-09"}

    @pytest.mark.parametrize(
        ("part", "value"),
        [("place", "Hotel Hirtshals"), ("staff", ("Ida Holm",)), ("material", {"Bog": "https://example.org/bog"})],
    )
    def test_another_place_staff_or_material_is_told_to_who_knew_of_it(
        self, spring: Driver, part: str, value: Any
    ) -> None:
        spring.until("2027-04-10").all_sent()
        for milestone in ("m2d1", "m6d1"):
            spring.move(milestone, held(milestone, **{part: value}))
        told = {(mail.details["milestone"], mail.details["changed"], mail.to) for mail in spring.mails("date_moved")}
        assert told == {("m2d1", part, to) for to in ("01", "02", "03")}, "to module 6 nobody is invited yet"


class TestCalledOff:
    def test_its_deadlines_wait_people_are_told_and_a_day_is_to_be_found(self, spring: Driver) -> None:
        spring.move("m1d2", None)
        assert {mail.to for mail in spring.mails("date_called_off")} == {"01", "02", "03"}
        [task] = spring.tasks("date_find")
        assert (task.to, task.details["due_on"]) == ("coordinator-1", "2027-03-19")
        assert spring.commitment("leadership_foundation", 1).due_on is None
        spring.until("2027-04-20")
        assert spring.commitment("leadership_foundation", 1).state == "open"

    def test_nobody_is_stuck_meanwhile(self, spring: Driver) -> None:
        spring.move("m1d2", None)
        with spring.database.read() as connection:
            assert summarise(connection, "hold-3").stuck == ()

    def test_the_new_day_is_told_and_closes_the_task(self, spring: Driver) -> None:
        spring.move("m1d2", None)
        spring.all_sent()
        spring.until("2027-03-16").move("m1d2", held("m1d2", date=date(2027, 4, 8)))
        assert {mail.to for mail in spring.mails("date_moved")} == {"01", "02", "03"}
        assert spring.commitment("leadership_foundation", 1).due_on == date(2027, 4, 8)
        assert [task.status for task in spring.tasks("date_find")] == ["dropped"]

    def test_put_back_before_anybody_was_told_it_is_no_news(self, spring: Driver) -> None:
        spring.move("m1d2", None)
        spring.move("m1d2", held("m1d2"))
        assert {mail.status for mail in spring.mails("date_called_off")} == {"dropped"}
        assert spring.mails("date_moved") == []

    def test_a_programme_without_a_word_for_it_calls_nothing_off(self, sqlite: Database) -> None:
        data = talent_nord().programme.model_dump(by_alias=True) | {"on_call_off": None}
        driven = Driver(sqlite, people=1, definition=type(talent_nord())(Programme.model_validate(data))).enrol()
        with pytest.raises(UnknownTriggerError, match="call_off"):
            driven.move("m1d2", None)


class TestConsequencesFirst:
    def test_a_preview_writes_nothing(self, spring: Driver) -> None:
        before = spring.dump()
        preview = spring.engine.preview("hold-3", "m1d2", held("m1d2", date=date(2027, 4, 8)))
        assert spring.dump() == before
        assert {one.name for one in preview.deadlines} == {"leadership_foundation"}
        assert preview.stays == ()

    def test_what_was_kept_stays_kept(self, spring: Driver) -> None:
        spring.fire("leadership_foundation:keep", 1, held_on="2027-03-12")
        preview = spring.engine.preview("hold-3", "m1d2", held("m1d2", date=date(2027, 4, 8)))
        assert [(one.journey_id, one.state) for one in preview.stays] == [("hold-3-01", "kept")]
        assert [one.journey_id for one in preview.deadlines] == ["hold-3-02", "hold-3-03"]

    def test_it_is_done_as_it_was_shown_or_not_at_all(self, spring: Driver) -> None:
        to = held("m1d2", date=date(2027, 4, 8))
        seal = spring.engine.preview("hold-3", "m1d2", to).seal
        spring.fire("leadership_foundation:keep", 1, held_on="2027-03-12")
        before = spring.dump()
        with pytest.raises(ConsequencesChangedError, match="other than it was when it was shown"):
            spring.engine.reschedule("hold-3", "m1d2", to, Fact("k", "me"), seal=seal)
        assert spring.dump() == before
        seal = spring.engine.preview("hold-3", "m1d2", to).seal
        spring.engine.reschedule("hold-3", "m1d2", to, Fact("k", "me"), seal=seal)
        assert spring.commitment("leadership_foundation", 2).due_on == date(2027, 4, 8)


MOMENTS = ("2027-01-20", "2027-03-12", "2027-04-29 20:00", "2027-08-20", "2027-12-10", "2028-02-03")


@pytest.fixture(scope="module")
def moments(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[dict[str, Path]]:
    """Three talents' year at some moments of it, each in a file of its own."""
    folder = tmp_path_factory.mktemp("moments")
    shutil.copy(sqlite_template, folder / "year.db")
    driven = Driver(Database(f"sqlite:///{folder}/year.db", synchronous="OFF"), people=3).enrol()
    found: dict[str, Path] = {}
    for moment in MOMENTS:
        driven.until(moment).all_sent()
        driven.database.close()
        found[moment] = folder / f"{len(found)}.db"
        shutil.copy(folder / "year.db", found[moment])
    yield found
    driven.database.close()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moment=st.sampled_from(MOMENTS),
    milestone=st.sampled_from(sorted(talent_nord().milestones)),
    shift=st.none() | st.integers(-60, 90),
    twice=st.booleans(),
)
def test_whatever_the_day_and_the_moment_the_preview_is_what_is_written(
    moments: dict[str, Path], tmp_path: Path, moment: str, milestone: str, shift: int | None, twice: bool
) -> None:
    shutil.copy(moments[moment], tmp_path / "try.db")
    database = Database(f"sqlite:///{tmp_path}/try.db", synchronous="OFF")
    driven = Driver(database, people=3)
    driven.now = driven.at(moment)
    steps = [shift, 7] if twice and shift != 7 else [shift]
    for step in steps:
        to = None if step is None else held(milestone, reason=SNOW)
        if to is not None:
            to = to.model_copy(update={"date": to.date + timedelta(days=step or 0)})
        preview, before = driven.engine.preview("hold-3", milestone, to), Rows.of(driven)
        if preview.allowed:
            driven.move(milestone, to)
            assert_exactly(preview, before, Rows.of(driven))
        else:
            with pytest.raises(DayRefusedError):
                driven.move(milestone, to)
    database.close()


def test_what_opens_on_the_day_opens_on_the_new_one(sqlite: Database) -> None:
    driven = Driver(sqlite, people=2).enrol().until("2027-04-10")
    driven.move("m2d1", held("m2d1", date=date(2027, 5, 3)))
    driven.until("2027-05-04 15:59")  # The other day of the bootcamp goes along: then people come home.
    assert driven.commitment("mentor_meeting_m2", 1).state == "planned"
    driven.until("2027-05-04 16:00")
    assert driven.commitment("mentor_meeting_m2", 1).state == "open"
