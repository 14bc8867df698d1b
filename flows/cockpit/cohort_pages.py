"""The pages of a cohort: overview, pictures, dates, teams, leaders, what coordinators do, mails that came back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from config.settings import Settings
from flows.cockpit import ui
from flows.cockpit.acts import Acts
from flows.cockpit.labels import words
from flows.cockpit.literal import Markdown, link
from flows.cockpit.markdown import (
    calendar_markdown,
    cohort_markdown,
    mails_markdown,
    mentors_markdown,
    teams_markdown,
    todo_markdown,
)
from flows.cockpit.pictures import image, pictures_markdown, pictures_of
from flows.runs import ACTIVITY
from flows.server.sign_in_pages import OUT
from notifications.pictures.cohort import cohort_said
from notifications.pictures.made import Picture
from states.running_cohort import RunningCohort
from states.store.teams import seats_of
from states.views.calendar import day_lines
from states.views.mentors import mentor_lines
from states.views.pages import CohortPage
from states.views.teams import module_teams
from states.views.todo import task_owners, todo_pages
from states.views.undelivered import list_mails, mails_page


class Written(NamedTuple):
    """A page: its id, its title, and what it says."""

    ident: str
    title: str
    markdown: str


def calendar_page(cohort_id: str) -> str:
    """Return the id of the page of a cohort's dates; it is published with the cohort's."""
    return f"{cohort_id}/calendar"


def pictures_page(cohort_id: str) -> str:
    """Return the id of the page of a cohort's pictures; it is published with the cohort's."""
    return f"{cohort_id}/pictures"


def mentors_page(cohort_id: str) -> str:
    """Return the id of the page of a cohort's leaders and mentors; it is published with the cohort's."""
    return f"{cohort_id}/mentors"


def teams_page(cohort_id: str) -> str:
    """Return the id of the page of a cohort's teams; it is published with the cohort's, once there are some."""
    return f"{cohort_id}/teams"


def todo_page(owner: str) -> str:
    """Return the id of the page of a person's open tasks; it is published with the cohort's."""
    return f"{owner}/tasks"


def cohort_titles(connection: Connection, cohort: RunningCohort) -> dict[str, str]:
    """Return the titles of a cohort's pages beside its overview, by id, in the order in which they are offered."""
    owners = task_owners(connection, cohort)
    has_teams = bool(seats_of(connection, cohort.cohort_id))
    return {
        calendar_page(cohort.cohort_id): f"{cohort.name}: {words()['calendar_page']}",
        **({teams_page(cohort.cohort_id): f"{cohort.name}: {words()['teams_page']}"} if has_teams else {}),
        pictures_page(cohort.cohort_id): f"{cohort.name}: {words()['pictures_page']}",
        mentors_page(cohort.cohort_id): f"{cohort.name}: {words()['mentors_page']}",
        **{todo_page(owner): f"{name}: {words()['todo_page']}" for owner, name in owners.items()},
        mails_page(cohort.cohort_id): f"{cohort.name}: {words()['mails_page']}",
    }


def links_to_pages(connection: Connection, cohort: RunningCohort, links: Mapping[str, str]) -> list[Markdown]:
    """Return links to a cohort's pages beside its overview, as far as there are such pages, by what each is."""
    owners = {todo_page(owner): name for owner, name in task_owners(connection, cohort).items()}
    named = {
        calendar_page(cohort.cohort_id): words()["calendar_page"],
        teams_page(cohort.cohort_id): words()["teams_page"],
        pictures_page(cohort.cohort_id): words()["pictures_page"],
        mentors_page(cohort.cohort_id): words()["mentors_page"],
        **{page: f"{words()['todo_page']} ({name})" for page, name in owners.items()},
        mails_page(cohort.cohort_id): words()["mails_page"],
    }
    found = [link(text[:1].upper() + text[1:], links[ident]) for ident, text in named.items() if ident in links]
    runs = words()["runs_page"]
    return [*found, link(runs[:1].upper() + runs[1:], ui.DEFAULT.runs(ACTIVITY))]


def sign_out(settings: Settings) -> list[Markdown]:
    """Return the link by which coordinators sign out, where they sign in (docs/adr/0042)."""
    return [link(words()["sign_out"], OUT)] if settings.signs_in else []


def cohort_pages(
    connection: Connection,
    cohort: RunningCohort,
    page: CohortPage,
    links: Mapping[str, str],
    acts: Acts,
    beside: Sequence[Markdown] = (),
) -> Iterator[Written]:
    """Yield the pages of a cohort, its overview first; ``beside`` are links that stand there after those to pages."""
    titles = cohort_titles(connection, cohort)
    late = [(talent, line) for talent in page.talents for line in talent.overdue]
    about = {line.subject: acts.about(line.subject, talent.journey, talent.name) for talent, line in late}
    about |= {line.id: acts.about(line.id) for line in page.commitments if not line.settled}
    more = [*links_to_pages(connection, cohort, links), *acts.by_menu(), *beside]
    often = Counter(line.subject.rpartition("/")[2] for _, line in late)
    several = acts.for_several({name for name, times in often.items() if times > 1})
    pictures = pictures_of(connection, page.id, page.made)
    shown = image(page.id, Picture.COHORT, cohort_said(pictures.grid))
    yield Written(page.id, page.name, cohort_markdown(page, links, about, more, several, shown))
    ident = pictures_page(page.id)
    yield Written(ident, titles[ident], pictures_markdown(pictures, links))
    ident = mentors_page(page.id)
    yield Written(ident, titles[ident], mentors_markdown(page, mentor_lines(connection, cohort), links))
    ident = mails_page(page.id)
    yield Written(ident, titles[ident], mails_markdown(page, list_mails(connection, page.id), links))
    days = day_lines(connection, cohort, page.made)
    moves = {line.subject: acts.about(line.subject) for line in days if not line.over}
    ident = calendar_page(page.id)
    yield Written(ident, titles[ident], calendar_markdown(page, days, links, moves))
    if (ident := teams_page(page.id)) in titles:
        yield Written(ident, titles[ident], _teams(connection, cohort, page, links, acts))
    for todo in todo_pages(connection, cohort):
        asked = {task.id: acts.about(task.subject, task.journey, task.talent) for task in todo.tasks}
        ident = todo_page(todo.owner)
        yield Written(ident, titles[ident], todo_markdown(todo, links, asked, page.made))


def _teams(
    connection: Connection, cohort: RunningCohort, page: CohortPage, links: Mapping[str, str], acts: Acts
) -> str:
    modules = module_teams(connection, cohort, page.made)
    moves = {
        (one.module, member.journey): acts.of_team(member.journey, member.name, one.label)
        for one in modules
        for team in one.teams
        for member in team.members
        if not one.over
    }
    return teams_markdown(page, modules, links, moves)
