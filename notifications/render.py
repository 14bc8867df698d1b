"""The words of a mail or a task, from what a message may know about the people and the event it concerns.

A message is a folder of templates: ``subject.j2`` (one line) and ``text.j2``, which both parts of a mail are made of,
so that they cannot say different things; a message that needs other HTML brings an ``html.j2`` of its own.
A programme may bring a folder with its own templates: what it lacks is taken from the default one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

import jinja2
from markupsafe import Markup

from config.errors import TemplateError
from config.plain_text import without_the_unseen
from notifications.languages import COMMON, messages_in
from notifications.templates import environment, with_inline_styles
from notifications.view_models import Answer, CalendarFiles, Context, Greeting, OwnPage, template_values
from states.plan.effects import ALSO

Flavour = Literal["txt", "html"]

NO_CALENDAR = CalendarFiles()
_BLANK_LINES = re.compile(r"\n\s*\n")
_BLOCKS = ("<table", "<ul")


@dataclass(frozen=True)
class Section:
    """One message's part of a mail: a subject of one line, plain text and a fragment of HTML; where it leads.

    ``asks`` whether its reader is asked for an answer, with a button or without one.
    """

    subject: str
    text: str
    html: str
    answer: Answer | None = None
    page: OwnPage | None = None
    asks: bool = False

    @property
    def first_line(self) -> str:
        """What lists of mails show beside the subject: how the message begins."""
        return self.text.partition("\n")[0]


@dataclass(frozen=True)
class Rendered:
    """A whole mail: one line of subject, plain text and an HTML document with its styles inline."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class TaskText:
    """A task's title (one line) and what to do, in Markdown."""

    title: str
    text: str


def known_messages(language: str = "da", folder: Path | None = None) -> frozenset[str]:
    """Return the names of all messages and tasks that have templates."""
    roots = _roots(language, folder)
    return frozenset(subject.parent.name for root in roots for subject in root.glob("*/subject.j2"))


def render_message(message: str, context: Context, language: str = "da", folder: Path | None = None) -> Section:
    """Return what ``message`` says to ``context.recipient``, without greeting and signature.

    ``folder`` is a programme's own template folder, looked into before the default one.

    Raises:
        TemplateError: there is no such message, or its template names a value that is not there.
    """
    values = template_values(context)
    render = _renderer(message, language, folder)
    parts = ("text", "also_told") if context.details.get(ALSO) else ("text",)
    return Section(
        subject=_one_line(render("txt", "subject", values)),
        text=_tidy("\n\n".join(render("txt", part, values) for part in parts)),
        html=render("html", "html", values | {"message": message}).strip(),
        answer=context.answer,
        page=context.page,
        asks=context.asks,
    )


def render_task(message: str, context: Context, language: str = "da", folder: Path | None = None) -> TaskText:
    """Return the title and the text of the task ``message``.

    Raises:
        TemplateError: as for ``render_message``.
    """
    values = template_values(context)
    render = _renderer(message, language, folder)
    return TaskText(_one_line(render("txt", "subject", values)), _tidy(render("txt", "text", values)))


def compose(
    sections: Sequence[Section],
    greeting: Greeting,
    language: str = "da",
    folder: Path | None = None,
    calendar: CalendarFiles = NO_CALENDAR,
) -> Rendered:
    """Return one mail with all ``sections`` in order, greeted and signed once (R48); it says if it has calendar files.

    The first of them heads it: its subject is the mail's, and lists of mails show how it begins.
    A matter of several sections keeps one button, at the last of them; a page is linked once.

    Raises:
        TemplateError: there is no section, or a layout's template lacks a value.
    """
    if not sections:
        raise TemplateError("layout", "sections", "a mail needs at least one section")
    pages = dict.fromkeys(section.page for section in sections if section.page)
    values = {
        "sections": _one_button_each(sections),
        "pages": list(pages),
        "calendar": calendar,
        "language": language,
        **{part.name: getattr(greeting, part.name) for part in fields(greeting)},
    }
    render = _renderer("layout", language, folder)
    subject = _one_line(render("txt", "layout.subject", values))
    html = render("html", "layout.html", values | {"subject": subject})
    return Rendered(subject, _tidy(render("txt", "layout.txt", values)) + "\n", with_inline_styles(html))


def _one_button_each(sections: Sequence[Section]) -> list[Section]:
    last = {section.answer.url: number for number, section in enumerate(sections) if section.answer}
    return [
        replace(section, answer=None) if section.answer and last[section.answer.url] != number else section
        for number, section in enumerate(sections)
    ]


def _renderer(message: str, language: str, folder: Path | None) -> Callable[[Flavour, str, Mapping[str, object]], str]:
    """Return a function that renders one part of ``message`` and names both in any error."""

    def render(flavour: Flavour, part: str, values: Mapping[str, object]) -> str:
        templates = _environment(flavour, language, folder)
        try:
            return templates.select_template([f"{message}/{part}.j2", f"{part}.j2"]).render(values)
        except jinja2.TemplatesNotFound as error:
            raise TemplateError(message, part, f"no template in {templates.globals['roots']}") from error
        except (jinja2.TemplateError, ValueError) as error:
            raise TemplateError(message, part, str(error)) from error

    return render


@lru_cache
def _environment(flavour: Flavour, language: str, folder: Path | None) -> jinja2.Environment:
    found = environment([*_roots(language, folder), COMMON], language, html=flavour == "html")
    found.globals.update(parts=f"parts.{flavour}.j2")
    found.filters["fact"] = _fact
    found.filters["paragraphs"] = _paragraphs
    return found


def _roots(language: str, folder: Path | None) -> list[Path]:
    return [messages_in(language)] if folder is None else [folder / language, messages_in(language)]


def _fact(details: Mapping[str, str], key: str) -> str:
    """Return a fact that a form may have given, or an empty text."""
    return str(details.get(key) or "").strip()


def _tidy(text: str) -> str:
    return _BLANK_LINES.sub("\n\n", text).strip()


def _one_line(text: str) -> str:
    """Return a subject: a header must not hold what a label of long ago may still hold."""
    return without_the_unseen(text)


def _paragraphs(body: str) -> Markup:
    """Return text as HTML: blocks between blank lines become paragraphs, and lists where all lines start with ``- ``.

    ``body`` is escaped already; tables and lists that a macro made are left alone.
    """
    return Markup("\n".join(_block(block) for block in _tidy(str(body)).split("\n\n")))


def _block(block: str) -> str:
    if block.startswith(_BLOCKS):
        return block
    lines = block.splitlines()
    if all(line.startswith("- ") for line in lines):
        return "<ul>" + "".join(f"<li>{line[2:]}</li>" for line in lines) + "</ul>"
    return "<p>" + "<br>".join(lines) + "</p>"
