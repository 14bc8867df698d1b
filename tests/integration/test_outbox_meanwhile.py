"""What is sent is true when it is claimed: what happens while a mail is read, written or handed over counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from config.errors import TemplateError
from notifications.outbox import Done
from states.store.conditions import PENDING
from states.store.database import Database
from states.store.tables import EffectRow
from tests.support.driver import day
from tests.support.mailroom import Post, reachable_at
from tests.support.meanwhile import before_statement, while_it_is_written

GRETE = {"name": "Grete Lund", "email": "grete.lund@aalborg.example.org"}


class TestBetweenReadingAndClaiming:
    def test_a_new_leader_gets_what_was_written_for_the_old_one(
        self, post: Post, to_leader: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def changed() -> None:
            post.driven.fire("change_mentor", 1, new_mentor=GRETE)

        while_it_is_written(monkeypatch, changed, "write_digest")
        assert post.outbox.carry_out(to_leader).status == "sent"
        assert post.told() == [GRETE["email"]]

    def test_what_was_kept_is_not_asked_for(self, post: Post, to_leader: int, monkeypatch: pytest.MonkeyPatch) -> None:
        def kept() -> None:
            post.driven.fire("expectation_talk:keep", 1, held_on="2027-01-14")

        while_it_is_written(monkeypatch, kept, "write_digest")
        assert post.outbox.carry_out(to_leader).status == "dropped"
        assert post.told() == []

    def test_a_date_that_was_moved_is_told_as_it_is_now(self, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
        def moved() -> None:
            post.driven.move("kickoff", day("2027-02-17", "13:00", "17:00"))

        while_it_is_written(monkeypatch, moved, "write_digest")
        post.outbox.carry_out(post.effect("talk_expect"))
        assert "17. februar 2027" in post.tray.mails[0].text

    def test_a_corrected_address_is_used_although_nobody_has_moved(
        self, post: Post, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def corrected() -> None:
            post.driven.enrol(reachable_at("mette.ny@example.org"))

        while_it_is_written(monkeypatch, corrected, "write_digest")
        post.outbox.carry_out(post.effect("talk_expect"))
        assert post.told() == ["mette.ny@example.org"]

    def test_a_letter_of_which_another_worker_has_sent_a_part_carries_the_rest_only(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        post = Post(database, people=1)
        post.driven.until("2027-02-25 08:00")
        with database.write() as connection:
            mine = select(EffectRow.id).where(EffectRow.recipient_id == "hold-3-01", EffectRow.kind == "mail", PENDING)
            first, *rest = connection.scalars(mine.order_by(EffectRow.id))
            later = update(EffectRow).where(EffectRow.id.in_(rest))
            connection.execute(later.values(send_at=post.driven.now + timedelta(minutes=1)))
        early = post.another()
        post.at = post.driven.now
        late, post.at = post.another(), post.driven.now + timedelta(minutes=2)

        def sent() -> None:
            now, post.at = post.at, post.driven.now
            assert early.carry_out(first).status == "sent"
            post.at = now

        while_it_is_written(monkeypatch, sent, "write_digest")
        late.carry_out(rest[0])
        subjects = [mail.subject for mail in post.tray.mails]
        assert len(subjects) == 2
        assert len(rest) == 2
        assert subjects[1].endswith(" (og 1 besked mere)")

    def test_of_two_claims_at_the_same_moment_one_holds(
        self, post: Post, to_leader: int, request: pytest.FixtureRequest
    ) -> None:
        """SQLite has one writer; on PostgreSQL the rows that the first has looked at are its own."""
        if post.database.is_sqlite:
            pytest.skip("one writer at a time")
        elsewhere = Database(request.getfixturevalue("database_url"))
        other = post.another()
        other._database = elsewhere

        def claimed_too() -> None:
            assert other.carry_out(to_leader).status == "pending"

        with before_statement(post.database, "UPDATE effects SET status", claimed_too):
            assert post.outbox.carry_out(to_leader).status == "sent"
        elsewhere.close()
        assert len(post.told()) == 1


class TestAnotherWorkerWasFaster:
    """What a worker does to an effect holds only while the effect is as the worker has read it."""

    def test_a_mail_that_was_sent_is_not_put_off(
        self, post: Post, to_leader: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        post.at = post.driven.at("2027-01-14 22:00")
        with post.database.read() as connection:
            before = connection.scalar(select(EffectRow.send_at).where(EffectRow.id == to_leader))
        worker = post.another()
        postpone = worker._postpone

        def sent_first(*arguments: Any) -> Done:
            post.at = post.driven.at("2027-01-14 09:00")
            assert post.another().carry_out(to_leader).status == "sent"
            return postpone(*arguments)

        monkeypatch.setattr(worker, "_postpone", sent_first)
        worker.carry_out(to_leader)
        with post.database.read() as connection:
            assert connection.scalar(select(EffectRow.send_at).where(EffectRow.id == to_leader)) == before
        assert post.status(to_leader) == "sent"

    def test_a_mail_that_was_sent_is_not_set_aside(
        self, post: Post, to_leader: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def sent_then_unreadable() -> None:
            assert post.another().carry_out(to_leader).status == "sent"
            raise TemplateError("talk_convene", "text", "the template was taken away")

        while_it_is_written(monkeypatch, sent_then_unreadable, "write_digest")
        with pytest.raises(TemplateError):
            post.outbox.carry_out(to_leader)
        assert post.status(to_leader) == "sent"

    def test_a_task_that_was_opened_is_not_opened_again(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        post = Post(database, people=1)
        post.driven.until("2027-03-16 12:00").fire("leave", 1)
        task = post.effect("leave_return")

        def opened() -> None:
            assert post.another().carry_out(task).status == "done"

        while_it_is_written(monkeypatch, opened, "render_task")
        assert post.outbox.carry_out(task).status == "done"


def test_of_what_is_on_its_way_only_the_old_leaders_has_a_successor(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = Post(database, people=4)
    post.driven.until("2027-01-14 08:00")
    with database.write() as connection:
        connection.execute(update(EffectRow).where(EffectRow.message == "talk_convene").values(status="claimed"))
    post.driven.fire("change_mentor", 1, new_mentor=GRETE)
    with database.read() as connection:
        query = select(EffectRow.journey_id).where(EffectRow.successor_id.is_not(None))
        assert set(connection.scalars(query)) == {"hold-3-01"}


def test_each_outcomes_run_has_its_own_effects_and_what_no_run_has_taken_has_one_too(database: Database) -> None:
    post = Post(database, people=2)
    post.driven.now = post.driven.at("2027-01-14 08:00")
    outcomes = [one for one in post.driven.engine.tick() if one.trigger in {"kickoff:invite", "expectation_talk:open"}]
    assert len(outcomes) == 2
    first, second, *rest = post.outbox.due(outcomes, with_untaken=True)
    with database.read() as connection:
        behind = dict(connection.execute(select(EffectRow.id, EffectRow.history_id)).tuples().all())
    for due, outcome in zip((first, second), outcomes, strict=True):
        assert due.effects
        assert {behind[effect] for effect in due.effects} <= {one.id for one in outcome.transitions}
    # Enrolment tells nobody anything, and is to be found by its run all the same.
    [enrolment] = [due for due in rest if due.trigger == "enrol"]
    assert (enrolment.effects, enrolment.untaken, len(enrolment.transitions)) == ((), True, 2)


def test_what_is_due_says_what_waits_and_no_more_unless_it_is_asked_for(post: Post, to_leader: int) -> None:
    assert post.outbox.is_pending(to_leader)
    assert all(due.effects for due in post.outbox.due())
    post.outbox.carry_out(to_leader)
    assert not post.outbox.is_pending(to_leader)
    assert to_leader not in [effect for due in post.outbox.due() for effect in due.effects]


def test_what_changed_something_has_its_run_though_nobody_is_told(post: Post, to_leader: int) -> None:
    post.outbox.carry_out(to_leader)
    outcome = post.driven.fire("expectation_talk:keep", 1, held_on="2027-01-14")
    first, *_ = post.outbox.due([outcome])
    assert first.transitions == tuple(one.id for one in outcome.transitions)
    assert first.effects == ()
    assert post.outbox.due([type(outcome)(outcome.cohort_id, outcome.trigger)]) == post.outbox.due()
