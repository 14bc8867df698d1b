"""R9 to R11: the plan goes with the mails of the talk, is fetched by a link; when it was revised, and who said so."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date

import docx
import pytest
from sqlalchemy import select, update

from config.definition import Definition
from config.errors import FactIncompleteError
from notifications.links import Purpose
from notifications.transports.mime import build
from notifications.transports.protocol import Mail
from notifications.transports.sendgrid import body
from notifications.word_file import CONTENT_TYPE
from states.facts import Fact
from states.running_cohort import read_cohort
from states.store.database import Database
from states.store.tables import JourneyRow
from states.views.plan import Revision, plan_revisions
from tests.support.driver import Driver, talent_nord
from tests.support.mailroom import Post, before_the_talk
from tests.support.sendgrid_server import faults_of
from tests.support.site import TALK, Stand, standing

FILE = "Udviklingsplan - Mette Brøndgaard.docx"


def names_in(content: bytes) -> list[str]:
    return [row.cells[1].text for row in docx.Document(io.BytesIO(content)).tables[0].rows]


# -- with the mails --------------------------------------------------------------------------------------------------


def talk_mails(post: Post) -> list[Mail]:
    post.empty()
    return [mail for mail in post.tray.mails if any(one.content_type == CONTENT_TYPE for one in mail.attachments)]


def test_leader_and_talent_get_it_with_the_mail_that_tells_of_the_talk(sqlite: Database) -> None:
    post = before_the_talk(sqlite)
    mails = talk_mails(post)
    assert {mail.to.name for mail in mails} == {"Mette Brøndgaard", "Inge Sønderby"}
    for mail in mails:
        [file] = [one for one in mail.attachments if one.content_type == CONTENT_TYPE]
        assert file.filename == FILE
        assert names_in(file.content)[0] == "Mette Brøndgaard"
        assert "Planen er vedhæftet som et Word-dokument" in mail.text
    plans = [[one for one in mail.attachments if one.content_type == CONTENT_TYPE] for mail in mails]
    assert plans[0] == plans[1]


def test_the_mails_that_follow_have_it_not(sqlite: Database) -> None:
    post = before_the_talk(sqlite)
    assert len(talk_mails(post)) == 2
    post.tray.mails.clear()
    post.driven.until("2027-03-19")
    assert talk_mails(post) == []
    assert post.tray.mails


def test_a_leader_of_two_gets_the_plan_of_each(sqlite: Database) -> None:
    post = Post(sqlite, people=2)
    first, second = (post.driven.journey(number) for number in (1, 2))
    with sqlite.write() as connection:
        one_leader = update(JourneyRow).where(JourneyRow.id == second.id)
        connection.execute(one_leader.values(mentor_id=first.mentor_id))
    post.driven.until("2027-01-14 08:00")
    [mail] = [one for one in talk_mails(post) if one.to.name == "Inge Sønderby"]
    files = [one.filename for one in mail.attachments if one.content_type == CONTENT_TYPE]
    assert len(files) == len(set(files)) == 2


def test_it_stands_in_the_message_and_in_sendgrids_request_as_a_word_file(sqlite: Database) -> None:
    mail = talk_mails(before_the_talk(sqlite))[0]
    [part] = [one for one in build(mail).walk() if one.get_content_type() == CONTENT_TYPE]
    assert (part.get_filename(), part.get_content_disposition()) == (FILE, "attachment")
    request = body(mail)
    [attached] = [one for one in request["attachments"] if one["type"] == CONTENT_TYPE]
    assert (attached["filename"], attached["disposition"]) == (FILE, "attachment")
    assert faults_of(request) == []


def test_a_cohort_whose_programme_has_no_plan_gets_none(sqlite: Database) -> None:
    data = talent_nord().programme.model_dump(mode="json", by_alias=True)
    bare = Definition(type(talent_nord().programme).model_validate({**data, "plan": None}))
    driven = Driver(sqlite, people=1, definition=bare).enrol().until("2027-01-14 08:00")
    with standing(driven) as stand:
        stand.sent_mails()
        assert stand.tray.mails
        assert not [one for mail in stand.tray.mails for one in mail.attachments if one.content_type == CONTENT_TYPE]
        assert "Planen er vedhæftet" not in "".join(mail.text for mail in stand.tray.mails)
        assert stand.browser.get(stand.path("hold-3-01", "hold-3-01", Purpose.PLAN)).status_code == 404


# -- by a link -------------------------------------------------------------------------------------------------------


@pytest.fixture
def stand(sqlite: Database) -> Iterator[Stand]:
    with standing(Driver(sqlite, people=7).enrol().until("2027-01-21")) as found:
        yield found


def link(stand: Stand, person: str, journey: str = "hold-3-01") -> str:
    return stand.path(person, journey, Purpose.PLAN)


def talent(stand: Stand, number: int) -> str:
    return str(stand.driven.journey(number).talent_id)


def test_talent_and_mentor_fetch_it_by_their_link(stand: Stand) -> None:
    for person in (talent(stand, 1), stand.leader(1)):
        fetched = stand.browser.get(link(stand, person))
        assert (fetched.status_code, fetched.headers["content-type"]) == (200, CONTENT_TYPE)
        assert fetched.headers["content-disposition"] == (
            'attachment; filename="Udviklingsplan - Mette Broendgaard.docx"; '
            "filename*=UTF-8''Udviklingsplan%20-%20Mette%20Br%C3%B8ndgaard.docx"
        )
        assert names_in(fetched.content)[-1] == "21. januar 2027"


def test_a_stranger_gets_nothing(stand: Stand) -> None:
    other_leader = next(stand.leader(number) for number in range(2, 8) if stand.leader(number) != stand.leader(1))
    for person in (talent(stand, 2), other_leader, stand.driven.journey(1).consultant_id):
        assert stand.browser.get(link(stand, person)).status_code == 404
    mine = link(stand, talent(stand, 1))
    assert stand.browser.get(f"{mine[:-1]}x").status_code == 404
    assert stand.browser.get(mine.replace("/plan/", "/svar/")).status_code == 404
    page = stand.path(talent(stand, 1), "hold-3", Purpose.PAGE)
    assert stand.browser.get(page.replace("/side/", "/plan/")).status_code == 404
    assert stand.browser.get(link(stand, talent(stand, 1), "hold-3")).status_code == 404


def test_the_leader_of_before_fetches_it_no_more_and_the_new_one_does(stand: Stand) -> None:
    before = link(stand, stand.leader(1))
    new = {"name": "Ulla Toft", "email": "ulla.toft@aalborg.example.org"}
    stand.driven.fire("change_mentor", 1, new_mentor=new)
    assert stand.browser.get(before).status_code == 404
    fetched = stand.browser.get(link(stand, stand.leader(1)))
    assert fetched.status_code == 200
    assert "Ulla Toft" in names_in(fetched.content)


def test_who_has_left_fetches_it_no_more(stand: Stand) -> None:
    links = [link(stand, talent(stand, 1)), link(stand, stand.leader(1))]
    stand.driven.fire("withdraw", 1)
    assert [stand.browser.get(one).status_code for one in links] == [404, 404]


# -- when it was revised -----------------------------------------------------------------------------------------------


def revisions(driven: Driver) -> dict[str, Revision]:
    with driven.database.read() as connection:
        cohort = read_cohort(connection, driven.cohort.id)
        return dict(plan_revisions(connection, cohort, connection.scalars(select(JourneyRow.id))))


def told(driven: Driver, trigger: str, number: int, key: str, actor: str = "coordinator", **details: str) -> None:
    driven.engine.fire(trigger, [f"hold-3-{number:02d}"], Fact(key, actor, details))


def test_the_last_that_was_said_of_each_plan_is_kept_with_the_day_and_who_said_so(database: Database) -> None:
    driven = Driver(database, people=3).enrol().until("2027-01-21")
    mentor = driven.journey(1).mentor_id
    told(driven, f"{TALK}:keep", 1, "a", f"mentor:{mentor}", held_on="2027-01-20", plan="written")
    told(driven, f"{TALK}:keep", 2, "b", held_on="2027-01-20", plan="no")
    told(driven, f"{TALK}:keep", 3, "c", held_on="2027-01-20")
    assert revisions(driven) == {"hold-3-01": Revision("skrevet", date(2027, 1, 20), "Inge Sønderby", "mentor")}
    driven.until("2027-03-16")
    told(driven, "mentor_meeting_m1:keep", 1, "d", held_on="2027-03-15", plan="revised")
    assert revisions(driven)["hold-3-01"] == Revision("revideret", date(2027, 3, 15), "", "coordinator")


def test_what_was_taken_back_does_not_count(database: Database) -> None:
    driven = Driver(database, people=1).enrol().until("2027-01-21")
    told(driven, f"{TALK}:keep", 1, "a", plan="written")
    assert revisions(driven)["hold-3-01"].day == date(2027, 1, 21)
    driven.engine.undo("a", Fact("b", "coordinator", {"why": "en anden talte"}))
    assert revisions(driven) == {}


@pytest.mark.parametrize("plan", ["perhaps", "", "Written"])
def test_a_fact_says_one_of_three_things_of_the_plan(sqlite: Database, plan: str) -> None:
    driven = Driver(sqlite, people=1).enrol().until("2027-01-21")
    with pytest.raises(FactIncompleteError, match="is not one of written, revised, no"):
        told(driven, f"{TALK}:keep", 1, "a", plan=plan)
    assert driven.commitment(TALK, 1).state == "open"
