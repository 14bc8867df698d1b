"""The pages of the site as HTML: whatever people wrote is text, and every word that a refusal has is explained."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from config.answers import AnswerSpec
from config.errors import TemplateError
from flows.site.pages import own_page
from notifications.site_pages import STYLE, render_page
from notifications.site_words import fault
from tests.support.site_samples import (
    AS_TALENT,
    COMING,
    FOUND,
    LINKS,
    LOUISE,
    MEETING,
    OF_TALENT,
    TORBENS,
    answer,
    pages,
)
from tests.support.worst_names import WORST

ROOT = Path(__file__).parents[2]
REFUSALS = set(re.findall(r'AnswerRefusedError\([\w".]+, "(\w+)"\)', (ROOT / "states/answers.py").read_text("utf-8")))
TAGS = {"script", "style", "img", "iframe", "object", "link", "b", "base", "meta"}


def tags_of(page: str) -> set[str]:
    return {tag for tag in re.findall(r"<([a-z0-9]+)", page.partition("<body>")[2]) if tag in TAGS}


@pytest.mark.parametrize("name", WORST)
def test_names_and_answers_are_text(name: str) -> None:
    matter = replace(FOUND, about=name, state=name, role="mentor", said=(replace(TORBENS, by=name, what=name),))
    typed = {"person_name": name, "person_email": name}
    page = answer(matter, option="found", errors={"person_name": name}, typed=typed, recipient=name)
    assert tags_of(page) == set()
    assert 'href="https://evil' not in page
    assert "javascript:" not in re.sub(r">[^<]*<", "><", page.partition("<body>")[2]).replace(f'value="{name}"', "")


def test_no_page_has_a_script_a_style_of_its_own_or_anything_foreign() -> None:
    for name, page in pages().items():
        assert tags_of(page) == set(), name
        assert not re.search(r"\sstyle=|\son\w+=", page), name
        assert re.findall(r'<link rel="stylesheet" href="([^"]+)">', page) == ["/style.css"], name
        foreign = set(re.findall(r'(?:href|src|action)="(https?://[^"]+)"', page))
        assert all(one.startswith("https://digst.dk/") for one in foreign), name
    assert "url(" not in STYLE.read_text("utf-8")
    assert "@import" not in STYLE.read_text("utf-8")


def test_every_field_that_an_answer_can_ask_for_has_its_place() -> None:
    asked = AnswerSpec.model_fields["asks"]
    for field in ("held_on", "appointed_on", "choice", "person", "plan"):
        assert field in str(asked.annotation)
        option = replace(MEETING.options[0], asks=(field,))
        assert re.search(r'name="(?!version|option)\w+"', answer(replace(MEETING, options=(option,)))), field


def test_what_may_be_said_of_the_plan_is_called_as_the_programme_calls_it() -> None:
    page = answer(replace(MEETING, plan_answers={"written": "lagt", "revised": "rettet", "no": "ladt i fred"}))
    choices = re.findall(r'name="plan" value="(\w+)" required> <span>([^<]+)</span>', page)
    assert choices == [
        ("written", "Ja, den blev lagt"), ("revised", "Ja, den blev rettet"), ("no", "Nej, den blev ladt i fred"),
    ]  # fmt: skip
    told = [replace(one, plan=one.plan and "lagt") for one in AS_TALENT.recorded]
    year = replace(AS_TALENT, recorded=tuple(told), plan=AS_TALENT.plan and AS_TALENT.plan._replace(what="lagt"))
    mine = own_page(replace(OF_TALENT, talent=(year,)), LINKS)
    assert "udviklingsplanen blev lagt" in mine
    assert "Lagt <time" in mine


def test_an_event_has_a_day_and_a_promise_a_deadline() -> None:
    day = date(2027, 5, 11)
    shown = [re.findall(r"<dt>(Dag|Frist)</dt>", answer(replace(one, due=day))) for one in (COMING, MEETING)]
    assert shown == [["Dag"], ["Frist"]]


def test_a_form_says_what_it_was_made_for_and_has_today_filled_in() -> None:
    page = answer(MEETING)
    assert page.count('<input type="hidden" name="version" value="2">') == len(MEETING.options)
    assert re.search(r'name="held_on" value="2027-03-16"', page)
    assert LOUISE.name.split()[0] in page


@pytest.mark.parametrize("why", sorted(REFUSALS | {"is_the_talent", "is_the_mentor", "known_by_another_name"}))
def test_every_reason_for_a_refusal_is_explained(why: str) -> None:
    assert fault(why).endswith(".")


def test_a_page_that_lacks_a_value_or_a_template_is_an_error() -> None:
    with pytest.raises(TemplateError, match="thanks"):
        render_page("thanks", {})
    with pytest.raises(TemplateError, match="no_such_page"):
        render_page("no_such_page", {})
