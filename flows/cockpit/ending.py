"""How a flow or a task ends: a state whose message says in a coordinator's words what came of it, and no traceback."""

from __future__ import annotations

from typing import cast

from prefect.states import Completed, Failed


def completed(message: str, name: str = "Completed") -> str:
    """Return the state of a run that did what it should; whoever called the flow gets the message.

    A form that was refused ends so too, under a name of its own: Prefect logs any other end as an error, with the
    name of its class (docs/adr/0040).
    """
    # Prefect hands the caller what the state holds.
    return cast(str, Completed(name=name, message=message, data=message))


def failed(message: str, error: Exception) -> str:
    """Return the state of a run that failed; whoever called the flow gets the error, raised."""
    return cast(str, Failed(message=message, data=error))
