"""R51: mixed teams at a bootcamp are formed with its invitation, changed by the coordinator, named by the reminder."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from config.definition import Definition
from config.errors import (
    CorrectionRefusedError,
    FactIncompleteError,
    TransitionRefusedError,
    UnknownRecordError,
)
from states.facts import Fact, Outcome
from states.running_cohort import read_cohort
from states.store.database import Database
from states.store.reach_tables import TeamRow
from states.store.teams import read_teams, seats_of
from states.views.my_page import my_page
from states.views.teams import module_teams
from tests.support.driver import Driver, day, hold_3_people, journey, talent_nord

INVITED, REMINDED, DAY_1, HOME = "2027-04-14 08:00", "2027-04-23 08:00", "2027-04-28", "2027-05-02"
"""Two weeks before day 1 of the bootcamp in module 2, the working day that is three days before it, and after it."""


@pytest.fixture
def driven(database: Database) -> Driver:
    return Driver(database, people=12).enrol().until(INVITED)


def seats(driven: Driver, module: str = "m2") -> dict[str, int]:
    with driven.database.read() as connection:
        return {who: team for (where, who), team in seats_of(connection, "hold-3").items() if where == module}


def present(driven: Driver, module: str = "m2") -> dict[int, set[str]]:
    """Who is named in each team."""
    with driven.database.read() as connection:
        teams = read_teams(connection, read_cohort(connection, "hold-3"))
    return {one.number: set(one.members) for one in teams if one.module == module}


def put(driven: Driver, number: int, team: int, module: str = "m2", key: str = "put-1", **details: str) -> Outcome:
    who = journey(number)
    fact = Fact(key, "coordinator", {"talent": who, "module": module, "team": str(team), **details})
    return driven.engine.arrange("hold-3", "team", fact, about=[who])


def another(driven: Driver, number: int, module: str = "m2") -> int:
    """A team that a talent is not in."""
    own = seats(driven, module)[journey(number)]
    return next(team for team in sorted(set(seats(driven, module).values())) if team != own)


def undo(driven: Driver, key: str = "put-1") -> None:
    driven.engine.undo(key, Fact(f"undo-{key}", "coordinator", {"because": "En fejl"}))


def told(driven: Driver, message: str = "team_changed") -> list[str]:
    return sorted(mail.to for mail in driven.mails(message) if mail.status != "dropped")


# -- formed --------------------------------------------------------------------------------------------------------


def test_all_are_put_into_teams_of_four_with_the_invitation_and_nobody_before(database: Database) -> None:
    driven = Driver(database, people=12).enrol().until("2027-04-14 07:59")
    assert seats(driven) == {}
    driven.until(INVITED)
    assert sorted(Counter(seats(driven).values()).items()) == [(1, 4), (2, 4), (3, 4)]
    assert set(seats(driven)) == {journey(number) for number in range(1, 13)}


def test_the_teams_of_the_other_bootcamp_are_formed_by_themselves(driven: Driver) -> None:
    before = seats(driven)
    assert seats(driven, "m5") == {}
    driven.until("2027-09-23")
    assert set(seats(driven, "m5")) == set(before)
    assert seats(driven) == before


def test_teams_mix_learning_groups_organisations_and_levels(sqlite: Database) -> None:
    driven = Driver(sqlite).enrol().until(INVITED)
    people = {f"hold-3-{one.number:02d}": one for one in driven.people.talents}
    for team in range(1, 7):
        members = [who for who, number in seats(driven).items() if number == team]
        assert len(members) == 4
        assert len({driven.journey(who).group_number for who in members}) == 4
        assert len({people[who].organisation for who in members}) >= 3
        assert len({people[who].level for who in members}) == 2


def test_a_day_that_is_moved_forms_nothing_twice(driven: Driver) -> None:
    before = seats(driven)
    driven.move("m2d1", day("2027-05-12"), because="Stedet er optaget")
    driven.until("2027-05-11")
    assert seats(driven) == before


def test_teams_are_formed_late_where_the_day_was_moved_nearer_before_them(sqlite: Database) -> None:
    driven = Driver(sqlite, people=6).enrol().until("2027-04-12")
    driven.move("m2d1", day("2027-04-21"), because="Stedet er optaget")
    assert seats(driven) == {}
    driven.until("2027-04-12 12:15")
    assert len(seats(driven)) == 6


def test_who_is_on_leave_is_put_into_no_team_and_gets_a_seat_on_the_way_back(database: Database) -> None:
    driven = Driver(database, people=12).enrol().until("2027-04-01")
    driven.fire("leave", 5)
    driven.until(INVITED)
    before = seats(driven)
    assert journey(5) not in before
    driven.until("2027-04-19").fire("return", 5)
    driven.until("2027-04-19 12:15")
    assert {who: team for who, team in seats(driven).items() if who != journey(5)} == before
    assert Counter(seats(driven).values()).most_common()[-1][1] >= 4, "the one of three has been filled up"


def test_who_joins_the_cohort_later_gets_a_seat_and_is_told_of_it(database: Database) -> None:
    driven = Driver(database, people=8).enrol().until("2027-04-26").all_sent()
    before = seats(driven)
    driven.enrol(hold_3_people(9)).until("2027-04-26 12:15")
    assert seats(driven) == before | {journey(9): seats(driven)[journey(9)]}
    assert "09" in told(driven, "module_day_reminder")
    assert told(driven) == [], "nobody else moves, so nothing that was said is untrue"


def test_who_joins_when_the_bootcamp_is_over_gets_none(sqlite: Database) -> None:
    driven = Driver(sqlite, people=8).enrol().until(HOME)
    driven.enrol(hold_3_people(9)).until("2027-05-02 12:15")
    assert journey(9) not in seats(driven)


@pytest.mark.parametrize("event", ["leave", "withdraw", "transfer"])
def test_who_is_no_longer_on_the_way_is_named_no_more(driven: Driver, event: str) -> None:
    team = seats(driven)[journey(3)]
    driven.fire(event, 3)
    assert journey(3) not in present(driven)[team]
    assert len(present(driven)[team]) == 3


def test_who_has_sent_an_absence_for_day_1_is_named_no_more_and_again_when_it_is_withdrawn(driven: Driver) -> None:
    team = seats(driven)[journey(3)]
    driven.fire("absence", 3, milestone="m2d1")
    assert journey(3) not in present(driven)[team]
    driven.fire("absence_withdrawn", 3, milestone="m2d1")
    assert journey(3) in present(driven)[team]


def test_a_leave_by_mistake_that_is_taken_back_leaves_the_seat(driven: Driver) -> None:
    before = present(driven)
    driven.fire("leave", 3, key="leave-1")
    undo(driven, "leave-1")
    assert present(driven) == before


def test_a_cohort_that_began_without_teams_forms_none(sqlite: Database) -> None:
    programme = talent_nord().programme
    shapes = {name: shape.model_copy(update={"teams": None}) for name, shape in programme.shapes.items()}
    earlier = Definition(programme.model_copy(update={"shapes": shapes, "version": 5}))
    driven = Driver(sqlite, people=6, definition=earlier).enrol().until(HOME)
    assert seats(driven) == {}
    with pytest.raises(FactIncompleteError, match="none of the choices"):
        put(driven, 1, 2)


# -- changed -------------------------------------------------------------------------------------------------------


def test_before_the_reminder_a_talent_is_moved_and_nobody_is_told(driven: Driver) -> None:
    before, new = seats(driven), another(driven, 1)
    outcome = put(driven, 1, new)
    assert seats(driven) == before | {journey(1): new}
    [step] = outcome.transitions
    assert (step.trigger, step.source, step.dest) == ("team", str(before[journey(1)]), str(new))
    driven.until(REMINDED)
    assert told(driven) == []


def test_after_the_reminder_both_teams_are_told_once(driven: Driver) -> None:
    driven.until(REMINDED).all_sent()
    old, new = seats(driven)[journey(1)], another(driven, 1)
    both = sorted(who.removeprefix("hold-3-") for team in (old, new) for who in present(driven)[team])
    put(driven, 1, new)
    assert told(driven) == both
    put(driven, 1, new)  # The same fact by its key.
    assert told(driven) == both


def test_whose_reminder_still_waits_hears_the_truth_from_it_alone(driven: Driver) -> None:
    driven.until(REMINDED)
    put(driven, 1, another(driven, 1))
    assert told(driven) == []


def test_two_moves_in_a_row_are_told_in_one_mail_to_each(driven: Driver) -> None:
    driven.until(REMINDED).all_sent()
    put(driven, 1, another(driven, 1))
    put(driven, 2, another(driven, 2), key="put-2")
    assert len(told(driven)) == len(set(told(driven)))


def test_who_does_not_come_is_not_told(driven: Driver) -> None:
    driven.until(REMINDED).all_sent()
    new = another(driven, 1)
    away = next(who for who in sorted(present(driven)[new]))
    driven.fire("absence", away, milestone="m2d1")
    put(driven, 1, new)
    assert away.removeprefix("hold-3-") not in told(driven)


def test_it_cannot_be_where_it_is_not_so(driven: Driver) -> None:
    own = seats(driven)[journey(1)]
    with pytest.raises(FactIncompleteError, match="is in it already"):
        put(driven, 1, own)
    with pytest.raises(FactIncompleteError, match="none of the choices"):
        put(driven, 1, 9)
    with pytest.raises(FactIncompleteError, match="m5 has no teams yet"):
        put(driven, 1, 2, module="m5")
    with pytest.raises(FactIncompleteError, match="none of the choices"):
        put(driven, 1, 2, module="m1")
    with pytest.raises(UnknownRecordError):
        put(driven, 99, 2)
    driven.fire("leave", 2)
    with pytest.raises(TransitionRefusedError):
        put(driven, 2, another(driven, 2))
    new = another(driven, 1)
    driven.until(HOME)
    with pytest.raises(FactIncompleteError, match="is over since"):
        put(driven, 1, new)


# -- taken back ----------------------------------------------------------------------------------------------------


def test_a_move_is_taken_back_and_history_keeps_both(driven: Driver) -> None:
    before = seats(driven)
    put(driven, 1, another(driven, 1))
    undo(driven)
    assert seats(driven) == before
    steps = [step.trigger for step in driven.history(f"{journey(1)}/team-m2")]
    assert steps == ["team", "team:correct"]
    assert told(driven, "fact_corrected") == []


def test_who_was_told_of_the_move_is_told_that_it_was_a_mistake(driven: Driver) -> None:
    driven.until(REMINDED).all_sent()
    put(driven, 1, another(driven, 1))
    heard = told(driven)
    driven.all_sent()
    undo(driven)
    assert told(driven, "fact_corrected") == heard


def test_what_was_to_be_told_of_a_move_is_not_told_once_it_is_taken_back(driven: Driver) -> None:
    driven.until(REMINDED).all_sent()
    put(driven, 1, another(driven, 1))
    undo(driven)
    assert told(driven) == told(driven, "fact_corrected") == []


def test_the_move_before_is_told_again_when_the_later_one_is_taken_back(driven: Driver) -> None:
    driven.until(REMINDED).all_sent()
    put(driven, 1, another(driven, 1))
    heard = told(driven)
    put(driven, 2, another(driven, 2), key="put-2")
    undo(driven, "put-2")
    assert told(driven) == heard


def test_a_later_move_of_the_same_talent_rests_on_the_one_before(driven: Driver) -> None:
    before, new = seats(driven), another(driven, 1)
    put(driven, 1, new)
    put(driven, 1, before[journey(1)], key="put-2")
    with pytest.raises(CorrectionRefusedError) as refused:
        undo(driven)
    assert (refused.value.why, refused.value.other) == ("rests", "put-2")
    undo(driven, "put-2")
    undo(driven)
    assert seats(driven) == before


def test_once_the_bootcamp_is_held_nothing_is_taken_back(driven: Driver) -> None:
    put(driven, 1, another(driven, 1))
    driven.until(HOME)
    with pytest.raises(CorrectionRefusedError) as refused:
        undo(driven)
    assert refused.value.why == "held"


# -- seen ----------------------------------------------------------------------------------------------------------


def test_the_coordinators_see_the_teams_of_each_bootcamp_that_has_some(driven: Driver) -> None:
    with driven.database.read() as connection:
        [page] = module_teams(connection, read_cohort(connection, "hold-3"), driven.now)
    assert (page.module, page.label, page.announced, page.over) == ("m2", "Modul 2: Innovationsledelse", False, False)
    assert {line.number: {one.journey for one in line.members} for line in page.teams} == present(driven)
    driven.until(HOME)
    with driven.database.read() as connection:
        [page] = module_teams(connection, read_cohort(connection, "hold-3"), driven.now)
    assert (page.announced, page.over) == (True, True)


def test_the_talent_sees_the_team_from_the_reminder_until_the_bootcamp_is_over(driven: Driver) -> None:
    def shown() -> list[int]:
        with driven.database.read() as connection:
            page = my_page(connection, driven.people.talents[0].email, driven.now)
        assert page is not None
        return [team.number for part in page.talent for team in part.teams]

    assert shown() == []
    driven.until(REMINDED)
    assert shown() == [seats(driven)[journey(1)]]
    driven.until(HOME)
    assert shown() == []


def test_one_row_keeps_a_seat(driven: Driver) -> None:
    put(driven, 1, another(driven, 1))
    with driven.database.read() as connection:
        rows = connection.execute(select(TeamRow.journey_id, TeamRow.module)).all()
    assert len(rows) == len(set(rows)) == 12
