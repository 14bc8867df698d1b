"""One writer at a time in front of Prefect's server, and a second try when another process was in its way.

Prefect answers 503 when SQLite let another writer in between a request's reading and its writing, and leaves it to the
client to ask again. Its Python client does; a browser does not, and a coordinator's form would be lost. With several
writers at once most requests end like that, or wait for one another until they time out. Nothing of a request that is
answered so has been written, so it can be repeated as it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_BUSY = 503
_ONLY_READ = {"GET", "HEAD", "OPTIONS"}
# Together 6.3 seconds: the other writer needs milliseconds, and whoever asked is still waiting.
_PAUSES = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)


@dataclass(frozen=True)
class Answer:
    """What an app answered; the error that it raised after its answer, or instead of one."""

    messages: list[Message]
    error: Exception | None = None

    @property
    def is_busy(self) -> bool:
        """Whether the answer is that the database was busy."""
        return bool(self.messages) and self.messages[0].get("status") == _BUSY


class OneAtATime:
    """ASGI middleware: requests that may write are given to ``app`` in turn, and again while it answers 503.

    Their answers are passed on whole, after the turn: who reads slowly keeps nobody waiting. The last 503 is passed on
    as it is, and so is an error. Requests that only read, and what is not HTTP, go straight through.
    """

    def __init__(self, app: App, pauses: tuple[float, ...] = _PAUSES) -> None:
        self.app = app
        self.pauses = pauses
        self._turn = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] in _ONLY_READ:
            await self.app(scope, receive, send)
            return
        request = await _whole(receive)
        answer = await self._try(scope, request, receive)
        for pause in self.pauses:
            if not answer.is_busy:
                break
            await asyncio.sleep(pause)
            answer = await self._try(scope, request, receive)
        for message in answer.messages:
            await send(message)
        if answer.error is not None:
            raise answer.error

    async def _try(self, scope: Scope, request: list[Message], receive: Receive) -> Answer:
        """Give a request to the app when it is its turn."""
        messages: list[Message] = []
        told = iter(request)

        async def receive_again() -> Message:
            message = next(told, None)
            return await receive() if message is None else message

        async def keep(message: Message) -> None:
            messages.append(message)

        async with self._turn:
            try:
                # Each try has its own scope: routing writes into it.
                await self.app(dict(scope), receive_again, keep)
            except Exception as error:
                return Answer(messages, error)
        return Answer(messages)


async def _whole(receive: Receive) -> list[Message]:
    """Return the messages of a request, to the last piece of its body or to where the client left."""
    messages = [await receive()]
    while messages[-1].get("more_body", False):
        messages.append(await receive())
    return messages
