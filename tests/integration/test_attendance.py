"""R61: whoever is asked says whether they come, and may change their mind; group and administration hear once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from config.definition import Definition
from config.errors import AnswerOverError, CorrectionRefusedError, FactIncompleteError
from flows.cockpit.markdown import cohort_markdown, talent_markdown
from notifications.context import CohortReader
from notifications.due import read_effect
from notifications.render import render_message
from states.attendance import answer_attendance
from states.facts import Fact, Outcome
from states.running_cohort import read_cohort
from states.store.database import Database
from states.store.reach_tables import AbsenceRow, AttendanceRow
from states.store.tables import EffectRow, PersonRow
from states.views.attendance_matters import attendance_matter, attendance_matters
from states.views.matter import Matter
from states.views.overview import Overview
from states.views.told import told_facts
from tests.support.driver import Driver, day, talent_nord, undated

METTE, LEADER, CONSULTANT = "hold-3-01", "hold-3/leader-01", "hold-3/consultant-aalborg"
KICKOFF, OWN_KICKOFF, DAY = "hold-3@kickoff", "hold-3-01@kickoff", "hold-3-01@m1d2"
GROUP = {"02", "03", "04", "05", "06"}


@pytest.fixture
def driven(sqlite: Database) -> Driver:
    """Before the kick-off."""
    return Driver(sqlite, people=6).enrol().until("2027-01-20")


def shown(driven: Driver, person: str, subject: str) -> Matter | None:
    with driven.database.read() as connection:
        return attendance_matter(connection, read_cohort(connection, "hold-3"), person, subject, driven.now)


def matters(driven: Driver, person: str) -> list[Matter]:
    with driven.database.read() as connection:
        return attendance_matters(connection, read_cohort(connection, "hold-3"), person, driven.now)


def options(driven: Driver, person: str, subject: str) -> list[str]:
    matter = shown(driven, person, subject)
    assert matter is not None
    return [one.id for one in matter.options]


def say(driven: Driver, person: str, subject: str, option: str, version: int | None = None) -> Outcome:
    """Answer on the page as it is now, or on one of before."""
    matter = shown(driven, person, subject)
    assert matter is not None
    at = matter.version if version is None else version
    return answer_attendance(driven.engine, "hold-3", person, subject, option, at)


def told(driven: Driver, message: str, *statuses: str) -> list[str]:
    return sorted(mail.to for mail in driven.mails(message) if mail.status in (statuses or ("pending",)))


def rows(driven: Driver) -> tuple[list[Any], list[Any]]:
    with driven.database.read() as connection:
        absent = connection.execute(select(AbsenceRow.journey_id, AbsenceRow.milestone)).all()
        said = connection.execute(select(AttendanceRow.person_id, AttendanceRow.milestone, AttendanceRow.coming)).all()
    return [tuple(row) for row in absent], [tuple(row) for row in said]


def page(driven: Driver) -> str:
    with driven.database.read() as connection:
        overview = Overview(connection, "hold-3", driven.now)
        text = cohort_markdown(overview.cohort(), {one: f"/{one}" for one in [*overview.titles(), "hold-3/mails"]})
    return text.replace("\\", "")


def mail_of(driven: Driver, message: str, recipient: str) -> tuple[str, str]:
    """The subject and text that somebody gets."""
    with driven.database.read() as connection:
        [ident] = connection.scalars(
            select(EffectRow.id).where(
                EffectRow.message == message, EffectRow.recipient_id == recipient, EffectRow.status == "pending"
            )
        )
        effect, _ = read_effect(connection, ident)
        said = render_message(message, CohortReader(connection, "hold-3", driven.now).context(effect))
    return said.subject, said.text


class TestWhatIsAsked:
    def test_a_talent_is_asked_to_kick_off_modules_and_alumni_day_from_the_start(self, driven: Driver) -> None:
        found = matters(driven, METTE)
        assert len(found) == 14
        assert (found[0].subject, found[0].label, found[0].role) == (OWN_KICKOFF, "Fælles kick-off", "talent")
        assert found[0].state == "ikke svaret"
        assert {tuple(one.id for one in matter.options) for matter in found} == {("come", "decline")}
        assert [one.due for one in found] == sorted(one.due for one in found if one.due)

    def test_a_leader_is_asked_to_kick_off_and_network_and_a_consultant_to_kick_off(self, driven: Driver) -> None:
        assert [one.subject for one in matters(driven, LEADER)] == [
            "hold-3@kickoff", "hold-3@network1", "hold-3@network2", "hold-3@network3",
        ]  # fmt: skip
        assert [(one.subject, one.role, one.about) for one in matters(driven, CONSULTANT)] == [
            (KICKOFF, "consultant", "")
        ]

    @pytest.mark.parametrize(
        ("person", "subject"),
        [
            (METTE, "hold-3-02@kickoff"),
            (METTE, "hold-3-01@network1"),
            (METTE, KICKOFF),
            (LEADER, OWN_KICKOFF),
            (LEADER, "hold-3@m1d1"),
            (CONSULTANT, "hold-3@network1"),
            ("hold-3/administration", KICKOFF),
            ("hold-3-99", "hold-3-99@kickoff"),
            (METTE, "hold-3-01@nonsense"),
            (METTE, "nonsense"),
        ],
    )
    def test_nobody_is_asked_what_is_not_theirs(self, driven: Driver, person: str, subject: str) -> None:
        assert shown(driven, person, subject) is None
        before = driven.dump()
        with pytest.raises(AnswerOverError):
            answer_attendance(driven.engine, "hold-3", person, subject, "come", 0)
        assert driven.dump() == before

    def test_what_is_over_or_has_no_date_has_nothing_to_answer(self, sqlite: Database) -> None:
        driven = Driver(sqlite, people=6, cohort=undated("alumni_day")).enrol().until("2027-03-16")
        assert options(driven, METTE, OWN_KICKOFF) == options(driven, LEADER, KICKOFF) == []
        assert options(driven, METTE, "hold-3-01@alumni_day") == []
        with pytest.raises(AnswerOverError):
            answer_attendance(driven.engine, "hold-3", METTE, OWN_KICKOFF, "decline", 0)
        with pytest.raises(FactIncompleteError, match="alumni_day has no date"):
            driven.fire("absence", 1, milestone="alumni_day")

    def test_it_can_be_said_as_long_as_the_event_lasts(self, driven: Driver) -> None:
        driven.until("2027-04-01 15:00")
        say(driven, METTE, DAY, "decline")
        driven.until("2027-04-01 16:00")
        assert options(driven, METTE, DAY) == []

    def test_a_programme_that_does_not_ask_goes_on_as_it_was(self, sqlite: Database) -> None:
        programme = talent_nord().programme.model_copy(update={"attendance": None})
        driven = Driver(sqlite, people=6, definition=Definition(programme)).enrol()
        assert matters(driven, METTE) == matters(driven, LEADER) == []
        with pytest.raises(AnswerOverError):
            answer_attendance(driven.engine, "hold-3", METTE, DAY, "decline", 0)
        driven.until("2027-03-16").fire("absence", 1, milestone="m1d2")
        assert rows(driven)[0] == [(METTE, "m1d2")]
        with pytest.raises(FactIncompleteError, match="'kickoff' is no day of the talents"):
            driven.fire("absence", 1, milestone="kickoff")


class TestATalent:
    def test_that_they_cannot_come_is_what_the_coordinators_form_tells(self, driven: Driver) -> None:
        driven.until("2027-03-16")
        outcome = say(driven, METTE, DAY, "decline")
        assert [(step.trigger, step.journey_id) for step in outcome.transitions] == [("absence", METTE)]
        assert rows(driven) == ([(METTE, "m1d2")], [])
        assert set(told(driven, "absence")) == {*GROUP, "administration"}
        assert driven.fire("absence", 1, milestone="m1d2").transitions == ()
        assert options(driven, METTE, DAY) == ["come"]

    def test_that_they_come_after_all_goes_to_those_only_who_were_told(self, driven: Driver) -> None:
        driven.until("2027-03-16").fire("absence", 1, milestone="m1d2")
        driven.until("2027-03-17").all_sent()
        say(driven, METTE, DAY, "come")
        assert set(told(driven, "absence_withdrawn")) == {*GROUP, "administration"}
        assert rows(driven)[0] == []
        matter = shown(driven, METTE, DAY)
        assert matter is not None
        assert (matter.state, matter.version) == ("kommer", 2)
        assert [(one.what, one.role, one.by) for one in matter.said] == [
            ("kommer ikke", "tester", ""), ("kommer", "talent", "Mette Brøndgaard"),
        ]  # fmt: skip

    def test_that_they_come_is_noted_and_told_to_nobody(self, driven: Driver) -> None:
        mails = driven.mails()
        outcome = say(driven, METTE, OWN_KICKOFF, "come")
        assert [(step.id, step.trigger, step.dest) for step in outcome.transitions] == [
            ("hold-3-01@kickoff#1", "come", "come")
        ]
        assert rows(driven) == ([], [(METTE, "kickoff", True)])
        assert driven.mails() == mails
        assert options(driven, METTE, OWN_KICKOFF) == ["decline"]

    def test_at_the_kick_off_the_administration_hears_and_there_is_no_group_yet(self, driven: Driver) -> None:
        say(driven, METTE, OWN_KICKOFF, "decline")
        assert told(driven, "absence") == ["administration"]
        subject, text = mail_of(driven, "absence", "hold-3/administration")
        assert subject == "Afbud fra Mette Brøndgaard: »Fælles kick-off«"
        assert "Mette Brøndgaard, Aalborg Kommune, har meldt afbud til »Fælles kick-off«, torsdag den 25." in text

    def test_who_is_on_leave_or_has_left_is_asked_nothing(self, driven: Driver) -> None:
        say(driven, METTE, OWN_KICKOFF, "decline")
        driven.fire("leave", 1)
        assert shown(driven, METTE, OWN_KICKOFF) is None
        driven.fire("return", 1)
        assert options(driven, METTE, OWN_KICKOFF) == ["come"]
        driven.fire("withdraw", 1)
        assert matters(driven, METTE) == []
        assert "## Afbud" not in page(driven)


class TestALeader:
    def test_the_administration_alone_hears_once_without_any_note(self, driven: Driver) -> None:
        outcome = say(driven, LEADER, KICKOFF, "decline")
        assert [(step.id, step.machine, step.trigger) for step in outcome.transitions] == [
            ("hold-3/leader-01@kickoff#1", "kickoff", "decline")
        ]
        assert rows(driven) == ([], [(LEADER, "kickoff", False)])
        assert told(driven, "absence") == ["administration"]
        subject, text = mail_of(driven, "absence", "hold-3/administration")
        assert subject.startswith("Afbud fra ")
        assert ", nærmeste leder i Aalborg Kommune, har meldt afbud til »Fælles kick-off«, torsdag den 25." in text
        assert "Bemærkning" not in text

    def test_a_changed_mind_is_told_to_whoever_knows_of_it(self, driven: Driver) -> None:
        say(driven, LEADER, KICKOFF, "decline")
        say(driven, LEADER, KICKOFF, "come")
        assert told(driven, "absence") == told(driven, "absence_withdrawn") == []
        say(driven, LEADER, KICKOFF, "decline")
        driven.until("2027-01-21").all_sent()
        say(driven, LEADER, KICKOFF, "come")
        assert told(driven, "absence_withdrawn") == ["administration"]
        say(driven, LEADER, KICKOFF, "decline")
        assert told(driven, "absence_withdrawn") == told(driven, "absence") == []
        assert [step.dest for step in driven.history("hold-3/leader-01@kickoff")] == [
            "decline", "come", "decline", "come", "decline",
        ]  # fmt: skip

    def test_the_same_page_twice_is_one_fact_and_an_old_page_is_none(self, driven: Driver) -> None:
        first = say(driven, LEADER, KICKOFF, "decline")
        before = driven.dump()
        assert say(driven, LEADER, KICKOFF, "decline", version=0) == first
        with pytest.raises(AnswerOverError, match="since the page was shown"):
            say(driven, LEADER, KICKOFF, "come", version=0)
        assert driven.dump() == before
        say(driven, LEADER, KICKOFF, "come")
        assert say(driven, LEADER, KICKOFF, "decline", version=0) == first, "the first page, sent a third time"
        assert options(driven, LEADER, KICKOFF) == ["decline"]

    def test_what_was_said_has_its_actor_in_history_and_among_the_facts(self, driven: Driver) -> None:
        say(driven, LEADER, KICKOFF, "decline")
        say(driven.until("2027-01-21"), METTE, OWN_KICKOFF, "come")
        with driven.database.read() as connection:
            facts = told_facts(connection, "hold-3")
            name = connection.scalar(select(PersonRow.name).where(PersonRow.id == LEADER))
            talent = Overview(connection, "hold-3", driven.now).talent(METTE)
        assert [(one.actor, one.what, one.about) for one in facts] == [
            (f"mentor:{LEADER}", "Fælles kick-off: kommer ikke", (name,)),
            (f"talent:{METTE}", "Fælles kick-off: kommer", ("Mette Brøndgaard",)),
        ]
        line = talent.history[0]
        assert (line.what, line.dest, line.actor, line.by) == (
            "Fælles kick-off: kommer", "kommer", f"talent:{METTE}", "Mette Brøndgaard",
        )  # fmt: skip
        text = talent_markdown(talent, {"hold-3": "/hold-3"}, draws_mermaid=False)
        assert "registreret af Mette Brøndgaard \\(talent\\)" in text

    def test_whoever_leads_nobody_any_more_has_nothing_to_say(self, driven: Driver) -> None:
        say(driven, "hold-3/leader-05", "hold-3@network1", "decline")
        assert "Strategisk netværk for mentorer: første møde | Torben" in page(driven)
        grete = {"name": "Grete Lund", "email": "grete.lund@aalborg.example.org"}
        driven.fire("change_mentor", 5, new_mentor=grete)
        assert shown(driven, "hold-3/leader-05", "hold-3@network1") is None
        assert "## Afbud" not in page(driven)
        new = driven.journey(5).mentor_id
        assert options(driven, new, "hold-3@network1") == ["come", "decline"]

    def test_a_talent_who_leads_another_says_it_once(self, driven: Driver) -> None:
        with driven.database.read() as connection:
            mette = connection.execute(select(PersonRow.name, PersonRow.email).where(PersonRow.id == METTE)).one()
        driven.fire("change_mentor", 2, new_mentor={"name": mette.name, "email": mette.email})
        say(driven, METTE, KICKOFF, "decline")
        assert rows(driven) == ([(METTE, "kickoff")], [])
        assert options(driven, METTE, OWN_KICKOFF) == options(driven, METTE, KICKOFF) == ["come"]
        assert [one.subject for one in matters(driven, METTE) if one.subject.endswith("@kickoff")] == [OWN_KICKOFF]
        say(driven, METTE, "hold-3@network1", "decline")
        assert rows(driven)[1] == [(METTE, "network1", False)]

    def test_one_address_is_one_person(self, driven: Driver) -> None:
        with driven.database.write() as connection:
            email = connection.scalar(select(PersonRow.email).where(PersonRow.id == LEADER))
            connection.execute(update(PersonRow).where(PersonRow.id == CONSULTANT).values(email=email))
        say(driven, CONSULTANT, KICKOFF, "decline")
        assert options(driven, LEADER, KICKOFF) == ["come"]
        assert told(driven, "absence") == ["administration"]
        assert page(driven).count("| Fælles kick-off |") == 1
        driven.until("2027-02-19")
        assert not {"leader-01", "consultant-aalborg"} & set(told(driven, "kickoff_reminder"))
        say(driven, LEADER, KICKOFF, "come")
        assert set(rows(driven)[1]) == {(CONSULTANT, "kickoff", True), (LEADER, "kickoff", True)}

    def test_whoever_acts_for_a_consultant_may_say_that_they_do_not_come_either(self, driven: Driver) -> None:
        ida = {"name": "Ida Holm", "email": "ida.holm@aalborg.example.org"}
        days = {"first_day": "2027-01-20", "last_day": "2027-03-01"}
        stand_in = Fact("stand-in", "tester", {"whom": CONSULTANT, "holder": ida, **days})
        driven.engine.arrange("hold-3", "stand_in", stand_in)
        say(driven, "hold-3/stand-in-1", KICKOFF, "decline")
        driven.until("2027-02-19")
        assert "stand-in-1" not in told(driven, "kickoff_reminder")
        assert options(driven, CONSULTANT, KICKOFF) == ["come", "decline"]


class TestWhatFollows:
    def test_who_does_not_come_is_not_reminded_whoever_they_are(self, driven: Driver) -> None:
        say(driven, METTE, OWN_KICKOFF, "decline")
        say(driven, LEADER, KICKOFF, "decline")
        say(driven, "hold-3/leader-05", "hold-3@network1", "decline")
        driven.until("2027-02-19")
        reminded = set(told(driven, "kickoff_reminder"))
        assert {"02", "leader-03", "leader-05", "consultant-aalborg"} <= reminded
        assert not {"01", "leader-01"} & reminded
        driven.until("2027-04-20")
        assert "leader-05" not in told(driven, "network_invitation")
        assert "leader-01" in told(driven, "network_invitation")

    def test_who_comes_after_all_is_reminded_then_and_nobody_twice(self, driven: Driver) -> None:
        say(driven, LEADER, KICKOFF, "decline")
        driven.until("2027-02-19")
        others = told(driven, "kickoff_reminder")
        say(driven, LEADER, KICKOFF, "come")
        driven.until("2027-02-20")
        assert told(driven, "kickoff_reminder") == sorted([*others, "leader-01"])
        invited = told(driven, "kickoff_invitation", "pending", "sent")
        assert len(invited) == len(set(invited))

    def test_the_coordinator_sees_all_who_do_not_come(self, driven: Driver) -> None:
        say(driven, METTE, OWN_KICKOFF, "decline")
        say(driven, LEADER, KICKOFF, "decline")
        say(driven, CONSULTANT, KICKOFF, "decline")
        text = page(driven)
        assert "| Dag | Til | Hvem | Rolle | Organisation |" in text
        assert "| 25. feb. 2027 | Fælles kick-off | [Mette Brøndgaard](/hold-3-01) | talent | Aalborg" in text
        assert "| nærmeste leder | Aalborg Kommune |" in text
        assert "| intern konsulent | Aalborg Kommune |" in text

    def test_what_was_said_holds_for_the_new_day_and_the_mail_says_so(self, driven: Driver) -> None:
        for person, subject in ((METTE, OWN_KICKOFF), (LEADER, KICKOFF)):
            say(driven, person, subject, "decline")
        driven.all_sent().move("kickoff", day("2027-03-01", "12:00"))
        assert options(driven, METTE, OWN_KICKOFF) == options(driven, LEADER, KICKOFF) == ["come"]
        for away in (METTE, LEADER):
            text = mail_of(driven, "date_moved", away)[1]
            assert (
                "Du har meldt afbud. Det gælder stadig, også for den nye dato, indtil du siger, at du kommer." in text
            )
        assert "Passer det ikke, så svar" in mail_of(driven, "date_moved", "hold-3-02")[1]
        say(driven, LEADER, KICKOFF, "come")
        assert "afbud" not in mail_of(driven, "date_moved", LEADER)[1]
        driven.until("2027-02-24")
        assert {"02", "leader-01"} <= set(told(driven, "kickoff_reminder"))
        assert "01" not in told(driven, "kickoff_reminder")
        assert "administration" not in told(driven, "date_moved")

    def test_of_a_day_that_is_called_off_nobody_hears_who_would_not_have_come(self, driven: Driver) -> None:
        say(driven, LEADER, KICKOFF, "decline")
        say(driven, METTE, OWN_KICKOFF, "decline")
        driven.move("kickoff", None)
        assert told(driven, "absence") == []
        assert options(driven, LEADER, KICKOFF) == []
        driven.move("kickoff", day("2027-03-01", "12:00"))
        assert options(driven, LEADER, KICKOFF) == ["come"]


class TestTakenBack:
    @pytest.mark.parametrize(("person", "subject"), [(LEADER, KICKOFF), (METTE, OWN_KICKOFF)])
    def test_whoever_was_told_gets_a_correction(self, driven: Driver, person: str, subject: str) -> None:
        say(driven, person, subject, "decline")
        driven.until("2027-01-21").all_sent()
        [fact] = self._facts(driven)
        driven.engine.undo(fact, Fact("undo", "tester"))
        assert rows(driven) == ([], [])
        assert told(driven, "fact_corrected") == ["administration"]
        text = mail_of(driven, "fact_corrected", "hold-3/administration")[1]
        assert "kommer til »Fælles kick-off«, torsdag den 25. februar 2027." in text
        matter = shown(driven, person, subject)
        assert matter is not None
        assert ([one.id for one in matter.options], matter.state, matter.said) == (
            ["come", "decline"], "ikke svaret", (),
        )  # fmt: skip
        assert matter.version == 2
        driven.until("2027-02-19")
        assert person.removeprefix("hold-3/").removeprefix("hold-3-") in told(driven, "kickoff_reminder")
        say(driven, person, subject, "decline")
        assert told(driven, "absence") == ["administration"]

    def test_that_somebody_comes_after_all_is_taken_back_too(self, driven: Driver) -> None:
        say(driven, LEADER, KICKOFF, "decline")
        driven.until("2027-01-21").all_sent()
        say(driven, LEADER, KICKOFF, "come")
        driven.until("2027-01-22").all_sent()
        decline, come = self._facts(driven)
        with pytest.raises(CorrectionRefusedError) as refused:
            driven.engine.undo(decline, Fact("undo", "tester"))
        assert (refused.value.why, refused.value.other) == ("rests", come)
        driven.engine.undo(come, Fact("undo-come", "tester"))
        assert rows(driven)[1] == [(LEADER, "kickoff", False)]
        assert "afbud gælder stadig: »Fælles kick-off«" in mail_of(driven, "fact_corrected", "hold-3/administration")[1]
        driven.engine.undo(decline, Fact("undo-decline", "tester"))
        assert rows(driven)[1] == []
        assert [row.dest for row in driven.history("hold-3/leader-01@kickoff")] == ["decline", "come", "decline", ""]

    def test_who_was_not_told_yet_hears_nothing(self, driven: Driver) -> None:
        say(driven, LEADER, KICKOFF, "decline")
        [fact] = self._facts(driven)
        driven.engine.undo(fact, Fact("undo", "tester"))
        assert told(driven, "absence") == told(driven, "fact_corrected") == []

    @staticmethod
    def _facts(driven: Driver) -> list[str]:
        with driven.database.read() as connection:
            return [one.key for one in told_facts(connection, "hold-3") if one.corrects is None]


def test_the_engine_itself_takes_only_what_can_be(driven: Driver) -> None:
    before = driven.dump()

    def arrange(trigger: str, whom: str) -> None:
        driven.engine.arrange("hold-3", trigger, Fact("direct", "tester", {"whom": whom}))

    for trigger, whom, why in (
        ("kickoff:decline", METTE, "their absence is the event 'absence'"),
        ("kickoff:decline", "hold-3/administration", "is not asked"),
        ("network1:come", METTE, "is not asked"),
        ("kickoff:come", "nobody", "is not asked"),
    ):
        with pytest.raises(FactIncompleteError, match=why):
            arrange(trigger, whom)
    driven.now += timedelta(weeks=12)
    with pytest.raises(FactIncompleteError, match="is over since 2027-02-25"):
        arrange("kickoff:decline", LEADER)
    assert driven.dump() == before
