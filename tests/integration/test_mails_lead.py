"""Mails lead to the pages on which they are answered: whom, about what, and nobody else; nothing that is kept does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from flows.site.visitor import visitor_of
from notifications.context import CohortReader
from notifications.due import EFFECT, Effect
from notifications.links import Link, Links, Purpose
from notifications.transports.protocol import Mail
from notifications.view_models import Context
from states.store.columns import Base
from states.store.database import Database
from states.store.tables import EffectRow
from tests.support.mailroom import Post

LINKS = Links(["a key of a site"], "https://svar.example.org")
TALENT, LEADER, CONSULTANT = "hold-3-01", "hold-3/leader-01", "hold-3/consultant/aalborg"
TALK = f"{TALENT}/expectation_talk"
COMING = "Sig, om du kommer"
HELD = "Sig, om samtalen er aftalt eller holdt"


@pytest.fixture
def post(sqlite: Database) -> Post:
    """A cohort whose mails lead to a site: all are about to be invited, talent and leader to be told of their talk."""
    post = Post(sqlite, people=1)
    post.outbox = post.another(links=LINKS)
    post.driven.until("2027-01-14 08:00")
    return post


def links_in(text: str) -> list[tuple[str, Link]]:
    """The links of a mail in order, each with the words before it."""
    found = re.findall(r"^(.+):\n(https://svar\.example\.org/(\w+)/(\S+))$", text, re.MULTILINE)
    opened = [(said, LINKS.open(Purpose(purpose), token)) for said, _, purpose, token in found]
    return [(said, one.link) for said, one in opened if one is not None]


def mails_to(post: Post, name: str) -> list[Mail]:
    post.empty()
    return [mail for mail in post.tray.mails if mail.to.name == name]


def context(post: Post, message: str, role: str, links: Links | None = LINKS, **other: Any) -> Context:
    """What the newest effect of this message to this role may say, if it were ``other``."""
    newest = select(*EFFECT).where(EffectRow.message == message, EffectRow.role == role).order_by(EffectRow.id.desc())
    with post.database.read() as connection:
        effect = Effect(*connection.execute(newest.limit(1)).one())
        reader = CohortReader(connection, effect.cohort_id, post.now(), links)
        return reader.context(replace(effect, **other))


def test_a_leader_is_led_to_the_talk_with_the_talent_and_to_their_own_page(post: Post) -> None:
    convene = mails_to(post, "Inge Sønderby")[-1]
    assert links_in(convene.text) == [
        (COMING, Link(Purpose.ANSWER, LEADER, "hold-3@kickoff")),
        (f"{HELD} (Mette)", Link(Purpose.ANSWER, LEADER, TALK)),
        ("Din egen side på Talent Nord", Link(Purpose.PAGE, LEADER, "hold-3")),
    ]
    assert re.findall(r'href="([^"]+)"', convene.html) == re.findall(r"https://\S+", convene.text)


def test_a_talent_may_say_it_too(post: Post) -> None:
    expect = mails_to(post, "Mette Brøndgaard")[-1]
    assert (HELD, Link(Purpose.ANSWER, TALENT, TALK)) in links_in(expect.text)
    assert "så sig det herunder. Inge kan også sige det fra sin egen mail" in expect.text


def test_the_site_takes_what_a_mail_leads_to(post: Post) -> None:
    text = mails_to(post, "Inge Sønderby")[-1].text
    for purpose, token in re.findall(r"https://svar\.example\.org/(\w+)/(\S+)", text):
        with post.database.read() as connection:
            visitor = visitor_of(connection, LINKS, Purpose(purpose), token)
        assert visitor is not None
        assert visitor.person == LEADER


def test_who_has_no_page_of_their_own_is_led_to_what_they_may_answer(post: Post) -> None:
    post.driven.until("2027-02-19 08:00")
    about = context(post, "talk_escalated", "consultant")
    assert about.page_url is None
    assert about.answer is not None
    assert about.answer.label == f"{HELD} (Mette)"


def test_who_is_invited_is_led_to_where_they_say_whether_they_come(post: Post) -> None:
    """R61: a talent of their own journey, everybody else in the cohort."""
    links = {name: dict(links_in(mails_to(post, name)[0].text)) for name in ("Mette Brøndgaard", "Inge Sønderby")}
    assert {name: said[COMING] for name, said in links.items()} == {
        "Mette Brøndgaard": Link(Purpose.ANSWER, TALENT, f"{TALENT}@kickoff"),
        "Inge Sønderby": Link(Purpose.ANSWER, LEADER, "hold-3@kickoff"),
    }
    assert "Er du forhindret i at komme til kick-off, så svar herunder hurtigst muligt." in post.tray.mails[0].text


def test_an_event_that_is_over_asks_nobody_whether_they_come(post: Post) -> None:
    assert context(post, "kickoff_invitation", "mentor").answer is not None
    post.driven.until("2027-02-26 08:00")
    assert context(post, "kickoff_invitation", "mentor").answer is None


def test_a_new_link_to_an_event_leads_there_and_news_of_who_does_not_come_does_not(post: Post) -> None:
    asked_for = context(post, "kickoff_invitation", "consultant", trigger="new_link", subject="hold-3@kickoff")
    assert asked_for.answer is not None
    assert asked_for.answer.label == COMING
    assert context(post, "kickoff_invitation", "mentor", trigger="absence", subject=TALENT).answer is None


def test_what_is_settled_before_the_mail_goes_has_no_button(post: Post) -> None:
    post.driven.fire("expectation_talk:keep", 1, held_on="2027-01-13")
    about = context(post, "talk_convene", "mentor")
    assert about.answer is None
    assert about.page_url is not None


def test_who_has_left_has_no_page_any_more(post: Post) -> None:
    post.driven.fire("withdraw", 1)
    post.driven.until("2027-01-18 12:00")
    assert [context(post, "withdrawn", role).page_url for role in ("talent", "mentor")] == [None, None]


def test_a_task_leads_nowhere_whoever_has_it(post: Post) -> None:
    about = context(post, "talk_convene", "mentor", kind="task")
    assert (about.answer, about.page_url) == (None, None)


def test_without_a_site_mails_lead_nowhere_and_ask_for_an_answer_by_mail(post: Post) -> None:
    post.outbox = post.another()
    convene = mails_to(post, "Inge Sønderby")[-1]
    assert "https://" not in convene.text + convene.html
    assert "svar på denne mail, når I har talt sammen" in convene.text


def test_nothing_that_is_kept_of_a_mail_leads_anywhere(post: Post) -> None:
    """Pages, runs and logs are made of what is kept: none of it holds a link that somebody else could answer with."""
    assert links_in(mails_to(post, "Inge Sønderby")[-1].text)
    assert not [text for text in kept(post.database) if re.search(r"/(svar|side)/", text)]


def kept(database: Database) -> Iterator[str]:
    with database.read() as connection:
        for table in Base.metadata.sorted_tables:
            yield from (str(tuple(row)) for row in connection.execute(select(table)))
