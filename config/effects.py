"""The typed form of what a transition causes, and of what is sent at a time: mails and tasks, and to whom."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from config.names import Name
from config.roles import Role
from config.spec import Spec
from config.when import WhenField


class EffectSpec(Spec):
    """What a transition causes: a mail to everyone in ``to``, or a task for each of them, due at ``due``."""

    mail: str | None = None
    task: str | None = None
    to: tuple[Role, ...] = Field(min_length=1)
    without: tuple[Role, ...] = ()
    """Who is not told though they are among those: the rest of the cohort is all of it ``without: [group]`` (R34)."""
    due: WhenField | None = None
    between: tuple[Role, ...] = ()
    """Who has agreed on it together: when one of them tells it by an answer, none of them gets a mail about it."""
    names_others: bool = False
    """Whether a mail ends with a line on who else is told the same."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.mail is None) == (self.task is None):
            raise ValueError("an effect is either 'mail: <message>' or 'task: <message>'")
        if self.mail is not None and self.due is not None:
            raise ValueError("only a task has a 'due'")
        if self.mail is None and self.names_others:
            raise ValueError("only a mail has 'names_others'")
        return self

    @property
    def message(self) -> str:
        """The name of the message's template folder."""
        return self.mail or self.task or ""


class Notice(Spec):
    """Mails or tasks at a time of their own before or after a milestone; ``day`` in ``when`` is the milestone."""

    id: Name
    when: WhenField
    effects: tuple[EffectSpec, ...] = Field(min_length=1)
    state: str | None = None
    """Only journeys that have reached this place are told (R39: never before the journey is complete)."""
    once: bool = False
    """Nobody gets it a second time when the day is moved: the news of the new day says it already."""
    year: bool = False
    """It invites its readers to all events that they are in the audience of, and brings them all (R57)."""
    attending: bool = False
    """Who has given notice of not coming is not told (R29)."""


class Finding(Spec):
    """What is told of those whom a milestone finds in a place: who comes to the kick-off without the talk (R12)."""

    place: str = Field(alias="in")
    effects: tuple[EffectSpec, ...] = Field(min_length=1)


class Reminder(Spec):
    """What is sent at a time: while a commitment is open, when it is missed, or while an event holds somebody."""

    when: WhenField
    effects: tuple[EffectSpec, ...] = Field(min_length=1)
    asks_others: bool = False
    """Whether it asks others for help: then it is not sent once the talent has said to ask nobody (R59)."""
