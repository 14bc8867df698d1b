"""Text of people as data in Markdown: whatever a name holds, a page shows it and nothing comes of it.

Backslashes would do for CommonMark, but the renderers of Prefect's two UIs know more than that. A character reference
is text for all of them, in every place: a heading, a link's words, a table's cell.
"""

from __future__ import annotations

import re

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
# GitHub's Markdown makes links of bare addresses, Prefect's second UI even of those written with references. A word
# joiner, which nobody sees, ends what looks like one. No name has any of these.
_ADDRESS = re.compile(r"(?i)(?<=https:)(?=//)|(?<=http:)(?=//)|(?<=ftp:)(?=//)|(?<=www)(?=\.)|(?=@)")
_JOINER = "\u2060"


class Markdown(str):
    """Text that is meant as Markdown, such as a link of ours; never made of what people wrote."""

    __slots__ = ()


def literal(value: object) -> Markdown:
    """Return Markdown that shows ``value`` as text, on one line; what is meant as Markdown stays as it is."""
    if isinstance(value, Markdown):
        return value
    text = _ADDRESS.sub(_JOINER, " ".join(str(value).split()))
    return Markdown(_PUNCTUATION.sub(lambda found: f"&#{ord(found[0])};", text))
