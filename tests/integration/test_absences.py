"""R29: an absence is from a day to come that talents are asked to, told once, and taken back to those who were told."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from config.errors import FactIncompleteError, TransitionRefusedError
from flows.cockpit.markdown import cohort_markdown
from states.store.database import Database
from states.store.tables import EffectRow
from states.views.overview import Overview
from tests.support.driver import Driver

GROUP = {"02", "03", "04", "05", "06"}


@pytest.fixture
def driven(sqlite: Database) -> Driver:
    return Driver(sqlite, people=6).enrol().until("2027-03-16")


def sent(driven: Driver, *, but: str = "") -> None:
    """All that waits goes out; what one person is to get stays."""
    with driven.database.write() as connection:
        waits = (EffectRow.status == "pending") & ~EffectRow.recipient_id.endswith(but or "nobody")
        connection.execute(update(EffectRow).where(waits).values(status="sent"))


def told(driven: Driver, message: str, status: str = "pending") -> list[str]:
    return sorted(mail.to for mail in driven.mails(message) if mail.status == status)


@pytest.mark.parametrize(
    ("milestone", "why"),
    [
        ("kickoff", "kickoff is over since 2027-02-25"),
        ("network1", "'network1' is no day of the talents"),
        ("m1d1", "m1d1 is over since 2027-03-11"),
    ],
)
def test_only_a_teaching_day_to_come_can_be_missed(driven: Driver, milestone: str, why: str) -> None:
    before = driven.dump()
    for event in ("absence", "absence_withdrawn"):
        with pytest.raises(FactIncompleteError, match=why) as refused:
            driven.fire(event, 1, milestone=milestone)
        assert refused.value.field == "milestone"
    assert driven.dump() == before


def test_a_day_can_be_missed_as_long_as_it_lasts(driven: Driver) -> None:
    driven.until("2027-04-01 15:00").fire("absence", 1, milestone="m1d2")
    driven.until("2027-04-01 16:00")
    with pytest.raises(FactIncompleteError, match="is over"):
        driven.fire("absence", 2, milestone="m1d2")


def test_the_same_absence_told_twice_is_told_to_nobody_again(driven: Driver) -> None:
    driven.fire("absence", 1, milestone="m1d2")
    history, mails = driven.history(), driven.mails()
    again = driven.fire("absence", 1, milestone="m1d2")
    assert again.transitions == ()
    assert (driven.history(), driven.mails()) == (history, mails)
    assert {step.journey_id for step in driven.fire("absence", 1, 2, milestone="m1d2").transitions} == {"hold-3-02"}
    driven.fire("absence", 1, milestone="m2d1")
    assert {mail.details["milestone"] for mail in driven.mails("absence", number=1)} == {"m1d2", "m2d1"}


def test_whoever_was_told_of_an_absence_is_told_that_it_is_taken_back(driven: Driver) -> None:
    driven.fire("absence", 1, milestone="m1d2")
    sent(driven, but="-06")
    driven.fire("absence_withdrawn", 1, milestone="m1d2")
    assert set(told(driven, "absence_withdrawn")) == {*GROUP - {"06"}, "administration"}
    assert told(driven, "absence", "dropped") == ["06"]
    assert driven.dump()["absences"] == []


def test_what_nobody_was_told_yet_nobody_is_told_of(driven: Driver) -> None:
    driven.fire("absence", 1, milestone="m1d2")
    driven.fire("absence_withdrawn", 1, milestone="m1d2")
    assert told(driven, "absence") == told(driven, "absence_withdrawn") == []


def test_whoever_still_takes_an_absence_for_given_is_not_told_again(driven: Driver) -> None:
    """Told, taken back, and given again before the correction went out: nothing has changed for anybody."""
    driven.fire("absence", 1, milestone="m1d2")
    sent(driven)
    driven.fire("absence_withdrawn", 1, milestone="m1d2")
    driven.fire("absence", 1, milestone="m1d2")
    assert told(driven, "absence_withdrawn") == told(driven, "absence") == []
    driven.fire("absence_withdrawn", 1, milestone="m1d2")
    assert set(told(driven, "absence_withdrawn")) == {*GROUP, "administration"}
    sent(driven)
    driven.fire("absence", 1, milestone="m1d2")
    assert set(told(driven, "absence")) == {*GROUP, "administration"}


def test_another_days_absence_is_left_alone(driven: Driver) -> None:
    driven.fire("absence", 1, milestone="m1d2")
    driven.fire("absence", 1, milestone="m2d1")
    driven.fire("absence_withdrawn", 1, milestone="m2d1")
    assert {mail.details["milestone"] for mail in driven.mails("absence") if mail.status == "pending"} == {"m1d2"}


def test_what_was_not_told_cannot_be_taken_back(driven: Driver) -> None:
    driven.fire("absence", 1, milestone="m1d2")
    before = driven.dump()
    with pytest.raises(FactIncompleteError, match="no absence from m2d1 is noted"):
        driven.fire("absence_withdrawn", 1, milestone="m2d1")
    with pytest.raises(FactIncompleteError, match="no absence from m1d2 is noted"):
        driven.fire("absence_withdrawn", 1, 2, milestone="m1d2")
    driven.fire("leave", 2)
    with pytest.raises(TransitionRefusedError):
        driven.fire("absence_withdrawn", 2, milestone="m1d2")
    assert driven.dump()["absences"] == before["absences"]


def test_the_overview_shows_who_stays_away_from_what_is_ahead(driven: Driver) -> None:
    driven.fire("absence", 1, milestone="m1d2")
    driven.fire("absence", 2, milestone="m2d1")

    def page() -> str:
        with driven.database.read() as connection:
            overview = Overview(connection, "hold-3", driven.now)
            return cohort_markdown(
                overview.cohort(), {ident: f"/{ident}" for ident in [*overview.titles(), "hold-3/mails"]}
            )

    assert r"| 1\. apr\. 2027 | Modul 1\, dag 2 | [Mette Brøndgaard](/hold-3-01) |" in page()
    driven.until("2027-04-02")
    assert r"Modul 1\, dag 2 | [Mette" not in page()
    assert r"| 28\. apr\. 2027 | Modul 2\, dag 1 |" in page()
    driven.fire("absence_withdrawn", 2, milestone="m2d1")
    assert "## Afbud" not in page()


# -- a leader who is the leader already ----------------------------------------------------------------------------


def test_a_leader_who_is_the_leader_already_is_no_news(driven: Driver) -> None:
    grete = {"name": "Grete Lund", "email": "grete.lund@aalborg.example.org"}
    driven.fire("change_mentor", 1, new_mentor=grete)
    history, mails, journey = driven.history(), driven.mails(), driven.journey(1)
    assert driven.fire("change_mentor", 1, new_mentor=grete).transitions == ()
    assert (driven.history(), driven.mails(), driven.journey(1)) == (history, mails, journey)
    both = driven.fire("change_mentor", 1, 2, new_mentor=grete)
    assert {step.journey_id for step in both.transitions} == {"hold-3-02"}


def reminders(driven: Driver) -> list[str]:
    return [mail.on for mail in driven.mails("module_day_reminder", number=1) if mail.details["milestone"] == "m1d2"]


def test_who_does_not_come_is_not_reminded_of_the_day(driven: Driver) -> None:
    driven.fire("absence", 1, milestone="m1d2")
    driven.until("2027-03-26")
    assert reminders(driven) == []
    assert {mail.to for mail in driven.mails("module_day_reminder") if mail.details["milestone"] == "m1d2"} == GROUP


def test_who_comes_after_all_is_reminded_once(driven: Driver) -> None:
    driven.fire("absence", 1, milestone="m1d2")
    driven.until("2027-03-30").fire("absence_withdrawn", 1, milestone="m1d2")
    driven.until("2027-03-31")
    assert reminders(driven) == ["2027-03-30"]


def test_who_has_been_reminded_before_is_not_reminded_again(driven: Driver) -> None:
    driven.until("2027-03-30").fire("absence", 1, milestone="m1d2")
    driven.fire("absence_withdrawn", 1, milestone="m1d2")
    driven.until("2027-03-31")
    assert reminders(driven) == ["2027-03-24"]


def test_an_absence_says_who_else_hears_of_it(driven: Driver) -> None:
    driven.fire("absence", 1, milestone="m1d2")
    also = {mail.to: mail.details.get("also") for mail in driven.mails("absence")}
    assert also == {**dict.fromkeys(GROUP, "group administration"), "administration": "group"}
