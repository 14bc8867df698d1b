"""A peer that is broken on a Friday afternoon and mended then: what waits goes on Monday at eight, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import select

from config.errors import RetryLaterError, TransportBlockedError
from notifications.outbox import Outbox
from notifications.transports.protocol import Mail, Receipt, Transport
from states.store.database import Database
from states.store.tables import MailRow
from tests.support import sendgrid_cases, smtp_cases
from tests.support.mailroom import Post
from tests.support.peer_cases import WORDS, Case, Stand

BROKEN = ("2027-01-15 15:30", "2027-01-15 15:45")
CLOSED = ("2027-01-15 16:00", "2027-01-15 21:00", "2027-01-16 10:00", "2027-01-17 12:00", "2027-01-18 07:59")
OPEN = "2027-01-18 08:00"
LATER = ("2027-01-18 08:15", "2027-01-19 09:00")
DUE = 4
"""Mails: two talents and a leader are invited to the kick-off and asked to hold the talk, the consultant is invited."""

CASES: dict[str, tuple[Any, Case]] = {
    f"{name} {words}": (cases, case)
    for name, cases in (("SendGrid", sendgrid_cases), ("the mail server", smtp_cases))
    for words, case in cases.CASES.items()
    if case.means is not None
}
WAITING = {words: both for words, both in CASES.items() if both[1].means in {RetryLaterError, TransportBlockedError}}
FINAL = {words: both for words, both in CASES.items() if words not in WAITING}


@dataclass(frozen=True)
class _Laden:
    """Hands over each mail with a case's own attachments."""

    transport: Transport
    case: Case

    def send(self, mail: Mail) -> Receipt:
        return self.transport.send(replace(mail, attachments=self.case.mail.attachments))


@pytest.fixture
def post(sqlite_url: str) -> Iterator[Post]:
    database = Database(sqlite_url, synchronous="OFF")
    post = Post(database)
    post.driven.oversleep(BROKEN[0])
    assert len(post.readers()) == DUE
    yield post
    database.close()


@pytest.mark.parametrize(("peer", "case"), WAITING.values(), ids=WAITING)
def test_what_waits_goes_at_the_next_opening_hour_when(peer: Any, case: Case, post: Post, stand: Stand) -> None:
    play(post, _Laden(peer.transport(case, stand), case), lambda: case.peer(stand), BROKEN)
    assert post.statuses() == {"pending"}
    outbox = peer.transport(replace(case, timeout=5.0, total=20.0), stand)
    with peer.mended(stand, tls=case.tls) as script:
        visit(post, post.another(transport=outbox), CLOSED)
        assert script.taken == []
        visit(post, post.another(transport=outbox), (OPEN, *LATER))
    assert len(script.taken) == DUE
    assert post.statuses() == {"sent"}
    opened = post.driven.at(OPEN)
    with post.database.read() as connection:
        assert {row.sent_at for row in connection.execute(select(MailRow.sent_at))} == {opened}


@pytest.mark.parametrize(("peer", "case"), FINAL.values(), ids=FINAL)
def test_what_does_not_wait_is_never_sent_again_by_itself_when(peer: Any, case: Case, post: Post, stand: Stand) -> None:
    play(post, _Laden(peer.transport(case, stand), case), lambda: case.peer(stand), BROKEN)
    outbox = peer.transport(replace(case, timeout=5.0, total=20.0), stand)
    with peer.mended(stand, tls=case.tls) as script:
        visit(post, post.another(transport=outbox), (*CLOSED, OPEN, *LATER))
    assert script.taken == []
    assert post.statuses() == {WORDS[case.means]}


def play(
    post: Post, transport: Transport, peer: Callable[[], AbstractContextManager[object]], moments: tuple[str, ...]
) -> None:
    with peer():
        visit(post, post.another(transport=transport), moments)


def visit(post: Post, outbox: Outbox, moments: tuple[str, ...]) -> None:
    """Carry out, at each of these local times, all that is due then."""
    for moment in moments:
        post.at = post.driven.at(moment)
        for effect in post.pending():
            # What a blocked transport keeps back is due at the next moment as well.
            with suppress(TransportBlockedError):
                outbox.carry_out(effect)
