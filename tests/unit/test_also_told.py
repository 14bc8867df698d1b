"""A mail says who else is told the same, where the programme wants it: by what they are, never the reader themself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from config.effects import EffectSpec
from notifications.render import render_message
from tests.support.message_cases import BASE, HANNE, JENS, KICKOFF, KIRSTEN, METTE, plain


@pytest.mark.parametrize(
    ("role", "also", "line"),
    [
        ("talent", "mentor group administration", "Hanne, din læringsgruppe og administrationen får også besked."),
        (
            "talent",
            "mentor second_mentor consultant administration",
            "Hanne, Jens Lykke (supplerende mentor), Kirsten Toft (intern konsulent) og administrationen får også "
            "besked.",
        ),
        ("mentor", "talent second_mentor", "Mette og den supplerende mentor får også besked."),
        ("group", "talent group", "Mette og resten af gruppen får også besked."),
        ("administration", "group", "Læringsgruppen får også besked."),
    ],
)
def test_the_last_line_says_who_in_words_and_in_html(role: str, also: str, line: str) -> None:
    around = replace(BASE, talent=METTE, mentor=HANNE, second_mentor=JENS, consultant=KIRSTEN, event=KICKOFF)
    context = replace(around, role=role, details={"also": also})
    said = render_message("transferred", context)
    assert said.text.endswith(f"\n\n{line}")
    assert plain(said.html).endswith(f" {line}")


def test_whoever_is_told_alone_reads_nothing_of_it() -> None:
    context = replace(BASE, role="administration", talent=METTE, event=KICKOFF)
    assert "også besked" not in render_message("absence", context).text


def test_a_task_names_nobody_else() -> None:
    with pytest.raises(ValidationError, match="only a mail has 'names_others'"):
        EffectSpec(task="talk", to=("coordinator",), names_others=True)
