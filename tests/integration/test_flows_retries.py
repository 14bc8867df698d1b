"""A mail that the peer surely did not take is tried again by Prefect within its run; all else never is."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect.tasks import exponential_backoff

from config.errors import DeliveryError, DeliveryUnknownError, RejectedError, RetryLaterError
from flows import carrying
from flows.clock import system_clock
from flows.react import react_to
from flows.server.process import ServerPlace
from flows.services import letterhead_of, use
from notifications.outbox import Outbox
from notifications.transports.protocol import Mail, Receipt
from tests.support.hold import KICKOFF_INVITED, Hold, Tray, enrolled
from tests.support.prefect import ask, flow_runs, task_runs, wait_until

pytestmark = pytest.mark.xdist_group("prefect")

METTE = "mette.broendgaard@aalborg.example.org"


class Moody(Tray):
    """Answers the first tries for Mette with errors, then takes the mail; counts all tries."""

    def __init__(self, *answers: DeliveryError) -> None:
        super().__init__()
        self.answers = list(answers)
        self.tries = 0

    def send(self, mail: Mail) -> Receipt:
        if mail.to.email == METTE:
            self.tries += 1
            if self.answers:
                raise self.answers.pop(0)
        return super().send(mail)


@pytest.fixture
def driven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hold]:
    """A cohort whose kick-off was just announced; its retries wait for a second and two."""
    quick = carrying.carry_out.with_options(retry_delay_seconds=exponential_backoff(1.5)(3), retry_jitter_factor=0.1)
    monkeypatch.setattr(carrying, "carry_out", quick)
    with enrolled(tmp_path, 3) as driven:
        yield driven


def react_with(driven: Hold, peer: Tray) -> int:
    """Announce the kick-off through a peer, on a clock that goes on; return how many runs that took."""
    outcomes = driven.tick(KICKOFF_INVITED)
    ahead = KICKOFF_INVITED - system_clock()
    now = driven.coordinator
    outbox = Outbox(now.database, peer, letterhead_of(now.settings, now.library), lambda: system_clock() + ahead)
    services = replace(now, outbox=outbox)
    use(services)
    return asyncio.run(react_to(services, outcomes)).runs


def the_run(server: ServerPlace, driven: Hold) -> tuple[dict[str, Any], dict[str, Any]]:
    """The cohort's run, and the task run of Mette's mail."""
    (run,) = (one for one in flow_runs(server, "react") if driven.id in one["tags"])

    def mine() -> dict[str, Any] | None:
        found = [one for one in task_runs(server, run["id"]) if one["name"].startswith("Mail til Mette Brøndgaard")]
        return found[0] if found and found[0]["state_type"] in {"COMPLETED", "FAILED"} else None

    return run, wait_until(mine)


def states_of(server: ServerPlace, task_run: str) -> list[str]:
    """The names of all states that a task run went through, in order."""
    return [one["name"] for one in ask(server, f"/task_run_states/?task_run_id={task_run}")]


def test_what_the_peer_refused_twice_goes_once_and_the_run_shows_that_it_waited(
    server: ServerPlace, driven: Hold
) -> None:
    peer = Moody(RetryLaterError("busy", 1), RetryLaterError("busy still", 1))
    assert react_with(driven, peer) == 1
    run, task = the_run(server, driven)
    assert peer.tries == 3
    assert [mail.to.email for mail in peer.mails].count(METTE) == 1
    assert run["state"]["type"] == "COMPLETED"
    assert run["state"]["message"] == f"{len(peer.mails)} mails sendt"
    assert task["state"]["message"] == "Sendt"
    # The server hears of states one by one, in whatever order they arrive.
    ended = {"AwaitingRetry": 2, "Completed": 1}
    wait_until(lambda: ended.items() <= Counter(states_of(server, task["id"])).items())
    assert driven.statuses("kickoff_invitation") == {"sent"}


def test_when_the_retries_are_used_up_the_run_says_that_the_mail_waits(server: ServerPlace, driven: Hold) -> None:
    peer = Moody(*(RetryLaterError("busy", 1) for _ in range(9)))
    react_with(driven, peer)
    run, task = the_run(server, driven)
    assert peer.tries == 4
    assert run["state"]["type"] == "COMPLETED"
    assert run["state"]["message"] == f"{len(peer.mails)} mails sendt, 1 venter"
    assert (task["state"]["type"], task["state"]["name"]) == ("COMPLETED", "Venter")
    assert "busy" in task["state"]["message"]
    assert driven.statuses("kickoff_invitation") == {"sent", "pending"}


def test_a_wait_that_the_retries_do_not_cover_is_left_to_the_next_tick(server: ServerPlace, driven: Hold) -> None:
    peer = Moody(RetryLaterError("too many requests", 900))
    react_with(driven, peer)
    _, task = the_run(server, driven)
    assert peer.tries == 1
    assert task["state"]["name"] == "Venter"
    assert "AwaitingRetry" not in states_of(server, task["id"])
    driven.clock.turn_to(KICKOFF_INVITED + timedelta(minutes=16))
    use(driven.coordinator)
    assert driven.react() == 1
    assert [mail.to.email for mail in driven.tray.mails] == [METTE]


@pytest.mark.parametrize(
    ("answer", "status"),
    [(DeliveryUnknownError("cut off"), "unknown"), (RejectedError("550 no such mailbox"), "rejected")],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_is_unknown_or_refused_is_never_tried_again(
    server: ServerPlace, driven: Hold, answer: DeliveryError, status: str
) -> None:
    peer = Moody(answer)
    react_with(driven, peer)
    run, task = the_run(server, driven)
    assert peer.tries == 1
    assert run["state"]["type"] == task["state"]["type"] == "FAILED"
    assert answer.why in task["state"]["message"]
    assert "AwaitingRetry" not in states_of(server, task["id"])
    assert driven.statuses("kickoff_invitation") == {"sent", status}


def test_who_waits_for_the_peer_keeps_nobody_back(
    server: ServerPlace, driven: Hold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "AT_A_TIME", 1)
    peer = Moody(RetryLaterError("busy", 1))
    react_with(driven, peer)
    assert peer.mails[-1].to.email == METTE
    assert len(peer.mails) > 2
