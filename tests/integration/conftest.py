"""What several files of tests ask for: a Prefect server a worker, the command, peers with certificates, a post."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from config.errors import DeliveryUnknownError
from flows.server.process import ServerPlace
from states.store.database import Database
from tests.support.certificate import Certificate
from tests.support.command import Command, the_command
from tests.support.free_port import closed_port
from tests.support.mailroom import Post, before_the_talk
from tests.support.peer_cases import Stand
from tests.support.prefect import running
from tests.support.sendgrid_events import Told


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerPlace]:
    """A running Prefect server; flows of this process talk to it."""
    with running(tmp_path_factory.mktemp("prefect")) as place:
        yield place


@pytest.fixture
def run_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """The ``talentnord`` command, run within the test."""
    with the_command(monkeypatch, capsys) as run:
        yield run


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Certificate, Certificate]:
    """One that is trusted and one that is not."""
    folder = tmp_path_factory.mktemp("tls")
    return Certificate(folder / "known.pem"), Certificate(folder / "strange.pem")


@pytest.fixture
def stand(certificates: tuple[Certificate, Certificate], monkeypatch: pytest.MonkeyPatch) -> Stand:
    """A port and certificates for a mail peer, which is reached without any proxy."""
    monkeypatch.setenv("no_proxy", "*")
    return Stand(closed_port(), *certificates)


@pytest.fixture
def post(database: Database) -> Post:
    """One talent's cohort: the talk is to be called, and nobody has been told yet."""
    return before_the_talk(database)


@pytest.fixture
def to_leader(post: Post) -> int:
    """The effect that asks the leader to call the talk."""
    return post.effect("talk_convene")


@pytest.fixture
def told(database: Database) -> Told:
    """One talent and leader, who have had the mails about their talk."""
    post = before_the_talk(database)
    post.empty()
    return Told(post)


@pytest.fixture
def lost(database: Database) -> Told:
    """The same, and nobody knows whether SendGrid has the mails."""
    post = before_the_talk(database)
    post.fail_with(DeliveryUnknownError("it was cut off"))
    post.empty()
    post.tray.instead = None
    return Told(post)
