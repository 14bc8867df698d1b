"""A message in a coordinator's own words: shown as each gets it, sent once as it was shown, data and never markup."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from config.errors import ConsequencesChangedError, CorrectionRefusedError, FactIncompleteError, FactReusedError
from config.library import Library
from config.settings import Settings
from flows.cockpit.message_form import message_markdown, message_schema
from flows.own_message import Written, details, meant, readers_listed, send, written
from flows.services import Services
from states.facts import Fact, Outcome
from states.store.database import Database
from states.store.tables import EffectRow, FactRow
from states.views.overview import Overview
from states.views.told import told_facts
from tests.support.mailroom import Post
from tests.support.terminal import Terminal

METTE, ANDERS = "mette.broendgaard@aalborg.example.org", "hold-3-02"
SUBJECT, TEXT = "Husk gode sko", "Vi går en tur.\n\nTag en jakke med."


@pytest.fixture
def post(sqlite: Database) -> Post:
    """Four talents of two learning groups, after module 1 day 1; nothing waits."""
    post = Post(sqlite, people=8)
    post.driven.until("2027-03-16 12:00")
    post.empty()
    post.tray.mails.clear()
    return post


def services(post: Post) -> Services:
    return Services(Settings(), Library(), post.database, post.driven.engine, post.outbox, post.now)


def fact(to: str, subject: str = SUBJECT, text: str = TEXT, key: str = "message-1") -> Fact:
    return Fact(key, "coordinator", details(to, subject, text))


def shown(post: Post, one: Fact) -> Written:
    return written(services(post), "hold-3", one)


def sent(post: Post, one: Fact) -> Outcome:
    return send(services(post), "hold-3", one, shown(post, one).seal)


def who(post: Post) -> list[str]:
    """The ids of those to whom a message waits to be sent."""
    with post.database.read() as connection:
        mine = select(EffectRow.recipient_id).where(EffectRow.message == "own_message")
        return list(connection.scalars(mine.order_by(EffectRow.id)))


class TestWhom:
    def test_all_talents(self, post: Post) -> None:
        sent(post, fact("talents"))
        assert who(post) == [f"hold-3-0{number}" for number in range(1, 9)]

    def test_all_leaders_each_once(self, post: Post) -> None:
        sent(post, fact("leaders"))
        leaders = {post.driven.journey(number).mentor_id for number in range(1, 9)}
        assert set(who(post)) == leaders
        assert len(who(post)) == len(leaders)

    def test_a_learning_group(self, post: Post) -> None:
        number = post.driven.journey(1).group_number
        sent(post, fact(f"group:{number}"))
        assert who(post) == [f"hold-3-0{n}" for n in range(1, 9) if post.driven.journey(n).group_number == number]

    def test_some_people_and_whoever_is_named_twice_gets_it_once(self, post: Post) -> None:
        sent(post, fact(f"{ANDERS}\nhold-3/coordinator-1\n{ANDERS}"))
        assert who(post) == [ANDERS, "hold-3/coordinator-1"]

    def test_who_is_on_leave_is_none_of_all_but_can_be_named(self, post: Post) -> None:
        post.driven.fire("leave", 2)
        sent(post, fact("talents"))
        assert ANDERS not in who(post)
        sent(post, fact(ANDERS, key="message-2"))
        assert who(post)[-1] == ANDERS

    @pytest.mark.parametrize("to", ["group:99", "hold-3-99", "nobody@nowhere.example", " "])
    def test_nobody_is_refused(self, post: Post, to: str) -> None:
        with pytest.raises(FactIncompleteError):
            shown(post, fact(to))
        assert who(post) == []


class TestShownFirst:
    def test_it_is_shown_as_each_will_get_it_and_nothing_is_kept(self, post: Post) -> None:
        page = shown(post, fact(f"{ANDERS}\nhold-3-01"))
        assert (page.mails[0].email, page.mails[0].subject) == (METTE, SUBJECT)
        assert "Kære Mette\n\nVi går en tur.\n\nTag en jakke med." in page.mails[0].text
        with post.database.read() as connection:
            assert connection.scalar(select(FactRow.key).where(FactRow.trigger == "message")) is None
        assert who(post) == []

    def test_what_goes_is_what_was_shown(self, post: Post) -> None:
        page = shown(post, fact("talents"))
        sent(post, fact("talents"))
        post.empty()
        assert [(mail.to.email, mail.subject, mail.text) for mail in post.tray.mails] == [
            (mail.email, mail.subject, mail.text) for mail in page.mails
        ]

    @pytest.mark.parametrize("other", [{"subject": "Noget andet"}, {"text": "Noget andet"}, {"to": "leaders"}])
    def test_a_seal_is_for_what_was_shown_only(self, post: Post, other: dict[str, str]) -> None:
        seal = shown(post, fact("talents")).seal
        given: dict[str, Any] = {"to": "talents", **other}
        with pytest.raises(ConsequencesChangedError):
            send(services(post), "hold-3", fact(**given), seal)
        assert who(post) == []

    def test_a_talent_who_has_left_meanwhile_breaks_it(self, post: Post) -> None:
        seal = shown(post, fact("talents")).seal
        post.driven.fire("withdraw", 2)
        with pytest.raises(ConsequencesChangedError):
            send(services(post), "hold-3", fact("talents"), seal)

    def test_the_page_takes_words_for_words(self, post: Post) -> None:
        page = message_markdown(
            shown(post, fact(ANDERS, "<b>*Hej*</b>", "[klik](http://x.example) | <script>")), {}, None
        )
        assert "<script>" not in page
        assert "](http" not in page
        assert "<b>" not in page


class TestSentOnce:
    def test_the_same_fact_twice_is_one_message(self, post: Post) -> None:
        assert sent(post, fact("talents")) == sent(post, fact("talents"))
        assert len(who(post)) == 8

    def test_another_message_under_its_key_is_refused(self, post: Post) -> None:
        sent(post, fact("talents"))
        with pytest.raises(FactReusedError):
            sent(post, fact("talents", "Noget andet"))

    def test_outside_working_hours_it_waits(self, post: Post) -> None:
        post.driven.until("2027-03-16 18:00")
        page = shown(post, fact(ANDERS))
        assert f"{page.mails[0].at:%Y-%m-%d %H:%M}" == "2027-03-17 08:00"
        sent(post, fact(ANDERS))
        post.empty()
        assert post.tray.mails == []

    def test_words_are_data_in_the_mail_too(self, post: Post) -> None:
        sent(post, fact(ANDERS, "1 < 2 & {{ 7 * 7 }}", "<script>alert(1)</script> {% raw %} {{ programme }}"))
        post.empty()
        [mail] = post.tray.mails
        assert mail.subject == "1 < 2 & {{ 7 * 7 }}"
        assert "<script>alert(1)</script> {% raw %} {{ programme }}" in mail.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt; {% raw %} {{ programme }}" in mail.html
        assert "<script" not in mail.html

    @pytest.mark.parametrize("subject", ["a\nBcc: x@x.example", "", "=?utf-8?q?x?=", "x" * 300])
    def test_a_subject_is_one_plain_line(self, post: Post, subject: str) -> None:
        with pytest.raises(FactIncompleteError):
            shown(post, fact("talents", subject))


class TestHistory:
    def test_it_is_on_the_pages_of_those_it_went_to_and_no_other(self, post: Post) -> None:
        sent(post, fact(ANDERS))
        post.empty()
        with post.database.read() as connection:
            overview = Overview(connection, "hold-3", post.now())
            mine, other = overview.talent(ANDERS), overview.talent("hold-3-01")
        assert mine.history[0].what == "message"
        assert (mine.mails[0].subject, mine.mails[0].status) == (SUBJECT, "sent")
        assert SUBJECT not in {mail.subject for mail in other.mails}

    def test_the_fact_is_called_by_its_subject(self, post: Post) -> None:
        sent(post, fact(ANDERS))
        with post.database.read() as connection:
            assert [one.what for one in told_facts(connection, "hold-3") if one.trigger == "message"] == [SUBJECT]


class TestTakenBack:
    def test_until_it_goes_nobody_ever_hears_of_it(self, post: Post) -> None:
        post.driven.until("2027-03-16 18:00")
        sent(post, fact("talents"))
        post.driven.engine.undo("message-1", Fact("undo-1", "coordinator"))
        post.driven.until("2027-03-17 09:00")
        post.empty()
        assert SUBJECT not in {mail.subject for mail in post.tray.mails}

    def test_once_somebody_has_it_that_is_refused(self, post: Post) -> None:
        sent(post, fact("talents"))
        post.outbox.carry_out(post.pending()[0])
        with pytest.raises(CorrectionRefusedError) as refused:
            post.driven.engine.undo("message-1", Fact("undo-1", "coordinator"))
        assert refused.value.why == "sent"


class TestTheForm:
    def test_its_list_has_all_of_a_cohort_first_then_groups_and_people(self, post: Post) -> None:
        with post.database.read() as connection:
            listed = list(readers_listed(connection))
        assert listed[:3] == ["Alle talenter (Hold 3)", "Alle nærmeste ledere (Hold 3)", "Læringsgruppe 1 (Hold 3)"]
        assert "Mette Brøndgaard (talent, Hold 3)" in listed
        schema = message_schema(listed)
        assert schema["properties"]["to"]["items"]["enum"] == listed

    def test_several_lines_of_one_cohort_are_meant_together(self, post: Post) -> None:
        with post.database.read() as connection:
            found = meant(connection, ["Alle talenter (Hold 3)", "Mette Brøndgaard (talent, Hold 3)"])
        assert found == ("hold-3", "talents\nhold-3-01")

    @pytest.mark.parametrize("labels", [[], ["Alle (Hold 9)"]], ids=["none", "unknown"])
    def test_none_and_one_that_is_not_listed_are_refused(self, post: Post, labels: list[str]) -> None:
        with post.database.read() as connection, pytest.raises(FactIncompleteError):
            meant(connection, labels)


def test_the_command_shows_first_and_sends_with_yes(post: Post, tmp_path: Path) -> None:
    terminal = Terminal(str(post.database.url), tmp_path, post.now())
    words = ["message", "hold-3", "--to", METTE, "--to", "group:1", "--subject", SUBJECT, "--text", TEXT]
    done = terminal.run(*words)
    assert done.returncode == 0, done.stderr
    assert f"<{METTE}>" in done.stdout
    assert who(post) == []
    assert terminal.run(*words, "--yes").returncode == 0
    assert "hold-3-01" in who(post)
