"""Names that would be something else than names, if Markdown or HTML came of them; and names that only look so."""

from __future__ import annotations

PIXEL = "PIXEL"
"""Stands for the address of a picture."""

WORST = (
    "[klik](javascript:alert(1))",
    f"![p]({PIXEL})",
    f"<img src={PIXEL} onerror=alert(1)>",
    "<script>alert(1)</script>",
    '<a href="https://evil.example">a</a>',
    "https://evil.example",
    "www.evil.example",
    "evil@evil.example",
    "<https://evil.example>",
    "[a]: https://evil.example",
    "[a][b] ![c][d]",
    "| a | b |",
    "`x`",
    "**fed** __fed__ ~~ud~~",
    "# stor",
    "- [x] gjort",
    "1. først",
    "&lt;b&gt; &amp; &#60;",
    "```mermaid graph LR; A-->B ```",
    "{{ 7*7 }} $x$ \\(y\\)",
    "\\ omvendt \\*",
    "a &nbsp; b \\| c",
)
GOOD = ("Søren Ærø-Åkjær", "Anne-Marie O'Neill", "Jens (vikar)", "J. P. Jensen, ph.d.", "Mette [orlov]", "Bo & Ib A/S")
