"""Everything that a coordinator can get wrong in a form is told in one sentence, and the run is no failure."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from config import errors
from config.definition import Definition
from config.errors import ConflictError, RejectedError, StampRefusedError, TalentNordError
from config.library import Library
from config.people import People
from config.programme import Programme
from flows.cockpit.refusal import REFUSED, refusal
from flows.server.process import ServerPlace
from notifications.refusals import refused_state
from states.engine import Engine
from states.facts import Fact
from states.store.tables import EffectRow, FactRow, JourneyRow, TaskRow
from tests.support.hold import TALK_OPENS, Hold, enrolled

pytestmark = [
    pytest.mark.xdist_group("prefect"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

METTE = "Mette Brøndgaard (Hold 3, nr. 01)"
KAREN = "Karen Møller Thorsen (koordinator, Hold 3)"
TALK = "Forventningssamtale"
TALK_MISSED = datetime(2027, 2, 18, 9, tzinfo=UTC)
INTERNAL = re.compile(r"Error|Traceback|:[a-z]|\w/\w|hold-\d|\btn-|form:|[0-9a-f]{8}-|_")
"""What only the system knows: classes, triggers, ids, keys, names in code."""


@pytest.fixture
def hold(server: ServerPlace, tmp_path: Path) -> Iterator[Hold]:
    with enrolled(tmp_path, 3) as opened:
        yield opened


def record(form: str, talent: str = METTE, **given: Any) -> Any:
    from flows.record import record

    return record("talent-nord", form, talent, return_state=True, **given)


def people(form: str, **given: Any) -> Any:
    from flows.people import people

    return people("talent-nord", form, return_state=True, **given)


def move_day(**given: Any) -> Any:
    from flows.move_day import move_day

    return move_day("talent-nord", "move-day", "Fælles kick-off (Hold 3)", return_state=True, **given)


def undo(**given: Any) -> Any:
    from flows.undo import undo

    return undo("talent-nord", "undo", return_state=True, **given)


def mails(**given: Any) -> Any:
    from flows.mails import mails

    return mails(return_state=True, **given)


# -- how each of them comes about ----------------------------------------------------------------------------------


def twice(hold: Hold) -> Any:
    asyncio.run(record("leave"))
    return record("leave")


def without_a_consultant(hold: Hold) -> Any:
    hold.tick(TALK_OPENS)
    with hold.coordinator.database.write() as connection:
        connection.execute(update(JourneyRow).values(consultant_id=None))
    return record("hand", commitment=TALK)


def agreed_on_a_day_that_is_past(hold: Hold) -> Any:
    hold.tick(TALK_OPENS)
    return record("appoint", commitment=TALK, appointed_on="2026-12-01")


def of_an_earlier_programme(hold: Hold) -> Any:
    second_cohort(hold, lacks="on_hand")
    return record("hand", "Mette Brøndgaard (Hold 4, nr. 01)", commitment=TALK)


def of_two_cohorts(hold: Hold) -> Any:
    second_cohort(hold)
    both = [METTE, "Mette Brøndgaard (Hold 4, nr. 01)"]
    return record("several", "", talents=both, for_whom="De valgte talenter", commitment=TALK)


def second_cohort(hold: Hold, lacks: str = "") -> None:
    """Enrol another cohort in the same database, whose talk has no ``lacks``."""
    loaded = Library().cohort("hold-3")
    data = loaded.definition.programme.model_dump(mode="json", by_alias=True)
    next(one for one in data["commitments"] if one["id"] == "expectation_talk").pop(lacks, None)
    cohort = loaded.cohort.model_copy(update={"id": f"{hold.id}-later", "name": "Hold 4"})
    definition = Definition(Programme.model_validate(data))
    hold.coordinator.engine.enrol(cohort, definition, People(loaded.people.talents[:2]))


def nobody_left(hold: Hold) -> Any:
    with hold.coordinator.database.read() as connection:
        everybody = list(connection.scalars(select(JourneyRow.id)))
    return record("several", "", talents=everybody, for_whom="Alle på Hold 3, undtagen de valgte", commitment=TALK)


def stood_in_for_twice(hold: Hold) -> Any:
    days = {"first_day": "2027-01-11", "last_day": "2027-01-22"}
    ida = {"holder_name": "Ida Falk", "holder_email": "ida.falk@aalborg.example.org"}
    asyncio.run(people("stand-in", office=KAREN, **ida, **days))
    return people("stand-in", office=KAREN, holder_name="Bo Holm", holder_email="bo@aalborg.example.org", **days)


def rested_on(hold: Hold) -> Any:
    services, mette = hold.coordinator, f"{hold.id}-01"
    for trigger in ("leave", "return"):
        services.engine.fire(trigger, [mette], Fact(trigger, "coordinator"))
    return undo(fact="leave", why="Det var Søren")


def sent_already(hold: Hold) -> Any:
    hold.react(*hold.tick(TALK_OPENS))
    return mails(mail=mail_of(hold, "sent"), decision="Send igen")


def no_longer_true(hold: Hold) -> Any:
    leader = Library().cohort("hold-3").people.talents[0].leader.email
    hold.tray.refuses[leader] = RejectedError("550 no such mailbox")
    hold.react(*hold.tick(TALK_OPENS))
    mail = mail_of(hold, "rejected", message="talk_convene")
    # She leads both of them, and both are in the mail.
    hold.coordinator.engine.fire("withdraw", [f"{hold.id}-01", f"{hold.id}-02"], Fact("gone", "coordinator"))
    return mails(mail=mail, decision="Send igen")


def mail_of(hold: Hold, status: str, message: str = "kickoff_invitation") -> str:
    with hold.coordinator.database.read() as connection:
        query = select(EffectRow.mail_id, EffectRow.key).where(EffectRow.status == status, EffectRow.message == message)
        row = connection.execute(query.order_by(EffectRow.id)).first()
    assert row is not None
    return str(row.mail_id or row.key)


def all_that_is_left(hold: Hold) -> Any:
    from flows.finish import finish

    hold.react(*hold.tick(TALK_MISSED))
    with hold.coordinator.database.read() as connection:
        task = connection.scalar(select(TaskRow.id).order_by(TaskRow.id))
    return finish("talent-nord", "finish", task, return_state=True)


def with_a_forged_stamp(_: Hold) -> Any:
    def forged(_: object) -> str:
        raise StampRefusedError("0b1f6a3e-8a52-4d8e-9d2c-0d8a4a2b7c11")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flows.record.teller", forged)
        return asyncio.run(record("leave"))


def too_busy(hold: Hold) -> Any:
    def busy(*_: object) -> None:
        raise ConflictError(f"{hold.id}/expectation_talk")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "_attempt", busy)
        return asyncio.run(record("leave"))


def into_a_cohort_that_is_over(hold: Hold) -> Any:
    from flows.enrol import enrol

    def over(*_: object, **__: object) -> None:
        raise errors.CohortOverError("Hold 3", "Alumnedag", date(2028, 4, 5), ["Bo Dam"])

    bo = {"newcomer_name": "Bo Dam", "newcomer_email": "bo@x.dk", "leader_name": "Eva Ny", "leader_email": "eva@x.dk"}
    where = {"organisation": "aalborg", "unit": "Skole", "level": "leder af ledere"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "_attempt", over)
        run: Any = enrol("talent-nord", "enrol", hold.id, **bo, **where, return_state=True)
        return asyncio.run(run)


NEW_LEADER = {"new_mentor_name": "Bo Holm", "new_mentor_email": "karen.thorsen@aalborg.example.org"}
CASES: list[tuple[str, Callable[[Hold], Any], str]] = [
    ("TransitionRefusedError", twice, "Mette Brøndgaard er Orlov. Intet er registreret."),
    (
        "NotOpenYetError",
        lambda _: record("other", commitment="Drøftelse af det politiske samspil", held_on="2026-12-29"),
        "åbner først 7. oktober 2027. Intet er registreret.",
    ),
    ("NoConsultantError", without_a_consultant, "har ingen intern konsulent at give aftalen videre til"),
    ("UnknownTriggerError", of_an_earlier_programme, "Holdet begyndte med et program, der ikke har det med."),
    ("FactIncompleteError", lambda _: record("waive", commitment=TALK), "Begrundelse: mangler. Ret det"),
    ("FactIncompleteError", lambda _: record("note"), "Bemærkning: mangler. Ret det"),
    (
        "FactIncompleteError",
        lambda _: record("team", module="Modul 2: Innovationsledelse", team="2"),
        "Bootcamp: har ikke fået teams endnu. De bliver dannet, når talenterne bliver inviteret. Ret det",
    ),
    (
        "FactIncompleteError",
        lambda _: record("change-mentor", **NEW_LEADER | {"new_mentor_email": "bo.dam"}),
        "Den nye leders mailadresse: er ikke en mailadresse. Ret det",
    ),
    (
        "HeldOnRefusedError",
        lambda _: record("expectation-talk", held_on="2027-03-01"),
        "Dato: 1. marts 2027 er ikke kommet endnu. Ret det",
    ),
    (
        "PersonRefusedError",
        lambda _: record("change-mentor", **NEW_LEADER),
        "mailadressen hører til en anden, vi kender.",
    ),
    ("AppointmentRefusedError", agreed_on_a_day_that_is_past, "Aftalt dag: er overstået. Ret det"),
    ("OfficeTakenError", stood_in_for_twice, "Ida Falk er stedfortræder fra 11. januar 2027 til 22. januar 2027."),
    ("ConsequencesChangedError", lambda _: move_day(to="2027-03-02", seal="x"), "Noget er ændret, siden I så"),
    ("DayRefusedError", lambda _: move_day(to="2027-02-28", seal="x"), "ligger 28. februar 2027, og det er søndag"),
    ("CorrectionRefusedError", rested_on, "Tag det tilbage først. Intet er ændret."),
    ("MailDecidedError", sent_already, "Mailen er sendt. Intet er ændret."),
    ("MailOvertakenError", no_longer_true, "passer ikke længere, så den bliver ikke sendt igen."),
    (
        "NotConfirmedError",
        lambda _: record("withdraw", confirm="Louise"),
        "I har valgt Mette Brøndgaard, men skrevet »Louise« for at bekræfte.",
    ),
    ("NobodyChosenError", nobody_left, "Formularen gælder ingen"),
    ("SeveralCohortsError", of_two_cohorts, "De valgte er på flere hold: Hold 3, Hold 4."),
    ("ConflictError", too_busy, "Vent et øjeblik, og send formularen igen."),
    (
        "TaskNotDoneError",
        all_that_is_left,
        "er det eneste, der holder fast i aftalen. Registrér, hvad der kom ud af den",
    ),
    ("CohortOverError", into_a_cohort_that_is_over, "Hold 3 er slut: Alumnedag var 5. april 2028."),
    ("StampRefusedError", with_a_forged_stamp, "Vi kan ikke se, hvem der har udfyldt formularen."),
    ("UnknownRecordError", lambda _: mails(mail="tn-0", decision="Send igen"), "findes ikke længere."),
]


@pytest.mark.parametrize(("kind", "happens", "says"), CASES, ids=[kind for kind, _, _ in CASES])
def test_a_refusal_is_one_sentence_and_no_failure(
    hold: Hold, monkeypatch: pytest.MonkeyPatch, kind: str, happens: Callable[[Hold], Any], says: str
) -> None:
    refused: list[TalentNordError] = []

    def watched(services: Any, error: TalentNordError, programme: str = "") -> str | None:
        refused.append(error)
        return refusal(services, error, programme)

    monkeypatch.setattr("flows.cockpit.told.refusal", watched)
    ended = happens(hold)
    state = asyncio.run(ended) if asyncio.iscoroutine(ended) else ended
    assert [type(one).__name__ for one in refused] == [kind]
    assert (state.name, state.type.value) == ("Afvist", "COMPLETED")
    assert says in state.message
    assert not INTERNAL.search(state.message), state.message


def test_each_error_that_a_form_can_cause_is_among_these() -> None:
    subclasses = {one.__name__ for kind in REFUSED for one in (kind, *kind.__subclasses__())}
    assert {kind for kind, _, _ in CASES} == subclasses
    assert subclasses <= set(errors.__all__)


def test_each_of_them_has_its_sentence_in_english(hold: Hold, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.cockpit.refusal.language_of", lambda *_: "en")
    with pytest.raises(TalentNordError) as refused:
        hold.coordinator.engine.fire("return", [f"{hold.id}-01"], Fact("1", "coordinator"))
    assert str(refusal(hold.coordinator, refused.value, "talent-nord")).startswith("This is not possible as things")
    assert refused_state("en") == "Refused"


def test_what_no_form_can_cause_fails_and_is_for_the_operator(hold: Hold, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise errors.DatabaseUnavailableError("sqlite:///x.db", "was removed")

    monkeypatch.setattr(Engine, "_attempt", broken)
    state = asyncio.run(record("leave"))
    assert (state.name, state.message.partition(".")[0]) == (
        "Failed",
        "Det gik ikke, og det er ikke jeres skyld",
    )


def test_a_date_that_is_none_is_refused_and_raises_nothing(hold: Hold) -> None:
    state = asyncio.run(record("expectation-talk", held_on="32-13-2027"))
    assert state.message == "Intet er registreret. Dato: er ikke en dato. Ret det, og send formularen igen."


# -- several at once -----------------------------------------------------------------------------------------------

EVERYBODY_BUT = "Alle på Hold 3, undtagen de valgte"
HELD = {"commitment": TALK, "held_on": "2026-12-29"}


def talks(hold: Hold) -> list[str]:
    from states.store.tables import CommitmentRow

    with hold.coordinator.database.read() as connection:
        query = select(CommitmentRow.state).where(CommitmentRow.name == "expectation_talk")
        return list(connection.scalars(query.order_by(CommitmentRow.id)))


def test_those_chosen_are_recorded_in_one_fact(hold: Hold) -> None:
    state = asyncio.run(record("several", "", talents=[f"{hold.id}-01", f"{hold.id}-02"], **HELD))
    assert state.message.startswith("Forventningssamtale: gennemført · ")
    assert talks(hold) == ["kept", "kept", "planned"]
    with hold.coordinator.database.read() as connection:
        assert connection.execute(select(FactRow.subjects).where(FactRow.key.startswith("form:"))).scalars().all() == [
            [f"{hold.id}-01", f"{hold.id}-02"]
        ]


def test_everybody_but_is_whoever_has_not_recorded_theirs_yet(hold: Hold) -> None:
    asyncio.run(record("expectation-talk", f"{hold.id}-02", held_on="2026-12-29"))
    asyncio.run(record("several", "", talents=[METTE], for_whom=EVERYBODY_BUT, **HELD))
    assert talks(hold) == ["planned", "kept", "kept"]


def test_it_is_all_or_nothing_and_says_for_whom_it_is_not_possible(hold: Hold) -> None:
    asyncio.run(record("expectation-talk", held_on="2026-12-29"))
    state = asyncio.run(record("several", "", talents=[METTE, f"{hold.id}-02"], **HELD))
    assert state.name == "Afvist"
    assert "som det står nu: Forventningssamtale (Mette Brøndgaard) er gennemført. Intet" in state.message
    assert talks(hold) == ["kept", "planned", "planned"]


def test_nobody_chosen_is_refused(hold: Hold) -> None:
    state = asyncio.run(record("several", "", **HELD))
    assert state.message.startswith("Intet er registreret. Talenter, I vælger eller undtager: mangler.")


AWAY = {"milestone": "Modul 1, dag 2"}


def absent(hold: Hold) -> list[str]:
    from states.store.reach_tables import AbsenceRow

    with hold.coordinator.database.read() as connection:
        return [one[-2:] for one in connection.scalars(select(AbsenceRow.journey_id).order_by(AbsenceRow.journey_id))]


def test_the_absence_of_several_is_one_fact_and_those_already_told_are_passed_over(hold: Hold) -> None:
    asyncio.run(record("absence", f"{hold.id}-02", **AWAY))
    state = asyncio.run(record("absences", "", talents=[METTE, f"{hold.id}-02"], **AWAY))
    assert state.message.startswith("Afbud · Mette Brøndgaard: ")
    assert absent(hold) == ["01", "02"]


def test_everybody_but_those_chosen_stays_away_but_for_whoever_is_on_leave(hold: Hold) -> None:
    asyncio.run(record("leave", f"{hold.id}-02"))
    asyncio.run(record("absences", "", talents=[METTE], for_whom=EVERYBODY_BUT, **AWAY))
    assert absent(hold) == ["03"]
    state = asyncio.run(record("absences", "", talents=[METTE], for_whom=EVERYBODY_BUT, **AWAY))
    assert state.message.startswith("Intet er registreret. Formularen gælder ingen")


def test_of_an_absence_of_several_it_is_all_or_nothing(hold: Hold) -> None:
    asyncio.run(record("leave", f"{hold.id}-02"))
    state = asyncio.run(record("absences", "", talents=[METTE, f"{hold.id}-02"], **AWAY))
    assert state.name == "Afvist"
    assert absent(hold) == []


def test_the_absence_of_several_is_taken_back_at_once(hold: Hold) -> None:
    asyncio.run(record("absences", "", talents=[METTE, f"{hold.id}-02"], **AWAY))
    with hold.coordinator.database.read() as connection:
        [key] = connection.scalars(select(FactRow.key).where(FactRow.trigger == "absence"))
    hold.coordinator.engine.undo(key, Fact("undone", "coordinator", {"because": "forkert dag"}))
    assert absent(hold) == []


# -- a name typed to confirm ---------------------------------------------------------------------------------------


def test_whoever_types_the_name_withdraws(hold: Hold) -> None:
    assert asyncio.run(record("withdraw", confirm="  mette brøndgaard ")).name == "Completed"
    with hold.coordinator.database.read() as connection:
        assert connection.scalar(select(JourneyRow.state).where(JourneyRow.id == f"{hold.id}-01")) == "withdrawn"
