"""The typed form of a cohort: one running of a programme with its dates, places, staff and organisations."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from config.content import Topics
from config.mail_address import MailAddress
from config.names import LONGEST_ID, FileName
from config.plain_text import Line, Link, Note, OptionalLine, PersonName
from config.spec import Spec
from config.telephone import Telephone
from config.working_time import WorkingTime

FIRST_YEAR, LAST_YEAR = 2000, 2100


def _clock(value: object) -> object:
    # YAML 1.1 readers take 12:30 for a number in base 60; 1.2 ones keep the text.
    if isinstance(value, str) and value.count(":") == 1 and len(value) == 4:
        return f"0{value}"
    return value


def in_our_time(day: date) -> date:
    """Return a day that can be meant; raises ``ValueError`` for one that is a slip of the pen (year 1, year 20270)."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{day} cannot be meant: write a day between {FIRST_YEAR} and {LAST_YEAR}")
    return day


Clock = Annotated[time, BeforeValidator(_clock)]


class Contact(Spec):
    """A person who is not a talent or a leader: name, mail address, and how to call and to reach them."""

    name: PersonName
    email: MailAddress
    title: OptionalLine = ""
    organisation: OptionalLine = ""
    telephone: Telephone = ""


class Organisation(Spec):
    """A participating organisation and its internal consultant (R3, R4)."""

    name: Line
    consultant: Contact


class Day(Spec):
    """When and where a milestone is held, and who staffs it (R5); clock times are local."""

    date: Annotated[date, AfterValidator(in_our_time)]
    start: Clock
    end: Clock
    place: Line
    staff: tuple[PersonName, ...] = ()
    material: dict[Line, Link] = Field(default_factory=dict)
    """Preparation material: title and address (R19)."""
    reason: OptionalLine = ""
    """Why a gap outside the module's bounds is right for this day (R15)."""

    def starts(self, hours: WorkingTime) -> datetime:
        """Return the start as an instant in UTC."""
        return hours.at(self.date, self.start)

    def ends(self, hours: WorkingTime) -> datetime:
        """Return the end as an instant in UTC."""
        return hours.at(self.date, self.end)


class Challenge(Spec):
    """Who sets a bootcamp's challenge, and who hears the solutions (R6, R22)."""

    owner: Line
    representative: Contact
    title: OptionalLine = ""
    text: Note = ""
    """What the owner asks for, in a few sentences."""


class Cohort(Spec):
    """A cohort as written in ``cohort.yaml``."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=LONGEST_ID)
    name: Line
    programme: str
    people: FileName = "people.xlsx"
    coordinators: tuple[Contact, ...] = Field(min_length=1)
    administration: Contact
    organisations: dict[str, Organisation]
    challenges: dict[str, Challenge] = Field(default_factory=dict)
    dates: dict[str, Day]
    content: Topics = Field(default_factory=dict)
    """What this cohort has of its own: a guide, a theme, a speaker; it stands for what the programme says."""

    def has_part(self, owner: str) -> bool:
        """Whether who sets a challenge is of an organisation that takes part (R6).

        The text names one by a word that no other organisation's name has: ``Aalborg``, where all are municipalities.
        """
        often = Counter(word for one in self.organisations.values() for word in set(_words(one.name)))
        return any(often[word] == 1 or len(self.organisations) == 1 for word in _words(owner) if word in often)


def _words(text: str) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in text.casefold()).split()
