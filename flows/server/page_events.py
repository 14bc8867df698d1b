"""Leaves events of artifacts out: each holds a whole page once more, with people's names (docs/adr/0016).

Prefect's server tells of an artifact when its collection changes, and every client that writes one tells of it too. All
events pass one function of the server on their way to whoever keeps or awaits them; those of artifacts end there.
"""

from __future__ import annotations

from typing import Any

_OF_PAGES = ("prefect.artifact.", "prefect.artifact-collection.")


def leave_out_pages(publisher: Any) -> None:
    """Let ``prefect.server.events.messaging.EventPublisher`` pass on all events but those of artifacts.

    Raises:
        AttributeError: this version of Prefect does it elsewhere, and pages would be copied unseen.
    """
    publish = publisher.publish_event

    async def publish_event(self: Any, event: Any) -> None:
        if not event.event.startswith(_OF_PAGES):
            await publish(self, event)

    publisher.publish_event = publish_event
