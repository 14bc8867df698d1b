"""What a run reads of a cohort: once for all its effects, and anew when anything has changed meanwhile."""

from __future__ import annotations

from sqlalchemy import event

from states.store.database import Database
from tests.support.coordinator import Coordinator

GRETE = {"name": "Grete Holm", "email": "grete@example.org"}


def test_people_and_dates_are_read_once_for_all_effects_of_a_run(sqlite: Database) -> None:
    coordinator = Coordinator(sqlite, people=24)
    coordinator.driven.until("2027-01-20")
    effects = [effect for due in coordinator.outbox.due() for effect in due.effects]
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(sqlite.engine, "before_cursor_execute", note)
    for effect in effects:
        coordinator.outbox.carry_out(effect)
    event.remove(sqlite.engine, "before_cursor_execute", note)
    assert len(effects) > 60
    # The effect itself, what else is due to its recipient, and what their calendar holds, looked at once more when it
    # changes; all else is read once, by a dozen statements or so.
    assert sum(statement.startswith("SELECT") for statement in asked) <= 4 * len(effects) + 20


def test_who_has_come_between_two_effects_of_a_run_is_known_to_the_second(sqlite: Database) -> None:
    coordinator = Coordinator(sqlite, people=2)
    coordinator.driven.until("2027-01-14 08:00")
    effects = [effect for due in coordinator.outbox.due() for effect in due.effects]
    coordinator.outbox.carry_out(effects[0])
    for number in (1, 2):
        coordinator.driven.fire("change_mentor", number, new_mentor=GRETE)
    for effect in effects[1:]:
        coordinator.outbox.carry_out(effect)
    assert any(mail.to.email == GRETE["email"] for mail in coordinator.mails[1:])
