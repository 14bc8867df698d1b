"""Checks of answers: each can be given by somebody, asks what its verb takes, and asks all that it needs (R65)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from config.answers import AnswerSpec, Asked
from config.definition import Definition
from config.errors import Problem
from config.files.yaml_file import Source, Step
from config.programme import CommitmentSpec

OF_VERB: Mapping[str, frozenset[Asked]] = {
    "keep": frozenset({"held_on", "choice", "person", "plan"}),
    "appoint": frozenset({"appointed_on"}),
    "stall": frozenset(),
    "hush": frozenset(),
}
"""What an answer may ask for, by its verb."""
_OF_COHORT = "challenge_owner"

_Fault = tuple[tuple[Step, ...], str]


def answers(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each answer that nobody could give, or that would lack something or say too much."""
    for number, spec in enumerate(definition.programme.commitments):
        for path, what in _of_commitment(spec, definition.programme.role_names):
            yield source.problem(("commitments", number, *path), what)


def _of_commitment(spec: CommitmentSpec, names: Mapping[str, str]) -> Iterator[_Fault]:
    for number, answer in enumerate(spec.answers):
        if answer.id in [other.id for other in spec.answers[:number]]:
            yield ("answers", number, "id"), f"{answer.id!r} is already the id of another answer"
        faults = (*_of_people(spec, answer, names), *_of_verb(spec, answer), *_of_fields(spec, answer))
        yield from ((("answers", number, *path), what) for path, what in faults)
    if spec.appoint_within is not None and not spec.on_appoint:
        yield ("appoint_within",), "no day is ever agreed on: add 'on_appoint'"
    for number, step in enumerate(spec.escalation):
        if step.asks_others:
            yield ("escalation", number, "asks_others"), "only a reminder asks others and can be left out"


def _of_people(spec: CommitmentSpec, answer: AnswerSpec, names: Mapping[str, str]) -> Iterator[_Fault]:
    for number, role in enumerate(answer.by):
        if (role == _OF_COHORT) != (spec.subject == "cohort"):
            yield ("by", number), f"{names.get(role, role)!r} is nobody in a commitment of {_whose(spec)}"
        elif role in answer.by[:number]:
            yield ("by", number), f"{names.get(role, role)!r} is there twice"


def _whose(spec: CommitmentSpec) -> str:
    return "the whole cohort" if spec.subject == "cohort" else "a talent"


def _of_verb(spec: CommitmentSpec, answer: AnswerSpec) -> Iterator[_Fault]:
    needs = {
        "appoint": (bool(spec.on_appoint), "'on_appoint': nobody would hear that a day is agreed on"),
        "stall": (bool(spec.on_stall), "'on_stall': nobody would help to find a time"),
        "hush": (spec.can_be_hushed, "a reminder that 'asks_others': there is nobody to leave alone"),
        "keep": (not spec.kept_by_date_of, f"another verb: the date of {spec.kept_by_date_of!r} keeps it, not a word"),
    }
    there, what = needs[answer.verb]
    if not there:
        yield ("verb",), f"{answer.verb!r} needs {what}"
    if answer.verb == "keep" and spec.subject == "cohort" and spec.only_challenges:
        yield ("verb",), "'keep' would have to tell of a challenge, which no answer asks for"


def _of_fields(spec: CommitmentSpec, answer: AnswerSpec) -> Iterator[_Fault]:
    for number, asked in enumerate(answer.asks):
        if asked in answer.asks[:number]:
            yield ("asks", number), f"{asked!r} is there twice"
        elif asked not in OF_VERB[answer.verb]:
            yield ("asks", number), f"{asked!r} is nothing that {answer.verb!r} takes"
        elif asked == "choice" and not spec.choices:
            yield ("asks", number), "'choice' needs 'choices' to choose from"
        elif asked == "person" and not spec.fills:
            yield ("asks", number), "'person' needs 'fills', the role that they would take up"
    for missing, why in _missing(spec, answer):
        yield ("asks",), f"it has to ask {missing!r}: {why}"


def _missing(spec: CommitmentSpec, answer: AnswerSpec) -> Iterator[tuple[Asked, str]]:
    needed: Sequence[tuple[bool, Asked, str]] = (
        (answer.verb == "appoint", "appointed_on", "without a day none is agreed on"),
        (answer.verb == "keep" and bool(spec.choices), "choice", "keeping it is choosing"),
        (answer.verb == "keep" and bool(spec.fills), "person", "without one nobody takes up the role"),
    )
    yield from ((asked, why) for is_needed, asked, why in needed if is_needed and asked not in answer.asks)
