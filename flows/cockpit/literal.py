"""Text of people as data in Markdown: whatever a name holds, a page shows it and nothing comes of it.

A backslash before each mark of punctuation is understood in headings, cells and running text by CommonMark and by both
of Prefect's UIs. The first of them shows a reference such as ``&#42;`` as it is written, and so it does a backslash in
a link's words.
"""

from __future__ import annotations

import re

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
# GitHub's Markdown makes links of bare addresses, Prefect's second UI even where they are escaped. A word
# joiner, which nobody sees, ends what looks like one. No name has any of these.
_ADDRESS = re.compile(r"(?i)(?<=https:)(?=//)|(?<=http:)(?=//)|(?<=ftp:)(?=//)|(?<=www)(?=\.)|(?=@)")
_JOINER = "\u2060"
# An address that is the same as Markdown and as text: the first UI shows a backslash in a link's words.
_USUAL_ADDRESS = re.compile(r"(?!www\.)[a-z0-9]+(?:[._+-][a-z0-9]+)*@[a-z0-9]+(?:[.-][a-z0-9]+)+")
_PLAIN = re.compile(r"(?:[^\W_]|[ .,'()-])+")


class Markdown(str):
    """Text that is meant as Markdown, such as a link of ours; never made of what people wrote."""

    __slots__ = ()


def literal(value: object) -> Markdown:
    """Return Markdown that shows ``value`` as text, on one line; what is meant as Markdown stays as it is."""
    if isinstance(value, Markdown):
        return value
    text = _ADDRESS.sub(_JOINER, " ".join(str(value).split()))
    return Markdown(_PUNCTUATION.sub(lambda found: f"\\{found[0]}", text))


def link(text: str, address: str, before: str = "") -> Markdown:
    """Return a link to a page of ours: on the text itself if that is plain, else on an arrow behind it.

    ``before`` are words of ours in front of the text, in the link.
    """
    words = " ".join(text.split())
    if _PLAIN.fullmatch(words):
        return Markdown(f"[{before}{words}]({address})")
    return Markdown(f"{literal(words)} [{before}→]({address})")


def address(email: str) -> Markdown:
    """Return a mail address that can be copied, and opens a mail to it; an unusual one is shown as text."""
    return Markdown(f"[{email}](mailto:{email})") if _USUAL_ADDRESS.fullmatch(email) else literal(email)
