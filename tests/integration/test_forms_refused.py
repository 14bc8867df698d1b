"""What a form says to a coordinator when it is refused: in Danish, what is wrong and with what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.errors import TalentNordError
from flows.cockpit.refusal import refusal
from flows.record import fire_form
from tests.support.hold import Hold, enrolled


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
            "Det kan ikke lade sig gøre endnu: Drøftelse af det politiske niveau (Mette Brøndgaard) er planlagt,"
            " og det åbner først 7. oktober 2027. Intet er registreret.",
        ),
        (
            "other",
            "second_mentor",
            "2026-12-29",
            "Det kan ikke lade sig gøre endnu: Supplerende mentor (Mette Brøndgaard) er planlagt,"
            " og det åbner først med et valg: Valg for anden halvdel. Intet er registreret.",
        ),
        (
            "expectation-talk",
            "",
            "2026-12-30",
            "Intet er registreret. Dato: 30. december 2026 er ikke kommet endnu",
        ),
        (
            "expectation-talk",
            "",
            "2026-12-28",
            "Intet er registreret. Dato: 28. december 2026 ligger før holdet begyndte (29. december 2026)",
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
