"""The one grammar of triggers, ids and escalation levels: how they are written, and how they are read back."""

from __future__ import annotations

from typing import NamedTuple, Self

COMMITMENT_STATES = ("planned", "open", "kept", "missed", "kept_late", "waived", "cancelled")
"""What a commitment comes to, beside the levels of its escalation."""
ESCALATED = "escalated"
MOVE, CALL_OFF = "move", "call_off"
"""The parts of a milestone's trigger that tell of a new date, time or place, and that there is no date any more."""
NEWS = frozenset({MOVE, CALL_OFF})
COME, DECLINE = "come", "decline"
"""The parts of a milestone's trigger by which somebody says whether they come: ``kickoff:decline``."""
SAYINGS = frozenset({COME, DECLINE})
TAKEN_BACK = "taken_back"
"""Where a journey stands whose enrolment was a mistake: final, outside every definition, and out of sight."""
CORRECT = "correct"
"""The part of a trigger that takes a fact back: ``leave:correct``."""
CHASE = "chase"
"""The part of an event's trigger that asks again about whoever it holds."""
LAPSED = "lapsed"
"""The detail of an effect that names the commitments which an event has ended."""


class Trigger(NamedTuple):
    """A trigger: ``leave`` or ``m2d1`` is a name alone, ``mentor_meeting_m2:keep`` a name and a part.

    The part is a commitment's verb, a milestone's notice, ``move``, ``call_off``, ``come`` or ``decline``,
    or ``chase`` of an event.
    """

    name: str
    part: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return what is written in ``text``; anything is a trigger, known or not."""
        name, _, part = text.partition(":")
        return cls(name, part)

    def __str__(self) -> str:
        """Return the trigger as it is written."""
        return f"{self.name}:{self.part}" if self.part else self.name


def commitment_id(subject: str, name: str) -> str:
    """Return the id of a commitment of a journey, or of a cohort."""
    return f"{subject}/{name}"


def attendance_id(who: str, milestone: str) -> str:
    """Return the id of somebody's coming to a milestone: a person's, or a cohort's for whoever asks there."""
    return f"{who}@{milestone}"


def is_attendance(subject: str) -> bool:
    """Return whether a subject is somebody's coming to a milestone."""
    return "@" in subject


def history_id(subject: str, version: int) -> str:
    """Return the id of the history row by which a journey or commitment came to a version."""
    return f"{subject}#{version}"


def talent_number(journey_id: str) -> int:
    """Return a talent's number on the list, which ends the journey's id; 0 if there is none."""
    number = journey_id.rpartition("-")[2]
    return int(number) if number.isdigit() else 0


def escalated(level: int) -> str:
    """Return the state of an escalation's level, counted from 1."""
    return f"{ESCALATED}.{level}"


def level_of(state: str) -> int:
    """Return the level of an escalated state, 0 for any other."""
    name, _, level = state.partition(".")
    return int(level) if name == ESCALATED and level else 0


def without_level(state: str) -> str:
    """Return a commitment's state as people call it: ``escalated`` on every level."""
    return ESCALATED if level_of(state) else state


def reminder(number: int) -> str:
    """Return the verb of a reminder, counted from 1."""
    return f"remind_{number}"
