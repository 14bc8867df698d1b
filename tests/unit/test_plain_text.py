"""Names, texts, links and addresses: what is let in and as what, and what is refused in which words."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from config.mail_address import normal_address
from config.plain_text import (
    breaks_headers,
    clean_line,
    clean_link,
    clean_name,
    clean_note,
    clean_optional_line,
    without_the_unseen,
)
from notifications.transports.mime import build
from notifications.transports.protocol import Address, Mail

ZWJ, ZWNJ, ZWSP, SHY, LRM, RLO, PDI, BOM = "\u200d", "\u200c", "\u200b", "\xad", "\u200e", "\u202e", "\u2069", "\ufeff"

NAMES_TAKEN = [
    ("Åse Lind Bruun", "Åse Lind Bruun"),
    ("  Søren\u00a0 Kjær  Holt ", "Søren Kjær Holt"),
    ("Bo\n", "Bo"),  # a line break at the end is a blank, one within is not
    ("A\u030ase", "Åse"),  # one letter has one spelling
    ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
    ("Ольга Ивановна", "Ольга Ивановна"),
    ("山田 太郎", "山田 太郎"),
    ("שרה כהן", "שרה כהן"),  # right to left by its letters is no override
    ("Bo 😀", "Bo 😀"),
    ("Anne-Marie d’Arc", "Anne-Marie d’Arc"),
    ("O'Brien, jr.", "O'Brien, jr."),
    ("<script>alert(1)</script>", "<script>alert(1)</script>"),  # names are data: what shows them escapes them
    ("{{7*7}}", "{{7*7}}"),
    ("[klik](javascript:x)", "[klik](javascript:x)"),
    ("=1+1", "=1+1"),
    ("Robert'); DROP TABLE persons;--", "Robert'); DROP TABLE persons;--"),
    ("7", "7"),
    ("x" * 100, "x" * 100),
]  # fmt: skip

REFUSED_IN_A_NAME = [
    ("", "is blank"),
    (" \t\u00a0 ", "is blank"),
    ("Karen \a T", r"'Karen \x07 T' holds a control character (U+0007)"),
    ("Bo\x1b[31m", "holds a control character (U+001B)"),
    ("Bo\x7f", "holds a control character (U+007F)"),
    ("Bo\x00", "holds a control character (U+0000)"),
    ("Bo\nBcc: x@y.dk", "holds a control character (U+000A)"),
    ("Bo\rBcc", "holds a control character (U+000D)"),
    ("Bo\tHansen", "holds a control character (U+0009)"),
    ("Bo\x85Hansen", "holds a control character (U+0085)"),
    ("Bo\u2028Hansen", "holds a line break (U+2028)"),
    ("Bo\u2029Hansen", "holds a line break (U+2029)"),
    ("Bo\ud800", "holds half a character (U+D800)"),
    ("=?utf-8?q?Bo?=", "holds '=?', the mark of an encoded word"),
    (ZWSP, "holds a character that is not seen (U+200B ZERO WIDTH SPACE)"),
    (f"Bo{ZWJ}", "(U+200D ZERO WIDTH JOINER)"),
    (f"Bo 👩{ZWJ}💻", "(U+200D ZERO WIDTH JOINER)"),  # an emoji of one character is enough
    (f"Bo{ZWNJ}", "(U+200C ZERO WIDTH NON-JOINER)"),
    (f"Bo{SHY}se", "(U+00AD SOFT HYPHEN)"),
    (f"Bo{LRM}", "(U+200E LEFT-TO-RIGHT MARK)"),
    (f"{RLO}oB", "(U+202E RIGHT-TO-LEFT OVERRIDE)"),
    (f"Bo{PDI}", "(U+2069 POP DIRECTIONAL ISOLATE)"),
    (f"{BOM}Bo", "(U+FEFF ZERO WIDTH NO-BREAK SPACE)"),
    ("Bo\U000e0041", "(U+E0041 TAG LATIN CAPITAL LETTER A)"),
    ("\u3164", "(U+3164 HANGUL FILLER)"),
    ("\u2800", "(U+2800 BRAILLE PATTERN BLANK)"),
    ("Bo\ue000", "holds a character that is in no common font (U+E000)"),
    ("S\ufffdren", "holds a character that was lost on the way (U+FFFD REPLACEMENT CHARACTER)"),
    ("Bo\uffff", "holds a character that was lost on the way (U+FFFF)"),
    ("B" + "\u0335\u0336\u0337\u0338\u0334", "holds 5 accents on one letter"),
    ("#REF!", "'#REF!' is a spreadsheet's error, not a text"),
    ("#N/A", "is a spreadsheet's error"),
    ("#NAME?", "is a spreadsheet's error"),
    ("#VALUE!", "is a spreadsheet's error"),
    ("#DIV/0!", "is a spreadsheet's error"),
    ("#NULL!", "is a spreadsheet's error"),
    ("#NUM!", "is a spreadsheet's error"),
    ("#NAVN?", "is a spreadsheet's error"),
    ("#REFERENCE!", "is a spreadsheet's error"),
    ("########", "is a spreadsheet's error"),
    ("---", "'---' is not a name: it has no letter"),
    ("😀", "is not a name: it has no letter"),
    ("x" * 101, "is too long: 101 characters, at most 100"),
    ("x" * 1_000_000, "is too long: 1000000 characters, at most 100"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), NAMES_TAKEN)
def test_a_name_is_taken_as(text: str, name: str) -> None:
    assert clean_name(text) == name
    assert clean_name(name) == name


@pytest.mark.parametrize(("text", "why"), REFUSED_IN_A_NAME, ids=lambda case: ascii(case)[:40])
def test_a_name_is_refused_since(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as refused:
        clean_name(text)
    sentence = str(refused.value)
    assert why in sentence
    assert sentence.isprintable()
    assert len(sentence) < 200


@pytest.mark.parametrize(
    ("rule", "text", "taken"),
    [
        (clean_line, " Hotel Viking, Sæby ", "Hotel Viking, Sæby"),
        (clean_line, "—", "—"),
        (clean_line, "x" * 200, "x" * 200),
        (clean_optional_line, "  ", ""),
        (clean_note, "", ""),
        (clean_note, " Aftalt.\r\nVi ses\t\n\n i maj ", "Aftalt.\nVi ses\n\ni maj"),
        (clean_note, "x" * 2000, "x" * 2000),
        (clean_link, " https://a.example.org/x?y=1#z ", "https://a.example.org/x?y=1#z"),
        (clean_link, "https://ærø.example.org:8443/å", "https://ærø.example.org:8443/å"),
        (normal_address, " Bo@Ærø.example.org", "bo@xn--r-3fa9c.example.org"),
    ],
    ids=lambda case: case.__name__ if callable(case) else ascii(case)[:30],
)
def test_a_text_is_taken_as(rule: Callable[[str], str], text: str, taken: str) -> None:
    assert rule(text) == taken


@pytest.mark.parametrize(
    ("rule", "text", "why"),
    [
        (clean_line, "", "is blank"),
        (clean_line, "a\nb", "control character (U+000A)"),
        (clean_line, "x" * 201, "is too long: 201 characters, at most 200"),
        (clean_line, "#REF!", "a spreadsheet's error"),
        (clean_optional_line, f"a{ZWSP}b", "a character that is not seen"),
        (clean_note, "a\x1bb", "a control character (U+001B)"),
        (clean_note, "a\n\u202eb", "RIGHT-TO-LEFT OVERRIDE"),
        (clean_note, "x" * 2001, "is too long: at most 2000 characters"),
        (clean_note, "\n" * 3000 + "x\n" * 1001, "is too long"),
        (clean_note, "x" * 1_000_000, "is too long"),
        (clean_link, "", "is blank"),
        (clean_link, "javascript:alert(1)", "is not a link that mails may hold"),
        (clean_link, "data:text/html,x", "is not a link that mails may hold"),
        (clean_link, "http://a.example.org", "is not a link that mails may hold"),
        (clean_link, "ftp://a.example.org", "is not a link that mails may hold"),
        (clean_link, "//a.example.org", "is not a link that mails may hold"),
        (clean_link, "a.example.org", "is not a link that mails may hold"),
        (clean_link, "https://", "is not a link that mails may hold"),
        (clean_link, "https:///x", "is not a link that mails may hold"),
        (clean_link, "https://localhost/x", "'localhost' is no host"),
        (clean_link, "https://a b.example.org", "it holds a blank"),
        (clean_link, "https://a.example.org/\"onclick=\"x", "a quotation mark"),
        (clean_link, "https://a.example.org/<x>", "a quotation mark"),
        (clean_link, "https://www.example.org@evil.example", "a user's name"),
        (clean_link, "https://[::1", "is not a link"),
        (clean_link, "https://a.example.org:99999/", "is not a link"),
        (clean_link, "https://a.example.org/\x01", "a control character"),
        (clean_link, f"https://a.example.org/{RLO}gpj.exe", "RIGHT-TO-LEFT OVERRIDE"),
        (clean_link, "https://a.example.org/" + "x" * 500, "is too long: 522 characters, at most 500"),
        (normal_address, "", "is not a mail address"),
        (normal_address, "bo@aalborg", "is not a mail address"),
        (normal_address, "søren@a.example.org", "is not a mail address"),
        (normal_address, "bo@a.example.org\nBcc: x@y.dk", "is not a mail address"),
        (normal_address, "bo@a.example.org, x@y.dk", "is not a mail address"),
        (normal_address, "Bo <bo@a.example.org>", "is not a mail address"),
        (normal_address, '"bo x"@a.example.org', "is not a mail address"),
        (normal_address, "=?utf-8?q?bo?=@a.example.org", "it holds '=?'"),
        (normal_address, "bo\x00@a.example.org", "is not a mail address"),
        (normal_address, "bo\ud800@a.example.org", "is not a mail address"),
        (normal_address, f"bo{ZWSP}@a.example.org", "is not a mail address"),
        (normal_address, "bo@[127.0.0.1]", "is not a mail address"),
        (normal_address, "x" * 300 + "@a.example.org", "it is longer than 254 characters"),
    ],
    ids=lambda case: case.__name__ if callable(case) else ascii(case)[:30],
)  # fmt: skip
def test_a_text_is_refused_since(rule: Callable[[str], str], text: str, why: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as refused:
        rule(text)
    assert why in str(refused.value)
    assert len(str(refused.value)) < 400


def mail_to(name: str) -> Mail:
    everyone = Address(name, "bo@a.example.org")
    return Mail("tn-1", everyone, everyone, everyone, f"Hej {name}", "x", "x", datetime(2027, 1, 4, tzinfo=UTC))


@given(st.text(st.characters(exclude_categories=()), max_size=40))
@example("=?=")
@example("a\u0338=?")
def test_what_the_rules_let_in_no_transport_refuses(text: str) -> None:
    """One rule from the door to the mail: nobody who was taken in can be silenced later."""
    for rule in (clean_name, clean_line):
        try:
            taken = rule(text)
        except ValueError:
            continue
        assert rule(taken) == taken
        assert unicodedata.is_normalized("NFC", taken)
        build(mail_to(taken)).as_bytes()


@given(st.text(st.characters(exclude_categories=()), max_size=40))
@example("=" + "=?" * 3)
@example("a\x07=\x07?")
def test_what_was_let_in_before_the_rules_can_be_sent_with_a_blank_in_its_place(text: str) -> None:
    shown = without_the_unseen(text)
    assert breaks_headers(shown) is None
    build(mail_to(shown)).as_bytes()
