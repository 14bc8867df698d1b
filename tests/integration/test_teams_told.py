"""R51: what talents read of their team, and what coordinators see and do about teams in the cockpit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from config.errors import FactIncompleteError, TransitionRefusedError
from config.library import Library
from config.settings import Settings
from flows.cockpit.acts import Acts
from flows.cockpit.cohort_pages import Written, cohort_pages, cohort_titles, links_to_pages, teams_page
from flows.cockpit.fact_list import facts_to_undo
from flows.cockpit.forms import choices_for, form_of, schema
from flows.cockpit.task_forms import TaskForms
from flows.record import fire_form, pages_of
from flows.services import Services
from states.facts import Fact, Outcome
from states.running_cohort import read_cohort
from states.store.database import Database
from states.store.teams import read_teams, seats_of
from states.views.overview import Overview
from tests.support.driver import Driver
from tests.support.mailroom import Post

METTE = "hold-3-01"
LABEL = "Mette Brøndgaard (Hold 3, nr. 01)"
M2 = "Modul 2: Innovationsledelse"
INVITED, REMINDED, HOME = "2027-04-14 08:00", "2027-04-23 08:00", "2027-05-02"


@pytest.fixture
def post(sqlite: Database) -> Post:
    opened = Post(sqlite, people=8)
    opened.driven.until(INVITED)
    return opened


def services(post: Post) -> Services:
    return Services(Settings(), Library(), post.database, post.driven.engine, post.outbox, post.now)


def team_of(post: Post, talent: str = METTE) -> int:
    with post.database.read() as connection:
        return seats_of(connection, "hold-3")["m2", talent]


def with_whom(post: Post, talent: str = METTE) -> list[str]:
    """The names of the others in a talent's team."""
    with post.database.read() as connection:
        teams = read_teams(connection, read_cohort(connection, "hold-3"))
    [team] = [one for one in teams if talent in one.members]
    names = {f"hold-3-{one.number:02d}": one.name for one in post.driven.people.talents}
    return [names[ident] for ident in team.members if ident != talent]


def moved(post: Post, talent: str = LABEL, module: str = M2, team: object = None, key: str = "form:1") -> Outcome:
    given: dict[str, Any] = {"talent": talent, "talents": [], "for_whom": "", "confirm": "", "commitment": ""}
    given |= {"choice": "", "plan": "", "milestone": "", "module": module, "team": str(team or 3 - team_of(post))}
    return fire_form(services(post), "talent-nord", "team", given, {}, key)


def sent_to_mette(post: Post) -> list[str]:
    """Send all that waits, and return the texts of the new mails to her."""
    before = len(post.tray.mails)
    post.empty()
    mine = post.driven.people.talents[0].email
    return [mail.text for mail in post.tray.mails[before:] if mail.to.email == mine]


def named(mail: str) -> list[str]:
    """The names that a mail gives of a team."""
    lines = mail.partition("Du er i team ")[2].partition("sammen med:")[2].split("\n\n")[1].splitlines()
    return [line.removeprefix("- ").partition(", ")[0] for line in lines]


def page_of_teams(post: Post, served: bool = True) -> str:
    form = UUID(int=1)
    with post.database.read() as connection:
        cohort = read_cohort(connection, "hold-3")
        ways = TaskForms(connection, cohort, cohort.calendar.local_day(post.now()))
        acts = Acts(ways, "talent-nord", {("talent-nord", "team"): form} if served else {})
        overview = Overview(connection, "hold-3", post.now())
        links = {ident: f"/{ident}" for ident in (*overview.titles(), *cohort_titles(connection, cohort))}
        pages = list(cohort_pages(connection, cohort, overview.cohort(), links, acts))
    found: dict[str, Written] = {page.ident: page for page in pages}
    return found[teams_page("hold-3")].markdown


# -- talents -------------------------------------------------------------------------------------------------------


def test_the_reminder_names_the_others_in_the_team(post: Post) -> None:
    post.driven.until(REMINDED)
    [mail] = [text for text in sent_to_mette(post) if "Vi ses til bootcampen" in text]
    assert f"Du er i team {team_of(post)} sammen med:" in mail
    assert named(mail) == with_whom(post)
    assert "giver I hinanden feedback" in mail
    assert "ind i din udviklingsplan" in mail


def test_the_invitation_names_no_team(post: Post) -> None:
    assert not any("team 1" in text or "team 2" in text for text in sent_to_mette(post))


def test_who_does_not_come_is_not_named(post: Post) -> None:
    away = next(one for one in post.driven.people.talents if one.name == with_whom(post)[0])
    post.driven.fire("absence", away.number, milestone="m2d1")
    post.driven.until(REMINDED)
    [mail] = [text for text in sent_to_mette(post) if "Vi ses til bootcampen" in text]
    assert named(mail) == with_whom(post)
    assert away.name not in named(mail)


def test_a_move_after_the_reminder_says_who_is_in_the_team_now(post: Post) -> None:
    post.driven.until(REMINDED)
    sent_to_mette(post)
    moved(post)
    [mail] = sent_to_mette(post)
    assert "siden vi skrev" in mail
    assert f"Du er i team {team_of(post)} sammen med:" in mail
    assert named(mail) == with_whom(post)


def test_a_move_that_is_taken_back_says_who_is_in_the_team_after_all(post: Post) -> None:
    post.driven.until(REMINDED)
    sent_to_mette(post)
    moved(post)
    sent_to_mette(post)
    post.driven.engine.undo("form:1", Fact("undo-1", "coordinator", {"because": "Det var Anders"}))
    [mail] = sent_to_mette(post)
    assert "Det byggede på en registrering, der var en fejl." in mail
    assert f"Du er i team {team_of(post)} på bootcampen i modul 2 sammen med " in mail
    assert all(name in mail for name in with_whom(post))


# -- coordinators --------------------------------------------------------------------------------------------------


def test_the_form_lists_the_bootcamps_that_lie_ahead_and_the_teams_there_are(post: Post) -> None:
    definition = Library().programme("talent-nord").definition
    form = form_of(definition, "team")

    def fields() -> dict[str, Any]:
        with post.database.read() as connection:
            return dict(schema(definition, form, choices_for(connection, "talent-nord", form, post.now())))

    asked = fields()
    assert asked["required"] == ["talent", "module", "team"]
    assert asked["properties"]["module"]["enum"] == [M2, "Modul 5: Ledelse gennem netværk og samskabelse"]
    assert asked["properties"]["team"]["enum"] == ["1", "2"]
    assert LABEL in asked["properties"]["talent"]["enum"]
    post.driven.until(HOME)
    assert fields()["properties"]["module"]["enum"] == ["Modul 5: Ledelse gennem netværk og samskabelse"]


def test_the_form_moves_a_talent_once_and_leads_to_their_page(post: Post) -> None:
    before = team_of(post)
    outcome = moved(post)
    assert moved(post, team=3 - before).transitions == outcome.transitions
    assert pages_of(outcome) == [METTE]
    assert team_of(post) == 3 - before


def test_the_form_says_what_is_in_the_way(post: Post) -> None:
    with pytest.raises(FactIncompleteError, match="is in it already"):
        moved(post, team=team_of(post))
    with pytest.raises(FactIncompleteError, match="has no teams yet"):
        moved(post, module="m5", team=1)
    with pytest.raises(FactIncompleteError, match="is none of the choices"):
        moved(post, team=7)
    with pytest.raises(FactIncompleteError, match="is none of the choices"):
        moved(post, module="Modul 1: Talentledelse", team=1)
    post.driven.fire("leave", 1)
    with pytest.raises(TransitionRefusedError):
        moved(post)


def test_history_and_the_list_of_fortryd_name_it(post: Post) -> None:
    before = team_of(post)
    moved(post)
    with post.database.read() as connection:
        [label] = facts_to_undo(connection, "talent-nord")
        line = next(iter(Overview(connection, "hold-3", post.now()).history(METTE)))
    assert "andet team · Mette Brøndgaard" in label
    assert (line.what, line.dest, line.moved) == ("andet team", str(3 - before), True)


def test_the_page_shows_each_team_with_the_form_filled_in(post: Post) -> None:
    page = page_of_teams(post)
    assert page.startswith("# Hold 3: teams")
    assert r"## Modul 2\: Innovationsledelse, 28" in page
    rows = [line for line in page.splitlines() if line.startswith(("| 1 |", "| 2 |"))]
    assert len(rows) == 8
    assert all("[flyt](" in row and "Modul%202" in row for row in rows)
    assert "får ingen særskilt besked" in page
    assert "[flyt]" not in page_of_teams(post, served=False)


def test_the_page_says_that_the_talents_know_and_later_that_it_is_over(post: Post) -> None:
    post.driven.until(REMINDED)
    assert "får begge teams besked" in page_of_teams(post)
    post.driven.until(HOME)
    page = page_of_teams(post)
    assert "Bootcampen er holdt" in page
    assert "flyt" not in page


def test_the_page_is_there_once_there_are_teams_and_the_overview_leads_to_it(sqlite: Database) -> None:
    driven = Driver(sqlite, people=4).enrol()

    def offered() -> tuple[bool, bool]:
        with sqlite.read() as connection:
            cohort = read_cohort(connection, "hold-3")
            titles = cohort_titles(connection, cohort)
            links = links_to_pages(connection, cohort, dict.fromkeys(titles, "/side"))
        return teams_page("hold-3") in titles, any("Teams" in link for link in links)

    assert offered() == (False, False)
    driven.until(INVITED)
    assert offered() == (True, True)
