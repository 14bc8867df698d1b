"""A coordinator's note about a talent: it stands in history with who wrote it, moves nothing, and tells nobody."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from config.errors import FactIncompleteError, UnknownRecordError
from config.library import Library
from config.settings import Settings
from flows.cockpit.fact_list import facts_to_undo
from flows.cockpit.forms import choices_for, form_of, schema
from flows.cockpit.markdown import talent_markdown
from flows.record import fire_form, pages_of
from flows.services import Services
from states.facts import Fact, Outcome
from states.running_cohort import read_cohort
from states.store.database import Database
from states.store.tables import EffectRow, JourneyRow, TimerRow
from states.views.overview import Overview
from states.views.pages import HistoryLine
from states.views.recorded import recorded_of
from tests.support.mailroom import Post

METTE, ANDERS = "hold-3-01", "hold-3-02"
WORDS = "Ringet til lederen: *de* mødes torsdag"


@pytest.fixture
def post(sqlite: Database) -> Post:
    return Post(sqlite, people=2)


def services(post: Post) -> Services:
    return Services(Settings(), Library(), post.database, post.driven.engine, post.outbox, post.now)


def noted(post: Post, talent: str = METTE, note: str = WORDS, key: str = "form:1") -> Outcome:
    given: dict[str, Any] = {"talent": talent, "talents": [], "for_whom": "", "confirm": ""}
    given |= {"commitment": "", "choice": "", "plan": "", "milestone": ""}
    return fire_form(services(post), "talent-nord", "note", given, {"note": note} if note else {}, key)


def history(post: Post, talent: str = METTE) -> list[HistoryLine]:
    with post.database.read() as connection:
        return list(Overview(connection, "hold-3", post.now()).history(talent))


def moving(post: Post) -> list[int | None]:
    """How many effects and timers there are, and how often journeys have moved."""
    with post.database.read() as connection:
        counts = (func.count(EffectRow.id), func.count(TimerRow.id), func.sum(JourneyRow.version))
        return [connection.scalar(select(one)) for one in counts]


def test_it_stands_in_the_history_of_that_talent_and_nobody_elses(post: Post) -> None:
    assert pages_of(noted(post)) == [METTE]
    line = history(post)[0]
    assert (line.what, line.dest, line.note, line.actor) == ("notat", "", WORDS, "coordinator")
    assert all(line.what != "notat" for line in history(post, ANDERS))


def test_it_moves_nothing_and_tells_nobody(post: Post) -> None:
    before = moving(post)
    noted(post)
    assert moving(post) == before


def test_the_same_note_by_its_key_is_one_note_and_another_is_another(post: Post) -> None:
    for key in ("form:1", "form:1", "form:2"):
        noted(post, key=key)
    assert [line.what for line in history(post)].count("notat") == 2


def test_the_page_prints_what_was_noted_as_text(post: Post) -> None:
    noted(post)
    with post.database.read() as connection:
        page = Overview(connection, "hold-3", post.now()).talent(METTE)
    shown = talent_markdown(page, {"hold-3": "/hold"}, draws_mermaid=False)
    [row] = [line for line in shown.splitlines() if "notat" in line]
    assert row.endswith(r"| notat | registreret af koordinator: »Ringet til lederen\: \*de\* mødes torsdag« |")


def test_the_page_prints_the_remark_that_came_with_a_fact(post: Post) -> None:
    post.driven.engine.fire("leave", [METTE], Fact("1", "coordinator", {"note": "Barsel til maj"}))
    assert [line.note for line in history(post)].count("Barsel til maj") == 1


def test_the_talent_can_read_it_where_what_is_recorded_of_them_stands(post: Post) -> None:
    noted(post)
    with post.database.read() as connection:
        overview = Overview(connection, "hold-3", post.now())
        found = recorded_of(connection, read_cohort(connection, "hold-3"), overview, METTE, METTE)
    assert [(one.what, one.note, one.role) for one in found if one.note] == [("notat", WORDS, "coordinator")]


def test_it_is_taken_back_and_history_keeps_both(post: Post) -> None:
    noted(post)
    with post.database.read() as connection:
        [(label, key)] = facts_to_undo(connection, "talent-nord").items()
    assert "notat · Mette Brøndgaard" in label
    before = moving(post)
    post.driven.engine.undo(key, Fact("2", "coordinator", {"because": "Det var Anders"}))
    back, note = history(post)[:2]
    assert (back.what, back.note, note.what, note.corrected) == (
        "notat: taget tilbage",
        "Det var Anders",
        "notat",
        True,
    )
    assert moving(post) == before


def test_what_came_later_does_not_rest_on_a_note(post: Post) -> None:
    noted(post)
    post.driven.engine.fire("leave", [METTE], Fact("1", "coordinator"))
    post.driven.engine.undo("form:1", Fact("2", "coordinator"))
    assert post.driven.journey(1).state == "on_leave"


def test_without_words_or_about_nobody_it_is_refused(post: Post) -> None:
    with pytest.raises(FactIncompleteError, match="is missing"):
        noted(post, note="")
    with pytest.raises(FactIncompleteError, match="is none of the choices"):
        noted(post, talent="hold-3-99")
    fact = Fact("3", "coordinator", {"note": WORDS, "talent": "hold-4-01"})
    with pytest.raises(UnknownRecordError, match="hold-4-01"):
        post.driven.engine.arrange("hold-3", "note", fact, about=["hold-4-01"])


def test_the_form_asks_for_a_talent_and_the_words(post: Post) -> None:
    definition = Library().programme("talent-nord").definition
    form = form_of(definition, "note")
    with post.database.read() as connection:
        fields = schema(definition, form, choices_for(connection, "talent-nord", form, post.now()))
    assert list(fields["properties"]) == fields["required"] == ["talent", "note"]
    assert fields["properties"]["talent"]["enum"][0] == "Mette Brøndgaard (Hold 3, nr. 01)"
