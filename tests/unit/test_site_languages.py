"""The site is the same in each language but for its words: a page that changes in one changes in the others."""

from __future__ import annotations

import re

import pytest

from config.files.yaml_file import load_yaml
from notifications.languages import site_in

DEMO_ALONE = {"inbox.html.j2", "inbox_layout.html.j2", "inbox_mail.html.j2", "inbox_person.html.j2"}
"""The inbox of the demo, which is of Talent Nord."""
BY_LAW = {"accessibility.html.j2"}
"""What each country's law has people say."""
PAGES = sorted({path.name for path in site_in("da").glob("*.j2")} - DEMO_ALONE)


def tags(language: str, page: str) -> list[str]:
    text = re.sub(r"\{#.*?#\}", "", (site_in(language) / page).read_text("utf-8"), flags=re.DOTALL)
    return re.findall(r"<(/?[a-z][a-z0-9]*)", text)


def test_english_has_every_page() -> None:
    assert sorted(path.name for path in site_in("en").glob("*.j2")) == PAGES


@pytest.mark.parametrize("page", sorted(set(PAGES) - BY_LAW))
def test_a_page_has_the_same_parts_in_both(page: str) -> None:
    danish, english = tags("da", page), tags("en", page)
    if page == "my_page.html.j2":  # Who has no groups is not told that they are not made yet.
        assert len(danish) - len(english) == 2
    else:
        assert danish == english


def test_problems_and_faults_have_the_same_names_in_both() -> None:
    danish, english = (load_yaml(site_in(language) / "problems.yaml").data for language in ("da", "en"))
    assert {name: list(part) for name, part in danish.items()} == {name: list(part) for name, part in english.items()}
