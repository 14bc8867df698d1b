"""How a Word file of ours looks: A4, one font, headings and tables of one kind, in the language it is read aloud in."""

from __future__ import annotations

from docx.document import Document
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

TEXT_WIDTH = Cm(17)
TABLE = "TalentNordTable"
"""The style of tables: the first row shaded and bold, the first column bold, where a table says that it has such."""

_WIDTH, _HEIGHT, _MARGIN = Cm(21), Cm(29.7), Cm(2)
_FONT, _DARK, _PALE, _LINE = "Calibri", "1F3864", "DEE6F0", "7F8FA9"
_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
_BORDERS = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{_LINE}"/>' for side in _SIDES)
_TABLE_STYLE = f"""
<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="{TABLE}">
  <w:name w:val="{TABLE}"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/>
  <w:pPr><w:spacing w:before="40" w:after="40" w:line="240" w:lineRule="auto"/></w:pPr>
  <w:tblPr><w:tblBorders>{_BORDERS}</w:tblBorders></w:tblPr>
  <w:tblStylePr w:type="firstRow">
    <w:rPr><w:b/></w:rPr><w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{_PALE}"/></w:tcPr>
  </w:tblStylePr>
  <w:tblStylePr w:type="firstCol"><w:rPr><w:b/></w:rPr></w:tblStylePr>
</w:style>"""
# Without it Word opens a file as one of an older Word.
_MODERN = f"""
<w:compat {nsdecls("w")}><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word"
  w:val="15"/></w:compat>"""
_HEADINGS = (("Title", 26, 0, 12), ("Heading 1", 18, 18, 4), ("Heading 2", 13, 12, 2))
"""Styles with their size, and the space before and after, in points."""


def set_look(document: Document, language: str) -> None:
    """Give a new document our look; ``language`` is a code such as ``da-DK``."""
    page = document.sections[0]
    page.page_width, page.page_height = _WIDTH, _HEIGHT
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = _MARGIN
    _set_language(document, language)
    _set_font(document)
    _set_table_style(document)
    for name, size, before, after in _HEADINGS:
        style = document.styles[name]
        assert isinstance(style, ParagraphStyle)
        style.font.size, style.font.color.rgb = Pt(size), RGBColor.from_string(_DARK)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)


def _set_table_style(document: Document) -> None:
    """Let there be our style of tables, and none of the many that a new document has: each costs time and room."""
    styles = document.styles.element
    for style in styles.findall(qn("w:style")):
        if style.get(qn("w:type")) == "table" and style.get(qn("w:default")) is None:
            styles.remove(style)
    styles.append(parse_xml(_TABLE_STYLE))


def _set_language(document: Document, language: str) -> None:
    settings = document.settings.element
    for old in settings.findall(qn("w:compat")):
        settings.replace(old, parse_xml(_MODERN))
    for parts in (document.styles.element.iter(qn("w:lang")), settings.iter(qn("w:themeFontLang"))):
        for part in parts:
            part.set(qn("w:val"), language)


def _set_font(document: Document) -> None:
    """Let all text have one font, and paragraphs the space between them that is ours."""
    styles = document.styles.element
    for fonts in styles.iter(qn("w:rFonts")):
        fonts.attrib.clear()
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{script}"), _FONT)
    for default in styles.iter(qn("w:pPrDefault")):
        for spacing in default.iter(qn("w:spacing")):
            spacing.set(qn("w:after"), "120")
            spacing.set(qn("w:line"), "264")
