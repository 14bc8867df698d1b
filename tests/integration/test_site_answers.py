"""A leader and a talent answer by their links: what opens, what is recorded, and what nobody learns by trying (R65)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from flows.site.rouse import Rouser
from notifications.links import REHEARSAL_KEY, Link, Links, Purpose
from notifications.site_words import fault
from states.facts import Fact
from states.store.database import Database
from states.store.tables import FactRow
from tests.support.driver import Driver
from tests.support.site import OTHER_KEY, TALK, URL, Stand, standing

HELD = "2027-01-20"


@pytest.fixture
def stand(sqlite: Database) -> Iterator[Stand]:
    """Hold-3 on a day on which its talks are to be held."""
    with standing(Driver(sqlite, people=7).enrol().until("2027-01-21")) as found:
        yield found


def facts(stand: Stand) -> list[tuple[str, str]]:
    with stand.driven.database.read() as connection:
        return [(row.trigger, row.actor) for row in connection.execute(select(FactRow.trigger, FactRow.actor))]


# -- an answer -----------------------------------------------------------------------------------------------------


def test_a_leader_answers_and_is_the_actor_of_the_fact(stand: Stand) -> None:
    page = stand.browser.get(stand.talk(1))
    assert page.status_code == 200
    taken = stand.browser.post(stand.talk(1), stand.held(1, HELD))
    assert (taken.status_code, taken.headers["location"]) == (303, f"{stand.talk(1)}/tak")
    assert stand.driven.commitment(TALK, 1).state == "kept"
    assert facts(stand) == [(f"{TALK}:keep", f"mentor:{stand.leader(1)}")]
    assert stand.recorded == 1
    assert stand.browser.get(taken.headers["location"]).status_code == 200


def test_the_same_form_sent_twice_is_one_fact(stand: Stand) -> None:
    form = stand.held(1, HELD)
    answers = [stand.browser.post(stand.talk(1), form) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert len(facts(stand)) == 1


def test_what_was_typed_is_kept_and_what_is_wrong_is_said(stand: Stand) -> None:
    again = stand.browser.post(stand.talk(1), stand.held(1, "2027-12-24"))
    assert again.status_code == 422
    assert "2027-12-24" in again.text
    assert fault("in_the_future") in again.text
    assert facts(stand) == []
    assert stand.recorded == 0


def test_whoever_answers_second_is_shown_what_the_first_said(stand: Stand) -> None:
    form = stand.held(1, HELD)
    talents = stand.path("hold-3-01", f"hold-3-01/{TALK}")
    stand.browser.post(stand.talk(1), form)
    late = stand.browser.post(talents, form)
    assert late.status_code == 409
    assert "<form" not in late.text
    assert len(facts(stand)) == 1


def test_where_nothing_is_to_be_answered_any_more_the_page_says_how_it_stands(stand: Stand) -> None:
    stand.browser.post(stand.talk(1), stand.held(1, HELD))
    page = stand.browser.get(stand.talk(1))
    assert page.status_code == 200
    assert "<form" not in page.text
    assert "gennemført" in page.text


@pytest.mark.parametrize(
    "change",
    [{"version": ""}, {"version": "-1"}, {"version": "9" * 30}, {"version": "1.0"}, {"option": ""}],
    ids=repr,
)
def test_a_form_that_no_page_of_ours_made_is_refused(stand: Stand, change: dict[str, str]) -> None:
    assert stand.browser.post(stand.talk(1), {**stand.held(1, HELD), **change}).status_code == 400
    assert facts(stand) == []


def test_an_answer_that_is_not_theirs_to_give_is_none(stand: Stand) -> None:
    refused = stand.browser.post(stand.talk(1), {**stand.held(1, HELD), "option": "waive"})
    assert refused.status_code == 409
    assert facts(stand) == []


# -- opening changes nothing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_a_link_changes_nothing(stand: Stand, method: str) -> None:
    before = stand.driven.dump()
    form = "&".join(f"{name}={value}" for name, value in stand.held(1, HELD).items())
    for path in (stand.talk(1), f"{stand.talk(1)}/tak", "/nyt-link", f"{stand.talk(1)}?{form}"):
        assert stand.browser.request(method, path).status_code == 200
    assert stand.driven.dump() == before


def test_a_link_that_outlook_has_rewritten_shows_the_same_page(stand: Stand) -> None:
    odd = "?data=05%7C02%7Canna%40kommune.example&sdata=x%2By&reserved=0&utm_source=x&%00=&a[]=1"
    assert stand.browser.get(stand.talk(1) + odd).text == stand.browser.get(stand.talk(1)).text


@pytest.mark.parametrize("after", [".", ",", ")", ">", "%3E", "%22", ").", "!"])
def test_a_mark_after_a_link_in_plain_text_does_no_harm(stand: Stand, after: str) -> None:
    assert stand.browser.get(stand.talk(1) + after).status_code == 200


# -- links that are worth nothing ----------------------------------------------------------------------------------


def refused(stand: Stand, path: str) -> None:
    """The one answer to all of them, opened and sent."""
    nothing = stand.browser.get("/no/such/page")
    page = stand.browser.get(path)
    assert (page.status_code, page.text, page.headers) == (404, nothing.text, nothing.headers)
    assert 'href="/nyt-link"' in page.text
    sent = stand.browser.post(path, {"option": "held", "version": "0", "held_on": HELD})
    assert (sent.status_code, sent.text) == (404, nothing.text)
    assert facts(stand) == [] or len(facts(stand)) == 1


def test_a_link_that_was_made_up_says_nothing(stand: Stand) -> None:
    refused(stand, "/svar/a.b")
    refused(stand, stand.talk(1)[:-1])
    assert stand.browser.get(stand.talk(1).replace("/svar/", "/side/")).status_code == 404


def test_a_link_signed_with_another_key_says_nothing(stand: Stand) -> None:
    link = Link(Purpose.ANSWER, stand.leader(1), f"hold-3-01/{TALK}")
    for key in (OTHER_KEY, REHEARSAL_KEY):
        refused(stand, Links([key], URL).path(link, stand.email(stand.leader(1))))


@pytest.mark.parametrize(
    ("person", "subject"),
    [
        ("hold-3/leader-02", f"hold-3-01/{TALK}"),
        ("hold-3-01", "hold-3-02/portrait"),
        ("hold-3-01", "hold-3-01/no_such_promise"),
        ("hold-3-01", "hold-9-01/portrait"),
        ("hold-3-01", ""),
        ("hold-3/administration", f"hold-3-01/{TALK}"),
    ],
)
def test_a_link_about_what_is_not_theirs_says_nothing(stand: Stand, person: str, subject: str) -> None:
    refused(stand, stand.path(person, subject))


def test_a_link_to_somebody_unknown_says_nothing(stand: Stand) -> None:
    refused(stand, stand.links.path(Link(Purpose.ANSWER, "hold-3-99", f"hold-3-01/{TALK}"), "a@example.org"))


def test_a_link_to_an_address_that_is_no_longer_theirs_says_nothing(stand: Stand) -> None:
    old = stand.talk(1)
    fact = Fact("corrected", "tester", {"whom": stand.leader(1), "email": "other@example.org"})
    stand.driven.engine.arrange("hold-3", "correct", fact)
    refused(stand, old)
    assert stand.browser.get(stand.talk(1)).status_code == 200


def test_a_leader_who_is_none_any_more_has_no_link(stand: Stand) -> None:
    old = stand.talk(1)
    stand.driven.fire("change_mentor", 1, new_mentor={"name": "Grete Lund", "email": "grete@example.org"})
    refused(stand, old)
    assert stand.browser.get(stand.talk(1)).status_code == 200


def test_after_a_withdrawal_the_links_about_it_say_nothing(stand: Stand) -> None:
    leaders, talents = stand.talk(1), stand.path("hold-3-01", f"hold-3-01/{TALK}")
    stand.driven.fire("withdraw", 1)
    refused(stand, talents)
    refused(stand, leaders)


# -- too often, and in trouble -------------------------------------------------------------------------------------


def test_a_link_that_is_used_too_often_waits_and_no_other_does(stand: Stand) -> None:
    answers = [stand.browser.get(stand.talk(1)) for _ in range(61)]
    assert {one.status_code for one in answers[:60]} == {200}
    assert (answers[60].status_code, answers[60].headers["retry-after"]) == (429, "1")
    assert stand.browser.get(stand.talk(2)).status_code == 200
    assert stand.browser.post(stand.talk(1), stand.held(1, HELD)).status_code == 303


def test_forms_are_counted_apart(stand: Stand) -> None:
    answers = [stand.browser.post(stand.talk(1), stand.held(1, "2027-12-24")).status_code for _ in range(21)]
    assert answers == [422] * 20 + [429]
    assert stand.browser.get(stand.talk(1)).status_code == 200


def test_a_database_that_is_away_is_a_page_and_told_by_no_log(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = stand.talk(1)
    monkeypatch.setattr(stand.driven.database.address, "check_file", _away)
    for answer in (stand.browser.get(path), stand.browser.get("/health")):
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    token = path.rpartition("/")[2]
    assert token not in caplog.text


def _away() -> None:
    from config.errors import DatabaseUnavailableError

    raise DatabaseUnavailableError("var/talentnord.db", "is not there")


def test_no_header_and_no_page_holds_a_link_of_anybody_else(stand: Stand) -> None:
    page = stand.browser.get(stand.talk(1))
    assert stand.talk(1).rpartition("/")[2] not in "".join(page.headers.values())
    links = re.findall(r"/(svar|side|kalender|plan)/([\w.-]+)", page.text)
    opened = [stand.links.open(Purpose(purpose), token) for purpose, token in links]
    assert {one and one.link.person for one in opened} == {stand.leader(1)}


def test_the_site_is_not_for_search_engines(stand: Stand) -> None:
    assert stand.browser.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
    assert stand.browser.get("/robots.txt").headers["x-robots-tag"] == "noindex, nofollow"


def test_an_answer_waits_for_nobody_who_is_woken(stand: Stand) -> None:
    rouser = Rouser("http://192.0.2.1/api", None, lambda: True)  # An address that never answers.
    stand.site.afterwards.recorded = rouser.recorded
    rouser.start()
    assert stand.browser.post(stand.talk(1), stand.held(1, HELD)).elapsed.total_seconds() < 2
    rouser.stop()
