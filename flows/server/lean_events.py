"""What Prefect's events leave out: pages, and the tags of runs (docs/adr/0016).

An event of an artifact holds the whole page once more, with people's names; Prefect's server tells of them, and so does
every client. An event of a run or a task run names each of the run's tags, every talent's: six rows in seven of those
that events are found by. All events pass one function of the server on their way to whoever keeps or awaits them.
"""

from __future__ import annotations

from typing import Any

_OF_PAGES = ("prefect.artifact.", "prefect.artifact-collection.")


def make_lean(publisher: Any) -> None:
    """Let ``prefect.server.events.messaging.EventPublisher`` pass on no event of a page, and no tag with any other.

    Raises:
        AttributeError: this version of Prefect does it elsewhere, and pages would be copied unseen.
    """
    publish = publisher.publish_event

    async def publish_event(self: Any, event: Any) -> None:
        if event.event.startswith(_OF_PAGES):
            return
        related = [one for one in event.related if one.role != "tag"]
        await publish(self, event.model_copy(update={"related": related}))

    publisher.publish_event = publish_event
