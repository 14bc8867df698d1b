"""What a message may say: the people around the talent, the event, the commitment; nothing of other matters."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import pytest
from sqlalchemy import select

from config.people import People
from notifications.context import CohortReader, first_name
from notifications.due import EFFECT, Effect
from notifications.render import render_message
from notifications.view_models import Context
from states.store.database import Database
from states.store.tables import EffectRow
from tests.support.driver import Driver, hold_3_people, undated

METTE, LEADER, CONSULTANT = "Mette Brøndgaard", "Inge Sønderby", "Bente Østergaard Riis"
COORDINATOR, ADMINISTRATION = "Karen Møller Thorsen", "Talentadministrationen i Aalborg Kommune"
ABOUT_PEOPLE = {"talent", "mentor", "second_mentor", "partner", "consultant", "group", "group_number"}


@pytest.fixture
def driven(sqlite: Database) -> Driver:
    """Six talents of hold-3."""
    return Driver(sqlite, people=6).enrol()


def context(driven: Driver, message: str, to: str) -> Context:
    """What the newest effect of this message to this person may say."""
    newest = select(*EFFECT).where(EffectRow.message == message, EffectRow.recipient_id == f"hold-3{to}")
    with driven.database.read() as connection:
        row = connection.execute(newest.order_by(EffectRow.id.desc()).limit(1)).one()
        return CohortReader(connection, driven.cohort.id, driven.now).context(Effect(*row))


def test_a_mail_is_signed_as_the_file_of_the_cohort_says(driven: Driver) -> None:
    driven.until("2027-01-14 08:00")
    coordinator = context(driven, "kickoff_invitation", "-01").coordinator
    assert (coordinator.title, coordinator.organisation) == ("programkoordinator", "Aalborg Kommune")
    assert coordinator.telephone == "+45 98 76 54 32"


def test_who_set_a_challenge_is_told_which_when_the_cohort_meets_again(driven: Driver) -> None:
    """R38: the invitation to the alumni day is of no module, and speaks of the one whose proposals they heard."""
    driven.until("2028-02-02 08:00")
    for number, module in ((2, "m2"), (5, "m5")):
        about = context(driven, "alumni_owner_invitation", f"/owner-{module}")
        assert about.module is not None
        assert about.module.number == number
        said = render_message("alumni_owner_invitation", about).text
        assert f"I stillede udfordringen »{about.module.challenge_title}« på bootcampen i modul {number}" in said


def empty(about: Context) -> set[str]:
    """The fields that say nothing."""
    return {field.name for field in fields(about) if not getattr(about, field.name)}


def test_an_invitation_knows_the_event_and_whom_it_invites(driven: Driver) -> None:
    driven.until("2027-01-14 08:00")
    about = context(driven, "kickoff_invitation", "-01")
    assert (about.role, about.recipient.name, about.programme, about.cohort) == (
        "talent",
        METTE,
        "Talent Nord",
        "Hold 3",
    )
    assert (about.today, about.soon) == (date(2027, 1, 14), date(2027, 1, 21))
    assert about.event is not None
    assert (about.event.label, about.event.place) == ("Fælles kick-off", "Nordkraft, Aalborg")
    assert f"{about.event.start:%Y-%m-%d %H:%M} {about.event.end:%H:%M}" == "2027-02-25 12:30 16:30"
    assert empty(about) >= {"module", "commitment"}
    assert about.next_event == about.event


def test_an_invitation_to_a_leader_speaks_of_no_single_talent(driven: Driver) -> None:
    """A leader of several talents is invited once."""
    driven.until("2027-01-14 08:00")
    about = context(driven, "kickoff_invitation", "/leader-01")
    assert (about.recipient.name, about.recipient.organisation) == (LEADER, "Aalborg Kommune")
    assert empty(about) >= ABOUT_PEOPLE
    assert [one.name for one in about.mine] == [METTE, "Søren Aagesen"]
    assert [one.id for one in about.year] == ["kickoff", "network1", "network2", "network3"]


def test_what_is_said_of_a_promise_knows_it_and_everyone_around_the_talent(driven: Driver) -> None:
    driven.until("2027-01-14 08:00")
    about = context(driven, "talk_convene", "/leader-01")
    assert about.role == "mentor"
    assert about.talent is not None
    assert about.mentor is not None
    assert about.consultant is not None
    assert about.mentor.name == about.recipient.name == LEADER
    assert about.consultant.name == CONSULTANT
    assert (about.coordinator.name, about.administration.name) == (COORDINATOR, ADMINISTRATION)
    assert about.commitment is not None
    assert (about.commitment.label, about.commitment.due) == ("Forventningssamtale", date(2027, 2, 17))
    assert about.commitment.missed_on is None
    assert empty(about) >= {"module", "event", "second_mentor", "partner", "group", "group_number"}


def test_a_missed_promise_says_since_when(driven: Driver) -> None:
    driven.until("2027-02-18 08:00")
    about = context(driven, "talk_missed", "/coordinator-1")
    assert about.commitment is not None
    assert about.commitment.missed_on == date(2027, 2, 18)
    assert about.details["due_on"] == "2027-02-22"


def test_what_is_said_of_a_module_knows_its_days_and_material(driven: Driver) -> None:
    driven.until("2027-03-11 16:00")
    about = context(driven, "meeting_plan", "-01")
    assert about.module is not None
    assert (about.module.number, about.module.bootcamp) == (1, False)
    assert [day.start.date() for day in about.module.days] == [date(2027, 3, 11), date(2027, 4, 1)]
    assert [title for title, _ in about.module.material] == [
        "Podcast: Hvad er talent?",
        "Artikel: Den Offentlige Leadership Pipeline",
    ]
    assert about.group_number == 1
    assert len(about.group) == 5
    assert METTE not in {member.name for member in about.group}


def test_a_bootcamp_knows_its_challenge(driven: Driver) -> None:
    driven.until("2027-04-29 16:00")
    about = context(driven, "meeting_plan", "-01")
    assert about.module is not None
    assert (about.module.bootcamp, about.module.challenge_owner) == (True, "Direktionen i Hjørring Kommune")
    assert about.module.representative == "Vibeke Norup"


def test_who_visits_whom_is_said_to_both(driven: Driver) -> None:
    """R30, R32: the partner is whom the talent visits."""
    driven.until("2027-04-29 16:00")
    partners = {number: context(driven, "shadow_plan", f"-{number:02d}").partner for number in range(1, 7)}
    names = {number: context(driven, "shadow_plan", f"-{number:02d}").recipient.name for number in range(1, 7)}
    assert all(partner is not None and partner.name != names[number] for number, partner in partners.items())
    assert {partner.name for partner in partners.values() if partner} == set(names.values())


def test_an_absence_names_the_day_and_who_stays_away(driven: Driver) -> None:
    """R29: the administration is told which talent does not come."""
    driven.until("2027-03-29")
    driven.fire("absence", 1, milestone="m1d2")
    about = context(driven, "absence", "/administration")
    assert about.event is not None
    assert about.talent is not None
    assert (about.event.id, about.talent.name, about.recipient.name) == ("m1d2", METTE, ADMINISTRATION)
    assert about.module is not None
    assert about.module.day_number(about.event) == 2


def test_who_has_left_is_no_longer_in_the_group(driven: Driver) -> None:
    driven.until("2027-03-12")
    driven.fire("withdraw", 2)
    driven.until("2027-03-18 08:00")
    about = context(driven, "meeting_due", "-01")
    assert len(about.group) == 4
    assert "Søren Aagesen" not in {member.name for member in about.group}


def test_a_milestone_without_a_date_is_no_event(sqlite: Database) -> None:
    driven = Driver(sqlite, people=6, cohort=undated("alumni")).enrol().until("2026-12-30 08:00")
    with sqlite.read() as connection:
        reader = CohortReader(connection, "hold-3", driven.now)
        assert reader.occasions.event("alumni") is reader.occasions.event(None) is None
        assert reader.occasions.event("kickoff") is not None
        assert reader.person(None) is None
        assert reader.commitment("hold-3-01/nothing") is None


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Mette Brøndgaard", "Mette"),
        ("Karen Møller Thorsen", "Karen"),
        (ADMINISTRATION, ADMINISTRATION),
        ("Kursusadministrationen", "Kursusadministrationen"),
    ],
)
def test_people_are_greeted_by_their_first_name_and_offices_by_their_whole(name: str, first: str) -> None:
    assert first_name(name) == first


def test_who_is_back_from_a_leave_reads_what_it_ended_and_what_was_late_before(driven: Driver) -> None:
    driven.until("2027-03-20 12:00").fire("leave", 1)
    driven.until("2027-05-20").fire("return", 1)
    about = context(driven, "leave_ended", "-01")
    assert (about.turns, context(driven, "leave_ended", "-02").turns) == (True, False)
    assert [one.label for one in about.lapsed] == ["Mentormøde i modul 2", "Personligt ledelsesgrundlag"]
    assert [one.label for one in about.late] == ["Forventningssamtale", "Mentormøde i modul 1"]
    said = render_message("leave_ended", about).text
    assert "skal du ikke indhente:\n\n- Mentormøde i modul 2\n- Personligt ledelsesgrundlag\n\n" in said
    assert "mangler stadig" in said


def test_an_organisation_that_joins_later_is_called_by_its_name(driven: Driver) -> None:
    driven.until("2027-03-01")
    contact = driven.cohort.organisations["aalborg"].consultant.model_copy(update={"email": "ny@mariager.example.org"})
    joined = driven.cohort.organisations["aalborg"].model_copy(update={"name": "Mariager Ny", "consultant": contact})
    organisations = {**driven.cohort.organisations, "mariager-ny": joined}
    driven.cohort = driven.cohort.model_copy(update={"organisations": organisations})
    known = hold_3_people(7).talents
    driven.enrol(People((*known[:6], replace(known[6], organisation="mariager-ny"))))
    driven.until("2027-03-12")
    about = context(driven, "meeting_plan", "-07")
    assert about.talent is not None
    assert about.talent.organisation == "Mariager Ny"


def test_who_yet_has_to_visit_whom_is_known_of_each(sqlite: Database) -> None:
    """R32: of a pair each visits the other; of a ring of three another one comes than whom one visits."""
    driven = Driver(sqlite, people=5).enrol().until("2027-04-30 09:00")
    about = {number: context(driven, "shadow_plan", f"-{number:02d}") for number in range(1, 6)}
    names = {number: found.recipient.name for number, found in about.items()}
    visits = {names[number]: found.partner.name for number, found in about.items() if found.partner}
    for number, found in about.items():
        assert [visits[visitor.name] for visitor in found.visitors] == [names[number]]
    driven.fire("shadow_visit:keep", 1, held_on="2027-04-30")
    assert context(driven, "shadow_plan", "-02").visitors == ()


@pytest.mark.parametrize(
    ("name", "task"), [("leadership_foundation", "foundation_overdue"), ("portrait", "portrait_overdue")]
)
def test_the_coordinator_calls_after_the_day_that_the_talent_was_given(driven: Driver, name: str, task: str) -> None:
    """R25, R31: the mail about a missed deadline gives a week of work; the task comes a working day later."""
    driven.until("2027-12-01")
    missed = driven.commitment(name, 1).missed_on
    assert missed is not None
    hours = driven.definition.working_time
    about = next(one for one in driven.tasks(task, number=1))
    assert about.on == hours.add_working_days(missed, 6).isoformat()
    promise = context(driven, task, f"/{about.to}").commitment
    assert promise is not None
    assert promise.given_until == hours.add_working_days(missed, 5)


def test_who_looks_for_a_second_mentor_reads_when_others_are_asked(driven: Driver) -> None:
    """R59: first the group, and later the rest of the cohort; a no is in time until the working day before."""
    driven.until("2027-08-02").fire("second_half_choice:keep", 1, choice="second_mentor")
    first = context(driven, "second_mentor_search", "-01").commitment
    driven.until("2027-08-12 08:00")
    second = context(driven, "second_mentor_ask_soon", "-01").commitment
    assert first is not None
    assert second is not None
    assert (first.asked_on, first.no_by) == (date(2027, 8, 5), date(2027, 8, 4))
    assert (second.asked_on, second.no_by) == (date(2027, 8, 16), date(2027, 8, 13))
    said = render_message("second_mentor_ask_soon", context(driven, "second_mentor_ask_soon", "-01")).text
    assert "Mandag den 16. august spørger vi resten af holdet" in said
    driven.fire("second_mentor:hush", 1)
    hushed = context(driven, "second_mentor_ask_soon", "-01").commitment
    assert hushed is not None
    assert hushed.asked_on is None
