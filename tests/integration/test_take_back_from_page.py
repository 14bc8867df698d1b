"""R62, R67: a talent's page leads to *Fortryd* with the registration chosen; the list says who recorded what."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import unquote
from uuid import UUID

import pytest

from flows.cockpit.acts import Acts, FormIds
from flows.cockpit.fact_list import LATEST, fact_labels, undo_list
from flows.cockpit.forms import choices_for, form_of
from flows.cockpit.publish import talent_page, to_undo
from flows.cockpit.task_forms import TaskForms
from states.facts import Fact
from states.running_cohort import read_cohort
from states.store.database import Database
from states.views.overview import Overview
from states.views.told import ToldFact, since_latest, told_facts
from tests.support.coordinator import Coordinator
from tests.support.driver import talent_nord

UNDO: FormIds = {("talent-nord", "undo"): UUID(int=7)}
KAREN, LEADER = "coordinator:hold-3/coordinator-1", "mentor:hold-3/leader-01"
METTE = "hold-3-01"


@pytest.fixture
def coordinator(sqlite: Database) -> Coordinator:
    """Two talents whose talks are open."""
    coordinator = Coordinator(sqlite, people=2)
    coordinator.until("2027-01-20 10:00")
    return coordinator


def tell(coordinator: Coordinator, trigger: str, key: str, actor: str, **details: str) -> None:
    coordinator.driven.engine.fire(trigger, [METTE], Fact(key, actor, details))


def listed(coordinator: Coordinator) -> dict[str, str]:
    """What the form's list holds: keys by label."""
    with coordinator.driven.database.read() as connection:
        form = form_of(talent_nord(), "undo")
        return dict(choices_for(connection, "talent-nord", form, coordinator.driven.now).facts)


def history(coordinator: Coordinator, forms: FormIds = UNDO) -> list[str]:
    """The lines of the talent's history, as they are published."""
    with coordinator.driven.database.read() as connection:
        cohort = read_cohort(connection, "hold-3")
        now = coordinator.driven.now
        acts = Acts(TaskForms(connection, cohort, now.date()), "talent-nord", forms)
        page = Overview(connection, "hold-3", now).talent(METTE)
        links = {"hold-3": "/hold", METTE: "/mette", "hold-3-02": "/two"}
        text = talent_page(page, links, acts, to_undo(connection, cohort)).markdown
    return text[text.index("## Historik") :].splitlines()


def test_a_line_of_what_was_recorded_leads_to_the_form_with_it_chosen(coordinator: Coordinator) -> None:
    tell(coordinator, "expectation_talk:keep", "talk", "coordinator", held_on="2027-01-20")
    [label] = [label for label, key in listed(coordinator).items() if key == "talk"]
    kept = [line for line in history(coordinator) if "fortryd" in line and "Forventningssamtale" in line]
    address = kept[0].rpartition("[fortryd](")[2].partition(")")[0]
    path, _, given = address.partition("?parameters=")
    assert path == f"/v2/deployments/deployment/{UUID(int=7)}/run"
    assert unquote(given) == f'{{"fact": "{label}"}}'


def test_what_time_brought_or_was_taken_back_has_no_such_link(coordinator: Coordinator) -> None:
    tell(coordinator, "expectation_talk:keep", "talk", "coordinator", held_on="2027-01-20")
    by_itself = [line for line in history(coordinator) if "af sig selv" in line]
    assert by_itself
    assert not any("fortryd" in line for line in by_itself)
    coordinator.driven.engine.undo("talk", Fact("undone", "coordinator", {"because": "forkert"}))
    assert not any("fortryd" in line for line in history(coordinator) if "taget tilbage" in line)


def test_where_the_form_is_not_served_there_is_no_link(coordinator: Coordinator) -> None:
    tell(coordinator, "expectation_talk:keep", "talk", "coordinator", held_on="2027-01-20")
    assert not any("fortryd" in line for line in history(coordinator, forms={}))


def test_the_list_names_who_recorded_it_where_that_is_known(coordinator: Coordinator) -> None:
    tell(coordinator, "leave", "1", KAREN)
    tell(coordinator, "return", "2", "coordinator")
    tell(coordinator, "expectation_talk:keep", "3", LEADER, held_on="2027-01-20")
    labels = {key: label.split(" · ", 1)[1] for label, key in listed(coordinator).items()}
    assert labels["1"] == "Orlov · Mette Brøndgaard · Karen Møller Thorsen (koordinator)"
    assert labels["2"] == "Tilbage fra orlov · Mette Brøndgaard"
    assert labels["3"].startswith("Forventningssamtale: gennemført · Mette Brøndgaard · ")
    assert labels["3"].endswith(" (nærmeste leder)")


def told(coordinator: Coordinator) -> list[ToldFact]:
    with coordinator.driven.database.read() as connection:
        return told_facts(connection, "hold-3")


def test_a_label_never_comes_to_mean_another_registration(coordinator: Coordinator) -> None:
    """Three the same within a minute: the list of before and an open form stay right, whichever goes."""
    for number, key in enumerate(("a", "b", "c")):
        tell(coordinator, "leave" if number % 2 == 0 else "return", key, KAREN)
        coordinator.driven.now += timedelta(seconds=1)
    before = fact_labels(told(coordinator))
    assert before["c"] == f"{before['a']} (2)"
    for gone in ("c", "b", "a"):
        coordinator.driven.engine.undo(gone, Fact(f"undone {gone}", KAREN, {}))
        if gone == "c":
            assert listed(coordinator)[before["a"]] == "a"
    tell(coordinator, "leave", "d", KAREN)
    assert listed(coordinator)[f"{before['a']} (3)"] == "d"
    assert before["a"] not in listed(coordinator)


def test_the_list_has_the_latest_the_newest_first(coordinator: Coordinator) -> None:
    tell(coordinator, "leave", "one", KAREN)
    [fact] = [one for one in told(coordinator) if one.key == "one"]
    many = [
        ToldFact(f"{number:03d}", fact.at + timedelta(minutes=number), fact.actor, fact.trigger, "x", ("y",), {})
        for number in range(LATEST + 5)
    ]
    keys = list(undo_list(many).values())
    assert keys == [f"{number:03d}" for number in range(LATEST + 4, 4, -1)]


def test_only_facts_that_can_be_listed_are_read_and_they_are_called_as_if_all_were(
    coordinator: Coordinator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.cockpit.fact_list.LATEST", 2)
    for number in range(4):
        coordinator.driven.now += timedelta(days=1)
        for again in range(2):
            tell(coordinator, "return" if again else "leave", f"{number}{again}", KAREN)
    tell(coordinator, "leave", "32", KAREN)
    coordinator.driven.engine.undo("32", Fact("undone", KAREN, {}))
    with coordinator.driven.database.read() as connection:
        since = since_latest(connection, 2)
        assert since == coordinator.driven.now
        read = [one.key for one in told_facts(connection, "hold-3", since)]
    assert read == ["30", "31", "32", "undone"]
    labels = fact_labels(told(coordinator))
    assert listed(coordinator) == {labels["31"]: "31", labels["30"]: "30"}
