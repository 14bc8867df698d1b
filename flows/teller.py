"""Who tells what a form's run records: whoever our server says has started it, by a stamp on the run (R67).

The server (flows/server/stamping.py) takes away whatever a browser says of it, and writes its own.
"""

from __future__ import annotations

from prefect.context import FlowRunContext

from config.errors import StampRefusedError
from flows.server.stamping import LABEL
from flows.services import Services
from flows.site.keys import site_keys
from notifications.links import Links
from notifications.passes import stamped_by

OFFICE, OPERATOR = "coordinator", "operator"


def teller(services: Services) -> str:
    """Return the actor of what the present run tells: ``coordinator:hold-3/coordinator-1``.

    Where nobody signs in it is the office (``coordinator``). Where coordinators do, a run without a stamp was started
    by a program that has the server's password: the operator.

    Raises:
        StampRefusedError: the run has a stamp, and it is none of ours or belongs to another run.
    """
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    token = run.labels.get(LABEL) if run else None
    if run is None or token is None:
        return OPERATOR if services.settings.signs_in else OFFICE
    links = Links(site_keys(services.settings), "")
    person = stamped_by(links, str(token), str(run.deployment_id), str(run.idempotency_key))
    if person is None:
        raise StampRefusedError(str(run.id))
    return f"{OFFICE}:{person}"
