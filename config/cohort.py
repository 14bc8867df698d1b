"""The typed form of a cohort: one running of a programme with its dates, places, staff and organisations."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from config.mail_address import normal_address
from config.programme import Spec
from config.working_time import WorkingTime


def _clock(value: object) -> object:
    # YAML 1.1 readers take 12:30 for a number in base 60; 1.2 ones keep the text.
    if isinstance(value, str) and value.count(":") == 1 and len(value) == 4:
        return f"0{value}"
    return value


def _address(value: str) -> str:
    try:
        return normal_address(value)
    except ValueError as error:
        raise PydanticCustomError("mail_address", "{why}", {"why": str(error)}) from error


Clock = Annotated[time, BeforeValidator(_clock)]
MailAddress = Annotated[str, AfterValidator(_address)]


class Contact(Spec):
    """A person who is not a talent or a leader: name and mail address."""

    name: str = Field(min_length=1)
    email: MailAddress
    title: str = ""


class Organisation(Spec):
    """A participating organisation and its internal consultant (R3, R4)."""

    name: str
    consultant: Contact


class Day(Spec):
    """When and where a milestone is held, and who staffs it (R5); clock times are local."""

    date: date
    start: Clock
    end: Clock
    place: str
    staff: tuple[str, ...] = ()
    material: dict[str, str] = Field(default_factory=dict)
    """Preparation material: title and address (R19)."""
    reason: str = ""
    """Why a gap outside the module's bounds is right for this day (R15)."""

    def starts(self, hours: WorkingTime) -> datetime:
        """Return the start as an instant in UTC."""
        return hours.at(self.date, self.start)

    def ends(self, hours: WorkingTime) -> datetime:
        """Return the end as an instant in UTC."""
        return hours.at(self.date, self.end)


class Challenge(Spec):
    """Who sets a bootcamp's challenge, and who hears the solutions (R6, R22)."""

    owner: str
    representative: Contact
    title: str = ""


class Cohort(Spec):
    """A cohort as written in ``cohort.yaml``."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    name: str
    programme: str
    people: str = "people.xlsx"
    coordinators: tuple[Contact, ...] = Field(min_length=1)
    administration: Contact
    organisations: dict[str, Organisation]
    challenges: dict[str, Challenge] = Field(default_factory=dict)
    dates: dict[str, Day]
