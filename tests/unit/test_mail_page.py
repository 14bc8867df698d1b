"""The page that every mail is written on: in Outlook, on dark screens, in lists of mails, for who listens to it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from notifications.render import Section, compose, render_message
from notifications.sign_in import sign_in_mail
from notifications.transports.protocol import Address
from notifications.view_models import Greeting
from tests.support.message_cases import HANNE, KIRSTEN, WITH_BUTTON, plain

CLIPPED = 100_000
"""Bytes over which some mail programs show a part of a mail only."""

GREETING = Greeting(HANNE, KIRSTEN, "Talent Nord")
MATTERS = [render_message(case.message, case.context) for case in WITH_BUTTON[:2]]
LETTER = compose(MATTERS, GREETING)
SIGN_IN = sign_in_mail(
    Address("Talent Nord", "tn@aalborg.example"),
    "Kirsten Toft",
    "kirsten@aalborg.example",
    "https://ui.example/log-ind/abc",
    datetime(2027, 1, 4, tzinfo=UTC),
)
PAGES = pytest.mark.parametrize("page", [LETTER.html, SIGN_IN.html], ids=["letter", "sign-in"])


@PAGES
def test_outlook_for_windows_is_given_a_table_as_wide_as_the_mail_is_elsewhere(page: str) -> None:
    opened, closed = re.findall(r"<!--\[if mso\]>(<table.*?|</td>.*?)<!\[endif\]-->", page)
    assert 'width="600"' in opened
    assert closed == "</td></tr></table>"
    assert re.search(r'<table class="mail"[^>]* width="100%"[^>]*max-width: 600px', page)


@PAGES
def test_a_mail_has_colours_of_its_own_on_a_dark_screen(page: str) -> None:
    for name in ("color-scheme", "supported-color-schemes"):
        assert f'<meta name="{name}" content="light dark">' in page
    (kept,) = re.findall(r"<style[^>]*>(.*?)</style>", page, re.DOTALL)
    dark = kept[kept.index("@media (prefers-color-scheme: dark)") :]
    rules = re.findall(r"[\w-]+: #\w+[^;]*;", dark)
    assert rules
    # A style beside an element would win over one that is not important.
    assert [rule for rule in rules if "!important" not in rule] == []


@PAGES
def test_a_mail_has_one_heading_that_says_whose_it_is(page: str) -> None:
    assert len(re.findall(r"<h1\b", page)) == 1
    assert plain(page[page.index("<h1") : page.index("</h1>")]) == "Talent Nord"


@PAGES
def test_lists_of_mails_show_how_the_message_begins_and_not_the_greeting(page: str) -> None:
    hidden = page[page.index('<div class="preheader"') : page.index("</div>")]
    assert "display: none" in hidden
    # No-width signs after it keep the greeting out.
    words = re.sub(r"[\u034f\u200c\u00a0\s]+$", "", plain(hidden))
    first = "Her er dit link til at logge ind." if page == SIGN_IN.html else MATTERS[0].text.splitlines()[0]
    assert words == first
    assert page.index(first) < page.index("Kære")


@PAGES
def test_the_question_and_the_signature_stand_apart(page: str) -> None:
    before = page[: page.index("Venlig hilsen")]
    assert re.search(r'<p style="margin: 0 0 16px;">[^<]*</p>\s*<p class="last"[^>]*>$', before)


def test_the_largest_mail_that_could_be_joined_is_shown_whole() -> None:
    """The seven longest matters with a button, each of another kind; the most that a year has joined is six."""
    longest: dict[str, Section] = {}
    for case in WITH_BUTTON:
        said = render_message(case.message, case.context)
        longest[case.message] = max(said, longest.get(case.message, said), key=lambda section: len(section.html))
    matters = sorted(longest.values(), key=lambda section: len(section.html), reverse=True)[:7]
    assert len(compose(matters, GREETING).html.encode()) < CLIPPED
