"""One connection to the Prefect server for everything within a block."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prefect.client.orchestration import PrefectClient
from prefect.context import AsyncClientContext, SyncClientContext


@asynccontextmanager
async def one_client() -> AsyncIterator[PrefectClient]:
    """Let all that Prefect does within the block use one client, and give that client.

    Otherwise each run and each artifact makes clients of its own, and each of those reads all root certificates anew
    (22 ms), even to talk to this very machine.
    """
    async with AsyncClientContext.get_or_create() as context:
        with SyncClientContext.get_or_create():
            yield context.client
