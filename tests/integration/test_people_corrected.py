"""Whoever is called otherwise, or reached otherwise, is corrected by one fact, and what waits follows."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from config.errors import FactIncompleteError, FactReusedError, UnknownRecordError, UnknownTriggerError
from states.facts import Fact, Outcome
from states.running_cohort import read_cohort
from states.store.database import Database
from states.store.tables import EffectRow, FactRow, PersonRow
from tests.support.driver import Driver

NEW = "ny.adresse@aalborg.example.org"


@pytest.fixture
def driven(sqlite: Database) -> Driver:
    """Four talents of hold-3; the leaders have been asked to hold the talk."""
    return Driver(sqlite, people=4).enrol().until("2027-01-14 08:30")


def correct(driven: Driver, whom: str, key: str = "c", **details: Any) -> Outcome:
    return driven.engine.arrange("hold-3", "correct", Fact(key, "tester", {"whom": whom, **details}))


def person(driven: Driver, ident: str) -> dict[str, str]:
    with driven.database.read() as connection:
        return dict(connection.execute(select(PersonRow.__table__).where(PersonRow.id == ident)).one()._mapping)


@pytest.mark.parametrize(
    "ident",
    [
        "hold-3-01",
        "hold-3/leader-01",
        "hold-3/coordinator-1",
        "hold-3/administration",
        "hold-3/consultant-region",
        "hold-3/owner-m2",
    ],
)
def test_everybody_is_corrected_by_the_same_fact(driven: Driver, ident: str) -> None:
    before = person(driven, ident)
    correct(driven, ident, name="Åse  Holm", email=NEW.upper(), telephone="+45 98 76 54 32", job_title="chef")
    told = {"name": "Åse Holm", "email": NEW, "telephone": "+45 98 76 54 32", "title": "chef"}
    assert person(driven, ident) == {**before, **told}


@pytest.mark.parametrize(
    ("ident", "named"),
    [
        ("hold-3/coordinator-1", lambda cohort: cohort.coordinators[0]),
        ("hold-3/administration", lambda cohort: cohort.administration),
        ("hold-3/consultant-region", lambda cohort: cohort.organisations["region"].consultant),
        ("hold-3/owner-m2", lambda cohort: cohort.challenges["m2"].representative),
    ],
)
def test_the_cohorts_description_names_them_as_they_are_called_now(driven: Driver, ident: str, named: Any) -> None:
    correct(driven, ident, name="Åse Holm", telephone="98765432")
    with driven.database.read() as connection:
        contact = named(read_cohort(connection, "hold-3").described)
    assert dict(contact) == {name: one for name, one in person(driven, ident).items() if name != "id"}


def test_what_is_not_told_stays(driven: Driver) -> None:
    before = person(driven, "hold-3/coordinator-1")
    correct(driven, "hold-3/coordinator-1", telephone="98 76 54 32")
    assert person(driven, "hold-3/coordinator-1") == {**before, "telephone": "98 76 54 32"}


def test_what_was_refused_is_sent_again_once_and_nothing_else(driven: Driver) -> None:
    [ask] = driven.mails("talk_convene", number=1)
    driven.all_sent()
    with driven.database.write() as connection:
        mine = (EffectRow.message == "talk_convene") & (EffectRow.journey_id == "hold-3-01")
        connection.execute(update(EffectRow).where(mine).values(status="rejected", note="no such mailbox"))
    correct(driven, f"hold-3/{ask.to}", email=NEW)
    again = [one for one in driven.mails() if one.status == "pending"]
    assert [(one.message, one.to) for one in again] == [("talk_convene", ask.to)]
    driven.all_sent()
    correct(driven, f"hold-3/{ask.to}", key="again", telephone="98765432")
    assert {one.status for one in driven.mails()} == {"sent"}


def test_one_address_is_one_person_under_each_id_that_it_has(sqlite: Database) -> None:
    driven = Driver(sqlite, people=4)
    organisations = dict(driven.cohort.organisations)
    consultant = organisations["aalborg"].consultant
    for other in ("hjoerring", "region"):
        organisations[other] = organisations[other].model_copy(update={"consultant": consultant})
    driven.cohort = driven.cohort.model_copy(update={"organisations": organisations})
    driven.enrol()
    correct(driven, "hold-3/consultant-hjoerring", name="Bente Riis", email=NEW, job_title="chef")
    for ident, title in (("aalborg", consultant.title), ("hjoerring", "chef"), ("region", consultant.title)):
        found = person(driven, f"hold-3/consultant-{ident}")
        assert (found["name"], found["email"], found["title"]) == ("Bente Riis", NEW, title)
    with driven.database.read() as connection:
        described = read_cohort(connection, "hold-3").described.organisations
    assert {described[ident].consultant.email for ident in ("aalborg", "hjoerring", "region")} == {NEW}


@pytest.mark.parametrize(
    ("whom", "details", "says"),
    [
        ("hold-3-01", {"email": "karen.thorsen@aalborg.example.org"}, "one address is one person"),
        ("hold-3-01", {"email": "nobody"}, "is not a mail address"),
        ("hold-3-01", {"name": "---"}, "is not a name"),
        ("hold-3-01", {"telephone": "ring til Bo"}, "is no telephone number"),
        ("hold-3-01", {"telephone": "123"}, "is no telephone number"),
        ("hold-3-01", {"job_title": "a\u202eb"}, "a character that is not seen"),
        ("hold-3-01", {}, "nothing of it would be other"),
        ("hold-3-01", {"name": "Mette Brøndgaard"}, "nothing of it would be other"),
    ],
    ids=str,
)
def test_what_cannot_be_changes_nothing(driven: Driver, whom: str, details: dict[str, Any], says: str) -> None:
    before = driven.dump()
    with pytest.raises(FactIncompleteError, match=says):
        correct(driven, whom, **details)
    assert driven.dump() == before


def test_an_address_that_is_known_under_the_same_name_is_the_same_person(driven: Driver) -> None:
    correct(driven, "hold-3-01", name="Karen Møller Thorsen", email="karen.thorsen@aalborg.example.org")
    assert person(driven, "hold-3-01")["email"] == person(driven, "hold-3/coordinator-1")["email"]


def test_who_is_not_there_is_named(driven: Driver) -> None:
    for whom in ("hold-3-77", "hold-4-01", ""):
        with pytest.raises(UnknownRecordError):
            correct(driven, whom, name="Åse Holm")
    with pytest.raises(UnknownRecordError):
        driven.engine.arrange("hold-9", "correct", Fact("c", "tester", {"whom": "hold-3-01", "name": "Åse Holm"}))
    with pytest.raises(UnknownTriggerError):
        driven.engine.arrange("hold-3", "rename", Fact("c", "tester", {}))


def test_told_twice_it_counts_once_and_keeps_how_it_stood(driven: Driver) -> None:
    was = person(driven, "hold-3-01")["name"]
    first = correct(driven, "hold-3-01", name="Mette Holm")
    assert correct(driven, "hold-3-01", name="Mette Holm") == first
    with pytest.raises(FactReusedError):
        correct(driven, "hold-3-01", name="Mette Lund")
    with driven.database.read() as connection:
        kept = connection.execute(select(FactRow.actor, FactRow.before).where(FactRow.key == "c")).one()
    assert (kept.actor, kept.before["persons"]["hold-3-01"]["name"]) == ("tester", was)
