"""How a mail is put together: refused without its values, escaped, one line of subject, one greeting."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from config.errors import TemplateError
from notifications.render import Section, compose, known_messages, render_message
from notifications.view_models import CalendarFiles, CommitmentView, Context, EntryView, Greeting
from tests.support.message_cases import BASE, HANNE, KIRSTEN, MAILS, METTE, plain


def test_an_unknown_message_is_refused_by_name() -> None:
    with pytest.raises(TemplateError, match="'no_such_message', part subject") as caught:
        render_message("no_such_message", BASE)
    assert (caught.value.message, caught.value.part) == ("no_such_message", "subject")


@pytest.mark.parametrize("missing", ["commitment", "mentor", "module"])
def test_a_message_whose_value_is_missing_is_refused_rather_than_sent(missing: str) -> None:
    whole = next(case.context for case in MAILS if case.message == "meeting_plan")
    nothing: dict[str, Any] = {missing: None}
    with pytest.raises(TemplateError, match="meeting_plan"):
        render_message("meeting_plan", replace(whole, **nothing))


@pytest.mark.parametrize("template", ["Mentor: {{ mentor }}", "{{ event|date }}", "{{ event|time }}"])
def test_a_value_that_is_none_is_never_printed(tmp_path: Path, template: str) -> None:
    message = tmp_path / "da" / "greeting"
    message.mkdir(parents=True)
    (message / "subject.j2").write_text("Hej")
    (message / "text.j2").write_text(template)
    with pytest.raises(TemplateError, match=r"part text: a .* (None|missing)"):
        render_message("greeting", BASE, folder=tmp_path)


def test_names_are_escaped_in_html_and_left_alone_in_text() -> None:
    odd = replace(METTE, name="Anna <b> & O'Neil", first_name="Anna <b>")
    section = render_message("talk_reminder", replace(commitment_context(), talent=odd, role="mentor"))
    assert "Anna <b> & O'Neil" in section.text
    assert "Anna <b>" in section.subject
    assert "Anna &lt;b&gt; &amp; O&#39;Neil" in section.html
    mail = compose([section], Greeting(replace(HANNE, first_name="Ib & <i>"), KIRSTEN, "Talent Nord"))
    assert "Kære Ib & <i>" in mail.text
    assert "Kære Ib &amp; &lt;i&gt;" in mail.html
    assert "<b>" not in mail.html


def commitment_context() -> Context:
    return replace(BASE, talent=METTE, mentor=HANNE, commitment=CommitmentView("Forventningssamtale", date(2027, 3, 4)))


def test_a_subject_stays_one_line_whatever_a_name_holds() -> None:
    odd = replace(METTE, first_name="Mette\r\nBcc: alle@example.org")
    subject = render_message("talk_convene", replace(commitment_context(), talent=odd, role="mentor")).subject
    assert subject == "Indkald Mette Bcc: alle@example.org til forventningssamtale"


GREETING = Greeting(HANNE, KIRSTEN, "Talent Nord")


def test_one_section_is_a_mail_with_that_subject_greeted_and_signed_once() -> None:
    mail = compose([Section("Emne", "Kort besked.", "<p>Kort besked.</p>")], GREETING)
    assert mail.subject == "Emne"
    assert mail.text == (
        "Kære Hanne\n\nKort besked.\n\nHar du spørgsmål, så svar blot på denne mail.\n\n"
        "Venlig hilsen\nKirsten Toft\nTalent Nord\n"
    )


def test_an_office_is_written_to_by_its_whole_name() -> None:
    office = replace(
        HANNE, name="Talentadministrationen i Aalborg Kommune", first_name="Talentadministrationen i Aalborg Kommune"
    )
    mail = compose([Section("Emne", "Kort besked.", "<p>Kort besked.</p>")], Greeting(office, KIRSTEN, "Talent Nord"))
    assert mail.text.startswith("Til Talentadministrationen i Aalborg Kommune\n\nKort besked.")
    assert ">Til Talentadministrationen i Aalborg Kommune</p>" in mail.html


def test_whoever_signs_a_mail_is_not_told_to_answer_it_by_themself() -> None:
    mail = compose([Section("Emne", "Kort besked.", "<p>Kort besked.</p>")], Greeting(KIRSTEN, KIRSTEN, "Talent Nord"))
    assert mail.text == "Kære Kirsten\n\nKort besked.\n\nVenlig hilsen\nTalent Nord\n"
    assert "svar blot" not in mail.html


def test_a_coordinator_signs_with_what_is_known_of_them_and_no_line_is_left_empty() -> None:
    known = replace(KIRSTEN, title="programkoordinator", organisation="Aalborg & Co", telephone="+45 98 76 54 32")
    lines = ["Kirsten Toft", "Programkoordinator", "Talent Nord", "Aalborg & Co", "Telefon +45 98 76 54 32"]
    mail = compose([Section("Emne", "Kort besked.", "<p>Kort besked.</p>")], Greeting(HANNE, known, "Talent Nord"))
    assert mail.text.endswith("\n\nVenlig hilsen\n" + "\n".join(lines) + "\n")
    assert "<br>".join(["Venlig hilsen", *lines]).replace("&", "&amp;") in mail.html


def test_three_sections_are_one_mail_each_under_its_own_heading() -> None:
    sections = [Section(f"Emne {n}", f"Besked {n}.", f"<p>Besked {n}.</p>") for n in (1, 2, 3)]
    mail = compose(sections, GREETING)
    assert mail.subject == "Emne 1 (og 2 beskeder mere)"
    assert compose(sections[:2], GREETING).subject == "Emne 1 (og 1 besked mere)"
    for part in (mail.text, plain(mail.html)):
        assert part.count("Kære Hanne") == part.count("Venlig hilsen") == part.count("svar blot") == 1
        assert re.search(r"1\. Emne 1\s+Besked 1\.\s+2\. Emne 2\s+Besked 2\.\s+3\. Emne 3\s+Besked 3\.", part)


def test_a_mail_that_asks_and_tells_says_that_what_it_asks_stands_first() -> None:
    told = Section("Emne", "Besked.", "<p>Besked.</p>")
    asked = replace(told, asks=True)
    words = "Det, vi beder dig svare på, står først."
    assert words in compose([asked, told], GREETING).text
    for same in ([asked, asked], [told, told], [asked]):
        assert words not in compose(same, GREETING).text


TALK = EntryView("Forventningssamtale", datetime(2027, 2, 18, 10, tzinfo=UTC))
JUNE, OCTOBER = (EntryView("Netværk", date(2027, month, day)) for month, day in ((6, 9), (10, 27)))
ON_18, ON_9, ON_27 = (
    "»Forventningssamtale« torsdag den 18. februar kl. 10.00",
    "»Netværk« onsdag den 9. juni",
    "»Netværk« onsdag den 27. oktober",
)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (((TALK,), ()), f"Kalenderfilen til {ON_18} er vedhæftet. Åbn den, så står datoen i din kalender."),
        (
            ((TALK, JUNE, OCTOBER), ()),
            f"Kalenderfilerne til {ON_18}, {ON_9} og {ON_27} er vedhæftet. Åbn dem, så står datoerne i din kalender.",
        ),
        (((), (JUNE,)), f"Den vedhæftede kalenderfil fjerner {ON_9} fra din kalender, når du åbner den."),
        (
            ((), (JUNE, OCTOBER)),
            f"De vedhæftede kalenderfiler fjerner {ON_9} og {ON_27} fra din kalender, når du åbner dem.",
        ),
        (
            ((TALK,), (JUNE,)),
            f"Kalenderfilerne er vedhæftet. Når du åbner dem, kommer {ON_18} i din kalender, og {ON_9} forsvinder.",
        ),
    ],
)
def test_a_mail_says_once_which_calendar_files_it_brings_and_what_each_does(
    files: tuple[tuple[EntryView, ...], tuple[EntryView, ...]], words: str
) -> None:
    mail = compose([Section("Emne", "Besked.", "<p>Besked.</p>")] * 2, GREETING, calendar=CalendarFiles(*files))
    for part in (mail.text, plain(mail.html)):
        assert part.count(words) == part.lower().count("kalenderfil") == 1


@pytest.mark.parametrize(
    ("brought", "gone", "words"),
    [
        (4, 0, "Kalenderfilerne er vedhæftet. Åbn dem, så står datoerne i din kalender."),
        (0, 4, "Kalenderfilerne er vedhæftet. Åbn dem, så forsvinder datoerne fra din kalender."),
        (2, 2, "Kalenderfilerne er vedhæftet. Åbn dem, så passer din kalender."),
    ],
)
def test_more_than_three_calendar_files_are_not_named(brought: int, gone: int, words: str) -> None:
    files = CalendarFiles((TALK,) * brought, (JUNE,) * gone)
    assert words in compose([Section("Emne", "Besked.", "<p>Besked.</p>")], GREETING, calendar=files).text


def test_calendar_files_are_named_in_english_too() -> None:
    def said(*files: tuple[EntryView, ...]) -> str:
        return compose([Section("A", "B.", "<p>B.</p>")], GREETING, "en", calendar=CalendarFiles(*files)).text

    assert "The calendar file for “Forventningssamtale” on Thursday 18 February at 10:00 is attached. Open it" in said(
        (TALK,), ()
    )
    assert "The attached calendar files take “Netværk” on Wednesday 9 June and “Netværk” on Wednesday 27" in said(
        (), (JUNE, OCTOBER)
    )


def test_a_mail_without_sections_is_refused() -> None:
    with pytest.raises(TemplateError, match="at least one section"):
        compose([], GREETING)


def test_the_html_mail_is_in_danish_with_inline_styles_and_nothing_remote() -> None:
    page = compose([Section("Emne", "Besked.", "<p>Besked.</p>")], GREETING).html
    assert '<html lang="da"' in page
    assert "max-width: 600px" in page
    assert not re.search(r"<img|<link|<script|url\(|https?:|@import", page)


def test_a_programme_brings_its_own_words_and_the_rest_is_taken_from_the_default_folder(tmp_path: Path) -> None:
    message = tmp_path / "da" / "talk_convene"
    message.mkdir(parents=True)
    (message / "subject.j2").write_text("Samtale med {{ talent.name }}")
    (message / "html.j2").write_text("<h3>{{ talent.name }}</h3>")
    context = replace(commitment_context(), role="mentor", recipient=HANNE)
    own = render_message("talk_convene", context, folder=tmp_path)
    assert own.subject == "Samtale med Mette Østergaard"
    assert own.text == render_message("talk_convene", context).text
    assert own.html == "<h3>Mette Østergaard</h3>"
    (tmp_path / "da" / "extra").mkdir()
    (tmp_path / "da" / "extra" / "subject.j2").write_text("Mere")
    assert known_messages(folder=tmp_path) == known_messages() | {"extra"}
