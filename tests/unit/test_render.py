"""Every message of the programme, rendered for everyone it goes to (R12, R42, R44 to R46, R48)."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from notifications.render import known_messages, render_message, render_task
from tests.support.message_cases import (
    ANSWER,
    BASE,
    CASES,
    CHALLENGES,
    FULL_DATE,
    JENS,
    KICKOFF,
    MAILS,
    METTE,
    MODULES,
    TASKS,
    WITH_BUTTON,
    Case,
    assert_reads_well,
    plain,
)


@pytest.mark.parametrize("case", MAILS, ids=str)
def test_every_mail_of_the_definition_reads_well_for_everyone_it_goes_to(case: Case) -> None:
    section = render_message(case.message, case.context)
    assert 0 < len(section.subject) < 78
    assert "\n" not in section.subject
    assert_reads_well(section.subject)
    assert_reads_well(section.text)
    assert section.text.count("\n") >= 2
    assert [
        line for line in section.text.splitlines() if "http" in line and not re.fullmatch(r"https?:\S+", line)
    ] == []
    assert_reads_well(plain(section.html).replace(" ,", ",").replace(" .", ".").replace(" ;", ";"))


@pytest.mark.parametrize("case", MAILS, ids=str)
def test_text_and_html_say_the_same(case: Case) -> None:
    section = render_message(case.message, case.context)
    assert FULL_DATE.findall(section.text) == FULL_DATE.findall(plain(section.html))
    words = re.findall(r"[\wæøå]+", re.sub(r"https?:\S+", "", section.text))
    assert sorted(words) == sorted(re.findall(r"[\wæøå]+", plain(section.html)))


@pytest.mark.parametrize("case", TASKS, ids=str)
def test_every_task_of_the_definition_says_whom_it_is_about_and_what_to_do(case: Case) -> None:
    task = render_task(case.message, case.context)
    assert_reads_well(task.title)
    assert_reads_well(task.text)
    assert len(task.title) < 78
    assert case.context.talent is None or case.context.talent.name in task.title


@pytest.mark.parametrize("case", [case for case in MAILS if case.context.role != "talent"], ids=str)
def test_a_mail_to_someone_else_never_speaks_as_to_the_talent(case: Case) -> None:
    text = render_message(case.message, case.context).text
    assert not re.search(r"\b([Dd]in|[Dd]it) (mentor|udviklingsplan|forløb|makker)\b(?! i en opgave)", text)


def test_every_message_of_the_definition_has_templates_and_no_template_is_left_over() -> None:
    assert known_messages() == {case.message for case in CASES}


def test_a_deadline_is_written_as_a_danish_date() -> None:
    case = next(case for case in MAILS if case.message == "meeting_plan")
    section = render_message("meeting_plan", case.context)
    assert "senest torsdag den 4. marts 2027" in section.text
    assert "<strong>torsdag den 4. marts 2027</strong>" in section.html


def test_an_event_is_written_with_danish_times() -> None:
    context = replace(BASE, talent=METTE, module=MODULES[0], event=MODULES[0].days[1])
    text = render_message("module_day_reminder", context).text
    assert "Tid: torsdag den 18. marts 2027 kl. 9.00–16.00" in text


def test_a_bootcamp_is_one_stretch_with_the_owner_of_its_challenge_if_there_is_one_yet() -> None:
    bootcamp = CHALLENGES[0]
    context = replace(BASE, talent=METTE, module=bootcamp, event=bootcamp.days[0])
    text = render_message("module_invitation", context).text
    assert (
        "Dag 1: torsdag den 25. februar 2027 kl. 9.00–16.00\nDag 2: fredag den 26. februar 2027 kl. 9.00–16.00" in text
    )
    assert "Opgavestiller: Direktionen i Thisted Kommune" in text
    unsecured = replace(context, module=replace(bootcamp, challenge_owner=None))
    assert "Opgavestiller" not in render_message("module_invitation", unsecured).text


def test_who_pays_a_visit_without_a_partner_yet_is_told_how_to_get_one() -> None:
    alone = next(case for case in MAILS if (case.message, case.where) == ("shadow_plan", "alone"))
    assert "Du har ikke en makker endnu" in render_message("shadow_plan", alone.context).text


def test_the_group_is_not_told_the_note_of_an_absence() -> None:
    context = replace(BASE, talent=METTE, event=KICKOFF, details={"note": "Sygemelding"}, recipient=JENS)
    assert "Sygemelding" not in render_message("absence", replace(context, role="group")).text
    assert "Sygemelding" in render_message("absence", replace(context, role="administration")).text


@pytest.mark.parametrize("case", [case for case in MAILS if case.context.answer is None], ids=str)
def test_without_a_site_a_mail_asks_to_be_answered_and_points_nowhere(case: Case) -> None:
    assert "herunder" not in render_message(case.message, case.context).text


@pytest.mark.parametrize("message", sorted({case.message for case in WITH_BUTTON}))
def test_with_a_site_a_mail_points_to_its_button_wherever_it_asks_for_an_answer(message: str) -> None:
    cases = [case for case in WITH_BUTTON if case.message == message]
    said = [render_message(message, case.context).text for case in cases]
    silent = [render_message(message, replace(case.context, answer=None)).text for case in cases]
    assert any("herunder" in text for text in said)
    for text, without in zip(said, silent, strict=True):
        assert ("herunder" in text) == (text != without)


def test_who_has_agreed_on_a_day_is_asked_to_say_so_where_that_can_be_said() -> None:
    case = next(case for case in WITH_BUTTON if case.message == "meeting_plan")
    assert "Har I aftalt en dag, så sig også det herunder." in render_message("meeting_plan", case.context).text
    for answer in (None, replace(ANSWER, takes_day=False)):
        assert "Har I aftalt" not in render_message("meeting_plan", replace(case.context, answer=answer)).text
