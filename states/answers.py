"""Answers that people give themselves: who may say what, checked field by field, told to the engine as facts (R65).

A fact's actor is the person in their role (R67), its key is the page that they sent: the same page twice is one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from config.answers import PLANS, AnswerSpec, clean_time
from config.errors import (
    AnswerOverError,
    AnswerRefusedError,
    FactIncompleteError,
    PersonRefusedError,
    TransitionRefusedError,
)
from config.grammar import Trigger, history_id, is_attendance
from config.mail_address import normal_address
from config.plain_text import clean_name, clean_note
from config.programme import CommitmentSpec
from states.attendance import answer_attendance
from states.engine import Engine
from states.facts import FACT_CAUSE, Fact, Outcome
from states.moves.firing import Firing
from states.moves.plausible import FARTHEST_AHEAD
from states.records import Commitment
from states.store.fact_log import transitions_of
from states.store.queries import commitments_named, journeys_and_cohort
from states.store.tables import FactRow, HistoryRow
from states.views.matters import asking, possible, role_in

_WHO = {"talent": "is_the_talent", "mentor": "is_the_mentor", "known": "known_by_another_name"}

_TOLD = select(FactRow.key).where(FactRow.key == bindparam("key"))


class _Asked(NamedTuple):
    """An answer that is being given: what its fields are read by."""

    firing: Firing
    spec: CommitmentSpec
    answer: AnswerSpec


def answer(
    engine: Engine, cohort_id: str, person: str, subject: str, option: str, given: Mapping[str, str], version: int
) -> Outcome:
    """Take what a person answers: ``given`` are the fields as they were typed, ``version`` is that of the page.

    The same page sent again returns the first outcome.

    Raises:
        AnswerOverError: the subject takes this answer of this person no more, or somebody has answered meanwhile.
        AnswerRefusedError: a field lacks something or cannot be meant.
    """
    if is_attendance(subject):
        return answer_attendance(engine, cohort_id, person, subject, option, version)
    key = _key_of(person, subject, option, version, given)
    with engine.database.read() as connection:
        commitment = _promise(connection, cohort_id, subject)
        cohort = engine.cohort(connection, cohort_id)
        answer = _answer(cohort.spec(commitment.name), subject, option)
        trigger = str(Trigger(commitment.name, answer.verb))
        # Whatever is told moves it: of a page that shows it as it stands, nothing was told yet.
        if version != commitment.version and connection.scalar(_TOLD, {"key": key}) is not None:
            return Outcome(cohort_id, trigger, transitions_of(connection, key))
        firing = asking(connection, cohort, engine.now())
        role = _role(firing, commitment, answer, person)
        _refuse_what_changed(connection, commitment, version)
    fact = Fact(key, f"{role}:{person}", _details(_Asked(firing, cohort.spec(commitment.name), answer), given))
    try:
        return engine.fire(trigger, [commitment.journey_id or cohort_id], fact)
    except TransitionRefusedError as refused:
        raise AnswerOverError(subject, "it was answered meanwhile") from refused
    except PersonRefusedError as refused:
        raise AnswerRefusedError("person_email", _WHO[refused.who]) from refused
    except FactIncompleteError as refused:
        raise AnswerRefusedError(refused.field, "not_plain") from refused


def _key_of(person: str, subject: str, option: str, version: int, given: Mapping[str, str]) -> str:
    typed = json.dumps({name: text.strip() for name, text in given.items()}, sort_keys=True)
    digest = hashlib.sha256(typed.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"answer:{person}:{subject}:{option}:{version}:{digest}"


def _promise(connection: Connection, cohort_id: str, subject: str) -> Commitment:
    found = commitments_named(connection, [subject])
    if not found or found[0].cohort_id != cohort_id:
        raise AnswerOverError(subject, "there is no such promise in this cohort")
    return found[0]


def _answer(spec: CommitmentSpec, subject: str, option: str) -> AnswerSpec:
    for answer in spec.answers:
        if answer.id == option:
            return answer
    raise AnswerOverError(subject, "the programme knows no such answer")


def _role(firing: Firing, commitment: Commitment, answer: AnswerSpec, person: str) -> str:
    """Return the role in which a person gives an answer that is possible now."""
    spec, about = firing.cohort.spec(commitment.name), commitment.journey_id or commitment.cohort_id
    journey = journeys_and_cohort(firing.connection, [about]).journeys.get(about)
    role = role_in(firing.cohort, person, spec, journey, firing.today)
    if not role or answer not in possible(firing, spec, commitment, role):
        raise AnswerOverError(commitment.id, f"{answer.id!r} is nothing that they can say of it now")
    return role


def _refuse_what_changed(connection: Connection, commitment: Commitment, version: int) -> None:
    """Raise ``AnswerOverError`` where somebody has told something of it since the page was shown.

    What time alone has done since, a reminder or a deadline that passed, makes the answer no less true.
    """
    if version == commitment.version:
        return
    since = [history_id(commitment.id, number) for number in range(version + 1, commitment.version + 1)]
    told = HistoryRow.id.in_(since) & HistoryRow.cause.startswith(FACT_CAUSE)
    if version > commitment.version or connection.scalar(select(HistoryRow.id).where(told).limit(1)) is not None:
        raise AnswerOverError(commitment.id, "somebody has told of it since the page was shown")


def _details(asked: _Asked, given: Mapping[str, str]) -> dict[str, Any]:
    texts = {name: text.strip() for name, text in given.items()}
    details: dict[str, Any] = {}
    for name in asked.answer.asks:
        details |= _READ[name](asked, texts)
    if note := texts.get("note"):
        details["note"] = _checked("note", "not_plain", clean_note, note)
    return details


def _held_on(asked: _Asked, given: Mapping[str, str]) -> dict[str, Any]:
    day, began = _day("held_on", given), asked.firing.cohort.began
    if day > asked.firing.today:
        raise AnswerRefusedError("held_on", "in_the_future")
    if began is not None and day < began:
        raise AnswerRefusedError("held_on", "before_start")
    return {"held_on": day.isoformat()}


def _appointed(asked: _Asked, given: Mapping[str, str]) -> dict[str, Any]:
    day = _day("appointed_on", given)
    if day < asked.firing.today:
        raise AnswerRefusedError("appointed_on", "in_the_past")
    if day > asked.firing.today + FARTHEST_AHEAD:
        raise AnswerRefusedError("appointed_on", "too_late")
    at = _checked("appointed_at", "not_a_time", clean_time, given.get("appointed_at", ""))
    return {"appointed_on": day.isoformat()} | ({"appointed_at": at} if at else {})


def _choice(asked: _Asked, given: Mapping[str, str]) -> dict[str, Any]:
    return {"choice": _one_of("choice", given, tuple(asked.spec.choices))}


def _plan(_: _Asked, given: Mapping[str, str]) -> dict[str, Any]:
    return {"plan": _one_of("plan", given, PLANS)}


def _named(_: _Asked, given: Mapping[str, str]) -> dict[str, Any]:
    name = _checked("person_name", "not_a_name", clean_name, _present("person_name", given))
    email = _checked("person_email", "not_an_address", normal_address, _present("person_email", given))
    return {"person": {"name": name, "email": email}}


_READ: Mapping[str, Callable[[_Asked, Mapping[str, str]], dict[str, Any]]] = {
    "held_on": _held_on,
    "appointed_on": _appointed,
    "choice": _choice,
    "plan": _plan,
    "person": _named,
}


def _present(field: str, given: Mapping[str, str]) -> str:
    text = given.get(field, "")
    if not text:
        raise AnswerRefusedError(field, "missing")
    return text


def _day(field: str, given: Mapping[str, str]) -> date:
    text = _present(field, given)
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise AnswerRefusedError(field, "not_a_date") from error
    if day.isoformat() != text:  # A week's day, or a date without its dashes.
        raise AnswerRefusedError(field, "not_a_date")
    return day


def _one_of(field: str, given: Mapping[str, str], choices: tuple[str, ...]) -> str:
    text = _present(field, given)
    if text not in choices:
        raise AnswerRefusedError(field, "not_a_choice")
    return text


def _checked(field: str, why: str, rule: Callable[[str], str], text: str) -> str:
    try:
        return rule(text)
    except ValueError as error:
        raise AnswerRefusedError(field, why) from error
