"""What each coordinator of a cohort is asked to do, the oldest first: the read model of the pages of tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from states.running_cohort import RunningCohort
from states.store.conditions import OPEN_TASK
from states.store.tables import PersonRow, TaskRow
from states.views.task_pages import TaskPage, task_pages


@dataclass(frozen=True)
class TodoPage:
    """The open tasks of one coordinator, the oldest first."""

    owner: str
    name: str
    cohort_id: str
    cohort: str
    tasks: tuple[TaskPage, ...]


def task_owners(connection: Connection, cohort: RunningCohort) -> Mapping[str, str]:
    """Return the names of a cohort's coordinators, and of whoever else has an open task, by id."""
    asked = select(TaskRow.owner_id).where(TaskRow.cohort_id == cohort.cohort_id, OPEN_TASK).distinct()
    others = sorted(set(connection.scalars(asked)) - set(cohort.cast.coordinators))
    wanted = [*cohort.cast.coordinators, *others]
    query = select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(wanted))
    names = dict(connection.execute(query).tuples().all())
    return {ident: names[ident] for ident in dict.fromkeys(wanted)}


def todo_pages(connection: Connection, cohort: RunningCohort) -> list[TodoPage]:
    """Return what each coordinator, and whoever else has a task, is asked to do."""
    tasks = sorted(task_pages(connection, cohort), key=lambda task: (task.opened, task.id))
    return [
        TodoPage(
            owner=owner,
            name=name,
            cohort_id=cohort.cohort_id,
            cohort=cohort.name,
            tasks=tuple(task for task in tasks if task.closed is None and task.owner_id == owner),
        )
        for owner, name in task_owners(connection, cohort).items()
    ]
