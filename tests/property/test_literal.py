"""Whatever a name holds, a page has the links, pictures and HTML of its template and no others, and shows the name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from flows.cockpit.literal import Markdown, link, literal
from flows.cockpit.markdown import cohort_markdown, mails_markdown, mentors_markdown, talent_markdown
from flows.cockpit.pictures import Pictures, pictures_markdown
from states.views.cohort_grid import CohortGrid, GridColumn, GridRow
from states.views.mail_weeks import BECAME, MailWeek, MailWeeks
from states.views.mentors import Helped, MentorLine, Waiting
from states.views.pages import (
    CohortPage,
    CommitmentLine,
    HistoryLine,
    MailLine,
    OverdueLine,
    Peer,
    Stage,
    TalentLine,
    TalentPage,
    TaskLine,
)
from states.views.undelivered import MailRecord
from states.views.year_ahead import DayAhead, DeadlineAhead, YearAhead
from tests.support.worst_names import GOOD, WORST

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
PLAIN, ODD = "Qx", "Qx*"
LINKS = {
    "hold-3": "/artifacts/artifact/1",
    "hold-3-01": "/artifacts/artifact/2",
    "hold-3/mails": "/artifacts/artifact/3",
}
AT = datetime(2027, 3, 15, 9, tzinfo=UTC)
# What GitHub's Markdown makes a link of, even where it is escaped.
BARE_ADDRESS = re.compile(r"(?i)(https?|ftp)://|www\.|[-.\w+]@[-\w]")

names = st.one_of(
    st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1),
    st.text("[](){}<>!*_~`#|\\&;:/.@-+='\" \n\thpswxa1", min_size=1),
    st.lists(st.sampled_from([*WORST, *GOOD, "\n", " ", "x"]), min_size=1, max_size=4).map("".join),
)


class Piece(NamedTuple):
    """A part of a page as it is shown: what it is, its attributes, its text."""

    kind: str
    attributes: tuple[tuple[str, Any], ...]
    text: str


@given(names)
def test_every_page_is_what_its_template_makes_it_whatever_people_are_called(name: str) -> None:
    shown = " ".join(name.split()).replace("\u2060", "")
    assume(shown)
    # A name that is not plain has its link behind it.
    like = ODD if "→" in link(name, "/") else PLAIN
    for page in (cohort, talent, mails, mentors, pictures):
        assert [seen(piece) for piece in pieces(page(name))] == [
            piece._replace(text=piece.text.replace(like, shown)) for piece in pieces(page(like))
        ]


@given(names)
def test_no_address_becomes_a_link(name: str) -> None:
    for piece in pieces(literal(name)):
        assert not BARE_ADDRESS.search(piece.text)


@pytest.mark.parametrize("name", GOOD)
def test_what_is_shown_of_a_usual_name_is_the_name_to_the_letter(name: str) -> None:
    assert [piece.text for piece in pieces(literal(name))] == ["", name, ""]


@pytest.mark.parametrize("name", ["Mette Brøndgaard", "Søren Ærø-Åkjær", "Anne-Marie O'Neill", "Jens (vikar)"])
def test_a_usual_name_is_its_own_link(name: str) -> None:
    assert link(name, "/page") == f"[{name}](/page)"


def test_what_is_meant_as_markdown_stays_so() -> None:
    assert literal(Markdown("[a](b)")) == "[a](b)"
    assert literal(literal("*")) == literal("*")


def pieces(markdown: str) -> Iterator[Piece]:
    """Read a page as a browser would."""
    for token in READER.parse(markdown):
        for one in token.children if token.children is not None else [token]:
            yield Piece(one.type, tuple(one.attrs.items()), one.content)


def seen(piece: Piece) -> Piece:
    """What people see of a piece: no word joiners."""
    return piece._replace(text=piece.text.replace("\u2060", ""))


def cohort(name: str) -> str:
    return cohort_markdown(
        CohortPage("hold-3", name, AT.date(), (line(name),), (task(name),), (promise(name),), 2, made=AT), LINKS
    )


def talent(name: str) -> str:
    return talent_markdown(
        TalentPage(
            line=line(name),
            cohort=name,
            cohort_id="hold-3",
            mentor=name,
            second_mentor=name,
            group=1,
            commitments=(promise(name),),
            tasks=(task(name),),
            mails=(MailLine(AT, name, name, "rejected", (name,), name, "tn-1"),),
            history=(HistoryLine(AT, name, name, name, "mentor:hold-3/leader-01", mail=False, by=name, note=name),),
            way=(Stage(name, "here"),),
            picture="stateDiagram-v2",
            peers=(Peer("hold-3-01", name),),
            partner=Peer("hold-3-01", name),
            made=AT,
        ),
        LINKS,
        draws_mermaid=True,
    )


def mails(name: str) -> str:
    page = CohortPage("hold-3", name, AT.date(), (), (), (), 1, made=AT)
    record = MailRecord(
        "tn-1", "hold-3", ("hold-3-01",), name, name, AT, "rejected", name, overtaken=True, written=True
    )
    return mails_markdown(page, [record], LINKS)


def mentors(name: str) -> str:
    page, peer = CohortPage("hold-3", name, AT.date(), (), (), (), 1, made=AT), Peer("hold-3-01", name)
    waiting = (Waiting(peer, name, AT.date(), late=True),)
    line = MentorLine(name, name, "bo@x.dk", name, (Helped(peer, second=True), Helped(peer, second=False)), waiting)
    return mentors_markdown(page, [line], LINKS)


def pictures(name: str) -> str:
    columns = (GridColumn("talk", "Talk", AT.date(), False), GridColumn("visit", "Visit", None, False))
    rows = (GridRow("hold-3-01", name, name, 1, 3, ("missed", "kept")),)
    lines = (DayAhead("Day", AT.date(), name, AT.date()), DeadlineAhead("Talk", AT.date(), 1))
    weeks = (MailWeek(AT.date(), dict.fromkeys(BECAME, 1)),)
    read = Pictures(
        CohortGrid(name, "hold-3", AT, columns, 1, rows),
        YearAhead(name, "hold-3", AT, lines),
        MailWeeks(name, "hold-3", AT, weeks),
    )
    return pictures_markdown(read, LINKS)


def line(name: str) -> TalentLine:
    return TalentLine(
        "hold-3-01", name, name, name, name, date(2027, 4, 1), (name,), name, overdue=(OverdueLine("x", name, 3, name),)
    )


def task(name: str) -> TaskLine:
    return TaskLine("hold-3-01/task", name, name, name, date(2027, 4, 1), "hold-3-01", open=True)


def promise(name: str) -> CommitmentLine:
    return CommitmentLine(name, name, date(2027, 4, 1), name, late=True, choice=name, settled=False)
