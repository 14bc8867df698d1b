"""A talent's number in the list is theirs for good: a list that gives it to somebody else is refused (R1)."""

from __future__ import annotations

from collections.abc import Iterator

from config.errors import DefinitionError, Problem
from config.grammar import talent_number
from config.list_columns import ListForm
from states.moves.beside import Beside, journey_id


def refuse_other_numbers(beside: Beside, file: str, form: ListForm) -> None:
    """Raise ``DefinitionError`` for talents who are enrolled under another number, or stand where another one is.

    Somebody of another name, or of another address, is corrected; who differs in both is another person.
    """
    problems = list(_problems(beside, file, form))
    if problems:
        raise DefinitionError(problems)


def _problems(beside: Beside, file: str, form: ListForm) -> Iterator[Problem]:
    numbers = {beside.known[ident].email: ident for ident in beside.enrolled if ident in beside.known}
    for talent in beside.people.talents:
        ident = journey_id(beside.cohort_id, talent)
        known = beside.known.get(ident) if ident in beside.enrolled else None
        theirs = numbers.get(talent.email, ident)
        if theirs != ident:
            what = f"{talent.name} is enrolled under the number {talent_number(theirs)}, here {talent.number}"
            yield Problem(file, talent.row, form.talent["number"], f"{what}; write that one")
        elif known is not None and known.name != talent.name and known.email != talent.email:
            what = f"{talent.number} is the number of {known.name}, who is enrolled; give {talent.name} another one"
            yield Problem(file, talent.row, form.talent["number"], f"{what}, or correct {known.name} in a form")
