"""What a scheduled run is called before it begins: as its run will be, by the time it is planned for.

Prefect names a run when it begins, and until then by two random words; one that is cancelled or late keeps them, and a
coordinator sees them among the runs to come. The server plans all scheduled runs in one function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

Named = Mapping[str, Callable[[datetime], str]]
"""Of a deployment, by its name: what its run is called, given the aware instant it is planned for."""


def name_scheduled(deployments: Any, named: Named) -> None:
    """Let ``prefect.server.models.deployments`` name the runs that it plans; runs of other deployments as before.

    Raises:
        AttributeError: this version of Prefect plans them elsewhere.
    """
    planned = deployments._generate_scheduled_flow_runs

    async def with_names(*given: Any, session: Any, deployment_id: Any, **more: Any) -> list[dict[str, Any]]:
        runs: list[dict[str, Any]] = await planned(*given, session=session, deployment_id=deployment_id, **more)
        deployment = await deployments.read_deployment(session=session, deployment_id=deployment_id)
        if deployment is None or (name := named.get(deployment.name)) is None:
            return runs
        return [{"name": name(run["expected_start_time"]), **run} for run in runs]

    deployments._generate_scheduled_flow_runs = with_names
