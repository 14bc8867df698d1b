"""All rule books of a definition: the journey's and each commitment's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from config.definition import Definition
from config.plain_text import AS_KEPT
from config.programme import Programme
from states.machines.commitment import commitment_rules
from states.machines.journey import journey_rules
from states.machines.rulebook import RuleBook


@dataclass(frozen=True, eq=False)
class Rules:
    """The rule books of one definition; each is itself only, so that what is worked out from it can be kept."""

    definition: Definition
    journey: RuleBook
    commitments: Mapping[str, RuleBook]


def rules_for(definition: Definition) -> Rules:
    """Return the rule books of a definition."""
    commitments = {name: commitment_rules(spec) for name, spec in definition.commitments.items()}
    return Rules(definition, journey_rules(definition), commitments)


@lru_cache(maxsize=64)
def rules_of(definition: str) -> Rules:
    """Return the rule books of a definition given as JSON; worked out once for each."""
    return rules_for(Definition(Programme.model_validate_json(definition, context=AS_KEPT)))
