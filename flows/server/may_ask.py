"""What whoever has signed in may ask of Prefect's API: to look, to start a form, and to stop a run. Nothing else.

Prefect has no roles, and much of its API runs code: a deployment's steps, a block, a work pool, the variables of a job.
Whoever runs code reads the keys and can be anybody. So what is not named here is for programs with the server's
password. To try a run again, or to go on with one that waits, would record in the name of whoever started it: a form is
filled in anew instead (docs/adr/0043).
"""

from __future__ import annotations

import re
from enum import Enum, auto

_ONLY_READ = {"GET", "HEAD", "OPTIONS"}
_SECRETS = "/api/block_documents"
_LIST_OF_SECRETS = f"{_SECRETS}/filter"
_LOOKS = re.compile(
    r"/api/[a-z0-9_/.-]*/(filter|count|paginate|history|lateness|next-runs|count-deployments|count-task-runs|validate)"
    r"|/api/events/count-by/[a-z:_-]+",
    re.IGNORECASE,
)
_STARTS = re.compile(r"/api/deployments/([0-9a-f-]{36})/create_flow_run")
_STOPS = re.compile(r"/api/flow_runs/[0-9a-f-]{36}/set_state")
STOPPED = ("CANCELLING", "CANCELLED")


class Asks(Enum):
    """What a request asks for."""

    LOOK = auto()
    START = auto()
    STOP = auto()
    SECRETS = auto()
    ELSE = auto()


def asks(method: str, path: str) -> Asks:
    """Return what a request asks for; ``ELSE`` is whatever is not known to be harmless.

    ``SECRETS`` is the list of blocks, which some of Prefect's pages read beside what they show: it is given as empty.
    """
    if (method, path) == ("POST", _LIST_OF_SECRETS):
        return Asks.SECRETS
    if path.startswith(_SECRETS) and not path.endswith("/count"):
        return Asks.ELSE
    if method in _ONLY_READ or (method == "POST" and _LOOKS.fullmatch(path)):
        return Asks.LOOK
    if method == "POST" and _STARTS.fullmatch(path):
        return Asks.START
    return Asks.STOP if method == "POST" and _STOPS.fullmatch(path) else Asks.ELSE


def deployment_of(path: str) -> str:
    """Return the id of the deployment that a request starts."""
    found = _STARTS.fullmatch(path)
    assert found is not None
    return found[1]
