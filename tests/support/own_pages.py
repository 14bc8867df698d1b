"""What people see on pages of their own, over a cohort that is driven through its time."""

from __future__ import annotations

from sqlalchemy import select

from states.store.tables import PersonRow
from states.views.my_page import my_page
from states.views.own_page import AsLeader, AsTalent, OwnPage
from states.views.recorded import Recorded
from tests.support.answering import Answering
from tests.support.coordinator import Coordinator

LOUISE, TORBEN, INGE = "hold-3-05", "hold-3/leader-05", "hold-3/leader-01"
"""A talent and her leader; and the leader of the first two talents."""
HELD = {"held_on": "2027-02-09", "plan": "written"}


def page_of(coordinator: Coordinator, person: str) -> OwnPage:
    with coordinator.driven.database.read() as connection:
        email = connection.scalar(select(PersonRow.email).where(PersonRow.id == person))
        found = my_page(connection, str(email), coordinator.driven.now)
    assert found is not None
    return found


def as_talent(coordinator: Coordinator, person: str = LOUISE) -> AsTalent:
    [found] = page_of(coordinator, person).talent
    return found


def as_leader(coordinator: Coordinator, person: str = TORBEN) -> AsLeader:
    [found] = page_of(coordinator, person).leader
    return found


def says(coordinator: Coordinator, person: str, subject: str, option: str, **given: str) -> None:
    Answering(coordinator.driven).says(person, subject, option, given)


def recorded(coordinator: Coordinator, what: str, person: str = LOUISE) -> list[Recorded]:
    return [one for one in as_talent(coordinator, person).recorded if one.what == what]


def owed(coordinator: Coordinator, person: str) -> list[tuple[str, str]]:
    return [(one.matter.label, one.matter.about) for one in page_of(coordinator, person).asks]
