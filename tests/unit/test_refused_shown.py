"""A list of runs that asks for *Completed* ones by name shows the refused ones too, and nothing else is asked anew."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flows.server.refused_shown import asked_too
from notifications.refusals import refused_states

CALLED = ("Afvist", "Refused")


def asking(*names: str) -> dict[str, Any]:
    return {"flow_runs": {"state": {"name": {"any_": [*names]}}, "tags": {"all_": ["aktivitet"]}}, "limit": 10}


def test_whoever_asks_for_completed_runs_asks_for_refused_ones() -> None:
    asked = json.loads(asked_too(json.dumps(asking("Completed", "Failed")).encode(), CALLED))
    assert asked == asking("Completed", "Failed", "Afvist", "Refused")


def test_nothing_is_asked_for_twice() -> None:
    asked = json.loads(asked_too(json.dumps(asking("Completed", "Afvist")).encode(), CALLED))
    assert asked == asking("Completed", "Afvist", "Refused")


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(asking("Failed", "Late")).encode(),
        b'{"flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}}',
        b'{"flow_runs": {"name": {"like_": "Completed"}}}',
        b'{"flow_runs": {"state": {"name": {"any_": "Completed"}}}}',
        b'["Completed"]',
        b"Completed, but no JSON",
        b"",
    ],
    ids=["others", "by type", "by the run's name", "no list", "no object", "no JSON", "nothing"],
)
def test_every_other_question_stays_as_it_is(body: bytes) -> None:
    assert asked_too(body, CALLED) == body


def test_every_language_has_its_name() -> None:
    assert "Afvist" in refused_states()
    assert len(refused_states()) == 2
