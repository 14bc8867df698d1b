"""A mail of several matters says first what matters most (R48): what is asked, by the day it is due; then news."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from config.errors import TemplateError
from notifications.digest import Digest, TemplateSource, write_digest
from notifications.due import NEW_LINK, Effect
from notifications.render import NO_CALENDAR
from notifications.view_models import CommitmentView, Context
from tests.support.message_cases import ANSWER, BASE, HANNE, JENS, KICKOFF, METTE

TALENT = replace(BASE, talent=METTE, mentor=HANNE, group=(JENS,), group_number=2)
BUTTON = replace(ANSWER, url="https://talentnord.example/svar/other.d-e_f")


def effect(number: int, message: str) -> Effect:
    return Effect(
        id=number, key=f"k{number}", cohort_id="hold-3", journey_id="hold-3-01", subject="hold-3-01", trigger="t",
        kind="mail", message=message, role="talent", recipient_id="hold-3-01", details={}, status="pending",
        send_at=datetime(2027, 3, 1, tzinfo=UTC), mail_id=None, note="", resent=0,
    )  # fmt: skip


def promise(day: int) -> Context:
    return replace(TALENT, asks=True, answer=ANSWER, commitment=CommitmentView("Samtale", date(2027, 3, day)))


NEWS = effect(1, "group_members"), TALENT
LATER = effect(2, "talk_reminder"), promise(20)
SOON = effect(3, "foundation_reminder"), replace(promise(4), answer=BUTTON)
KICK_OFF = effect(4, "kickoff_reminder"), replace(TALENT, asks=True, event=KICKOFF)
LINK = effect(5, NEW_LINK), replace(TALENT, page_url="https://talentnord.example/side/abc")


def written(*matters: tuple[Effect, Context]) -> Digest:
    return write_digest(matters[0][0], matters, TemplateSource("da", None))


def said(*matters: tuple[Effect, Context]) -> list[int]:
    """The effects whose sections follow each other in a mail."""
    subjects = {written(one).sections[0].subject: one[0].id for one in matters}
    return [subjects[section.subject] for section in written(*matters).sections]


def test_what_is_asked_stands_before_news_and_what_is_due_first_heads_the_mail() -> None:
    assert KICKOFF.start.date() < date(2027, 3, 4)
    assert said(NEWS, LATER, SOON, KICK_OFF) == [4, 3, 2, 1]


def test_a_new_link_that_was_asked_for_stands_before_all() -> None:
    assert said(NEWS, SOON, LINK) == [5, 3, 1]


def test_who_is_back_is_welcomed_before_anything_is_asked() -> None:
    """R7: what their own journey does heads the mail, whatever is to be done now."""
    back = effect(6, "leave_ended"), replace(TALENT, turns=True)
    assert said(NEWS, SOON, LATER, back) == [6, 3, 2, 1]
    assert written(SOON, back).composed(NO_CALENDAR).subject == "Velkommen tilbage på Talent Nord (og 1 besked mere)"


def test_the_order_is_the_same_without_a_site() -> None:
    without = [(one, replace(context, answer=None)) for one, context in (NEWS, LATER, SOON)]
    assert said(*without) == [3, 2, 1]


def test_the_same_effects_give_the_same_mail_whatever_stands_first() -> None:
    assert [one.id for one in written(NEWS, LATER, SOON).effects] == [1, 2, 3]


def test_each_matter_has_its_heading_and_its_button() -> None:
    mail = written(NEWS, LATER, SOON).composed(NO_CALENDAR)
    assert mail.html.count("<h2") == 3
    assert mail.text.index(BUTTON.url) < mail.text.index("2. ") < mail.text.index(ANSWER.url) < mail.text.index("3. ")


def test_a_matter_that_cannot_be_rendered_waits_and_the_others_go() -> None:
    broken = effect(6, "meeting_plan"), TALENT
    assert [one.id for one in written(NEWS, broken, SOON).effects] == [1, 3]
    with pytest.raises(TemplateError):
        written(broken, NEWS)
