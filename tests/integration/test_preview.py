"""All that a cohort is sent, on one page to read before it begins; and one person's year."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest

from config.errors import NotOnePersonError
from config.library import Library, LoadedCohort
from config.profile import load_profile, profiles
from config.settings import load_settings
from flows.preview.choice import fits, unseen
from flows.preview.page import of_cohort, of_person
from flows.preview.year import Year, play
from flows.rehearsal.to_files import Rehearsed, rehearse
from notifications.render import known_messages
from tests.support.command import Command, the_command
from tests.support.definitions import MENTOR_LIGHT

LIBRARY = Library()
LOUISE = "louise.skjaerbaek@aalborg.example.org"


@dataclass(frozen=True)
class Seen:
    """What a page shows: its pieces' heads and what stands in their frames."""

    page: str
    heads: tuple[str, ...]
    frames: tuple[str, ...]


def seen(page: str) -> Seen:
    articles = re.findall(r"<article.*?</article>", page, re.DOTALL)
    frames = [html.unescape(one) for one in re.findall(r'srcdoc="(.*?)"></iframe>', page, re.DOTALL)]
    heads = [html.unescape(re.sub(r"<iframe.*?</iframe>|<[^>]+>", " ", one, flags=re.DOTALL)) for one in articles]
    return Seen(page, tuple(" ".join(one.split()) for one in heads), tuple(frames))


class _Asks(HTMLParser):
    """Collects what a page would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        for name in ("src", "href", "action", "data", "background", "srcset", "poster"):
            value = values.get(name) or ""
            if value and not (tag == "a" or value.startswith("#")):
                self.found.append((tag, value))
        if tag in {"script", "link", "object", "embed", "form", "base"} or any(one.startswith("on") for one in values):
            self.found.append((tag, ""))


def asked_for(page: str) -> list[tuple[str, str]]:
    parser = _Asks()
    parser.feed(page)
    return parser.found


def year(loaded: LoadedCohort, profile: str, library: Library = LIBRARY) -> Year:
    return play(loaded, load_profile(library.root, profile), 1, load_settings(), library, lambda *_: None)


@pytest.fixture(scope="module")
def hold_3() -> LoadedCohort:
    return LIBRARY.cohort("hold-3")


@pytest.fixture(scope="module")
def typical(hold_3: LoadedCohort) -> Year:
    return year(hold_3, "typical")


@pytest.fixture(scope="module")
def spring() -> LoadedCohort:
    return MENTOR_LIGHT.cohort("spring")


@pytest.fixture(scope="module")
def whole(hold_3: LoadedCohort, typical: Year) -> Seen:
    return seen(of_cohort(hold_3, [typical], LIBRARY))


def test_every_message_is_there_or_named_as_not_seen(whole: Seen) -> None:
    shown, _, not_seen = whole.page.rpartition("</article>")
    in_heads = set(re.findall(r"\w+", " ".join(re.findall(r'class="code">\(([^)]*)\)', shown))))
    named = set(re.findall(r'<li class="code">(\w+)</li>', not_seen))
    assert in_heads | named == known_messages("da")
    assert in_heads & named == set()
    assert len(in_heads) > 50


def test_each_message_is_there_once_for_each_role_as_it_was_first_said(whole: Seen, typical: Year) -> None:
    said = {one for piece in typical.pieces for one in piece.said}
    assert len(whole.heads) <= len(said)
    [missed] = [one for one in whole.heads if one.startswith("Mail · talent (meeting_missed)")]
    first = next(piece for piece in typical.pieces if ("meeting_missed", "talent") in piece.said)
    assert first.subject in missed
    assert f"{first.name} <{first.email}>" in missed


def test_a_mail_is_shown_as_its_reader_gets_it_with_its_buttons(whole: Seen, typical: Year) -> None:
    htmls = {piece.html for piece in typical.pieces}
    assert set(whole.frames) <= htmls
    assert sum("Sig, om du kommer" in one for one in whole.frames) > 5


def test_calendar_entries_and_files_are_told_in_words(whole: Seen) -> None:
    [first] = [one for one in whole.heads if "(kickoff_invitation, talk_expect)" in one]
    assert "Fælles kick-off: torsdag den 25. februar 2027 kl. 12.30–16.30, Nordkraft, Aalborg" in first
    assert "Modul 2: Innovationsledelse: onsdag den 28. april 2027 kl. 9.00 til torsdag den 29. april 2027" in first
    assert "Vedhæftet Udviklingsplan - Mette Brøndgaard.docx" in first
    assert any("Fjernes fra kalenderen Talent Nord · Modul 3, dag 1" in one for one in whole.heads)


def test_tasks_are_there_with_their_deadline_and_what_to_do(whole: Seen) -> None:
    [task] = [one for one in whole.heads if "(meeting_overdue)" in one]
    assert task.startswith("Opgave · koordinator")
    assert "Frist onsdag den 31. marts 2027" in task
    assert "Ring til " in task


def test_the_indexes_lead_to_what_is_there(whole: Seen) -> None:
    links = re.findall(r'href="#(nr-\d+)"', whole.page)
    anchors = re.findall(r'id="(nr-\d+)"', whole.page)
    assert set(links) == set(anchors)
    by_date = whole.page.partition("Efter dato")[2].partition("</nav>")[0]
    assert re.findall(r'href="#(nr-\d+)"', by_date) == anchors
    by_role = whole.page.partition("Efter modtager")[2].partition("</nav>")[0]
    assert {"talent", "koordinator", "opgavestiller"} <= set(re.findall(r"<h3>([^<]+)</h3>", by_role))


def test_it_asks_nobody_for_anything_and_can_do_nothing(whole: Seen) -> None:
    assert "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'" in whole.page
    assert asked_for(whole.page) == []
    assert whole.page.count("<iframe sandbox ") == len(whole.frames)
    assert len(whole.page.encode()) < 5_000_000


def test_what_a_year_lacks_another_one_adds(hold_3: LoadedCohort, typical: Year) -> None:
    few = Year(typical.profile, typical.pieces[:3], typical.people)
    page = seen(of_cohort(hold_3, [few, typical], LIBRARY))
    assert "Ses kun i et andet eksempel: Et almindeligt hold" in page.page
    assert sum("(kickoff_invitation, talk_expect)" in one for one in page.heads) == 1


def test_an_eventful_year_adds_whatever_the_cohort_can_be_sent(hold_3: LoadedCohort, typical: Year) -> None:
    never = unseen([typical, year(hold_3, "eventful")], hold_3.definition, known_messages("da"))
    # Hold 3's challenges are known from the start.
    assert set(never.of_programme) == {"challenge_missed", "challenge_secure", "challenge_urgent"}


def test_only_profiles_of_this_programme_add_to_it(hold_3: LoadedCohort, spring: LoadedCohort) -> None:
    known = [load_profile(LIBRARY.root, one) for one in profiles(LIBRARY.root)]
    assert {one.id for one in known if fits(one, hold_3.definition)} == {"eventful", "exemplary", "typical"}
    assert "typical" not in {one.id for one in known if fits(one, spring.definition)}


def test_one_persons_year_has_every_mail_that_a_rehearsal_sends_them(
    hold_3: LoadedCohort, typical: Year, tmp_path: Path
) -> None:
    steps = list(rehearse(hold_3, load_profile(LIBRARY.root, "typical"), tmp_path, 1, load_settings(), LIBRARY))
    assert isinstance(steps[-1], Rehearsed)
    sent = [
        one for one in (tmp_path / "mail").glob("*.eml") if f"<{LOUISE}>" in one.read_text("utf-8").split("\n\n")[0]
    ]
    by_address, by_name = (of_person(hold_3, typical, who) for who in (LOUISE, "louise skjærbæk"))
    assert by_address == by_name
    page = seen(by_address)
    assert len(page.frames) == len(page.heads) == len(sent) > 20
    assert all(f"<{LOUISE}>" in one for one in page.heads)
    assert "<h1>Louise Skjærbæk: alle mails i Talent Nord, Hold 3</h1>" in page.page


def test_a_coordinators_year_has_their_tasks_too(hold_3: LoadedCohort, typical: Year) -> None:
    page = seen(of_person(hold_3, typical, "Karen Møller Thorsen"))
    assert sum(one.startswith("Opgave") for one in page.heads) > 5


def test_nobody_and_several_of_a_name_are_refused_and_the_name_that_was_meant_is_proposed(typical: Year) -> None:
    with pytest.raises(NotOnePersonError, match=r"nobody is called 'Louise Skjærbek' in the year of hold-3.*Skjærbæk"):
        typical.of("Louise Skjærbek", "hold-3")
    twins = Year("", (), (("bo@a.example", "Bo Holm"), ("bo@b.example", "Bo Holm")))
    with pytest.raises(NotOnePersonError, match=r"2 people .* ask by address \(bo@a\.example, bo@b\.example\)"):
        twins.of("Bo Holm", "hold-3")
    assert twins.of("bo@a.example", "hold-3") == ("Bo Holm", ())


def test_names_are_text_in_the_page(hold_3: LoadedCohort, typical: Year) -> None:
    mail = next(piece for piece in typical.pieces if piece.html)
    hostile = Year("<b>x</b>", (type(mail)(**{**vars(mail), "name": "<script>alert(1)</script>"}),), ())
    page = of_cohort(hold_3, [hostile], LIBRARY)
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_another_programme_is_read_in_its_own_language(spring: LoadedCohort) -> None:
    page = seen(of_cohort(spring, [year(spring, "usual", MENTOR_LIGHT)], MENTOR_LIGHT))
    assert '<html lang="en">' in page.page
    assert "<h1>Mentor Light" in page.page
    assert not re.search(r"[æøå]|Opgave|Sendes", re.sub(r"<li>.*?</li>|&lt;[^&]*&gt;", "", " ".join(page.heads)))


# -- the command ---------------------------------------------------------------------------------------------------


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[Command]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TALENTNORD_CONFIG_ROOT", str(MENTOR_LIGHT.root))
    with the_command(monkeypatch, capsys) as run:
        yield run


def test_it_writes_one_file_for_its_owner_and_nothing_else(command: Command, tmp_path: Path) -> None:
    ended = command("preview", "--cohort", "spring", "--profile", "usual", "--out", "read/spring.html")
    assert (ended.code, ended.err) == (0, "")
    assert "read/spring.html" in ended.out
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "read" / "spring.html"]
    assert (tmp_path / "read" / "spring.html").stat().st_mode & 0o777 == 0o600


def test_somebody_unknown_ends_it_with_a_clear_sentence_and_no_file(command: Command, tmp_path: Path) -> None:
    ended = command("preview", "--cohort", "spring", "--profile", "usual", "--out", "x.html", "--as", "nobody@here")
    assert ended.code == 2
    assert "nobody is called 'nobody@here' in the year of spring" in ended.err
    assert list(tmp_path.iterdir()) == []
