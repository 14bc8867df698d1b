"""In whatever order, in whatever batches and however often SendGrid tells of a mail: the end is the same."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from config.errors import DeliveryUnknownError
from states.store.database import Database
from tests.support.mailroom import before_the_talk
from tests.support.sendgrid_events import BLOCKED, BOUNCE, DEFERRED, DELIVERED, DROPPED, PROCESSED, WITHHELD, Told

LEADER = "hold-3/leader-01"
KINDS = (PROCESSED, DEFERRED, DELIVERED, BLOCKED, WITHHELD, BOUNCE, DROPPED)
SURELY_NOT, OF_THE_ADDRESS = (BLOCKED, WITHHELD, BOUNCE, DROPPED), (BOUNCE, DROPPED)


class Post(NamedTuple):
    """A mail room whose database is put back to where it was, with one mail that is sent and one that is unknown."""

    told: Told
    path: Path
    kept: Path

    def put_back(self) -> Told:
        self.told.post.database.close()
        for tail in ("-wal", "-shm"):
            Path(f"{self.path}{tail}").unlink(missing_ok=True)
        shutil.copy(self.kept, self.path)
        return self.told


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """One talent and leader: the talent's mails have gone out, what became of the leader's is unknown."""
    path = tmp_path_factory.mktemp("order") / "domain.db"
    database = Database(f"sqlite:///{path}", synchronous="OFF")
    database.migrate()
    room = before_the_talk(database)
    for effect in room.pending():
        if room.recipient(effect) == LEADER:
            room.fail_with(DeliveryUnknownError("it was cut off"))
        else:
            room.succeed()
        room.outbox.carry_out(effect)
    room.succeed()
    database.close()
    kept = path.with_suffix(".kept")
    shutil.copy(path, kept)
    yield Post(Told(room), path, kept)
    database.close()


def end_of(told: Told, mails: tuple[str, str], batches: list[list[dict[str, Any]]]) -> tuple[Any, ...]:
    """Where everything stands once SendGrid has told it all."""
    for batch in batches:
        told.tell(*batch)
    return [told.came_of(mail) for mail in mails], told.marks(), told.tasks(), told.post.statuses()


@st.composite
def tellings(draw: st.DrawFn) -> tuple[list[tuple[int, int]], list[list[int]]]:
    """What is told (of which mail, which kind), and batches that tell each of it at least once."""
    what = draw(st.lists(st.tuples(st.integers(0, 1), st.integers(0, len(KINDS) - 1)), min_size=1, max_size=6))
    order = draw(st.permutations([*range(len(what)), *draw(st.lists(st.integers(0, len(what) - 1), max_size=6))]))
    cuts = sorted(draw(st.sets(st.integers(0, len(order)), max_size=4)) | {0, len(order)})
    return what, [list(order[start:end]) for start, end in pairwise(cuts)]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tellings(), st.booleans())
@example(([(1, 2), (1, 5)], [[1], [0]]), False)
@example(([(1, 3), (1, 5)], [[1, 0], [1]]), True)
def test_any_order_and_repetition_comes_to_the_same(
    post: Post, telling: tuple[list[tuple[int, int]], list[list[int]]], anew: bool
) -> None:
    what, batches = telling
    told = post.put_back()
    mails = told.mail_to("hold-3-01"), told.mail_to(LEADER)
    events = [told.event(mails[mail], KINDS[kind]) for mail, kind in what]
    expected = end_of(told, mails, [events])
    told = post.put_back()
    # SendGrid may tell the same under another id (sendgrid-nodejs issue 1435).
    ids = iter(range(1000))
    again = [[events[n] | ({"sg_event_id": f"anew-{next(ids)}"} if anew else {}) for n in batch] for batch in batches]
    assert end_of(told, mails, again) == expected

    for mail, (status, _) in zip((0, 1), expected[0], strict=True):
        kinds = [KINDS[kind] for which, kind in what if which == mail]
        fails = any(kind in SURELY_NOT for kind in kinds)
        assert status == ("rejected" if fails else "sent" if kinds or not mail else "unknown")
    assert len(expected[1]) == len({mail for mail, kind in what if KINDS[kind] in OF_THE_ADDRESS})
