"""Each message says in its first line which rules of the programme it serves, to whom it goes, and when."""

from __future__ import annotations

import re

import pytest

from flows.rule_list import FILES, read_rules, rules_named
from notifications.messages import purposes
from notifications.render import known_messages

PURPOSES = purposes()
RULES = {rule.ident for rule in read_rules(FILES[0])}


def test_every_message_has_a_purpose() -> None:
    assert PURPOSES.keys() == known_messages()
    assert len(PURPOSES) > 80


@pytest.mark.parametrize("message", PURPOSES)
def test_it_names_rules_that_are_there_and_says_for_whom_and_when(message: str) -> None:
    named, colon, rest = PURPOSES[message].partition(": ")
    rules = set(rules_named(named))
    assert colon
    assert rules
    assert rules <= RULES
    assert re.fullmatch(r"R\d+((, | to )R\d+)*", named)
    assert len(rest) >= 20
    assert rest.endswith(".")
    assert re.search(r"\bto\b|\bfor\b", rest)
