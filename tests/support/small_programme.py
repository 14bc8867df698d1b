"""A small programme to be broken: what is changed in it leaves somebody stuck."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from config.definition import Definition
from config.programme import Programme
from states.exploration.explore import explore

Data = dict[str, Any]

SOUND: Data = {
    "id": "small",
    "version": 1,
    "name": "Small",
    "start": "before",
    "places": {},
    "shapes": {"two": {"label": "two days", "days": [{"enters": "{module}.sprint"}, {"enters": "{module}.after"}]}},
    "calendar": [
        {"milestone": "kickoff", "label": "Kick-off", "enters": "started"},
        {"module": "m1", "number": 1, "title": "One", "shape": "two"},
        {"milestone": "reunion", "label": "Reunion", "enters": "reunited", "final": True, "date_optional": True},
    ],
    "events": {
        "leave": {
            "label": "Leave",
            "from": ["active"],
            "to": "on_leave",
            "commitments": "pause",
            "effects": [{"task": "come_back", "to": ["coordinator"]}],
        },
        "return": {"label": "Return", "from": ["on_leave"], "to": "place", "commitments": "resume"},
        "lapse": {
            "label": "Never came back",
            "from": ["on_leave"],
            "to": "lapsed",
            "final": True,
            "falls": "reunion + 8w",
            "commitments": "cancel",
        },
        "withdraw": {
            "label": "Withdraw",
            "from": ["active", "on_leave"],
            "to": "withdrawn",
            "final": True,
            "commitments": "cancel",
        },
    },
    "commitments": [
        {
            "id": "meeting",
            "label": "Meeting",
            "owner": "talent",
            "each": "module",
            "opens": "day1",
            "due": "day1 + 7d",
            "reminders": [{"when": "due - 3d", "effects": [{"mail": "soon", "to": ["talent"]}]}],
            "on_miss": [{"mail": "missed", "to": ["talent"]}],
            "escalation": [
                {"when": "missed + 3wd", "effects": [{"task": "help", "to": ["coordinator"]}]},
                {"when": "missed + 8wd", "effects": [{"mail": "tell", "to": ["consultant"]}]},
            ],
        },
        {
            "id": "reunion_date",
            "label": "Date of the reunion",
            "subject": "cohort",
            "owner": "coordinator",
            "kept_by_date_of": "reunion",
            "opens": "m1d2 + 6w",
            "due": "m1d2 + 10w",
            "on_open": [{"task": "set_date", "to": ["coordinator"]}],
            "on_miss": [{"task": "set_date_now", "to": ["coordinator"]}],
        },
    ],
}


def small(change: Callable[[Data], object] | None = None) -> Definition:
    """The small programme, with one thing changed."""
    data = deepcopy(SOUND)
    if change is not None:
        change(data)
    return Definition(Programme.model_validate(data))


def meeting(data: Data) -> Data:
    return next(spec for spec in data["commitments"] if spec["id"] == "meeting")


def problems(change: Callable[[Data], object]) -> list[str]:
    return [str(problem) for problem in explore(small(change)).problems]
