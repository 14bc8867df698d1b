"""The people of a rehearsal: pure, the same seed does the same things, and nobody is later than the habits say."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from config.library import Library
from config.profile import Profile
from flows.rehearsal.behaviour import Act, Behaviour
from flows.rehearsal.rehearsal import calendar_of
from states.facts import Transition

LOADED = Library().cohort("hold-3")
CALENDAR = calendar_of(LOADED)
HOURS = LOADED.definition.working_time
OPENED = datetime(2027, 3, 11, 15, tzinfo=UTC)
OPENED_ON = date(2027, 3, 11)
DUE = date(2027, 3, 18)


def people(seed: int = 1, **profile: Any) -> Behaviour:
    return Behaviour("hold-3", CALENDAR, Profile.model_validate({"id": "mine", "name": "Mine", **profile}), seed)


def habit(**values: Any) -> dict[str, Any]:
    return {"habits": {"default": values}}


def opened(name: str, talent: int = 1, number: int = 1, trigger: str = "open", dest: str = "open") -> Transition:
    """The transition that opened (or not) a talent's commitment for the ``number``th time."""
    journey = f"hold-3-{talent:02d}"
    ident = f"{journey}/{name}#{number}"
    return Transition(ident, "hold-3", journey, name, trigger, "planned", dest, OPENED, "timer")


def meetings(behaviour: Behaviour, number: int = 1) -> list[Act]:
    """What the 24 do about their first mentor meeting, opened on a Thursday and due on the next."""
    return list(behaviour.react_to(opened("mentor_meeting_m1", talent, number) for talent in range(1, 25)))


def local_days(acts: list[Act]) -> list[date]:
    return [CALENDAR.local_day(act.at) for act in acts]


def test_the_same_seed_does_the_same_and_another_does_otherwise() -> None:
    wide = habit(within=[0.0, 1.0], late=0.3, never=0.1)
    assert meetings(people(1, **wide)) == meetings(people(1, **wide))
    assert meetings(people(1, **wide)) != meetings(people(2, **wide))


def test_what_one_does_depends_on_nobody_else() -> None:
    """A cohort of other people, or in another order, changes nothing for the rest."""
    [alone] = people().react_to([opened("mentor_meeting_m1", 7)])
    assert alone in meetings(people())


def test_when_it_opens_again_people_may_do_otherwise() -> None:
    wide = habit(within=[0.0, 1.0], late=0.5)
    behaviour = people(**wide)
    first, again = meetings(behaviour), meetings(behaviour, number=3)
    assert not {act.key for act in first} & {act.key for act in again}
    assert [act.at for act in first] != [act.at for act in again]


def test_who_is_punctual_keeps_it_after_it_opened_by_the_deadline_on_a_working_day() -> None:
    acts = meetings(people(**habit(within=[0.0, 1.0])))
    assert {act.trigger for act in acts} == {"mentor_meeting_m1:keep"}
    assert all(OPENED_ON < day <= DUE for day in local_days(acts))
    assert all(HOURS.next_open(act.at) == act.at for act in acts)


def test_a_habit_says_when_within_the_time_given() -> None:
    assert set(local_days(meetings(people(**habit(within=[1.0, 1.0]))))) == {DUE}
    assert set(local_days(meetings(people(**habit(within=[0.0, 0.0]))))) == {date(2027, 3, 12)}


def test_who_is_late_is_as_late_as_the_habit_says() -> None:
    acts = meetings(people(**habit(late=1.0, late_days=[3, 5])))
    assert {act.trigger for act in acts} == {"mentor_meeting_m1:keep"}
    # The third day is a Sunday: then it is held on the Monday.
    assert {(day - DUE).days for day in local_days(acts)} == {4, 5}


@pytest.mark.parametrize(
    "habits", [{"within": [0.0, 1.0]}, {"late": 1.0, "late_days": [1, 12]}], ids=["in time", "late"]
)
def test_people_meet_and_agree_to_meet_on_working_days_only(habits: dict[str, Any]) -> None:
    """R45: whatever was promised, and on whichever day it opened."""
    behaviour = people(**habit(appoints=1.0, **habits))
    acts = [
        act
        for name, days, talent in product(LOADED.definition.commitments, range(0, 28, 3), range(1, 7))
        for act in behaviour.react_to([opened(name, talent)._replace(at=OPENED + timedelta(days=days))])
    ]
    said = [dict(act.details) for act in acts]
    named = [date.fromisoformat(one[field]) for one in said for field in ("held_on", "appointed_on") if field in one]
    assert len(named) > 1000
    assert [day for day in {*named, *local_days(acts)} if not HOURS.is_working_day(day)] == []


def test_what_is_never_kept_is_waived_in_the_end() -> None:
    assert {act.trigger for act in meetings(people(**habit(never=1.0)))} == {"mentor_meeting_m1:waive"}


def test_shares_are_of_people() -> None:
    behaviour = people(**habit(late=0.3, never=0.2, late_days=[2, 2]))
    many = behaviour.react_to(opened("mentor_meeting_m1", 1, number) for number in range(1000))
    count = Counter((act.trigger.partition(":")[2], CALENDAR.local_day(act.at) > DUE) for act in many)
    assert count["waive", True] == pytest.approx(200, abs=50)
    assert count["keep", True] == pytest.approx(300, abs=50)
    assert count["keep", False] == pytest.approx(500, abs=50)


def test_a_fact_says_on_what_day_it_was() -> None:
    [act] = people().react_to([opened("mentor_meeting_m1")])
    assert act.journey == "hold-3-01"
    assert dict(act.details) == {"held_on": CALENDAR.local_day(act.at).isoformat(), "plan": "revised"}


def test_who_has_a_page_answers_there_and_the_coordinator_tells_the_rest() -> None:
    [act] = people().react_to([opened("expectation_talk")])
    assert (act.role, act.option, dict(act.details)["plan"]) == ("mentor", "held", "written")
    [waived] = people(habits={"default": {"never": 1.0}}).react_to([opened("portrait")])
    assert (waived.role, waived.trigger) == ("coordinator", "portrait:waive")


def test_who_says_beforehand_when_it_will_be_says_so_before_it_is() -> None:
    agreed, held = sorted(people(habits={"default": {"appoints": 1.0}}).react_to([opened("mentor_meeting_m1")]))
    assert (agreed.option, held.option) == ("agreed", "held")
    assert dict(agreed.details)["appointed_on"] == dict(held.details)["held_on"]
    assert agreed.at <= held.at


def test_somebody_else_may_answer_in_the_owners_place() -> None:
    [act] = people(habits={"default": {"counterpart": 1.0}}).react_to([opened("mentor_meeting_m1")])
    assert act.role == "mentor"


def test_choices_are_those_of_the_profile_and_the_others_let_silence_speak() -> None:
    chosen = {"second_half_choice": {"second_mentor": [2], "none": [3]}}
    acts = people(choices=chosen).react_to(opened("second_half_choice", talent) for talent in range(1, 5))
    assert {act.journey: dict(act.details)["choice"] for act in acts} == {
        "hold-3-02": "second_mentor",
        "hold-3-03": "none",
    }


def test_only_what_has_opened_is_acted_upon() -> None:
    moves = [
        opened("mentor_meeting_m1", trigger="miss", dest="missed"),
        opened("mentor_meeting_m1", trigger="resume", dest="planned"),
    ]
    assert list(people().react_to(moves)) == []


def test_incidents_befall_whom_the_profile_names_when_it_says() -> None:
    [act] = people(incidents=[{"event": "leave", "talent": 11, "when": "m2d2 + 8d"}]).incidents()
    assert (act.trigger, act.journey) == ("leave", "hold-3-11")
    assert CALENDAR.local_day(act.at) == date(2027, 5, 7)


def test_what_a_coordinator_records_is_an_incident_too_with_its_days() -> None:
    incident = {"event": "portrait:extend", "talent": 3, "when": "m3d2 + 1w", "dates": {"due_on": "m4d1 + 1w"}}
    [act] = people(incidents=[incident]).incidents()
    assert (act.trigger, act.journey, act.details) == ("portrait:extend", "hold-3-03", (("due_on", "2027-09-01"),))


def test_without_a_talent_it_befalls_the_cohort_whose_id_the_details_leave_a_place_for() -> None:
    incident = {
        "event": "replace",
        "when": "m4d1",
        "details": {"whom": "{cohort}/coordinator-1", "holder": {"name": "Bo"}},
    }
    [act] = people(incidents=[incident]).incidents()
    assert act.journey == "hold-3"
    assert dict(act.details) == {"whom": "hold-3/coordinator-1", "holder": {"name": "Bo"}}


def test_what_was_a_mistake_is_taken_back_by_its_key() -> None:
    incident = {"event": "leave", "talent": 11, "when": "m4d1 - 9d", "taken_back": "m4d1 - 7d"}
    leave, back = people(incidents=[incident]).incidents()
    assert (back.trigger, back.details) == ("leave:correct", (("corrects", leave.key),))
    assert back.at - leave.at == timedelta(days=2)


def test_incidents_that_the_programme_does_not_know_befall_nobody() -> None:
    assert list(people(incidents=[{"event": "lottery", "talent": 1, "when": "m2d2"}]).incidents()) == []
    assert list(people(incidents=[{"event": "leave", "talent": 1, "when": "someday"}]).incidents()) == []
    assert list(people(incidents=[{"event": "network9:move", "when": "m2d2"}]).incidents()) == []
    assert list(people(incidents=[{"event": "lottery:keep", "talent": 1, "when": "m2d2"}]).incidents()) == []
