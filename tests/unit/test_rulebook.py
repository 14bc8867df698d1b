"""The rule book: what it keeps is what the machine says, what the machine says is what the rules say."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

import pytest

from config.definition import ACTIVE, Definition
from config.files.yaml_file import load_yaml
from config.programme import Programme
from states.machines.commitment import commitment_rules
from states.machines.journey import journey_rules
from states.machines.rulebook import Answer, Rule, RuleBook
from tests.support.driver import talent_nord

MENTOR_LIGHT = Path(__file__).parents[1] / "data" / "config" / "programmes" / "mentor-light.yaml"

Case = tuple[str, str, frozenset[str], str]


def mentor_light() -> Definition:
    return Definition(Programme.model_validate(load_yaml(MENTOR_LIGHT).data))


def books(definition: Definition) -> dict[str, RuleBook]:
    """Every machine that a definition gives, by name."""
    commitments = {name: commitment_rules(spec) for name, spec in definition.commitments.items()}
    return {"journey": journey_rules(definition)} | commitments


def cases(book: RuleBook) -> Iterator[Case]:
    """Every place of every region, trigger and set of guards; of guards of one kind (``place=``) at most one holds."""
    for region, places in book.regions.items():
        for trigger in book.triggers:
            for guards in guard_sets(book, trigger):
                yield from ((place, trigger, guards, region) for place in places)


def guard_sets(book: RuleBook, trigger: str) -> Iterator[frozenset[str]]:
    kinds: dict[str, list[str]] = {}
    for guard in book.guards_of(trigger):
        kinds.setdefault(guard.partition("=")[0] if "=" in guard else guard, []).append(guard)
    for chosen in product(*([None, *guards] for guards in kinds.values())):
        yield frozenset(guard for guard in chosen if guard is not None)


def by_the_rules(book: RuleBook, case: Case) -> Answer | None:
    """What the rules say, read one by one: those of the place itself first, then those of the states around it."""
    place, trigger, guards, region = case
    around = place
    while around:
        for rule in book.rules:
            if (rule.trigger, rule.source, rule.region) == (trigger, around, region) and guards.issuperset(rule.guards):
                return Answer(rule.dest or place, rule.causes)
        around = around.rpartition(".")[0]
    return None


ALL = [
    pytest.param(book, id=f"{definition.programme.id}-{name}")
    for definition in (talent_nord(), mentor_light())
    for name, book in books(definition).items()
]


@pytest.mark.parametrize("book", ALL)
def test_every_answer_kept_is_the_machines_own(book: RuleBook) -> None:
    walked = list(cases(book))
    kept = {case: book.answer(*case) for case in walked}
    for case in reversed(walked):
        assert book.answer(*case) == kept[case] == book.ask_machine(*case), case


@pytest.mark.parametrize("book", ALL)
def test_the_machine_says_what_the_rules_say(book: RuleBook) -> None:
    for case in cases(book):
        assert book.ask_machine(*case) == by_the_rules(book, case), case


def test_the_walk_meets_refusals_stays_and_moves() -> None:
    answers = [(case[0], book.ask_machine(*case)) for book in books(talent_nord()).values() for case in cases(book)]
    assert sum(answer is None for _, answer in answers) > 1000
    assert sum(answer is not None and answer.dest == place for place, answer in answers) > 300
    assert sum(answer is not None and answer.dest != place for place, answer in answers) > 300
    assert sum(answer is not None and bool(answer.causes) for _, answer in answers) > 300


# -- the book itself -----------------------------------------------------------------------------------------------

RULES = [
    Rule("push", "shut", "open.wide", ("strong",)),
    Rule("push", "shut", "open.ajar"),
    Rule("knock", "shut", None, causes=("a bark", "a voice")),
    Rule("shut", "open", "shut"),
    Rule("burn", "open.ajar", "gone", ("dry",)),
]
OF_THE_LIGHT = [
    Rule("switch", "dark", "bright", region="light"),
    Rule("knock", "dark", "bright", ("awake",), ("a yawn",), "light"),
]
DOOR = RuleBook({"door": ["shut", "open", "open.wide", "open.ajar", "gone"]}, RULES)
HOUSE = RuleBook({**DOOR.regions, "light": ["dark", "bright"]}, [*RULES, *OF_THE_LIGHT])


def test_a_kept_answer_does_not_call_the_machine_again(monkeypatch: pytest.MonkeyPatch) -> None:
    book = RuleBook(DOOR.regions, DOOR.rules)
    asked: list[Case] = []
    live = book.ask_machine

    def counted(place: str, trigger: str, guards: frozenset[str], region: str) -> Answer | None:
        asked.append((place, trigger, guards, region))
        return live(place, trigger, guards, region)

    monkeypatch.setattr(book, "ask_machine", counted)
    for _ in range(3):
        assert book.next_state("shut", "push") == "open.ajar"
        assert book.next_state("shut", "push", frozenset({"strong"})) == "open.wide"
        assert book.next_state("shut", "burn") is None
    assert len(asked) == 3, "a refusal is kept like any answer"


def test_the_first_rule_whose_guard_holds_decides() -> None:
    assert DOOR.next_state("shut", "push", frozenset({"strong"})) == "open.wide"
    assert DOOR.next_state("shut", "push", frozenset({"dry"})) == "open.ajar"
    assert DOOR.next_state("open.ajar", "burn") is None, "no rule is left"


def test_a_state_within_another_follows_its_rules() -> None:
    assert DOOR.next_state("open.wide", "shut") == "shut"


def test_an_internal_rule_stays_where_it_is_and_is_no_refusal() -> None:
    assert DOOR.next_state("shut", "knock") == "shut"
    assert DOOR.next_state("open.wide", "knock") is None


def test_an_answer_names_what_the_transition_causes() -> None:
    assert DOOR.answer("shut", "knock") == Answer("shut", ("a bark", "a voice"))
    assert DOOR.answer("shut", "push") == Answer("open.ajar")


def test_regions_stand_side_by_side() -> None:
    assert HOUSE.answer("open.wide", "shut") == Answer("shut"), "the first region is meant where none is named"
    assert HOUSE.answer("dark", "switch", region="light") == Answer("bright")
    assert HOUSE.answer("dark", "shut", region="light") is None, "that is for the door to do"
    assert HOUSE.answer("gone", "switch") is None, "and that is not"


def test_a_region_with_one_place_keeps_no_other_from_moving() -> None:
    book = RuleBook({**DOOR.regions, "bell": ["still"]}, RULES)
    assert book.answer("open.wide", "shut") == Answer("shut")


def test_a_trigger_that_concerns_two_regions_is_answered_by_each_for_itself() -> None:
    assert HOUSE.concerns["knock"] == ("door", "light")
    awake = frozenset({"awake"})
    assert HOUSE.answer("shut", "knock", awake) == Answer("shut", ("a bark", "a voice"))
    assert HOUSE.answer("dark", "knock", awake, "light") == Answer("bright", ("a yawn",))
    assert HOUSE.answer("dark", "knock", region="light") is None
    assert HOUSE.answer("gone", "knock", awake) is None


def test_a_trigger_that_no_rule_knows_is_refused() -> None:
    assert DOOR.next_state("shut", "kick") is None
    assert DOOR.next_state("shut", "to_open") is None, "the library's own triggers are not there"


def test_guards_are_named_by_trigger() -> None:
    assert DOOR.guards_of("push") == ("strong",)
    assert DOOR.guards_of("knock") == ()


def test_triggers_and_states_are_listed_once_in_order() -> None:
    assert DOOR.triggers == ("push", "knock", "shut", "burn")
    assert DOOR.states == ("shut", "open", "open.wide", "open.ajar", "gone")


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads take turns as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def test_threads_may_ask_at_the_same_time(restless: None) -> None:
    """There is one probe in a book: an answer that another thread's question had changed would be kept for ever."""
    for _ in range(20):
        book = RuleBook(DOOR.regions, DOOR.rules)
        cases = [(state, trigger) for state in book.states for trigger in book.triggers] * 5
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(book.answer, *zip(*cases, strict=True)))
        assert found == [DOOR.ask_machine(*case) for case in cases]


def test_commitments_of_one_shape_share_a_book() -> None:
    specs = talent_nord().commitments
    assert commitment_rules(specs["mentor_meeting_m1"]) is commitment_rules(specs["mentor_meeting_m6"])
    assert commitment_rules(specs["mentor_meeting_m1"]) is not commitment_rules(specs["portrait"])


def test_a_journeys_book_knows_every_state_of_its_definition() -> None:
    book = journey_rules(talent_nord())
    assert set(book.states) == {ACTIVE, *talent_nord().states}
    assert book.initial == talent_nord().start_state == "active.before.talk"
    assert list(book.regions) == ["calendar", "second_half"]
