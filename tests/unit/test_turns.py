"""One writer at a time in front of the server, and a second try when the database was busy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from flows.server.one_writer import App, Message, OneAtATime, Receive, Scope, Send

Answer = Callable[[bytes], tuple[int, bytes]]


def app_that(answer: Answer, raising: Exception | None = None) -> App:
    """Return an app that reads a request's body, then answers what ``next_state`` returns for it."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message["body"]
            more = message["more_body"]
        scope["path"] = "written into by routing"
        status, text = answer(body)
        await send({"type": "http.response.start", "status": status})
        await send({"type": "http.response.body", "body": text})
        if raising is not None:
            raise raising

    return app


class Asking:
    """A client: sends a body in two pieces, and keeps what it is answered."""

    def __init__(self, app: App, method: str = "POST") -> None:
        self.app, self.method = app, method
        self.pieces = [
            {"type": "http.request", "body": b"one ", "more_body": True},
            {"type": "http.request", "body": b"two", "more_body": False},
        ]
        self.got: list[Any] = []

    async def receive(self) -> Message:
        return self.pieces.pop(0)

    async def send(self, message: Message) -> None:
        self.got.append(message["status"] if "status" in message else message["body"])

    async def __call__(self) -> list[Any]:
        scope = {"type": "http", "method": self.method, "path": "/form"}
        await self.app(scope, self.receive, self.send)
        assert scope["path"] == "/form" or self.method == "GET"
        return self.got


def ask(app: App, method: str = "POST") -> list[Any]:
    return asyncio.run(Asking(app, method)())


def test_what_a_busy_database_refuses_is_asked_again_as_it_was() -> None:
    answers = iter([503, 503, 201])
    heard: list[bytes] = []

    def answer(body: bytes) -> tuple[int, bytes]:
        heard.append(body)
        return next(answers), b"made"

    assert ask(OneAtATime(app_that(answer), pauses=(0, 0, 0))) == [201, b"made"]
    assert heard == [b"one two"] * 3


def test_the_last_refusal_is_passed_on() -> None:
    tries: list[bytes] = []

    def busy(body: bytes) -> tuple[int, bytes]:
        tries.append(body)
        return 503, b"busy"

    assert ask(OneAtATime(app_that(busy), pauses=(0, 0))) == [503, b"busy"]
    assert len(tries) == 3


@pytest.mark.parametrize("status", [200, 404, 409, 500])
def test_any_other_answer_is_the_answer(status: int) -> None:
    tries: list[bytes] = []

    def answer(body: bytes) -> tuple[int, bytes]:
        tries.append(body)
        return status, b"so"

    assert ask(OneAtATime(app_that(answer))) == [status, b"so"]
    assert len(tries) == 1


@pytest.mark.parametrize("status", [500, 503])
def test_the_error_behind_an_answer_reaches_the_log_after_the_answer(status: int) -> None:
    asking = Asking(OneAtATime(app_that(lambda _: (status, b"no"), LookupError("why")), pauses=(0,)))
    with pytest.raises(LookupError, match="why"):
        asyncio.run(asking())
    assert asking.got == [status, b"no"]


def test_writers_take_turns_and_readers_do_not_wait() -> None:
    inside = {"POST": 0, "GET": 0}
    most = dict(inside)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        inside[method] += 1
        most[method] = max(most[method], inside[method])
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        inside[method] -= 1
        await send({"type": "http.response.start", "status": 200})

    async def all_at_once() -> None:
        guarded = OneAtATime(app)
        await asyncio.gather(*(Asking(guarded, method)() for method in ["POST", "GET"] * 5))

    asyncio.run(all_at_once())
    assert most == {"POST": 1, "GET": 5}


def test_a_slow_reader_keeps_no_writer_waiting() -> None:
    async def both() -> list[Any]:
        guarded = OneAtATime(app_that(lambda _: (200, b"done")))
        slow, quick = Asking(guarded), Asking(guarded)
        never = asyncio.Event()

        async def stalled(_: Message) -> None:
            await never.wait()

        slow.send = stalled  # type: ignore[assignment]
        waiting = asyncio.create_task(slow())
        await asyncio.sleep(0)
        got = await quick()
        waiting.cancel()
        return got

    assert asyncio.run(asyncio.wait_for(both(), 5)) == [200, b"done"]


def test_what_is_not_http_goes_straight_through() -> None:
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    async def nothing() -> Message:
        raise AssertionError("nobody asked")

    async def nowhere(_: Message) -> None:
        raise AssertionError("nothing to say")

    asyncio.run(OneAtATime(app)({"type": "lifespan"}, nothing, nowhere))
    assert seen == ["lifespan"]
