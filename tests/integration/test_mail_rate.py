"""All workers together hand over no more mails a second than the settings say; the rate is never in a mail's way."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.mail_rate import LIMIT, MailRate, set_mail_rate
from flows.server.process import ServerPlace
from notifications.outbox import Outbox
from tests.support.free_port import closed_port
from tests.support.mailroom import Post

pytestmark = [
    pytest.mark.xdist_group("prefect"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

RATE = 4.0
EACH = 8

_WORKER = f"""
import json, time
from concurrent.futures import ThreadPoolExecutor
from flows.mail_rate import MailRate
rate, went = MailRate(), []
def send(_):
    rate.wait()
    went.append(time.time())
with ThreadPoolExecutor(4) as pool:
    list(pool.map(send, range({EACH})))
print(json.dumps(went))
"""


@pytest.fixture
def limited(server: ServerPlace) -> ServerPlace:
    """A server that knows the rate; set twice, as at every start."""
    for _ in range(2):
        set_to(RATE)
    return server


def set_to(rate: float) -> None:
    async def run() -> None:
        async with get_client() as client:
            await set_mail_rate(client, rate)

    asyncio.run(run())


def test_two_processes_together_keep_it(limited: ServerPlace) -> None:
    command = [sys.executable, "-c", _WORKER]
    environment = {**os.environ, **limited.environment()}
    started = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for _ in range(2)
    ]
    went = sorted(at for one in started for at in json.loads(one.communicate(timeout=120)[0].splitlines()[-1]))
    assert len(went) == 2 * EACH
    # A second's worth may go at once; after that, the rate.
    assert (len(went) - RATE) / (went[-1] - went[0]) <= RATE * 1.1
    assert max(sum(1 for at in went if start <= at < start + 1) for start in went) <= 2 * RATE


def test_no_rate_is_no_limit(limited: ServerPlace) -> None:
    async def limit() -> str:
        async with get_client() as client:
            return (await client.read_global_concurrency_limit_by_name(LIMIT)).name

    set_to(RATE)
    assert asyncio.run(limit()) == LIMIT
    for _ in range(2):
        set_to(0)
    with pytest.raises(ObjectNotFound):
        asyncio.run(limit())
    began = time.monotonic()
    for _ in range(20):
        MailRate().wait()
    assert time.monotonic() - began < 10


def test_where_it_cannot_be_asked_mails_go_and_it_is_left_alone_for_a_while(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def refuse(*_: object, **__: object) -> None:
        asked.append(1)
        raise ConnectionError("nobody there")

    monkeypatch.setattr("prefect.concurrency.sync.rate_limit", refuse)
    with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{closed_port()}/api"}):
        rate = MailRate()
        rate.wait()
        rate.wait()
    assert asked == [1]
    assert "the mail rate is not kept for 60 s: nobody there" in caplog.text


def test_only_a_mail_that_is_handed_over_takes_a_turn(post: Post) -> None:
    turns: list[datetime] = []
    before = post.outbox
    outbox = Outbox(
        before._database, before._transport, before._letterhead, before._now, lambda: turns.append(datetime.now(UTC))
    )
    effect = post.effect("talk_convene")
    assert outbox.carry_out(effect).status == "sent"
    assert len(turns) == 1
    assert outbox.carry_out(effect).status == "sent"
    assert len(turns) == 1
    assert turns[0] > datetime.now(UTC) - timedelta(minutes=1)
