"""An address that takes no mail is marked, asked for, not written to, and sent what was missed once it is corrected."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from flows.cockpit.forms import choices_for
from flows.cockpit.task_forms import TaskForms
from notifications.decisions import resend
from states.facts import Fact
from states.running_cohort import read_cohort
from states.store.tables import EffectRow, PersonRow, TaskRow
from states.views.task_pages import task_pages
from tests.support.mailroom import reachable_at
from tests.support.sendgrid_events import BLOCKED, BOUNCE, DEFERRED, DROPPED, WITHHELD, Told

TALENT, LEADER = "hold-3-01", "hold-3/leader-01"
NEW = "ny.adresse@aalborg.example.org"
_REJECTED = EffectRow.status == "rejected"


def correct(told: Told, whom: str = LEADER, email: str = NEW, key: str = "c1") -> None:
    told.post.driven.engine.arrange("hold-3", "correct", Fact(key, "coordinator", {"whom": whom, "email": email}))


def sent_again(told: Told) -> list[str]:
    """Who gets a mail now."""
    told.post.tray.mails.clear()
    told.post.empty()
    return told.post.told()


# -- the mark and the task -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", [BOUNCE, DROPPED], ids=str)
def test_a_bounce_marks_the_address_and_asks_the_coordinator_for_another(told: Told, event: dict[str, str]) -> None:
    mail = told.mail_to(LEADER)
    told.tell(told.event(mail, event))
    assert told.came_of(mail) == ("rejected", {"rejected"})
    assert told.marks() == {LEADER: told.address_of(mail)}
    [(subject, title)] = told.tasks()
    assert subject == f"{LEADER}/address_bounced"
    assert title.endswith("kan ikke nås på sin mailadresse")
    with told.post.database.read() as connection:
        task = connection.execute(select(TaskRow.__table__).where(TaskRow.subject == subject)).one()
    assert (task.owner_id, task.due_on.isoformat()) == ("hold-3/coordinator-1", "2027-01-14")
    assert told.address_of(mail) in task.text


@pytest.mark.parametrize("person", [TALENT, LEADER])
def test_the_tasks_page_opens_the_form_that_corrects_an_address_with_the_person_filled_in(
    told: Told, person: str
) -> None:
    told.tell(told.event(told.mail_to(person), BOUNCE))
    with told.post.database.read() as connection:
        cohort = read_cohort(connection, "hold-3")
        [task] = [one for one in task_pages(connection, cohort, {"hold-3"}) if one.subject.startswith(person)]
        [offer] = TaskForms(connection, cohort, cohort.calendar.local_day(told.post.now())).of(task)
        lists = choices_for(connection, "talent-nord", offer.form, told.post.now())
    assert offer.form.label == "Ret navn, adresse eller telefon"
    assert {name: lists.people[label] for name, label in offer.values.items()} == {"whom": person}


@pytest.mark.parametrize("event", [BLOCKED, WITHHELD], ids=str)
def test_a_mail_that_was_turned_away_says_nothing_of_the_address(told: Told, event: dict[str, str]) -> None:
    mail = told.mail_to(LEADER)
    told.tell(told.event(mail, event))
    assert told.came_of(mail) == ("rejected", {"rejected"}), "it is listed, and a person decides"
    assert (told.marks(), told.tasks()) == ({}, [])


def test_what_waits_a_while_says_nothing_at_all(told: Told) -> None:
    told.tell(told.event(told.mail_to(LEADER), DEFERRED))
    assert (told.marks(), told.tasks(), told.post.statuses()) == ({}, [], {"sent"})


def test_there_is_one_task_a_person_however_many_mails_bounce(told: Told) -> None:
    told.post.driven.until("2027-01-28 08:00")
    told.post.empty()
    leader = [mail for mail in told.mails() if told.address_of(mail) == told.address_of(told.mail_to(LEADER))]
    assert len(leader) > 1
    for mail in leader:
        told.tell(told.event(mail, BOUNCE), told.event(mail, BOUNCE))
    told.tell(told.event(told.mail_to(TALENT), BOUNCE))
    assert sorted(subject for subject, _ in told.tasks()) == [f"{TALENT}/address_bounced", f"{LEADER}/address_bounced"]


def test_a_corrected_address_takes_the_mark_away_closes_the_task_and_gets_what_was_missed_once(told: Told) -> None:
    mail = told.mail_to(LEADER)
    told.tell(told.event(mail, BOUNCE))
    correct(told)
    assert (told.marks(), told.tasks()) == ({}, [])
    assert sent_again(told) == [NEW]
    assert sent_again(told) == []
    told.tell(told.event(mail, BOUNCE, email="karen@old.example.org"))
    correct(told, email="nyere@aalborg.example.org", key="c2")
    assert sent_again(told) == [], "what has arrived is not sent again"


def test_people_who_are_read_again_from_the_list_are_corrected_too(told: Told) -> None:
    told.tell(told.event(told.mail_to(TALENT), BOUNCE))
    told.post.driven.enrol(reachable_at(NEW))
    assert (told.marks(), told.tasks()) == ({}, [])
    assert sent_again(told) == [NEW]


def test_a_bounce_that_comes_after_the_correction_sends_at_once_and_marks_nothing(told: Told) -> None:
    mail = told.mail_to(LEADER)
    event = told.event(mail, BOUNCE)
    correct(told)
    assert sent_again(told) == []
    told.tell(event)
    assert (told.marks(), told.tasks()) == ({}, [])
    assert sent_again(told) == [NEW]
    told.tell({**event, "sg_event_id": "told again under another id"})
    assert sent_again(told) == []


def test_whoever_sends_again_says_that_the_address_is_right_until_it_bounces_once_more(told: Told) -> None:
    mail = told.mail_to(LEADER)
    told.tell(told.event(mail, BOUNCE))
    resend(told.post.database, [mail], Fact("k1", "coordinator"), told.post.now())
    assert (told.marks(), told.tasks()) == ({}, [])
    told.tell(told.event(mail, BOUNCE))
    assert told.marks() == {}, "that is the old bounce, told under another id"
    sent_again(told)
    told.tell(told.event(told.post.tray.mails[-1].message_id, DROPPED))
    assert (len(told.marks()), len(told.tasks()), len(told.tasks("done"))) == (1, 1, 1)


# -- while it is marked --------------------------------------------------------------------------------------------


def test_nothing_more_is_sent_to_a_marked_address_and_a_correction_sends_what_still_holds(told: Told) -> None:
    told.tell(told.event(told.mail_to(LEADER), BOUNCE))
    told.post.driven.until("2027-02-10 08:00")
    assert told.address_of(told.mail_to(LEADER)) not in sent_again(told)
    with told.post.database.read() as connection:
        notes = set(connection.scalars(select(EffectRow.note).where(EffectRow.mail_id.is_(None), _REJECTED)))
    assert notes == {"not sent, since the address takes no mail: 550 5.1.1 <[address]>: no such mailbox"}
    told.post.driven.fire("expectation_talk:keep", 1, held_on="2027-02-09")
    correct(told)
    again = sent_again(told)
    assert again.count(NEW) <= 1
    with told.post.database.read() as connection:
        about_talk = select(EffectRow.status).where(EffectRow.message == "talk_convene")
        assert set(connection.scalars(about_talk)) == {"dropped"}, "the talk is held, so nobody is asked for it"


def test_an_address_counts_under_each_id_that_it_has(told: Told) -> None:
    with told.post.database.write() as connection:
        both = told.address_of(told.mail_to(LEADER))
        connection.execute(update(PersonRow).where(PersonRow.id == TALENT).values(email=both))
    told.tell(told.event(told.mail_to(LEADER), BOUNCE))
    told.post.driven.until("2027-02-10 08:00")
    assert both not in sent_again(told)
    assert len(told.tasks()) == 1


def test_what_told_of_a_day_that_is_over_is_not_sent_after_it(told: Told) -> None:
    told.tell(told.event(told.mail_to(TALENT), BOUNCE))
    told.post.driven.until("2027-03-08 09:00")
    told.post.empty()
    held = {one.message for one in told.post.driven.mails(number=1) if one.status == "rejected"}
    assert "kickoff_reminder" in held
    told.post.driven.until("2027-03-15 09:00")
    told.post.empty()
    correct(told, TALENT)
    gone = {one.message for one in told.post.driven.mails(number=1) if one.status == "dropped"}
    assert "kickoff_reminder" in gone


# -- who left, or was overtaken, since a mail was sent ---------------------------------------------------------------


def test_what_a_fact_has_overtaken_since_it_was_sent_is_not_sent_again(told: Told) -> None:
    mail = told.mail_to(LEADER)
    told.post.driven.fire("expectation_talk:keep", 1, held_on="2027-01-14")
    told.post.empty()
    told.tell(told.event(mail, BOUNCE))
    correct(told)
    assert sent_again(told) == [NEW], "the invitation was in that mail too, and goes alone"
    assert "forventningssamtale" not in told.post.tray.mails[0].text
    assert told.post.status(told.post.effect("talk_convene")) == "dropped"


def test_what_a_former_leader_never_got_goes_to_the_new_one(told: Told) -> None:
    mail = told.mail_to(LEADER)
    event = told.event(mail, BOUNCE)
    new_mentor = {"name": "Bo Lund", "email": "bo.lund@aalborg.example.org"}
    told.post.driven.fire("change_mentor", 1, new_mentor=new_mentor)
    told.post.empty()
    told.tell(event)
    assert sent_again(told) == ["bo.lund@aalborg.example.org"]
    assert told.tasks() == []


def test_the_task_closes_by_itself_when_nobody_misses_anything_any_more(told: Told) -> None:
    told.tell(told.event(told.mail_to(LEADER), BOUNCE))
    assert told.post.outbox.sound_alarm().changed == ()
    told.post.driven.fire("withdraw", 1)
    assert told.post.outbox.sound_alarm().changed == ("hold-3",)
    assert told.tasks() == []
    assert list(told.marks()) == [LEADER], "the next mail asks anew"
