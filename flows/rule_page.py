"""From sentence to proof: one page with each rule, what holds it, the mails that say it, the tests that prove it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from config.checks.places import effects
from config.definition import Definition
from config.library import Library, LoadedCohort
from flows.preview.year import Piece, Year
from flows.rule_list import Rule, rules_named
from flows.rule_proof import Block, blocks_by_rule, proof
from notifications.digest import words_of
from notifications.languages import COMMON, LANGUAGES
from notifications.messages import purposes
from notifications.render import render_message, render_task
from notifications.samples import samples
from notifications.site_pages import STYLE
from notifications.templates import environment

ROOT = Path(__file__).parents[1]
_LANGUAGE = "en"
_EMPHASIS = re.compile(r"\*([^*]+)\*")
_CODE = re.compile(r"`([^`]+)`")


class Told(NamedTuple):
    """A message that says a rule: what it is for, its subject and text; ``source`` says whose they are.

    ``source`` is a mail or task of a year, or nothing where no year has it: then the values in it are made up.
    """

    message: str
    purpose: str
    subject: str
    text: str
    source: Piece | None


def rules_page(rules: Sequence[Rule], loaded: LoadedCohort, year: Year, library: Library, to: Path) -> str:
    """Return the page as HTML, with the mails of a cohort's ``year`` and the lines of its programme's file.

    Links to files are relative to ``to``, the place that it is written to.
    """
    blocks = blocks_by_rule(library.programme_file(loaded.cohort.programme))
    told = _told_by_rule(year, loaded.definition, library.root)
    folder = to.absolute().parent
    sections = [
        {"heading": heading, "rules": [_shown(rule, blocks, told, folder) for rule in group]}
        for heading, group in groupby(rules, key=lambda rule: rule.section)
    ]
    style, look = (Markup(path.read_text("utf-8")) for path in (STYLE, COMMON / "preview" / "look.css"))
    values = {"sections": sections, "style": style, "look": look, "year": year.profile}
    found = environment([LANGUAGES / _LANGUAGE], _LANGUAGE, html=True)
    found.trim_blocks = True
    return found.get_template("rules.html.j2").render(values, language=loaded.definition.programme.language)


def _shown(
    rule: Rule, blocks: Mapping[str, list[Block]], told: Mapping[str, list[Told]], folder: Path
) -> dict[str, Any]:
    tests = [proof(name, ROOT) for name in rule.proofs]
    return {
        **vars(rule),
        "text": _marked(rule.text),
        "open": _marked(rule.open),
        "blocks": [{**one._asdict(), **_link(one.file, one.first, folder)} for one in blocks.get(rule.ident, [])],
        "told": told.get(rule.ident, []),
        "tests": [{"name": one.name, **_link(one.file, one.line, folder)} for one in tests],
    }


def _marked(text: str) -> Markup:
    """Return the Markdown of a rule as HTML: emphasis and code are all that it has."""
    return Markup(_CODE.sub(r"<code>\1</code>", _EMPHASIS.sub(r"<em>\1</em>", str(escape(text)))))


def _link(file: Path, line: int, folder: Path) -> dict[str, str]:
    name = file.relative_to(ROOT) if file.is_relative_to(ROOT) else file.name
    return {"file": str(name), "href": f"{os.path.relpath(file, folder)}#L{line}"}


def _told_by_rule(year: Year, definition: Definition, root: Path) -> dict[str, list[Told]]:
    """Return by rule the messages that are for it, each as a year has it first: in a mail of its own, if one is."""
    first: dict[str, Piece] = {}
    for piece in sorted(year.pieces, key=lambda piece: len(piece.said)):
        for said in piece.said:
            first.setdefault(said.message, piece)
    found: dict[str, list[Told]] = {}
    for message, purpose in purposes(definition.programme.language).items():
        seen = first.get(message)
        subject, text = (seen.subject, seen.text) if seen else _made_up(message, definition, root)
        for rule in rules_named(purpose.partition(":")[0]):
            found.setdefault(rule, []).append(Told(message, purpose, subject, text, seen))
    return found


def _made_up(message: str, definition: Definition, root: Path) -> tuple[str, str]:
    """Return a message's subject and text with made-up values; its name alone where no effect names it."""
    words = words_of(definition, root)
    for placed in effects(definition.programme):
        if placed.effect.message == message:
            said = next(samples(definition, placed))
            if placed.effect.mail:
                section = render_message(message, said, *words)
                return section.subject, section.text
            task = render_task(message, said, *words)
            return task.title, task.text
    return message, ""
