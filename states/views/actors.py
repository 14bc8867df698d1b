"""Who told a fact, as its actor says: a person in a role (``mentor:hold-3/leader-01``), an office, or the operator."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from states.store.queries import chunks
from states.store.tables import PersonRow


def role_and_person(actor: str) -> tuple[str, str]:
    """Return the role and the person (an id) that an actor is; the person is empty for an office or the operator."""
    role, _, person = actor.partition(":")
    return role, person


def names_of(connection: Connection, actors: Iterable[str]) -> dict[str, str]:
    """Return the names of those among the actors who are persons, by actor."""
    people = {actor: person for actor in actors if (person := role_and_person(actor)[1])}
    names: dict[str, str] = {}
    for some in chunks(sorted(set(people.values()))):
        query = select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(some))
        names |= dict(connection.execute(query).tuples().all())
    return {actor: names[person] for actor, person in people.items() if person in names}
