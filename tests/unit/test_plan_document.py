"""R9, R10: the plan as a Word file: whose it is, goals at three levels in six parts, room to write; the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Cm, Length

from config.plan import PlanSpec, plan_steps
from notifications.plan_document import Bearer, plan_document
from notifications.plan_file import file_name
from notifications.view_models import Person, Talent
from tests.support.driver import talent_nord
from tests.support.worst_names import GOOD, WORST

DAY = date(2027, 1, 14)
METTE = Talent(
    "Mette Brøndgaard",
    "Mette",
    "mette@aalborg.example.org",
    organisation="Aalborg Kommune",
    level_label="leder af medarbejdere",
    unit="Sundhed og Omsorg",
)
INGE = Person("Inge Sønderby", "Inge", "inge@aalborg.example.org")
STEPS = tuple(talent_nord().commitments[step].label for step in plan_steps(talent_nord()))
BEARER = Bearer(METTE, INGE, "Hold 3", "Talent Nord", DAY, "da-DK", STEPS)


def plan() -> PlanSpec:
    found = talent_nord().programme.plan
    assert found is not None
    return found


def opened(bearer: Bearer = BEARER) -> Document:
    return docx.Document(io.BytesIO(plan_document(plan(), bearer)))


def headings(document: Document, level: int) -> list[str]:
    return [one.text for one in document.paragraphs if one.style and one.style.name == f"Heading {level}"]


def told(document: Document) -> dict[str, str]:
    return {row.cells[0].text: row.cells[1].text for row in document.tables[0].rows}


def texts(document: Document) -> Iterator[str]:
    yield from (paragraph.text for paragraph in document.paragraphs)
    yield from (cell.text for table in document.tables for row in table.rows for cell in row.cells)


def test_it_says_whose_it_is() -> None:
    assert told(opened()) == {
        "Talent": "Mette Brøndgaard",
        "Ledelsesniveau": "leder af medarbejdere",
        "Organisation": "Aalborg Kommune",
        "Enhed": "Sundhed og Omsorg",
        "Nærmeste leder og mentor": "Inge Sønderby",
        "Hold": "Talent Nord, Hold 3",
        "Udleveret": "14. januar 2027",
    }


def test_goals_are_at_three_levels_of_two_parts_and_the_agreements_of_the_talk_come_first() -> None:
    document = opened()
    agreements, *levels, revisions = headings(document, 1)
    assert agreements == "Aftaler fra forventningssamtalen"
    assert levels == ["Individniveau", "Teamniveau", "Organisationsniveau"]
    assert revisions == "Sådan har planen udviklet sig"
    assert headings(document, 2) == [
        "Træningsopgaver i hverdagen",
        "Ledelsesopgaver fra et højere niveau",
        "Egen praksis",
        "Talentmiljø på mit område",
        "De teams, jeg leder",
        "De teams, jeg er medlem af",
        "Ledelsesopgaver fra et højere niveau på mit eget område",
        "Større opgaver, som jeg bidrager til at løse",
    ]


def test_each_part_asks_what_how_and_when_and_has_room_for_it() -> None:
    for table in opened().tables[3:9]:
        header, *rows = table.rows
        assert [cell.text for cell in header.cells] == ["Hvad vil jeg opnå?", "Hvordan gør jeg?", "Hvornår?"]
        assert len(rows) == 4
        assert all(row.height is not None and row.height >= Cm(2) for row in rows)
        assert {cell.text for row in rows for cell in row.cells} == {""}


def test_the_last_page_has_a_row_for_the_talk_and_for_the_meeting_in_each_module() -> None:
    rows = [row.cells[0].text for row in opened().tables[-1].rows]
    assert rows == ["Samtale", "Forventningssamtale", *(f"Mentormøde i modul {number}" for number in range(1, 7))]


def test_it_can_be_navigated_and_read_aloud_in_danish() -> None:
    document = opened()
    assert document.core_properties.title == "Personlig udviklingsplan"
    assert document.core_properties.language == "da-DK"
    assert {one.get(qn("w:val")) for one in document.styles.element.iter(qn("w:lang"))} == {"da-DK"}
    assert not [one for one in document.paragraphs if not one.text.strip()], "space comes of styles"
    for table in document.tables[1:]:
        assert table.rows[0]._tr.trPr is not None
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    for table in document.tables:
        assert table._tbl.tblPr.find(qn("w:tblDescription")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_it_prints_on_a4_and_no_table_is_wider_than_the_text() -> None:
    document = opened()
    page = document.sections[0]
    assert page.page_width is not None
    assert page.page_height is not None
    assert page.left_margin is not None
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    for table in document.tables:
        assert sum(column.width or Length(0) for column in table.columns) <= page.page_width - 2 * page.left_margin


def test_each_page_ends_with_whose_it_is_and_its_number() -> None:
    footer = opened().sections[0].footer.paragraphs[0]
    assert footer.text.startswith("Personlig udviklingsplan · Mette Brøndgaard · Hold 3\t")
    assert [one.get(qn("w:instr")) for one in footer._p.iter(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]


def test_the_same_day_gives_the_same_bytes_and_the_times_in_it_are_that_days() -> None:
    content = plan_document(plan(), BEARER)
    assert plan_document(plan(), BEARER) == content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(2027, 1, 14, 0, 0, 0)}
        assert not [name for name in parts.namelist() if "thumbnail" in name]
    properties = opened().core_properties
    assert {properties.created.date(), properties.modified.date()} == {DAY}
    assert (properties.author, properties.comments) == ("Talent Nord", "")
    assert plan_document(plan(), replace(BEARER, day=date(2027, 1, 15))) != content


@pytest.mark.parametrize("name", [*WORST, *GOOD])
def test_a_name_is_text_whatever_it_looks_like(name: str) -> None:
    bearer = replace(BEARER, talent=replace(METTE, name=name, unit=name), mentor=replace(INGE, name=name))
    document = opened(bearer)
    assert [told(document)[label] for label in ("Talent", "Enhed", "Nærmeste leder og mentor")] == [name] * 3
    assert not [part for part in document.part.rels.values() if part.is_external]


@pytest.mark.parametrize("sign", ["\0", "\x1b", "\x85", "\u2028", "\ufffe", "\ud800"], ids=ascii)
def test_what_no_file_can_hold_does_not_keep_a_plan_from_being_made(sign: str) -> None:
    bearer = replace(BEARER, talent=replace(METTE, unit=f"Sundhed{sign}og Omsorg"))
    assert "".join(told(opened(bearer))["Enhed"].split()) == "SundhedogOmsorg"


def test_who_has_no_leader_yet_has_room_for_the_name() -> None:
    assert told(opened(replace(BEARER, mentor=None)))["Nærmeste leder og mentor"] == ""


def test_a_programme_in_which_nobody_asks_for_the_plan_has_no_page_of_revisions() -> None:
    document = opened(replace(BEARER, steps=()))
    assert headings(document, 1)[-1] == "Organisationsniveau"


def test_it_holds_no_address() -> None:
    assert not [text for text in texts(opened()) if "@" in text]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Udviklingsplan - Søren Ærø-Åkjær", "Udviklingsplan - Søren Ærø-Åkjær.docx"),
        ("Udviklingsplan - <script>alert(1)</script>", "Udviklingsplan - script alert 1 script.docx"),
        ('Plan "\\..\\..\\con:/*?|\r\n.exe', "Plan con exe.docx"),
        ("x" * 300, "x" * 120 + ".docx"),
    ],
)
def test_the_files_name_is_one_that_any_system_takes(text: str, name: str) -> None:
    assert file_name(text) == name
