"""A new link is mailed to the address that is known, at any hour, and nobody learns by asking who is known (R65)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from states.store.database import Database
from states.store.tables import EffectRow, FactRow, HistoryRow
from tests.support.driver import Driver
from tests.support.site import Stand, standing

ASK = "/nyt-link"


@pytest.fixture
def stand(sqlite: Database) -> Iterator[Stand]:
    """Hold-3 on the evening of a Saturday, when all mails of its week have gone out."""
    with standing(Driver(sqlite, people=7).enrol().until("2027-01-21")) as found:
        found.sent_mails()
        found.driven.until("2027-01-23 21:00")
        yield found


def ask(stand: Stand, email: str) -> None:
    """Ask for a new link, and wait until that was looked at."""
    answer = stand.browser.post(ASK, {"email": email})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{ASK}/sendt")
    done = [False]
    assert stand.site.afterwards.do(lambda: done.__setitem__(0, True))
    while not done[0]:
        pass


def asked(stand: Stand) -> list[tuple[str, str]]:
    with stand.driven.database.read() as connection:
        query = select(EffectRow.recipient_id, EffectRow.subject).where(EffectRow.message == "new_link")
        return [(row.recipient_id, row.subject) for row in connection.execute(query.order_by(EffectRow.id))]


def test_a_talent_and_a_leader_are_sent_one_at_once_and_alone(stand: Stand) -> None:
    for person in ("hold-3-01", stand.leader(1)):
        ask(stand, f" {stand.email(person).upper()} ")
        assert stand.sent_mails() == [stand.email(person)]
    assert stand.recorded == 2


def test_it_is_a_fact_with_its_history(stand: Stand) -> None:
    ask(stand, stand.email("hold-3-01"))
    with stand.driven.database.read() as connection:
        fact = connection.execute(select(FactRow.key, FactRow.trigger, FactRow.actor)).one()
        step = connection.execute(
            select(HistoryRow.cause, HistoryRow.dest).where(HistoryRow.trigger == "new_link")
        ).one()
    assert (fact.trigger, fact.actor) == ("new_link", "anybody")
    assert (step.cause, step.dest) == (f"fact {fact.key}", "pending")


@pytest.mark.parametrize(
    "email", ["nobody@example.org", "", "no address", "x" * 5000, "a@b\ncc: c@d.example", "' OR 1=1 --", "\0"]
)
def test_whoever_is_not_known_gets_the_same_answer_and_no_mail(stand: Stand, email: str) -> None:
    before = stand.driven.dump()
    known = stand.browser.post(ASK, {"email": stand.email("hold-3-02")})
    unknown = stand.browser.post(ASK, {"email": email})
    assert (known.status_code, known.text, known.headers) == (unknown.status_code, unknown.text, unknown.headers)
    assert stand.browser.get(f"{ASK}/sendt").status_code == 200
    ask(stand, email)
    assert {person for person, _ in asked(stand)} == {"hold-3-02"}
    assert stand.driven.dump()["journeys"] == before["journeys"]


def test_nobody_is_sent_more_than_one_in_a_quarter_of_an_hour(stand: Stand) -> None:
    for _ in range(4):
        ask(stand, stand.email("hold-3-01"))
        stand.driven.now += timedelta(minutes=6)
    assert len(asked(stand)) == 2
    assert stand.sent_mails() == [stand.email("hold-3-01")]


def test_who_has_left_is_sent_none(stand: Stand) -> None:
    stand.driven.fire("withdraw", 1)
    ask(stand, stand.email("hold-3-01"))
    assert asked(stand) == []


def test_the_answer_does_not_wait_for_the_mail(stand: Stand) -> None:
    with stand.driven.database.write():
        known = stand.browser.post(ASK, {"email": stand.email("hold-3-01")})
        assert known.status_code == 303
        assert asked(stand) == []


def test_where_too_much_waits_everybody_is_told_to_come_again(stand: Stand) -> None:
    with stand.driven.database.write():
        answers = [stand.browser.post(ASK, {"email": stand.email("hold-3-01")}).status_code for _ in range(210)]
    assert answers[:200] == [303] * 200
    assert answers[-5:] == [429] * 5
