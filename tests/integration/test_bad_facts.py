"""Facts that hold what no one can be called, read or meant: refused whole, in a sentence, before anything is written."""

# ruff: noqa: E501  a case is a line
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from config.errors import DefinitionError, FactIncompleteError, UnknownRecordError, UnknownTriggerError
from config.people import People
from notifications.transports.protocol import Mail
from states.facts import Fact
from states.store.database import Database
from states.store.tables import PersonRow
from tests.support.driver import Driver, day, hold_3_people
from tests.support.mailroom import Post

BO = {"name": "Bo Hansen", "email": "bo@a.example.org"}

DETAILS: dict[str, tuple[dict[str, Any], str, str]] = {
    "a leader with BEL": ({"new_mentor": BO | {"name": "Bo\a"}}, "new_mentor", "a control character (U+0007)"),
    "a leader with NUL": ({"new_mentor": BO | {"name": "Bo\0"}}, "new_mentor", "a control character (U+0000)"),
    "a leader in two lines": ({"new_mentor": BO | {"name": "Bo\nBcc: x"}}, "new_mentor", "a control character (U+000A)"),
    "a leader with a line separator": ({"new_mentor": BO | {"name": "Bo\u2028x"}}, "new_mentor", "a line break (U+2028)"),
    "a leader with half a character": ({"new_mentor": BO | {"name": "Bo\ud800"}}, "new_mentor", "half a character"),
    "a leader of zero width": ({"new_mentor": BO | {"name": "\u200b"}}, "new_mentor", "a character that is not seen"),
    "a leader written backwards": ({"new_mentor": BO | {"name": "\u202eoB"}}, "new_mentor", "not seen"),
    "a leader as an encoded word": ({"new_mentor": BO | {"name": "=?utf-8?q?x?="}}, "new_mentor", "'=?'"),
    "a leader that is an error": ({"new_mentor": BO | {"name": "#REF!"}}, "new_mentor", "a spreadsheet's error"),
    "a leader of blanks": ({"new_mentor": BO | {"name": " \u00a0"}}, "new_mentor", "has no name"),
    "a leader of a page": ({"new_mentor": BO | {"name": "x" * 101}}, "new_mentor", "is too long"),
    "a leader without a name": ({"new_mentor": {"email": BO["email"]}}, "new_mentor", "has no name"),
    "a leader who is a list": ({"new_mentor": [BO]}, "new_mentor", "is neither a text nor a number: list"),
    "a leader who is a text": ({"new_mentor": "Bo"}, "new_mentor", "has no name"),
    "two addresses": ({"new_mentor": BO | {"email": "bo@a.dk, x@y.dk"}}, "new_mentor", "is not a mail address"),
    "a header in an address": ({"new_mentor": BO | {"email": "bo@a.dk\nBcc: x@y.dk"}}, "new_mentor", "is not a mail"),
    "half a character in an address": ({"new_mentor": BO | {"email": "b\ud800@a.dk"}}, "new_mentor", "is not a mail"),
    "no address": ({"new_mentor": {"name": "Bo"}}, "new_mentor", "is not a mail address"),
    "a note of a megabyte": ({"note": "x" * 1024**2}, "note", "is too long: at most 2000 characters"),
    "a note with ESC": ({"note": "x\x1b[2J"}, "note", "a control character (U+001B)"),
    "a note with NUL": ({"note": "x\0"}, "note", "a control character (U+0000)"),
    "a note with half a character": ({"note": "\udfff"}, "note", "half a character (U+DFFF)"),
    "held in year 1": ({"held_on": "0001-01-01"}, "held_on", "0001-01-01 cannot be meant"),
    "held in year 9999": ({"held_on": "9999-12-31"}, "held_on", "9999-12-31 cannot be meant"),
    "held on no day": ({"held_on": "2027-02-30"}, "held_on", "is not a date: day is out of range for month"),
    "held some day": ({"held_on": "soon"}, "held_on", "'soon' is not a date"),
    "held in a week": ({"held_on": "2027-W01-1"}, "held_on", "'2027-W01-1' is not a date"),
    "a detail of a list": ({"extra": ["x"] * 10}, "extra", "is neither a text nor a number: list"),
    "a detail without end": ({"extra": float("inf")}, "extra", "is no number that can be meant"),
    "a detail that is no number": ({"extra": float("nan")}, "extra", "is no number that can be meant"),
    "a number of a thousand digits": ({"extra": 10**1000}, "extra", "is no number that can be meant"),
    "a detail of a page": ({"extra": "x" * 3000}, "extra", "is too long"),
    "a detail's name with BEL": ({"e\a": "x"}, "details", "a control character (U+0007)"),
    "a hundred details": ({f"d{number}": 1 for number in range(100)}, "details", "there are more than 20"),
}  # fmt: skip


@pytest.mark.parametrize(("details", "field", "why"), DETAILS.values(), ids=DETAILS.keys())
def test_a_fact_is_refused_whole(driven: Driver, details: dict[str, Any], field: str, why: str) -> None:
    before = driven.dump()
    with pytest.raises(FactIncompleteError) as refused:
        driven.fire("change_mentor", 1, **({"new_mentor": BO} | details))
    assert refused.value.field == field
    assert why in str(refused.value)
    assert str(refused.value).endswith("Nothing was recorded.")
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 400
    assert driven.dump() == before


@pytest.mark.parametrize(("key", "actor"), [("", "me"), ("k\0", "me"), ("k" * 201, "me"), ("k", ""), ("k", "m\ne")])
def test_a_fact_without_a_plain_key_and_actor_is_refused(driven: Driver, key: str, actor: str) -> None:
    with pytest.raises(FactIncompleteError, match="Nothing was recorded"):
        driven.engine.fire("leave", ["hold-3-01"], Fact(key, actor))
    with pytest.raises(FactIncompleteError, match="Nothing was recorded"):
        driven.engine.reschedule("hold-3", "m1d1", day("2027-03-12"), Fact(key, actor))


@pytest.mark.parametrize("word", ["leave\0", "\ud800", "leave\u200b"])
def test_words_that_no_database_takes_are_unknown(database: Database, word: str) -> None:
    """On PostgreSQL a NUL, anywhere half a character, would be an error of the driver."""
    driver = Driver(database, people=1).enrol()
    with pytest.raises(UnknownTriggerError):
        driver.engine.fire(word, ["hold-3-01"], Fact("k", "me"))
    with pytest.raises(UnknownRecordError):
        driver.engine.fire("leave", [word], Fact("k", "me"))
    with pytest.raises(UnknownRecordError):
        driver.engine.reschedule(word, "m1d1", day("2027-03-12"), Fact("k", "me"))


def test_what_is_good_is_kept_trimmed_and_in_one_spelling(driven: Driver) -> None:
    new = {"name": " A\u030ase  Holm ", "email": " Aase@A.Example.ORG "}
    driven.fire("change_mentor", 1, key="k", new_mentor=new, note=" aftalt\r\ni maj ")
    with driven.database.read() as connection:
        person = connection.execute(text("SELECT name, email FROM persons WHERE email = 'aase@a.example.org'")).one()
        details = connection.execute(text("SELECT details FROM facts WHERE key = 'k'")).scalar_one()
    assert tuple(person) == ("Åse Holm", "aase@a.example.org")
    assert "aftalt\\ni maj" in details


def changed(**values: Any) -> People:
    first, *others = hold_3_people(3).talents
    return People((replace(first, **values), *others))


def led_by(name: str, email: str = "bo@a.example.org") -> People:
    first, *others = hold_3_people(3).talents
    return People((replace(first, leader=replace(first.leader, name=name, email=email)), *others))


@pytest.mark.parametrize(
    ("people", "column"),
    [
        (lambda: changed(name="Bo\a"), "navn"),
        (lambda: changed(email="bo@a"), "e-mail"),
        (lambda: changed(unit="\u202ex"), "enhed"),
        (lambda: changed(leader_title="x\ny"), "leder titel"),
        (lambda: led_by("=?x?="), "leder navn"),
        (lambda: led_by("Bo", "bo"), "leder e-mail"),
    ],
)
def test_people_who_were_read_from_no_list_keep_to_its_rules(
    sqlite: Database, people: Callable[[], People], column: str
) -> None:
    driver = Driver(sqlite, people=people())
    before = driver.dump()
    with pytest.raises(DefinitionError) as refused:
        driver.enrol()
    assert [problem.field for problem in refused.value.problems] == [column]
    assert driver.dump() == before


@pytest.mark.parametrize("name", ["Karen \a T", "=?utf-8?q?Karen?=", "Karen\nBcc: x@y.dk", "Karen\u2028T"])
def test_a_bad_name_of_before_the_rules_silences_nobody(sqlite: Database, name: str) -> None:
    """The coordinator's, the reply-to of all mails, a talent's and a leader's, as a database may still hold them."""
    post = Post(sqlite, people=3)
    with sqlite.write() as connection:
        for person in ("hold-3/coordinator-1", "hold-3-01", "hold-3/leader-01"):
            changed = connection.execute(
                PersonRow.__table__.update().where(PersonRow.id == person).values(name=name)  # type: ignore[attr-defined]
            )
            assert changed.rowcount == 1
    post.driven.until("2027-02-04 08:30")
    waiting = post.pending()
    assert len(waiting) > 5
    from notifications.transports.mime import build

    sent: list[bytes] = []
    post.tray.instead = lambda mail: sent.append(build(mail).as_bytes())
    post.empty()
    assert len(sent) >= 5
    assert "rejected" not in post.statuses()
    assert not any(b"\nBcc:" in mail for mail in sent)


@pytest.mark.parametrize("label", ["Kick-off \\u0007", "=?utf-8?q?Kick-off?=", "Kick-off\\u2028i Aalborg"])
def test_a_bad_label_of_before_the_rules_silences_nobody(sqlite: Database, label: str) -> None:
    """A milestone's name is in the subject of the news of its date, and a cohort that runs keeps its definition."""
    from notifications.transports.mime import build

    post = Post(sqlite, people=3)
    relabel = text("UPDATE cohorts SET definition = replace(definition, :old, :new)")
    with sqlite.write() as connection:
        connection.execute(relabel, {"old": '"label":"Fælles kick-off"', "new": f'"label":"{label}"'})
    sent: list[str] = []

    def built(mail: Mail) -> None:
        build(mail).as_bytes()
        sent.append(mail.subject)

    post.tray.instead = built
    post.driven.until("2027-01-14 08:30")
    post.empty()
    post.driven.move("kickoff", day("2027-02-26", "12:30", "16:30"))
    post.empty()
    assert any("Kick-off" in subject for subject in sent)
    assert "rejected" not in post.statuses()


def test_a_cohort_of_before_the_rules_goes_on(sqlite: Database) -> None:
    """What was enrolled with an http link, or a label that no file may hold today, keeps its definition."""
    driver = Driver(sqlite, people=2).enrol()
    with sqlite.write() as connection:
        for column, old, new in (
            ("cohort", "https://talentnord.example.org/m1/podcast", "http://talentnord.example.org/m1/podcast"),
            ("cohort", '"name":"Hold 3"', '"name":"Hold \\u0007 3"'),
            ("definition", '"label":"Fælles kick-off"', '"label":"Fælles \u200b kick-off"'),
        ):
            written = text(f"UPDATE cohorts SET {column} = replace({column}, :old, :new) WHERE instr({column}, :old)")
            assert connection.execute(written, {"old": old, "new": new}).rowcount == 1
    driver.until("2027-04-02")
    assert driver.state(1) == driver.state(2) == "active.m1.between"


def test_of_an_endless_word_an_error_shows_the_beginning(driven: Driver) -> None:
    word = "\x00" + "a" * 200
    with pytest.raises(UnknownTriggerError) as trigger:
        driven.engine.fire(word, ["hold-3-01"], Fact("k", "me"))
    with pytest.raises(UnknownRecordError) as subject:
        driven.engine.fire("leave", [word], Fact("k", "me"))
    assert (len(trigger.value.trigger), len(subject.value.ident)) == (80, 80)
