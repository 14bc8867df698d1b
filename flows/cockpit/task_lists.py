"""The tasks that can be called done, as a form lists them, and that one is."""

from __future__ import annotations

from sqlalchemy import Connection, select

from flows.services import Services
from states.facts import Fact, Outcome
from states.moves.tasks import FINISH, TASK, why_not_done
from states.running_cohort import RunningCohort
from states.store.conditions import OPEN_TASK
from states.store.tables import JourneyRow, PersonRow, TaskRow
from states.views.task_pages import task_place


def task_labels(connection: Connection, cohort: RunningCohort) -> dict[str, str]:
    """Return the open tasks of a cohort that can be called done: ``Find en tid (Anna Holm, Hold 3)``, by id.

    A second task that would be called the same has its number after it.
    """
    query = (
        select(TaskRow.id, TaskRow.subject, TaskRow.title, PersonRow.name)
        .join(JourneyRow, JourneyRow.id == TaskRow.journey_id, isouter=True)
        .join(PersonRow, PersonRow.id == JourneyRow.talent_id, isouter=True)
        .where(TaskRow.cohort_id == cohort.cohort_id, OPEN_TASK)
        .order_by(TaskRow.opened_at, TaskRow.id)
    )
    found: dict[str, str] = {}
    often: dict[str, int] = {}
    for row in connection.execute(query).all():
        if why_not_done(connection, cohort, row.id, row.subject):
            continue
        label = task_label(row.title, row.name or "", cohort.name)
        often[label] = often.get(label, 0) + 1
        found[f"{label} ({often[label]})" if often[label] > 1 else label] = row.id
    return found


def task_label(title: str, talent: str, cohort: str) -> str:
    """Return what the list calls a task; ``talent`` is empty for one of the cohort's."""
    # Most titles name the talent already.
    about = [talent] if talent and talent not in title else []
    return f"{title} ({', '.join([*about, cohort])})"


def finish_task(services: Services, task: str, fact: Fact) -> Outcome:
    """Tell that a task, by its id, is done; ``fact`` gives what goes with it.

    Raises:
        UnknownRecordError: there is no such task.
        TaskNotDoneError: it closes by itself, or is all that keeps its matter from being forgotten.
    """
    with services.database.read() as connection:
        cohort, journey = task_place(connection, task)
    told = Fact(fact.key, fact.actor, {**fact.details, TASK: task})
    return services.engine.arrange(cohort, FINISH, told, about=[journey] if journey else ())
