"""What a programme says of what it keeps about people: each role once, in its own words."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from config.privacy import Privacy, privacy_text

READ: TypeAdapter[Privacy] = TypeAdapter(Privacy)
TALENT = {"to": ["talent"], "text": "Vi gemmer dit navn; spørg {coordinator}."}
MENTOR = {"to": ["mentor", "second_mentor"], "text": "Vi gemmer din mailadresse."}


@pytest.mark.parametrize("role", ["talent", "group", "cohort", "partner"])
def test_a_talent_is_told_the_same_however_they_come_into_a_message(role: str) -> None:
    told = READ.validate_python([TALENT, MENTOR])
    assert privacy_text(told, role, "Karen {x}") == "Vi gemmer dit navn; spørg Karen {x}."


def test_a_leader_is_told_as_one_and_a_role_without_a_text_is_told_nothing() -> None:
    told = READ.validate_python([TALENT, MENTOR])
    assert privacy_text(told, "former_mentor", "Karen") == "Vi gemmer din mailadresse."
    assert privacy_text(told, "administration", "Karen") == ""
    assert privacy_text((), "talent", "Karen") == ""


@pytest.mark.parametrize(
    ("specs", "fault"),
    [
        ([TALENT, {**MENTOR, "to": ["group"]}], "talent is told twice; give each role one text"),
        ([{**TALENT, "text": "Spørg {leader}"}], r"\{leader\} stands for nothing here"),
        ([{**TALENT, "to": []}], "at least 1 item"),
    ],
)
def test_a_text_that_cannot_be_meant_is_refused(specs: list[dict[str, object]], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        READ.validate_python(specs)
