"""Every promise that a talent or a leader owes can be kept by their own answer alone (R65)."""

from __future__ import annotations

from typing import get_args

import pytest

from config.answers import Answerer
from config.checks.answers import OF_VERB
from config.grammar import ESCALATED
from config.library import Library
from config.programme import CommitmentSpec
from states.machines.commitment import OPEN, commitment_rules, is_late, recordable_verbs

DEFINITION = Library().programme("talent-nord").definition
OWED = [spec for spec in DEFINITION.commitments.values() if spec.owner in get_args(Answerer)]


def test_talents_and_leaders_owe_most_of_it() -> None:
    assert {spec.owner for spec in OWED} == {"talent", "mentor"}
    others = {spec.owner for spec in DEFINITION.commitments.values() if spec not in OWED}
    assert others == {"coordinator"}, "who acts in the Prefect UI"


@pytest.mark.parametrize("spec", OWED, ids=lambda spec: spec.id)
def test_what_somebody_owes_they_can_say_themselves(spec: CommitmentSpec) -> None:
    mine = [answer for answer in spec.answers if spec.owner in answer.by]
    keeping = [answer for answer in mine if answer.verb == "keep"]
    assert len(keeping) == 1
    assert bool(spec.choices) == ("choice" in keeping[0].asks)
    assert bool(spec.fills) == ("person" in keeping[0].asks)
    rules = commitment_rules(spec)
    late = [state for state in rules.states if is_late(state) and state != ESCALATED]
    for state in (OPEN, *late):
        assert rules.answer(state, "keep") is not None, f"while it is {state}"


@pytest.mark.parametrize("spec", OWED, ids=lambda spec: spec.id)
def test_whatever_an_answer_can_tell_of_it_has_an_answer(spec: CommitmentSpec) -> None:
    assert {answer.verb for answer in spec.answers} == OF_VERB.keys() & set(recordable_verbs(spec))


@pytest.mark.parametrize("spec", [spec for spec in OWED if spec.on_appoint], ids=lambda spec: spec.id)
def test_owner_and_counterpart_both_answer_where_they_meet(spec: CommitmentSpec) -> None:
    for answer in spec.answers:
        assert {"talent", "mentor"} <= set(answer.by)
