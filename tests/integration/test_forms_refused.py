"""What a form says to a coordinator when it is refused: in Danish, what is wrong and with what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from config.errors import TalentNordError
from flows.cockpit.forms import choices_for, form_of
from flows.cockpit.refusal import refusal
from flows.record import fire_form
from states.facts import Fact
from states.store.tables import JourneyRow
from states.views.overview import Overview
from tests.support.hold import TALK_OPENS, Hold, enrolled


@pytest.fixture
def hold(tmp_path: Path) -> Iterator[Hold]:
    with enrolled(tmp_path, 2) as opened:
        yield opened


@pytest.mark.parametrize(
    ("form", "commitment", "held_on", "said"),
    [
        (
            "other",
            "political_homework",
            "2026-12-29",
            "Det kan ikke lade sig gøre endnu: Drøftelse af det politiske samspil (Mette Brøndgaard) er planlagt,"
            " og det åbner først 7. oktober 2027. Intet er registreret."
            " Registrér det, når det er åbnet.",
        ),
        (
            "other",
            "second_mentor",
            "2026-12-29",
            "Det kan ikke lade sig gøre endnu: Supplerende mentor (Mette Brøndgaard) er planlagt,"
            " og det åbner først med et valg: Valg for anden halvdel. Intet er registreret."
            " Registrér det, når det er åbnet.",
        ),
        (
            "expectation-talk",
            "",
            "2026-12-30",
            "Intet er registreret. Dato: 30. december 2026 er ikke kommet endnu. Ret det, og send formularen igen.",
        ),
        (
            "expectation-talk",
            "",
            "2026-12-28",
            "Intet er registreret. Dato: 28. december 2026 ligger før holdet begyndte (29. december 2026)."
            " Ret det, og send formularen igen.",
        ),
    ],
)
def test_a_form_is_refused_in_danish_with_the_reason(
    hold: Hold, form: str, commitment: str, held_on: str, said: str
) -> None:
    given = {"talent": f"{hold.id}-01", "commitment": commitment, "choice": "", "milestone": ""}
    with pytest.raises(TalentNordError) as refused:
        fire_form(hold.coordinator, "talent-nord", form, given, {"held_on": held_on}, "form:1")
    assert refusal(hold.coordinator, refused.value, "talent-nord") == said


def tell(hold: Hold, form: str, **details: str) -> str:
    """What a form about the first talent's expectation talk says when it is refused."""
    given = {"talent": f"{hold.id}-01", "commitment": "expectation_talk", "choice": "", "milestone": ""}
    with pytest.raises(TalentNordError) as refused:
        fire_form(hold.coordinator, "talent-nord", form, given, details, "form:1")
    return str(refusal(hold.coordinator, refused.value, "talent-nord"))


def test_the_plan_is_one_of_three_things(hold: Hold) -> None:
    given = {"talent": f"{hold.id}-01", "commitment": "", "choice": "", "milestone": "", "plan": "måske"}
    with pytest.raises(TalentNordError) as refused:
        fire_form(hold.coordinator, "talent-nord", "expectation-talk", given, {}, "form:1")
    said = str(refusal(hold.coordinator, refused.value, "talent-nord"))
    assert said.startswith("Intet er registreret. Udviklingsplanen er (hvis I ved det): ")
    fire_form(hold.coordinator, "talent-nord", "expectation-talk", {**given, "plan": "skrevet"}, {}, "form:1")
    with hold.coordinator.database.read() as connection:
        page = Overview(connection, hold.id, hold.clock()).talent(f"{hold.id}-01")
        assert (page.line.plan and page.line.plan.what) == "skrevet"
        definition = hold.coordinator.library.programme("talent-nord").definition
        lists = {
            ident: choices_for(connection, "talent-nord", form_of(definition, ident), hold.clock()).plans
            for ident in ("expectation-talk", "mentor-meeting", "other", "waive")
        }
    asked = {"skrevet": "written", "revideret": "revised", "ikke ændret": "no"}
    assert lists == {"expectation-talk": asked, "mentor-meeting": asked, "other": {}, "waive": {}}


def test_nothing_is_waived_without_a_reason(hold: Hold) -> None:
    assert tell(hold, "waive") == "Intet er registreret. Begrundelse: mangler. Ret det, og send formularen igen."


def test_where_there_is_no_consultant_nothing_is_handed_to_one(hold: Hold) -> None:
    hold.tick(TALK_OPENS)
    with hold.coordinator.database.write() as connection:
        connection.execute(update(JourneyRow).values(consultant_id=None))
    assert tell(hold, "hand") == (
        "Talentets organisation har ingen intern konsulent at give aftalen videre til:"
        " Forventningssamtale (Mette Brøndgaard) er i gang. Intet er registreret."
        " Tal selv med lederen, eller aftal en ny frist."
    )


def test_a_cohort_of_before_is_not_in_the_form_and_refuses_what_its_programme_has_not(tmp_path: Path) -> None:
    with enrolled(tmp_path, 1, without="on_hand") as hold:
        hold.tick(TALK_OPENS)
        services = hold.coordinator
        form = form_of(services.library.programme("talent-nord").definition, "hand")
        with services.database.read() as connection:
            lists = choices_for(connection, "talent-nord", form, services.now())
        assert (lists.talents, lists.commitments) == ({}, {})
        with pytest.raises(TalentNordError) as refused:
            services.engine.fire("expectation_talk:hand", [f"{hold.id}-01"], Fact("1", "coordinator"))
        assert refusal(services, refused.value, "talent-nord") == (
            "Det kan ikke lade sig gøre: Holdet begyndte med et program, der ikke har det med. Intet er registreret."
            " Spørg den, der driver systemet, om holdet kan få det med."
        )
