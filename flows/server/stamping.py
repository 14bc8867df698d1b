"""What a browser sends to start or stop a run, as it is passed on: with who has signed in, and without what may not be.

A run is started with a stamp (notifications/passes.py) in a label of its own. The stamp holds for one deployment and
one idempotency key, which are set here: copied from one run to another it is worth nothing.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

from flows.server.may_ask import STOPPED
from notifications.links import Links
from notifications.passes import stamp

LABEL = "talentnord.by"
"""The label of a run that holds its stamp; flows/teller.py reads it."""
_TAKEN = ("name", "parameters", "enforce_parameter_schema", "state", "tags")
"""What a form's page sends of a run; nothing of where it runs, on what or with which variables, and no labels."""


def started_by(links: Links, person: str, deployment: str, body: bytes) -> bytes | None:
    """Return the body that starts a run in a person's name; ``None`` where it cannot be read."""
    given = _read(body)
    if given is None:
        return None
    key = secrets.token_urlsafe(16)
    taken: dict[str, Any] = {name: given[name] for name in _TAKEN if name in given}
    taken |= {"idempotency_key": key, "labels": {LABEL: stamp(links, person, deployment, key)}}
    return json.dumps(taken).encode()


def stopping(body: bytes) -> bytes | None:
    """Return the body that stops a run; ``None`` where it asks for any other state, or cannot be read."""
    given = _read(body)
    state = given.get("state") if given else None
    if not isinstance(state, dict) or state.get("type") not in STOPPED:
        return None
    return json.dumps({"state": {"type": state["type"], "name": state.get("name")}}).encode()


def _read(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
