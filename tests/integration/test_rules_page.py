"""From sentence to proof: the page that leads from each rule to the YAML, the mails and the tests."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from config.library import Library
from config.profile import load_profile
from config.settings import load_settings
from flows.preview.year import play
from flows.rule_list import FILES, read_rules
from flows.rule_page import rules_page
from flows.rule_proof import blocks_by_rule, proof

ROOT = Path(__file__).parents[2]
LIBRARY = Library()
PROGRAMME = LIBRARY.programme_file("talent-nord")
RULES = read_rules(FILES[0])


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as it is written, beside nothing else."""
    loaded = LIBRARY.cohort("hold-3")
    year = play(loaded, load_profile(LIBRARY.root, "typical"), 1, load_settings(), LIBRARY, lambda *_: None)
    to = tmp_path_factory.mktemp("page") / "rules.html"
    to.write_text(rules_page(RULES, loaded, year, LIBRARY, to), "utf-8")
    return to


def about(page: Path, rule: str) -> str:
    """What the page says of a rule, as HTML."""
    [found] = re.findall(rf'<article class="piece" id="{rule}">.*?</article>', page.read_text("utf-8"), re.DOTALL)
    return str(found)


def test_every_rule_is_there_once_under_the_section_that_it_comes_from(page: Path) -> None:
    text = page.read_text("utf-8")
    assert re.findall(r'<article class="piece" id="(R\d+)">', text) == [rule.ident for rule in RULES]
    headings = re.findall(r"^## (.+)$", FILES[0].read_text("utf-8"), re.MULTILINE)
    assert [html.unescape(one) for one in re.findall(r'<h2 id="s\d+">(.*?)</h2>', text)] == headings
    assert '<p class="kind">What the system does with it</p>' in about(page, "R45")


def test_a_missed_mentor_meeting_leads_from_the_rule_to_yaml_mails_and_tests(page: Path) -> None:
    r45 = about(page, "R45")
    assert "A missed mentor meeting is escalated. <em>Ours:</em> reminded" in r45
    assert re.search(r"config/programmes/talent-nord\.yaml, lines \d+ to \d+", r45)
    assert "on_miss: [{mail: meeting_missed, to: [talent, mentor]}]" in r45
    said = set(re.findall(r'class="code">\((\w+)\)</span></summary>', r45))
    assert {"meeting_reminder", "meeting_due", "meeting_missed", "meeting_overdue", "meeting_escalated"} <= said
    assert "Ring til Torben i dag, og find den første ledige tid." in r45
    assert "test_engine_mentor_meetings.py::test_the_whole_timeline_over_easter_2027" in r45


def test_what_no_year_has_is_shown_with_made_up_values_and_says_so(page: Path) -> None:
    r7 = about(page, "R7")
    moved = r7.partition("(transferred)")[2].partition("</details>")[0]
    assert "names and dates are made up" in moved
    assert "Kære" not in moved
    assert "Bo Lund" in r7


def test_links_lead_to_lines_that_begin_what_they_name(page: Path) -> None:
    links = re.findall(r'<a href="([^"#]+)#L(\d+)">([^<]+)</a>', page.read_text("utf-8"))
    tests = [one for one in links if "::" in one[2]]
    assert len(tests) > 150
    for href, line, name in links:
        target = (page.parent / href).resolve()
        text = target.read_text("utf-8").splitlines()[int(line) - 1]
        if "::" in name:
            assert f"def {name.rpartition('::')[2]}(" in text, name
        else:
            assert target == PROGRAMME


def test_every_rule_that_the_programme_is_marked_with_has_its_lines() -> None:
    lines = PROGRAMME.read_text("utf-8").splitlines()
    blocks = blocks_by_rule(PROGRAMME)
    marked = {one for line in lines for one in re.findall(r"\bR\d+\b", line)}
    assert marked <= blocks.keys()
    for found in blocks.values():
        for block in found:
            assert [one.strip() for one in block.text.splitlines()] == [
                one.strip() for one in lines[block.first - 1 : block.last]
            ]


def test_what_is_open_says_so(page: Path) -> None:
    for rule in RULES:
        assert ("Open: " in about(page, rule.ident)) == bool(rule.open)


def test_a_part_is_what_is_marked_with_all_that_is_within_it(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(
        "groups: # R1\n  size: 6\n\nparts:\n  - id: talk\n    rule: R2, R3\n    on_miss: [] # R2: said late\n"
        "  - id: other # R3 til R5\nlast: 1 # R1\n"
    )
    spans = {rule: [(one.first, one.last) for one in found] for rule, found in blocks_by_rule(file).items()}
    assert spans == {"R1": [(1, 2), (9, 9)], "R2": [(5, 7)], "R3": [(5, 7), (8, 8)], "R4": [(8, 8)], "R5": [(8, 8)]}


def test_a_test_that_is_not_there_has_no_line() -> None:
    assert proof("tests/integration/test_rules_page.py::test_nothing_of_this_name", ROOT).line == 0


def test_it_asks_nobody_for_anything(page: Path) -> None:
    text = page.read_text("utf-8")
    assert "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'" in text
    assert not re.search(r'<(?:script|link|img|iframe)\b|href="https?:', text)
