"""A mail leads to the page where its matter is answered, once, and to its recipient's own; words and HTML alike."""

from __future__ import annotations

import re
from dataclasses import replace

from notifications.render import Rendered, Section, compose
from notifications.view_models import Answer, Greeting, OwnPage
from tests.support.message_cases import HANNE, KIRSTEN, plain

GREETING = Greeting(HANNE, KIRSTEN, "Talent Nord")
SITE = "https://talentnord.example"
TALK = Answer(f"{SITE}/svar/talk.x-y_z", "Sig, om samtalen er aftalt eller holdt")
MEETING = Answer(f"{SITE}/svar/meeting.x-y_z", "Sig, om mødet er aftalt eller holdt")
PAGE = OwnPage(f"{SITE}/side/hanne.x-y_z", "Hold 3")
PERSONAL = "Linkene til vores sider er personlige. Send dem ikke videre."


def about(number: int, answer: Answer | None = None, page: OwnPage | None = None) -> Section:
    return Section(f"Emne {number}", f"Besked {number}.", f"<p>Besked {number}.</p>", answer, page)


def mail(*sections: Section) -> Rendered:
    return compose(sections, GREETING)


def hrefs(said: Rendered) -> list[str]:
    return re.findall(r'<a href="([^"]+)"', said.html)


def test_a_button_says_what_it_does_and_the_plain_text_has_the_whole_link_on_a_line_of_its_own() -> None:
    said = mail(about(1, TALK, PAGE))
    assert said.text == (
        "Kære Hanne\n\nBesked 1.\n\nSig, om samtalen er aftalt eller holdt:\n"
        f"{TALK.url}\n\nDin egen side på Talent Nord:\n{PAGE.url}\n\n{PERSONAL}\n\n"
        "Har du spørgsmål, så svar blot på denne mail.\n\nVenlig hilsen\nKirsten Toft\nTalent Nord\n"
    )
    assert hrefs(said) == [TALK.url, PAGE.url]
    assert "Sig, om samtalen er aftalt eller holdt" in plain(said.html)


def test_words_and_html_say_the_same() -> None:
    said = mail(about(1, TALK, PAGE), about(2, MEETING, PAGE))
    spoken = re.findall(r"[\wæøå]+", re.sub(r"https?:\S+", "", said.text))
    shown = re.findall(r"[\wæøå]+", plain(said.html[said.html.index("<h1") :]).removeprefix("Talent Nord"))
    assert spoken == shown


def test_a_mail_without_a_site_has_no_link_and_speaks_of_none() -> None:
    said = mail(about(1), about(2))
    assert hrefs(said) == []
    assert "http" not in said.text
    assert "personlige" not in said.text
    assert "personlige" not in said.html


def test_a_matter_of_several_sections_keeps_one_button_at_the_last_of_them() -> None:
    said = mail(about(1, TALK, PAGE), about(2, MEETING, PAGE), about(3, TALK, PAGE))
    assert hrefs(said) == [MEETING.url, TALK.url, PAGE.url]
    assert said.text.count(TALK.url) == 1
    assert said.text.index("Besked 3.") < said.text.index(TALK.url)


def test_whoever_has_a_page_in_two_cohorts_is_told_which_is_which() -> None:
    other = OwnPage(f"{SITE}/side/other.x-y_z", "Hold 4")
    said = mail(about(1, TALK, PAGE), about(2, None, other), about(3, None, PAGE))
    assert f"Din egen side på Talent Nord, Hold 3:\n{PAGE.url}\n" in said.text
    assert f"Din egen side på Talent Nord, Hold 4:\n{other.url}\n" in said.text
    assert hrefs(said) == [TALK.url, PAGE.url, other.url]


def test_who_answers_without_a_page_of_their_own_is_told_that_the_link_is_theirs() -> None:
    said = mail(about(1, MEETING))
    assert PERSONAL in said.text
    assert "Din egen side" not in said.text


def test_a_label_is_data_and_never_markup() -> None:
    said = mail(about(1, replace(TALK, label="Sig <b>nu</b> & her")))
    assert "Sig <b>nu</b> & her:" in said.text
    assert "Sig &lt;b&gt;nu&lt;/b&gt; &amp; her</a>" in said.html


def test_the_button_can_be_read_without_styles_of_the_head_or_images() -> None:
    said = mail(about(1, TALK))
    button = re.search(rf'<a href="{re.escape(TALK.url)}" style="([^"]+)"', said.html)
    assert button is not None
    for rule in ("display: inline-block", "padding: 14px 24px", "color: #ffffff"):
        assert rule in button[1]
    assert re.search(r"<td style=\"[^\"]*background-color: #0b5a8a[^\"]*mso-padding-alt: 14px 24px", said.html)
    assert "<img" not in said.html
