"""A coordinator says that a task is done: it is closed, unless its matter would be nobody's turn then (invariant 6)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from config.errors import TalentNordError, TaskNotDoneError, UnknownRecordError
from flows.cockpit.refusal import refusal
from flows.cockpit.task_lists import task_labels
from flows.finish import finish_form
from states.facts import Fact
from states.running_cohort import read_cohort
from states.store.database import Database
from states.store.tables import TaskRow
from states.store.unreachable import ADDRESS_TASK, address_task
from states.views.counts import summarise
from states.views.task_pages import open_task_titles
from states.views.told import told_facts
from tests.support.coordinator import Coordinator
from tests.support.hold import TALK_OPENS, Hold, enrolled
from tests.support.terminal import Terminal, assert_refused

TALK = "hold-3-01/expectation_talk"


@pytest.fixture
def asked(database: Database) -> Coordinator:
    """The leader has said that no time for the talk can be found: the coordinator is asked, and the ladder goes on."""
    coordinator = Coordinator(database, people=1)
    coordinator.until("2027-01-20 12:00")
    coordinator.driven.fire("expectation_talk:stall", 1)
    coordinator.carry_out()
    return coordinator


def tasks(coordinator: Coordinator) -> dict[str, str]:
    with coordinator.driven.database.read() as connection:
        return open_task_titles(connection, "hold-3")


def finish(coordinator: Coordinator, task: str, key: str = "done") -> None:
    fact = Fact(key, "coordinator", {"task": task})
    coordinator.driven.engine.arrange("hold-3", "finish", fact, about=["hold-3-01"])


def test_a_task_whose_matter_goes_on_is_done_when_somebody_says_so(asked: Coordinator) -> None:
    [task] = tasks(asked)
    armed = asked.driven.armed(TALK)
    finish(asked, task)
    finish(asked, task)
    assert tasks(asked) == {}
    assert asked.driven.commitment("expectation_talk", 1).state == "open"
    assert asked.driven.armed(TALK) == armed


def test_the_talents_page_and_the_list_of_facts_tell_of_it(asked: Coordinator) -> None:
    [(task, title)] = tasks(asked).items()
    finish(asked, task)
    line = asked.talent(1).history[0]
    assert (line.what, line.dest, line.actor, line.mail) == ("finish", "done", "coordinator", True)
    with asked.driven.database.read() as connection:
        [told] = [one for one in told_facts(connection, "hold-3") if one.key == "done"]
    assert (told.what, told.about) == ("Opgaven er klaret", (title,))


def test_a_task_that_is_all_that_is_left_of_a_matter_stays_open(asked: Coordinator) -> None:
    asked.until("2027-03-10 12:00")
    assert asked.driven.commitment("expectation_talk", 1).state == "escalated.1"
    *rest, last = tasks(asked)
    for number, task in enumerate(rest):
        finish(asked, task, f"done {number}")
    with pytest.raises(TaskNotDoneError) as refused:
        finish(asked, last, "the last")
    assert refused.value.why == "alone"
    assert list(tasks(asked)) == [last]


def test_whatever_is_called_done_through_a_silent_year_nobody_is_forgotten(sqlite: Database) -> None:
    coordinator, done = Coordinator(sqlite, people=2), 0
    coordinator.until("2027-01-20 12:00")
    coordinator.driven.fire("expectation_talk:stall", 1)
    coordinator.driven.move("m2d1", None)
    for month in ("2027-01-21", "2027-02-20", "2027-03-31", "2027-06-30", "2027-10-15", "2028-02-15"):
        coordinator.until(f"{month} 12:00")
        for task in tasks(coordinator):
            with suppress(TaskNotDoneError):
                place = task.partition("/")[0].partition("#")[0]
                fact = Fact(f"{month} {task}", "coordinator", {"task": task})
                coordinator.driven.engine.arrange("hold-3", "finish", fact, about=[place])
                done += 1
        with sqlite.read() as connection:
            assert summarise(connection, "hold-3").stuck == ()
    assert done


def test_a_task_that_is_closed_is_not_done_again(asked: Coordinator) -> None:
    [task] = tasks(asked)
    asked.driven.fire("expectation_talk:keep", 1, held_on="2027-01-20")
    with pytest.raises(TaskNotDoneError) as refused:
        finish(asked, task)
    assert refused.value.why == "closed"


def test_what_the_system_sees_itself_is_not_for_people_to_say(asked: Coordinator) -> None:
    subject = address_task("hold-3-01")
    with asked.driven.database.write() as connection:
        row = connection.execute(select(TaskRow.__table__)).one()._asdict()
        connection.execute(insert(TaskRow), [row | {"id": f"{subject}@1", "subject": subject}])
    with pytest.raises(TaskNotDoneError) as refused:
        finish(asked, f"{subject}@1")
    assert (refused.value.why, subject.endswith(ADDRESS_TASK)) == ("itself", True)


def test_a_task_of_nobody_is_none(asked: Coordinator) -> None:
    with pytest.raises(UnknownRecordError):
        finish(asked, "hold-4-01/expectation_talk#2/time_find")


def test_taken_back_the_task_is_open_again(asked: Coordinator) -> None:
    before = tasks(asked)
    finish(asked, next(iter(before)))
    asked.driven.engine.undo("done", Fact("no", "coordinator", {"because": "ikke alligevel"}))
    assert tasks(asked) == before
    finish(asked, next(iter(before)), "now it is")
    assert tasks(asked) == {}


def test_taken_back_after_the_matter_has_ended_it_stays_closed(asked: Coordinator) -> None:
    finish(asked, next(iter(tasks(asked))))
    asked.driven.fire("expectation_talk:keep", 1, held_on="2027-01-20")
    asked.driven.engine.undo("done", Fact("no", "coordinator", {"because": "ikke alligevel"}))
    assert tasks(asked) == {}


@pytest.fixture
def hold(tmp_path: Path) -> Iterator[Hold]:
    with enrolled(tmp_path, 1) as opened:
        services = opened.coordinator
        opened.tick(TALK_OPENS)
        services.engine.fire("expectation_talk:stall", [f"{opened.id}-01"], Fact("no time", "operator"))
        for due in services.outbox.due():
            for effect in due.effects:
                services.outbox.carry_out(effect)
        yield opened


def test_the_form_lists_what_can_be_called_done_and_refuses_the_rest_in_danish(hold: Hold) -> None:
    services, done = hold.coordinator, Fact("form:1", "coordinator", {"note": "De mødes torsdag"})
    finish_form(services, "talent-nord", "finish", label := _label(hold), done)
    with pytest.raises(TalentNordError) as refused:
        finish_form(services, "talent-nord", "finish", label, Fact("form:2", "coordinator"))
    why = "Opgave: står ikke på listen. Åbn formularen igen, og vælg på listen"
    said = f"Intet er registreret. {why}. Ret det, og send formularen igen."
    assert refusal(services, refused.value, "talent-nord") == said


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("closed", "Opgaven »Find en tid« er allerede lukket. Intet er registreret."),
        ("itself", "Opgaven »Find en tid« lukker af sig selv, når det, den beder om, er gjort. Intet er registreret."),
        (
            "alone",
            "Opgaven »Find en tid« er det eneste, der holder fast i aftalen. Registrér, hvad der kom ud af den (holdt,"
            " ny frist, givet videre eller frafaldet), så lukker opgaven selv. Intet er registreret.",
        ),
    ],
    ids=["closed", "itself", "alone"],
)
def test_each_refusal_says_what_to_do(hold: Hold, why: str, said: str) -> None:
    assert refusal(hold.coordinator, TaskNotDoneError("task", "Find en tid", why)) == said


def test_the_command_lists_tasks_and_calls_one_done(asked: Coordinator, tmp_path: Path) -> None:
    terminal = Terminal(asked.driven.database.url.render_as_string(hide_password=False), tmp_path, asked.driven.now)
    [task] = tasks(asked)
    assert task.rpartition("/")[0] in terminal.run("tasks", "hold-3").stdout.replace("\n", "")
    done = terminal.run("finish", task, "--note", "De mødes torsdag")
    assert (done.returncode, done.stderr) == (0, "")
    assert tasks(asked) == {}
    assert_refused(asked.driven, terminal, ["finish", task], "is closed already")


def _label(hold: Hold) -> str:
    with hold.coordinator.database.read() as connection:
        [label] = task_labels(connection, read_cohort(connection, hold.id))
    return label
