"""What a talent sees: what she owes, her year, whom she reaches, what is recorded, and nobody else's matters."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update

from flows.site.pages import own_page
from notifications.links import Links
from states.facts import Fact
from states.store.database import Database
from states.store.tables import JourneyRow, PersonRow
from states.views.recorded import CLOCK, OPERATOR, OTHERS
from tests.support.answering import Answering
from tests.support.coordinator import Coordinator
from tests.support.driver import hold_3
from tests.support.own_pages import HELD, LOUISE, TORBEN, as_leader, as_talent, owed, page_of, recorded, says
from tests.support.site import KEY, URL


@pytest.fixture
def coordinator(sqlite: Database) -> Coordinator:
    """Twelve talents of hold-3, in two learning groups; Inge leads the first two of them."""
    return Coordinator(sqlite, people=12)


# -- a talent --------------------------------------------------------------------------------------------------------


def test_a_talent_sees_where_she_is_and_what_is_next(coordinator: Coordinator) -> None:
    coordinator.until("2027-03-16")
    mine = as_talent(coordinator)
    assert (mine.where, mine.cohort, mine.organisation) == ("Modul 1 · AL-sprint", "Hold 3", "Aalborg Kommune")
    assert mine.next_event is not None
    assert mine.next_event.label == "Modul 1, dag 2"
    assert mine.next_event.starts == coordinator.driven.definition.working_time.local(
        coordinator.driven.at("2027-04-01 09:00")
    )


def test_what_is_owed_comes_by_its_deadline_and_goes_when_it_is_settled(coordinator: Coordinator) -> None:
    coordinator.until("2027-03-16")
    asked = [("Forventningssamtale", "2027-02-17"), ("Mentormøde i modul 1", "2027-03-18")]
    asks = page_of(coordinator, LOUISE).asks
    assert [(one.matter.label, str(one.matter.due)) for one in asks][:2] == asked
    assert all(one.matter.options for one in asks)
    says(coordinator, LOUISE, f"{LOUISE}/mentor_meeting_m1", "held", held_on="2027-03-15", plan="revised")
    assert "Mentormøde i modul 1" not in [label for label, _ in owed(coordinator, LOUISE)]
    assert "Mentormøde i modul 1" in [one.matter.label for one in as_talent(coordinator).answered]


def test_an_agreed_day_is_shown_late_or_not_until_the_meeting_was_held_on_whichever_day(
    coordinator: Coordinator,
) -> None:
    meeting, site = f"{LOUISE}/mentor_meeting_m1", Links([KEY], URL)
    people = Answering(coordinator.driven)
    coordinator.until("2027-03-16")
    says(coordinator, LOUISE, meeting, "agreed", appointed_on="2027-03-22", appointed_at="10:00")
    for now in ("2027-03-16", "2027-03-23"):
        coordinator.until(now)
        assert people.sees(LOUISE, meeting).appointed_on == date(2027, 3, 22)
        for person in (LOUISE, TORBEN):
            assert 'ftalt til <time datetime="2027-03-22">' in own_page(page_of(coordinator, person), site)
    coordinator.until("2027-04-01")
    assert people.sees(LOUISE, meeting).late
    says(coordinator, LOUISE, meeting, "held", held_on="2027-03-24", plan="revised")
    settled = people.sees(LOUISE, meeting)
    assert (settled.appointed_on, settled.appointed_at) == (None, "")
    assert "ftalt til" not in own_page(page_of(coordinator, LOUISE), site)
    assert "ftalt til" not in own_page(page_of(coordinator, TORBEN), site)


def test_the_dates_of_the_year_are_those_that_concern_her(coordinator: Coordinator) -> None:
    coordinator.until("2027-03-16")
    dates = as_talent(coordinator).dates
    assert [one.id for one in dates][:4] == ["kickoff", "m1d1", "m1d2", "m2d1"]
    assert "network1" not in {one.id for one in dates}
    assert [one.id for one in dates if one.over] == ["kickoff", "m1d1"]
    assert dates[1].about == "Talentledelse"
    assert dates[1].place == "Hotel Comwell Hvide Hus, Aalborg"


def test_a_date_that_is_not_settled_has_no_time(sqlite: Database) -> None:
    undated = {ident: day for ident, day in hold_3().dates.items() if ident != "alumni_day"}
    coordinator = Coordinator(sqlite, people=6, cohort=hold_3().model_copy(update={"dates": undated}))
    last = as_talent(coordinator).dates[-1]
    assert (last.id, last.starts, last.over) == ("alumni_day", None, False)


def test_she_reaches_her_leader_her_group_and_her_partner(coordinator: Coordinator) -> None:
    coordinator.until("2027-05-20")
    mine = as_talent(coordinator)
    assert mine.mentor is not None
    assert (mine.mentor.name, mine.mentor.email) == ("Torben Hedegård", "torben.hedegaard@aalborg.example.org")
    others = {one.email for one in mine.group}
    assert len(others) == 5
    assert "louise.skjaerbaek@aalborg.example.org" not in others
    [partner] = mine.partners
    assert partner.what == "Skyggepraktik"
    assert partner.person.email in others
    coordinator.driven.fire("shadow_visit:keep", 5, held_on="2027-05-20")
    assert as_talent(coordinator).partners == ()


def test_alumni_reach_their_group_as_before(coordinator: Coordinator) -> None:
    coordinator.until("2027-03-16")
    group = as_talent(coordinator).group
    with coordinator.driven.database.write() as connection:
        connection.execute(update(JourneyRow).values(state="alumni"))
    assert as_talent(coordinator).group == group
    assert len(group) == 5


def test_a_telephone_is_shown_where_it_is_known(coordinator: Coordinator) -> None:
    told = {"whom": TORBEN, "telephone": "+45 98 76 54 32"}
    coordinator.driven.engine.arrange("hold-3", "correct", Fact("telephone", "coordinator", told))
    mentor = as_talent(coordinator).mentor
    assert mentor is not None
    assert mentor.telephone.replace(" ", "") == "+4598765432"


def test_what_hangs_on_a_choice_is_not_announced(coordinator: Coordinator) -> None:
    ahead = [one.label for one in as_talent(coordinator).ahead]
    assert "Skyggepraktik" in ahead
    assert not {"Supplerende mentor", "Ledelsespraktik"} & set(ahead)


def test_on_leave_nothing_is_next(coordinator: Coordinator) -> None:
    coordinator.until("2027-03-16")
    coordinator.driven.fire("leave", 5)
    assert (as_talent(coordinator).where, as_talent(coordinator).next_event) == ("Orlov", None)


# -- what is recorded ------------------------------------------------------------------------------------------------


def test_it_is_said_who_told_what_and_when(coordinator: Coordinator) -> None:
    coordinator.until("2027-02-10")
    says(coordinator, TORBEN, f"{LOUISE}/expectation_talk", "held", **HELD)
    [talk] = recorded(coordinator, "Forventningssamtale: gennemført")
    assert (talk.by, talk.role, talk.day, talk.plan) == ("Torben Hedegård", "mentor", date(2027, 2, 9), "skrevet")
    assert f"{talk.at:%Y-%m-%d %H:%M}" == "2027-02-10 12:00"
    [opened] = recorded(coordinator, "Forventningssamtale: åbnet")
    assert (opened.by, opened.role) == ("", CLOCK)
    [enrolled] = recorded(coordinator, "tilmeldt")
    assert enrolled.role == OPERATOR


def test_the_newest_comes_first_and_reminders_are_mails(coordinator: Coordinator) -> None:
    coordinator.until("2027-03-16")
    found = as_talent(coordinator).recorded
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)
    assert not [one.what for one in found if "påmindelse" in one.what or "invitation" in one.what]
    assert len(page_of(coordinator, LOUISE).mails) == sum(
        mail.to.email == "louise.skjaerbaek@aalborg.example.org" for mail in coordinator.mails
    )


def test_a_choice_is_one_line_with_where_it_leads(coordinator: Coordinator) -> None:
    coordinator.until("2027-07-05")
    says(coordinator, LOUISE, f"{LOUISE}/second_half_choice", "choose", choice="internship")
    [chosen] = recorded(coordinator, "Valg for anden halvdel: gennemført")
    assert (chosen.more, chosen.by) == ("ledelsespraktik", "Louise Skjærbæk")
    assert "i ledelsespraktik" in chosen.came_to


def test_a_fact_that_was_taken_back_says_so(coordinator: Coordinator) -> None:
    coordinator.until("2027-02-10")
    coordinator.driven.fire("expectation_talk:keep", 5, key="slip", held_on="2027-02-09")
    coordinator.driven.engine.undo("slip", Fact("undone", "coordinator", {"because": "Forkert talent"}))
    [talk] = recorded(coordinator, "Forventningssamtale: gennemført")
    assert talk.corrected


def test_a_remark_about_her_alone_is_shown_and_one_about_several_is_not(coordinator: Coordinator) -> None:
    coordinator.until("2027-03-16")
    coordinator.driven.fire("absence", 5, milestone="m1d2", note="Ringede i morges")
    [absence] = recorded(coordinator, "Afbud")
    assert (absence.note, absence.more) == ("Ringede i morges", "Modul 1, dag 2")
    coordinator.driven.fire("mentor_meeting_m1:waive", 4, 5, note="Lederen er syg")
    [waived] = recorded(coordinator, "Mentormøde i modul 1: frafaldet")
    assert waived.note == ""


def test_what_happens_to_a_partner_is_not_told(coordinator: Coordinator) -> None:
    coordinator.until("2027-05-20")
    email = as_talent(coordinator).partners[0].person.email
    with coordinator.driven.database.read() as connection:
        partner = str(connection.scalar(select(PersonRow.id).where(PersonRow.email == email)))
    coordinator.driven.fire("withdraw", partner, key="of-another", note="Er blevet alvorligt syg")
    [new] = recorded(coordinator, "Skyggepraktik: ny makker")[:1]
    assert (new.by, new.role, new.note) == ("", OTHERS, "")
    assert "alvorligt" not in own_page(page_of(coordinator, LOUISE), Links([KEY], URL))


def test_a_corrected_name_is_recorded(coordinator: Coordinator) -> None:
    told = {"whom": LOUISE, "name": "Louise Skjærbæk Holm"}
    coordinator.driven.engine.arrange("hold-3", "correct", Fact("name", "coordinator", told))
    assert page_of(coordinator, LOUISE).me.name == "Louise Skjærbæk Holm"
    [corrected] = [one for one in as_talent(coordinator).recorded if one.role == "coordinator"]
    assert corrected.what == "Ret navn, adresse eller telefon"


def test_the_plan_is_as_it_was_said_last(coordinator: Coordinator) -> None:
    coordinator.until("2027-02-10")
    assert as_talent(coordinator).plan is None
    says(coordinator, TORBEN, f"{LOUISE}/expectation_talk", "held", **HELD)
    coordinator.until("2027-03-16")
    says(coordinator, LOUISE, f"{LOUISE}/mentor_meeting_m1", "held", held_on="2027-03-15", plan="revised")
    for plan in (as_talent(coordinator).plan, as_leader(coordinator).talents[0].plan):
        assert plan is not None
        assert (plan.what, plan.day, plan.by, plan.role) == (
            "revideret", date(2027, 3, 15), "Louise Skjærbæk", "talent",
        )  # fmt: skip


def test_a_meeting_without_the_plan_leaves_it_as_it_was(coordinator: Coordinator) -> None:
    coordinator.until("2027-02-10")
    says(coordinator, TORBEN, f"{LOUISE}/expectation_talk", "held", **HELD)
    coordinator.until("2027-03-16")
    says(coordinator, LOUISE, f"{LOUISE}/mentor_meeting_m1", "held", held_on="2027-03-15", plan="no")
    plan = as_talent(coordinator).plan
    assert plan is not None
    assert (plan.what, plan.day) == ("skrevet", date(2027, 2, 9))
