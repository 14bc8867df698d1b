"""What names, texts and links may hold: one rule for each, whether they come from a file, a form or a fact.

Whoever reads a text sees all of it: nothing in it is invisible, turns the direction of writing or stands for another
text. Blanks around it go, accented letters get their one spelling (NFC).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, ValidationInfo

LONGEST_NAME = 100
LONGEST_LINE = 200
LONGEST_LINK = 500
LONGEST_NOTE = 2000

AS_KEPT = {"kept": True}
"""The pydantic context for what was let in before, by the rules of that day: it is read as it is."""

_BLANKS = "\t\n\r" + "".join(map(chr, (0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)))
_RUNS = re.compile(f"[{_BLANKS[3:]}]+")
# Python before 3.11.10 decodes an encoded word while it writes a header and lets a line break inside it through
# (CVE-2024-6923); nobody is called "=?utf-8?q?...", so the mark is refused everywhere.
ENCODED_WORD = "=?"
_BREAKING = {"Cc": "a control character", "Zl": "a line break", "Zp": "a line break", "Cs": "half a character"}
_UNSEEN = {"Cf": "a character that is not seen", "Co": "a character that is in no common font"}
# Letters, marks and a symbol by their category, but blank: a name could be made of them alone.
_BLANK_LETTERS = frozenset(
    map(chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0))
)
_LOST = "\ufffd"
_PILE_OF_MARKS = 5
# As Excel shows them in English and in Danish.
_SPREADSHEET_ERROR = re.compile(
    r"#(REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!|GETTING_DATA|#+"
    r"|REFERENCE!|I/T|NAVN\?|VÆRDI!|DIVISION/0!|NUL!|OVERLØB!)",
    re.IGNORECASE,
)


def quoted(text: str) -> str:
    """Return the beginning of a text as errors quote it: in quotation marks, what is not seen written out."""
    return repr(text) if len(text) <= 80 else f"{text[:60]!r} …"


def breaks_headers(text: str) -> str | None:
    """Return what in ``text`` a mail's header must not hold, ``None`` if nothing does."""
    if not text.isprintable():
        for character in text:
            if kind := _BREAKING.get(unicodedata.category(character)):
                return f"{kind} (U+{ord(character):04X})"
    return f"'{ENCODED_WORD}', the mark of an encoded word" if ENCODED_WORD in text else None


def not_plain(text: str) -> str | None:
    """Return what in ``text`` nobody would see or mean, ``None`` if all of it is plain."""
    if text.isascii() and text.isprintable():  # Every key and trigger of every fact.
        return breaks_headers(text)
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category in _UNSEEN or character in _BLANK_LETTERS:
            return f"{_UNSEEN.get(category, _UNSEEN['Cf'])} ({_code(character)})"
        if character == _LOST or (
            category == "Cn" and (ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF)
        ):
            return f"a character that was lost on the way ({_code(character)})"
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks == _PILE_OF_MARKS:
            return f"{marks} accents on one letter"
    return breaks_headers(text)


def _code(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()


def without_the_unseen(text: str) -> str:
    """Return ``text`` with a blank for each character that a mail's header must not hold.

    For what was let in before there were rules: one such name must not hold back everybody's mails.
    """
    plain = "".join(" " if unicodedata.category(character) in _BREAKING else character for character in text)
    return " ".join(plain.replace(ENCODED_WORD, "= ?").split())


def clean_line(text: str, longest: int = LONGEST_LINE) -> str:
    """Return a text of one line, trimmed; raises ``ValueError`` with a sentence when it is none, or is blank."""
    line = _plain(text, longest)
    if not line:
        raise ValueError("is blank")
    return line


def clean_optional_line(text: str) -> str:
    """Return a text of one line or nothing; raises ``ValueError`` as ``clean_line``."""
    return _plain(text, LONGEST_LINE)


def clean_name(text: str) -> str:
    """Return the name of a person or an office, single blanks in it; raises ``ValueError`` saying why it is none."""
    name = _RUNS.sub(" ", clean_line(text, LONGEST_NAME))
    if not any(unicodedata.category(character)[0] in "LN" for character in name):
        raise ValueError(f"{quoted(name)} is not a name: it has no letter")
    return name


def clean_note(text: str) -> str:
    """Return a text of any number of lines, or nothing; raises ``ValueError`` when it is not plain or too long."""
    lines = text.replace("\r\n", "\n").replace("\t", " ").strip(_BLANKS).split("\n")
    if sum(map(len, lines)) + len(lines) > LONGEST_NOTE + 1:
        raise ValueError(f"{quoted(text)} is too long: at most {LONGEST_NOTE} characters")
    return "\n".join(_plain(line, LONGEST_NOTE) for line in lines)


def clean_link(text: str) -> str:
    """Return a link, https with a host and nothing that hides where it leads; raises ``ValueError`` otherwise."""
    link = clean_line(text, LONGEST_LINK)
    try:
        url = urlsplit(link)
        host, _ = url.hostname, url.port
    except ValueError as error:
        raise ValueError(f"{quoted(link)} is not a link: {error}") from error
    if url.scheme != "https" or not host:
        raise ValueError(
            f"{quoted(link)} is not a link that mails may hold; write an address such as https://host/page"
        )
    if "@" in url.netloc or any(character.isspace() or character in "<>\"'\\^`{|}" for character in link):
        raise ValueError(f"{quoted(link)} is not a link: it holds a blank, a quotation mark or a user's name")
    if "." not in host or not re.fullmatch(r"[\w.-]+", host):
        raise ValueError(f"{quoted(link)} is not a link: {quoted(host)} is no host")
    return link


def _plain(text: str, longest: int) -> str:
    line = text.strip(_BLANKS)
    if len(line) > 4 * longest:
        raise ValueError(f"{quoted(line)} is too long: {len(line)} characters, at most {longest}")
    line = unicodedata.normalize("NFC", line)
    if found := not_plain(line):
        raise ValueError(f"{quoted(line)} holds {found}")
    if _SPREADSHEET_ERROR.fullmatch(line):
        raise ValueError(f"{quoted(line)} is a spreadsheet's error, not a text")
    if len(line) > longest:
        raise ValueError(f"{quoted(line)} is too long: {len(line)} characters, at most {longest}")
    return line


def rule(clean: Callable[[str], str]) -> AfterValidator:
    """Return the check of a model's field by one of these rules; what is read ``AS_KEPT`` is left as it is."""

    def check(text: str, info: ValidationInfo) -> str:
        return text if info.context is AS_KEPT else clean(text)

    return AfterValidator(check)


PersonName = Annotated[str, rule(clean_name)]
Line = Annotated[str, rule(clean_line)]
OptionalLine = Annotated[str, rule(clean_optional_line)]
Note = Annotated[str, rule(clean_note)]
Link = Annotated[str, rule(clean_link)]
