"""The example of another programme: an onboarding cohort goes through its whole time, and none of it is in Danish."""

from __future__ import annotations

import email
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import select

from config.checks.all import check_all
from config.library import Library
from config.people import People, PersonRow
from config.profile import load_profile
from config.settings import Settings, load_settings
from flows.cockpit.form_lists import forms
from flows.preview.choice import unseen
from flows.preview.page import of_cohort
from flows.preview.year import play
from flows.rehearsal.to_files import Rehearsed, rehearse
from flows.services import open_services
from flows.site.app import problem_page
from flows.site.pages import own_page
from notifications.fitting import misplaced_messages
from notifications.links import Links
from notifications.messages import messages_of
from notifications.render import known_messages
from notifications.site_pages import render_page
from states.exploration.explore import explore
from states.running_cohort import read_cohort
from states.store.database import Database
from states.store.tables import EffectRow, JourneyRow
from states.views.import_preview import ImportPreview, import_preview
from states.views.matters import matters
from states.views.my_page import my_page
from tests.support.driver import Driver

LIBRARY = Library()
ROOT = LIBRARY.root
LOADED = LIBRARY.cohort("autumn-27")
PROGRAMME = LOADED.definition.programme
DANISH = re.compile(
    r"[æøå]|\b(?:og|ikke|til|du|din|dit|der|kan|som|hilsen|frist|dag|leder|talent|mentor)\b", re.IGNORECASE
)
LINKS = Links(["k" * 40], "https://first-hundred.example.org")


class Sent(NamedTuple):
    """A mail as its reader gets it."""

    to: str
    subject: str
    text: str
    html: str
    sender: str
    organizers: tuple[str, ...]


def in_danish(text: str) -> list[str]:
    """The Danish words in a text; addresses and what stands in tags are nobody's reading."""
    plain = re.sub(r"<style.*?</style>|<[^>]*>|https?://\S+|\S+@\S+|Talent Nord", " ", text, flags=re.DOTALL)
    return DANISH.findall(plain)


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rehearsed, list[Sent]]:
    out = tmp_path_factory.mktemp("autumn")
    *_, last = rehearse(LOADED, load_profile(ROOT, "newcomers"), out, 1, load_settings(), LIBRARY)
    assert isinstance(last, Rehearsed)
    return last, [sent(path) for path in sorted((out / "mail").glob("*.eml"))]


def sent(path: Path) -> Sent:
    mail = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    calendars = (part.get_content() for part in mail.walk() if part.get_content_type() == "text/calendar")
    return Sent(
        mail["To"].addresses[0].display_name,
        mail["Subject"].strip(),
        text.get_content(),
        html.get_content(),
        str(mail["From"]),
        tuple(line for one in calendars for line in re.findall(r"^ORGANIZER.*", one, re.MULTILINE)),
    )


@pytest.fixture
def autumn(sqlite: Database) -> Driver:
    now = LOADED.definition.working_time.at(date(2027, 8, 6), time(9))
    return Driver(sqlite, people=LOADED.people, cohort=LOADED.cohort, definition=LOADED.definition, now=now).enrol()


def told(driven: Driver, message: str) -> set[tuple[str, str]]:
    """Who was told something, by the role in which they were."""
    with driven.database.read() as connection:
        rows = connection.execute(select(EffectRow.role, EffectRow.recipient_id).where(EffectRow.message == message))
        return {(row.role, row.recipient_id) for row in rows}


class TestItsFiles:
    def test_have_neither_faults_nor_warnings_and_nobody_can_get_stuck(self) -> None:
        assert check_all(LIBRARY, ["autumn-27"], messages_of(LIBRARY)) == []
        assert explore(LOADED.definition).problems == ()
        loaded = LIBRARY.programme("onboarding")
        assert list(misplaced_messages(loaded.definition, loaded.source, ROOT)) == []

    def test_are_small_and_bring_every_message_that_they_name(self) -> None:
        folder = ROOT / str(PROGRAMME.templates) / "en"
        messages = {path.name for path in folder.iterdir()}
        assert {effect.message for _, effect in LOADED.definition.effects()} | {PROGRAMME.on_correct} == messages
        assert len(messages) <= 14


class TestItsTime:
    def test_ends_with_everybody_settled_or_gone(self, rehearsed: tuple[Rehearsed, list[Sent]]) -> None:
        summary = rehearsed[0].summary
        assert summary.stuck == ()
        assert set(summary.states) == {"settled", "left"}
        assert summary.mails == len(rehearsed[1]) > 40

    def test_reaches_each_by_what_the_programme_calls_them(self, autumn: Driver) -> None:
        autumn.until("2027-10-01")
        assert told(autumn, "welcome") == {
            *(("talent", f"autumn-27-0{number}") for number in (1, 2, 3, 4)),
            *(("mentor", f"autumn-27/leader-0{number}") for number in (1, 3, 4)),
            *(("second_mentor", f"autumn-27/helper-0{number}") for number in (1, 2, 3)),
        }
        assert {person for _, person in told(autumn, "coffee_ask")} == {f"autumn-27/helper-0{n}" for n in (1, 2, 3)}

    def test_leaves_everybody_in_peace_on_an_english_bank_holiday(self, autumn: Driver) -> None:
        autumn.until("2027-08-31 17:00")
        with autumn.database.read() as connection:
            days = set(connection.scalars(select(EffectRow.send_at).where(EffectRow.message == "talk_ask")))
        assert date(2027, 8, 30) not in {day.date() for day in days}
        assert days

    def test_asks_a_buddy_of_two_about_each_of_them(self, autumn: Driver) -> None:
        autumn.until("2027-09-23")
        with autumn.database.read() as connection:
            found = matters(connection, read_cohort(connection, "autumn-27"), "autumn-27/helper-03", autumn.now)
        assert [(one.label, one.about, [option.label for option in one.options]) for one in found if one.about] == [
            ("Coffee after day 1", "Lucy Chen", ["We have met"]),
            ("Coffee after day 1", "Jack Doyle", ["We have met"]),
        ]

    def test_knows_who_helps_whom(self, autumn: Driver) -> None:
        with autumn.database.read() as connection:
            rows = connection.execute(select(JourneyRow.talent_id, JourneyRow.second_mentor_id).order_by(JourneyRow.id))
            assert [row.second_mentor_id for row in rows] == [f"autumn-27/helper-0{number}" for number in (1, 2, 3, 3)]


class TestItsWords:
    def test_are_english_in_every_mail(self, rehearsed: tuple[Rehearsed, list[Sent]]) -> None:
        for mail in rehearsed[1]:
            assert mail.text.startswith("Dear "), mail.subject
            assert in_danish(f"{mail.subject}\n{mail.text}\n{mail.html}") == [], mail.text

    def test_say_the_same_to_each_role_in_its_own_way(self, rehearsed: tuple[Rehearsed, list[Sent]]) -> None:
        welcomes = {mail.to: mail.text for mail in rehearsed[1] if mail.subject.startswith("Welcome morning")}
        assert "Olive Reed is your manager and Tom Baines your buddy" in welcomes["Amy Pike"]
        assert "the first hundred days of Amy Pike and Ravi Shah" in welcomes["Olive Reed"]
        assert "You are the buddy of Amy Pike" in welcomes["Tom Baines"]

    def test_come_from_the_programme_and_not_from_another_that_runs_beside_it(
        self, rehearsed: tuple[Rehearsed, list[Sent]]
    ) -> None:
        assert {mail.sender for mail in rehearsed[1]} == {"First Hundred Days <talentnord@talentnord.example>"}
        organizers = [line for mail in rehearsed[1] for line in mail.organizers]
        assert organizers
        assert all('CN="First Hundred Days"' in line for line in organizers)

    def test_say_to_each_in_the_first_mail_what_is_kept_about_them(
        self, rehearsed: tuple[Rehearsed, list[Sent]]
    ) -> None:
        kept = {mail.to: " ".join(mail.text.split()) for mail in rehearsed[1] if "We keep your name" in mail.text}
        assert "who is beside you" in kept["Amy Pike"]
        assert "whose manager you are" in kept["Olive Reed"]
        assert "Ask Priya Nair to see it" in kept["Tom Baines"]
        assert len(kept) == 10

    @pytest.mark.parametrize("person", ["amy.pike", "olive.reed"])
    def test_are_english_on_everybodys_own_page(self, autumn: Driver, person: str) -> None:
        autumn.until("2027-10-25")
        with autumn.database.read() as connection:
            page = my_page(connection, f"{person}@fenwick.example.org", autumn.now)
        assert page is not None
        html = own_page(page, LINKS)
        assert '<html lang="en">' in html
        assert in_danish(html) == []
        assert "Day 2: How we work · How we work" not in html
        assert "You get a mail" not in html
        assert ("<dt>Manager</dt>" in html and "<dt>Buddy</dt>" in html) is (person == "amy.pike")

    def test_are_english_on_the_page_that_asks_and_thanks(self, autumn: Driver) -> None:
        autumn.until("2027-09-02")
        with autumn.database.read() as connection:
            found = matters(connection, read_cohort(connection, "autumn-27"), "autumn-27/leader-01", autumn.now)
        beside = {
            "recipient": "Olive Reed",
            "today": autumn.now.date(),
            "programme": PROGRAMME.name,
            "coordinator": LOADED.cohort.coordinators[0],
            "role_labels": PROGRAMME.role_labels,
        }
        plain = {"option": "", "errors": {}, "typed": {}, "overtaken": False}
        for one in found:
            for name in ("answer", "thanks", "over"):
                assert in_danish(render_page(name, {"matter": one, **beside, **plain}, "en")) == [], name

    def test_are_all_on_the_page_to_read_before_with_dates_as_in_the_mails(self) -> None:
        year = play(LOADED, load_profile(ROOT, "newcomers"), 1, load_settings(), LIBRARY, lambda *_: None)
        page = of_cohort(LOADED, [year], LIBRARY)
        assert (
            unseen([year], LOADED.definition, known_messages("en", ROOT / str(PROGRAMME.templates))).of_programme == ()
        )
        assert "Monday 23 August 2027 at " in page
        assert not re.search(r"(?:August|September|October) \d+, \d{4}|\d [AP]M", page)

    @pytest.mark.parametrize("name", ["new_link", "new_link_sent", "accessibility"])
    def test_are_english_on_pages_that_do_not_know_who_looks(self, name: str) -> None:
        values = {"publisher": "Fenwick", "address": "", "contact": ""}
        assert in_danish(render_page(name, values, "en")) == []

    @pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
    def test_are_english_where_a_page_cannot_be_shown(self, status: int) -> None:
        assert in_danish(bytes(problem_page(status, "en").body).decode()) == []


class TestItsList:
    def seen(self, autumn: Driver, helper: PersonRow) -> ImportPreview:
        first, *others = LOADED.people.talents
        people = People((replace(first, helper=helper), *others))
        with autumn.database.read() as connection:
            found = import_preview(connection, LOADED.cohort, LOADED.definition, people, autumn.now)
        assert found is not None
        return found

    def test_corrects_who_helps(self, autumn: Driver) -> None:
        found = self.seen(autumn, PersonRow("Tom Baines", "thomas.baines@fenwick.example.org"))
        assert [str(one) for one in found.corrected] == [
            "autumn-27/helper-01: Tom Baines <tom.baines@fenwick.example.org>"
            " → Tom Baines <thomas.baines@fenwick.example.org>"
        ]
        assert found.helpers == ()

    def test_tells_of_another_one_who_helps_and_takes_nobody_over(self, autumn: Driver) -> None:
        found = self.seen(autumn, PersonRow("Una Pell", "una.pell@fenwick.example.org"))
        assert not found.changes_something
        assert list(found.lines()) == [
            "another one beside, who is not taken over: Amy Pike: Tom Baines <tom.baines@fenwick.example.org>"
            " → Una Pell <una.pell@fenwick.example.org>"
        ]


class TestItsForms:
    def test_are_offered_once_a_cohort_of_it_is_enrolled(self, sqlite: Database, tmp_path: Path) -> None:
        services = open_services(
            Settings(database_url=str(sqlite.url), mail_directory=tmp_path), lambda: datetime.now(UTC)
        )
        try:
            assert {one.programme.id for one, _ in forms(services)} == {"talent-nord"}
            services.engine.enrol(LOADED.cohort, LOADED.definition, LOADED.people)
            assert {one.programme.id for one, _ in forms(services)} == {"talent-nord", "onboarding"}
        finally:
            services.database.close()

    def test_have_names_that_no_other_programme_has(self) -> None:
        labels = [
            form.label for name in LIBRARY.programmes() for form in LIBRARY.programme(name).definition.programme.forms
        ]
        assert len(labels) == len(set(labels))
