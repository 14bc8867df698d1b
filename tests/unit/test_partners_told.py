"""Who visits or portrays whom is said as it is (R32, R58): in pairs, in rings of three, and to who has done with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from notifications.render import Section, render_message
from notifications.view_models import CommitmentView, Person
from tests.support.message_cases import BASE, HANNE, JENS, METTE

VISIT = CommitmentView("Skyggepraktik", date(2027, 6, 1), id="shadow_visit")
PORTRAIT = CommitmentView("360-graders lederportræt", date(2027, 8, 24), id="portrait")


def said(message: str, promise: CommitmentView, *visitors: Person, partner: Person | None = JENS) -> Section:
    about = replace(BASE, talent=METTE, mentor=HANNE, commitment=promise, partner=partner, visitors=visitors)
    return render_message(message, about)


@pytest.mark.parametrize(
    ("promise", "both"), [(VISIT, "I besøger hinanden."), (PORTRAIT, "I laver et portræt af hinanden.")]
)
def test_two_have_each_other(promise: CommitmentView, both: str) -> None:
    mail = said("partner_changed", promise, JENS)
    assert both in mail.text
    assert "tre" not in mail.text.split()


@pytest.mark.parametrize(
    ("promise", "subject", "words"),
    [
        (VISIT, "I er nu tre om skyggepraktikken", ("Du besøger Jens Lykke (", ", og Hanne Kjær (", ") besøger dig.")),
        (
            PORTRAIT,
            "I er nu tre om lederportrætterne",
            ("Du laver et portræt af Jens Lykke (", ", og Hanne Kjær (", ") laver et af dig."),
        ),
    ],
)
def test_three_hear_whom_each_has_and_who_has_them(
    promise: CommitmentView, subject: str, words: tuple[str, ...]
) -> None:
    mail = said("partner_changed", promise, HANNE)
    assert mail.subject == subject
    assert [part for part in words if part not in mail.text] == []
    assert "hinanden" not in mail.text


def test_who_has_done_with_it_hears_who_comes_and_is_asked_nothing_more() -> None:
    done = replace(PORTRAIT, settled=True)
    mail = said("partner_changed", done, HANNE)
    assert mail.subject == "Hanne laver også et lederportræt af dig"
    assert ") laver også et lederportræt af dig og skriver til dig om, hvem der skal interviewes." in mail.text
    assert "senest" not in mail.text


def test_the_first_mail_says_who_comes_too() -> None:
    for message, promise in (("shadow_plan", VISIT), ("portrait_plan", PORTRAIT)):
        assert "I er tre om det: Hanne Kjær (" in said(message, promise, HANNE).text
        assert "så spørg Jens eller en anden i gruppen." in said(message, promise).text
    assert "Jens besøger også dig." in said("shadow_plan", VISIT, JENS).text
    assert ", og Jens laver et af dig." in said("portrait_plan", PORTRAIT, JENS).text
