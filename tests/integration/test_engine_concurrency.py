"""Two at once are safe (invariant 8): the same fact, the same trigger, and two ticks, from threads and processes."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from subprocess import PIPE

import pytest
from sqlalchemy import text

from config.errors import ConflictError, TransitionRefusedError
from states.engine import Engine
from states.facts import Fact, Outcome
from states.machines.rulebook import RuleBook
from states.machines.rules import rules_of
from states.moves.changes import Changes
from states.moves.firing import Firing
from states.moves.journeys import JourneyMover
from states.records import Journey
from states.running_cohort import read_cohort
from states.store.database import Database
from states.store.queries import journeys_of
from tests.support.driver import Driver, day, hold_3_people, replayed

ROOT = Path(__file__).parents[2]

KEEP = "mentor_meeting_m1:keep"


def together(*deeds: Callable[[], object]) -> list[object]:
    """Do all at once, each in a thread; what each returned or raised, in the order given."""
    start = threading.Barrier(len(deeds))
    results: list[object] = [None] * len(deeds)

    def run(position: int, deed: Callable[[], object]) -> None:
        start.wait()
        try:
            results[position] = deed()
        except Exception as error:
            results[position] = error

    threads = [threading.Thread(target=run, args=(position, deed)) for position, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.fixture
def driven(database: Database) -> Driver:
    return Driver(database, people=6).enrol().until("2027-03-16")


def _engines(driven: Driver, number: int) -> list[Engine]:
    return [Engine(driven.database, lambda: driven.now) for _ in range(number)]


@pytest.mark.parametrize("attempt", range(3))
def test_the_same_fact_told_at_once_is_one_fact(driven: Driver, attempt: int) -> None:
    fact = Fact("form-7", "tester", {"held_on": "2027-03-16"})
    deeds = [lambda engine=engine: engine.fire(KEEP, ["hold-3-01"], fact) for engine in _engines(driven, 4)]
    outcomes = together(*deeds)
    assert all(isinstance(outcome, Outcome) for outcome in outcomes), outcomes
    assert len({outcome.transitions for outcome in outcomes if isinstance(outcome, Outcome)}) == 1
    assert [row.dest for row in driven.history("hold-3-01/mentor_meeting_m1")].count("kept") == 1


@pytest.mark.parametrize("attempt", range(3))
def test_the_same_trigger_told_by_several_moves_once(driven: Driver, attempt: int) -> None:
    facts = [Fact(f"form-{number}", "tester") for number in range(4)]
    engines = _engines(driven, 4)
    deeds = [
        lambda engine=engine, fact=fact: engine.fire(KEEP, ["hold-3-01"], fact)
        for engine, fact in zip(engines, facts, strict=True)
    ]
    outcomes = together(*deeds)
    kinds = Counter(type(outcome) for outcome in outcomes)
    assert kinds == {Outcome: 1, TransitionRefusedError: 3}
    assert [row.dest for row in driven.history("hold-3-01/mentor_meeting_m1")].count("kept") == 1
    assert len(driven.dump()["facts"]) == 1, "a refused fact is not kept"


@pytest.mark.parametrize("attempt", range(2))
def test_two_ticks_at_once_do_what_one_does(driven: Driver, calm: Database, attempt: int) -> None:
    """Each timer is fired once, and in order: groups are formed before pairs are made of them."""
    one = Driver(calm, people=6).enrol().until("2027-03-16")
    for driver in (driven, one):
        driver.now = driver.at("2027-06-01")
    one.engine.tick()
    outcomes = together(*(engine.tick for engine in _engines(driven, 3)))
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert driven.engine.tick() == [], "nothing due is left over"
    assert [tuple(row)[1:] for row in driven.history()] == [tuple(row)[1:] for row in one.history()]
    assert driven.mails() == one.mails()
    assert driven.tasks() == one.tasks()


def test_two_cohorts_are_ticked_side_by_side(driven: Driver) -> None:
    other = Driver(driven.database, people=3, cohort=driven.cohort.model_copy(update={"id": "hold-4"})).enrol()
    driven.now = driven.at("2027-06-01")
    together(*(engine.tick for engine in _engines(driven, 2)))
    assert driven.state(1) == driven.state("hold-4-01") == "active.m2.sprint"
    assert other.engine.tick(driven.now) == []


def _telling(driven: Driver, trigger: str, number: int) -> Callable[[], object]:
    engine = Engine(driven.database, lambda: driven.now)
    fact = Fact(f"form-{number}", "tester", {"milestone": "m2d1"})
    return lambda: engine.fire(trigger, [f"hold-3-{number:02d}"], fact)


def test_facts_while_it_ticks_are_all_taken(driven: Driver) -> None:
    driven.now = driven.at("2027-04-02 12:00")
    facts = [(KEEP, 1), ("leave", 2), ("absence", 3), ("withdraw", 4)]
    deeds: list[Callable[[], object]] = [driven.engine.tick]
    deeds += [_telling(driven, trigger, number) for trigger, number in facts]
    outcomes = together(*deeds)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    driven.engine.tick()
    states = replayed(driven.history())
    assert (driven.state(2), driven.state(4)) == ("on_leave", "withdrawn")
    assert states["hold-3-01/mentor_meeting_m1"] in {"kept", "kept_late"}
    assert driven.state(1) == "active.m1.between"


@pytest.mark.parametrize("attempt", range(3))
def test_two_who_withdraw_at_once_leave_nobody_with_one_who_is_gone(driven: Driver, attempt: int) -> None:
    driven.until("2027-05-03")
    one, two = _engines(driven, 2)
    outcomes = together(
        lambda: one.fire("withdraw", ["hold-3-02"], Fact("a", "tester")),
        lambda: two.fire("withdraw", ["hold-3-04"], Fact("b", "tester")),
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    partners = {number: driven.commitment("shadow_visit", number).partner_id for number in (1, 3, 5, 6)}
    assert partners == {1: "hold-3-03", 3: "hold-3-01", 5: "hold-3-06", 6: "hold-3-05"}


def test_two_days_moved_at_once_are_both_moved(driven: Driver) -> None:
    one, two = _engines(driven, 2)
    outcomes = together(
        lambda: one.reschedule("hold-3", "m3d1", day("2027-06-03"), Fact("a", "tester")),
        lambda: two.reschedule("hold-3", "m3d2", day("2027-06-24"), Fact("b", "tester")),
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert str(driven.commitment("mentor_meeting_m3", 1).due_on) == "2027-06-10"
    driven.until("2027-06-24 16:00")
    assert driven.states(1)["portrait"] == "open"


def test_enrolled_twice_at_once_is_enrolled_once(database: Database) -> None:
    drivers = [Driver(database, people=4) for _ in range(2)]
    outcomes = together(*(driver.enrol for driver in drivers))
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert len([row for row in drivers[0].history() if row.trigger == "enrol"]) == 4


def test_two_processes_tick_the_same_database(driven: Driver) -> None:
    driven.now = driven.at("2027-06-01")
    source = (
        "from datetime import datetime; from states.engine import Engine; from states.store.database import Database;"
        f"print(sum(len(o.transitions) for o in Engine(Database({str(driven.database.url)!r}), None).tick("
        f"datetime.fromisoformat({driven.now.isoformat()!r}))))"
    )
    started = [subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=60)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0]
    told = [row for row in driven.history() if row.at == driven.now]
    assert sum(map(int, said)) == len(told)
    replayed(driven.history())


@pytest.mark.parametrize("enrolled", [0, 2], ids=["a new cohort", "more people of one that runs"])
def test_two_processes_import_the_same_list(database: Database, enrolled: int) -> None:
    driven = Driver(database, people=6)
    if enrolled:
        driven.enrol(hold_3_people(enrolled)).until("2027-03-16")
    source = (
        "from datetime import datetime; from states.engine import Engine; from states.store.database import Database;"
        "from tests.support.driver import hold_3, hold_3_people, talent_nord; import sys; sys.stdin.readline();"
        f"engine = Engine(Database({database.url.render_as_string(hide_password=False)!r}),"
        f" lambda: datetime.fromisoformat({driven.now.isoformat()!r}));"
        "print(engine.enrol(hold_3(), talent_nord(), hold_3_people(6)).enrolled)"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", source], stdin=PIPE, stdout=PIPE, text=True, cwd=ROOT) for _ in range(2)
    ]
    said = [process.communicate("go\n", timeout=60)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0]
    assert sorted(map(int, said)) == [0, 6 - enrolled]
    assert {f"hold-3-{number:02d}" for number in range(1, 7)} <= {row.journey_id for row in driven.history()}
    replayed(driven.history())


def test_who_is_overtaken_reads_anew(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journey's version that moved on between reading and writing is a conflict, and is tried again."""
    driven = Driver(sqlite, people=2).enrol()
    really = JourneyMover.move
    overtaken: list[str] = []

    def overtake(self: JourneyMover, trigger: str, journeys: list[object]) -> None:
        really(self, trigger, journeys)  # type: ignore[arg-type]
        if not overtaken:
            overtaken.append(trigger)
            self._firing.connection.execute(text("UPDATE journeys SET version = version + 1"))

    monkeypatch.setattr(JourneyMover, "move", overtake)
    assert driven.fire("leave", 1).transitions[0].id == "hold-3-01#1"
    monkeypatch.setattr(JourneyMover, "move", lambda self, *_: self._firing.changes.journeys.append(_GONE))
    with pytest.raises(ConflictError):
        driven.fire("leave", 2)


_GONE = {"b_id": "hold-3-02", "b_version": 99, "b_state": "nowhere"}


def test_threads_that_share_one_rule_book_get_right_answers(sqlite: Database) -> None:
    """A machine is asked through one model, and what it answers is kept: a wrong answer would stay for ever."""
    driven = Driver(sqlite, people=1).enrol()
    with sqlite.read() as connection:
        coordinator = Firing(
            connection, read_cohort(connection, "hold-3"), Changes(driven.now, "test"), {}, strict=False
        )
        [someone] = journeys_of(connection, "hold-3")
    text_of = driven.definition.programme.model_dump_json(by_alias=True)
    fresh = rules_of.__wrapped__(text_of).journey
    everywhere = [someone._replace(state=state) for state in fresh.states]
    patience = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(5):
            shared = rules_of.__wrapped__(text_of).journey
            deeds = [_asking(coordinator, shared, everywhere, trigger) for trigger in ("leave", "m6d2", "m6d1", "m2d1")]
            for trigger, answer in zip(("leave", "m6d2", "m6d1", "m2d1"), together(*deeds), strict=True):
                expected = [(one, fresh.answer(one.state, trigger)) for one in everywhere]
                assert answer == [(one, found) for one, found in expected if found is not None]
    finally:
        sys.setswitchinterval(patience)


def _asking(coordinator: Firing, rules: RuleBook, everywhere: list[Journey], trigger: str) -> Callable[[], object]:
    return lambda: coordinator.answered(trigger, everywhere, lambda one: rules.answer(one.state, trigger), False)
