"""What is handed around is never changed by whoever gets it: a fact, an outcome, a rule book, a cast."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from states.facts import Fact, Outcome
from states.machines.rules import rules_for
from states.plan.effects import ActiveJourneys, Cast
from tests.support.driver import talent_nord


@pytest.mark.parametrize(
    ("one", "field"),
    [
        (Fact("key", "actor"), "key"),
        (Outcome("hold-3", "leave"), "trigger"),
        (rules_for(talent_nord()), "journey"),
        (Cast(("a",), "b"), "administration"),
        (ActiveJourneys(), "members"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else value,
)
def test_it_cannot_be_changed(one: object, field: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(one, field, None)
