"""The words of runs: what they are called, and how many things came of them; singular and plural right."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from babel.dates import format_datetime

from config.files.yaml_file import load_yaml
from config.working_time import WorkingTime
from notifications.languages import runs_in


@cache
def _words(language: str) -> Any:
    return load_yaml(runs_in(language)).data


def run_name(kind: str, language: str = "da", **parts: str) -> str:
    """Return what a run of a kind is called; ``parts`` are what tells it from others."""
    return str(_words(language)["names"][kind]).format(**parts)


def tick_name(at: datetime, language: str = "da") -> str:
    """Return what a tick's run is called: by the programme's clock, as people read it; ``at`` is aware."""
    local = format_datetime(WorkingTime().local(at), "d. MMMM y 'kl.' HH.mm", locale=language)
    return run_name("tick", language, at=local)


def said(what: str, language: str = "da", **parts: str) -> str:
    """Return a sentence about what came of a run."""
    return str(_words(language)["said"][what]).format(**parts)


def counted(what: str, number: int, language: str = "da") -> str:
    """Return a number of things in words: ``1 mail sendt``, ``24 mails sendt``."""
    one, many = _words(language)["counts"][what]
    return str(one if number == 1 else many).format(number)


def teller(actor: str, by: str, language: str = "da") -> str:
    """Return who told a fact: ``Inge Holm (nærmeste leder)``; ``by`` is the person's name, empty for an office."""
    role = actor.partition(":")[0]
    known = str(_words(language)["actors"].get(role, role))
    return f"{by} ({known})" if by else known


def mail_trigger(trigger: str, language: str = "da") -> str | None:
    """Return what a decision on mails is called, ``None`` for any other trigger."""
    found = _words(language)["triggers"].get(trigger)
    return None if found is None else str(found)
