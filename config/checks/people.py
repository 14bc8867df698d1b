"""Checks of whom a cohort names: one name for each address, challenges for their modules, enough talents for groups."""

from __future__ import annotations

from collections.abc import Iterator

from config.checks.places import sizes
from config.cohort import Cohort, Contact
from config.definition import Definition
from config.errors import Problem
from config.files.yaml_file import Source, Step
from config.groups import Sizes
from config.people import People
from config.suggest import did_you_mean


def challenges(cohort: Cohort, definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each challenge of no module, a warning for each module that waits for one (R22)."""
    wanted = {module.id for module in definition.modules.values() if module.challenge}
    for ident in cohort.challenges:
        if ident not in definition.modules:
            what = f"unknown module {ident!r}{did_you_mean(ident, wanted)}"
            yield source.problem(("challenges", ident), what)
        elif ident not in wanted:
            yield source.problem(("challenges", ident), f"module {ident} has no 'challenge: true' in the programme")
    whole = not any(path[0] == "organisations" for path in source.dropped)
    for ident, challenge in cohort.challenges.items():
        if whole and not cohort.has_part(challenge.owner):
            names = ", ".join(one.name for one in cohort.organisations.values())
            what = f"{challenge.owner!r} names no organisation that takes part ({names})"
            yield source.problem(("challenges", ident, "owner"), what)
    for module in definition.modules.values():
        if module.challenge and module.id not in cohort.challenges and ("challenges", module.id) not in source.dropped:
            what = f"module {module.id} ({module.title}) has no challenge yet"
            yield source.problem(("challenges",), what, warning=True)


def one_name_each(cohort: Cohort, people: People | None, source: Source) -> Iterator[Problem]:
    """Yield a problem for each contact whose address belongs to someone of another name."""
    known: dict[str, tuple[str, str]] = {}
    for talent in people.talents if people else ():
        for person in (talent, talent.leader):
            known.setdefault(person.email, (person.name, f"in {cohort.people} row {talent.row}"))
    for path, contact in _contacts(cohort):
        name, where = known.setdefault(contact.email, (contact.name, f"in {'.'.join(map(str, path))}"))
        if name != contact.name:
            what = f"{contact.email} belongs to {name!r} {where}, here to {contact.name!r}; one address is one person"
            yield source.problem((*path, "email"), what)


def _contacts(cohort: Cohort) -> Iterator[tuple[tuple[Step, ...], Contact]]:
    for number, coordinator in enumerate(cohort.coordinators):
        yield ("coordinators", number), coordinator
    yield ("administration",), cohort.administration
    for name, organisation in cohort.organisations.items():
        yield ("organisations", name, "consultant"), organisation.consultant
    for module, challenge in cohort.challenges.items():
        yield ("challenges", module, "representative"), challenge.representative


def group_sizes(people: People, definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a warning when the talents cannot be put into groups or teams within the programme's bounds (R27, R51)."""
    count = len(people.talents)
    for _, word, bounds in sizes(definition.programme):
        if not can_be_grouped(count, bounds):
            what = f"{count} talents cannot be put into {word}s of {bounds.smallest} to {bounds.largest}"
            yield source.problem(("people",), what, warning=True)


def can_be_grouped(talents: int, bounds: Sizes) -> bool:
    """Whether some number of groups, even in size but for one, keeps within the bounds."""
    return any(
        talents // number >= bounds.smallest and -(-talents // number) <= bounds.largest
        for number in range(1, talents + 1)
    )
