"""A Word file that is written from its beginning to its end; the same content gives the same bytes.

Headings are Word's own, tables have a name and a header row that is repeated on each page, and space comes of styles:
so the file can be navigated, read aloud and printed.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Length, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from config.plain_text import without_the_unseen
from notifications.word_look import TABLE, TEXT_WIDTH, set_look

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

# Characters that no XML may hold, in names that were let in before there were rules.
_NOT_IN_XML = dict.fromkeys((0xFFFE, 0xFFFF))
_LOOKS = {
    "firstRow": 0x20, "lastRow": 0x40, "firstColumn": 0x80, "lastColumn": 0x100, "noHBand": 0x200, "noVBand": 0x400,
}  # fmt: skip
"""What a table says that it has, with the bits by which older programs know it."""


class WordFile:
    """A document in ``language`` (``da-DK``), made on ``day``; whatever it is given is text."""

    def __init__(self, title: str, author: str, language: str, day: date) -> None:
        self._document = docx.Document()
        self._day = day
        set_look(self._document, language)
        self._set_properties(title, author, language)
        self._paragraph(title, "Title")

    def heading(self, text: str, level: int, new_page: bool = False) -> None:
        """Add a heading that readers can go to, on a new page if wanted."""
        heading = self._paragraph(text, f"Heading{level}")
        if new_page:
            heading.paragraph_format.page_break_before = True

    def paragraphs(self, text: str, apart: bool = False) -> None:
        """Add a text, ``apart`` from a table before it; a blank line in it begins a new paragraph."""
        for paragraph in text.split("\n\n"):
            if words := " ".join(paragraph.split()):
                added = self._paragraph(words)
                added.paragraph_format.space_before = Pt(12) if apart else None
                apart = False

    def facts(self, name: str, facts: Sequence[tuple[str, str]]) -> None:
        """Add a table of what each fact is called, and the fact."""
        table = self._table(name, len(facts), (2, 3), {"firstColumn"})
        _fill(table._cells, [text for fact in facts for text in fact])

    def form(
        self, name: str, columns: Sequence[str], weights: Sequence[float], rows: Sequence[str], height: Length
    ) -> None:
        """Add a table to write in: a row for each of ``rows``, ``height`` high, which begins with what it says."""
        headers = {"firstRow", "firstColumn"} if any(rows) else {"firstRow"}
        table = self._table(name, 1 + len(rows), weights, headers)
        header, *body = table.rows
        header._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for row in body:
            row.height = height
        cells, wide = table._cells, len(columns)
        _fill(cells[:wide], columns)
        _fill(cells[wide::wide], rows)

    def footer(self, text: str) -> None:
        """Let each page end with a text, its number and how many there are."""
        line = self._document.sections[0].footer.paragraphs[0]
        assert line.style is not None
        for old in line.style.element.iter(qn("w:tabs")):
            old.getparent().remove(old)
        line.paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
        line.add_run(f"{_text(text)}\t")
        for code, after in (("PAGE", " / "), ("NUMPAGES", "")):
            field = OxmlElement("w:fldSimple", {qn("w:instr"): code})
            field.append(OxmlElement("w:r"))
            Run(field[0], line).text = "1"
            line._p.append(field)
            line.add_run(after)

    def packed(self) -> bytes:
        """Return the file; the times in it are the beginning of its day."""
        written, packed = io.BytesIO(), io.BytesIO()
        self._document.save(written)
        with ZipFile(written) as source, ZipFile(packed, "w") as target:
            for name in source.namelist():
                part = ZipInfo(name, (self._day.year, self._day.month, self._day.day, 0, 0, 0))
                part.compress_type, part.create_system = ZIP_DEFLATED, 0
                target.writestr(part, source.read(name))
        return packed.getvalue()

    def _set_properties(self, title: str, author: str, language: str) -> None:
        properties = self._document.core_properties
        properties.title, properties.author, properties.language = _text(title), _text(author), language
        properties.comments = properties.last_modified_by = ""
        properties.created = properties.modified = datetime(self._day.year, self._day.month, self._day.day)  # noqa: DTZ001
        relations = self._document.part.package.rels
        for key in [key for key, one in relations.items() if one.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
            del relations[key]  # A picture of another document.

    def _paragraph(self, text: str, style: str | None = None) -> Paragraph:
        """Add a paragraph; its style goes by the id that it has in the file, since to look up names takes long."""
        paragraph = self._document.add_paragraph(_text(text))
        paragraph._p.style = style
        return paragraph

    def _table(self, name: str, rows: int, weights: Sequence[float], headers: set[str]) -> Table:
        """Add a table whose columns share the width by their weights, and whose rows stay on a page."""
        table: Table = self._document.add_table(rows, len(weights))
        table.autofit = False
        properties = table._tbl.tblPr
        properties.style = TABLE
        on = headers | {"noHBand", "noVBand"}
        for look in properties.iter(qn("w:tblLook")):
            look.attrib.update({qn(f"w:{part}"): str(int(part in on)) for part in _LOOKS})
            look.set(qn("w:val"), f"{sum(_LOOKS[part] for part in on):04X}")
        for tag in ("w:tblCaption", "w:tblDescription"):
            properties.append(OxmlElement(tag, {qn("w:val"): _text(name)}))
        widths = [Length(int(TEXT_WIDTH * weight / sum(weights))) for weight in weights]
        for column, width in zip(table.columns, widths, strict=True):
            column._gridCol.w = width
        for row in table.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for number, cell in enumerate(table._cells):
            cell.width = widths[number % len(widths)]
        return table


def _fill(cells: Iterable[_Cell], texts: Iterable[str]) -> None:
    for cell, text in zip(cells, texts, strict=True):
        if text:
            cell.paragraphs[0].add_run(_text(text))


def _text(text: str) -> str:
    return without_the_unseen(text).translate(_NOT_IN_XML)
