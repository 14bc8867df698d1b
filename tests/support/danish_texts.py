"""Every Danish text that people read: mails, tasks, pages, forms, refusals, names of runs; by where it is from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from config.files.yaml_file import load_yaml
from config.library import Library
from notifications.languages import LANGUAGES
from notifications.render import compose, render_message, render_task
from notifications.view_models import Greeting
from tests.support.message_cases import DEFINITION, MAILS, PROGRAMME, TASKS, plain
from tests.support.site_samples import pages

DANISH = LANGUAGES / "da"
_FILES = sorted(one for one in DANISH.glob("**/*.yaml"))
_TEMPLATES = [file for folder in ("pages", "sign_in") for file in sorted((DANISH / folder).glob("*.j2"))]
_GAP = re.compile(r"\{[^}]*\}")
"""The place of a value in a text of a file."""
_WHEN = re.compile(r"[\w.]+ [+-] \d+\w+( .*)?")
"""A point in time as programmes write it."""
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_MARKUP = re.compile(r"<style.*?</style>|<[^>]*>|\]\([^)]*\)|`[^`]*`", re.DOTALL)


@cache
def texts() -> dict[str, str]:
    """Return every text by a name that says where it is from; texts that say the same are there once."""
    found: dict[str, str] = {}
    said: set[str] = set()
    for where, text in (*_mails(), *_tasks(), *_pages(), *_words(), *_templates(), *_definitions()):
        if text not in said:
            said.add(text)
            found[where] = text
    return found


def _mails() -> Iterator[tuple[str, str]]:
    for case in MAILS:
        about = case.context
        greeting = Greeting(about.recipient, about.coordinator, about.programme)
        mail = compose([render_message(case.message, about)], greeting)
        yield f"mail {case}", f"{mail.subject}\n{mail.text}"
    first, second = (render_message(case.message, case.context) for case in (MAILS[0], MAILS[-1]))
    joint = compose([first, second], greeting)
    yield "mail of several matters", f"{joint.subject}\n{joint.text}"


def _tasks() -> Iterator[tuple[str, str]]:
    for case in TASKS:
        task = render_task(case.message, case.context)
        yield f"task {case}", f"{task.title}\n{task.text}"


def _pages() -> Iterator[tuple[str, str]]:
    for name, page in pages().items():
        yield f"page {name}", plain(page)


def _words() -> Iterator[tuple[str, str]]:
    """What stands in files: refusals, dates, runs, deployments, pictures, the report and the rest."""
    for file in _FILES:
        for place, text in _strings(load_yaml(file).data):
            yield f"{file.relative_to(DANISH)} {place}", _GAP.sub(" ", text)


def _templates() -> Iterator[tuple[str, str]]:
    """The words of templates that only a running system fills in."""
    for file in _TEMPLATES:
        yield str(file.relative_to(DANISH)), _MARKUP.sub(" ", _JINJA.sub(" ", file.read_text("utf-8")))


def _definitions() -> Iterator[tuple[str, str]]:
    """What the programme and the cohort say in sentences: labels, forms, content; ids are no words."""
    cohort = Library().cohort_file("hold-3")
    for file, data in ((PROGRAMME, DEFINITION), (cohort, load_yaml(cohort).data)):
        for place, text in _strings(data):
            if " " in text and not _WHEN.fullmatch(text):
                yield f"{Path(file).name} {place}", _GAP.sub(" ", text)


def _strings(data: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _strings(value, f"{place}.{key}" if place else str(key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _strings(value, f"{place}.{number}")
    elif isinstance(data, str):
        yield place, data
