"""Who is beside the talents of a list, by id: their leaders, and those who help them; one address is one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sqlalchemy import Row

from config.people import People, TalentRow
from config.people import PersonRow as ListedPerson

Part = Literal["leader", "helper"]
PARTS: tuple[Part, ...] = ("leader", "helper")
"""What somebody can be beside a talent, as a list of people tells it."""


def journey_id(cohort_id: str, talent: TalentRow) -> str:
    """Return a talent's journey id: the cohort and the talent's number, nothing personal."""
    return f"{cohort_id}-{talent.number:02d}"


class Around(NamedTuple):
    """Who is beside somebody who is enrolled already (ids)."""

    leader: str | None
    helper: str | None


@dataclass(frozen=True)
class Beside:
    """The people beside the talents of a list.

    ``enrolled`` holds who is beside those who are enrolled already, by journey; ``known`` everybody known by id.
    """

    cohort_id: str
    people: People
    enrolled: Mapping[str, Around]
    known: Mapping[str, Row[Any]]

    def id_of(self, talent: TalentRow, part: Part) -> str | None:
        """Return the id of a talent's leader or helper: a talent's own if they are one, else that of their first.

        Of those who are enrolled already only a name or an address is corrected: none is returned for somebody who
        differs in both, since another leader is an event (``change_mentor``) and no correction.
        """
        person = person_of(talent, part)
        if person is None:
            return None
        for other in self.people.talents:
            if other.email == person.email:
                return journey_id(self.cohort_id, other)
        ident = journey_id(self.cohort_id, talent)
        if ident in self.enrolled:
            before = self.enrolled[ident].leader if part == "leader" else self.enrolled[ident].helper
            known = self.known.get(before or "")
            alike = known is not None and (person.name == known.name or person.email == known.email)
            return before if alike else None
        known_as = next((one for one, row in self.known.items() if row.email == person.email), None)
        return known_as or self._new_id(person.email)

    def _new_id(self, email: str) -> str:
        """Return the id of somebody who is new, by the first talent whose leader, or else whose helper, they are."""
        fresh = [one for one in self.people.talents if journey_id(self.cohort_id, one) not in self.enrolled]
        mine = [
            (PARTS.index(part), one.number, part)
            for part in PARTS
            for one in fresh
            if (person := person_of(one, part)) is not None and person.email == email
        ]
        _, number, part = min(mine)
        return f"{self.cohort_id}/{part}-{number:02d}"


def person_of(talent: TalentRow, part: Part) -> ListedPerson | None:
    """Return who is beside a talent, as the list names them."""
    return talent.leader if part == "leader" else talent.helper
