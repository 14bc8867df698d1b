"""A cohort's year, played out of sight: every mail as it would go, and every task as it would be opened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from icalendar import Calendar
from sqlalchemy import select

from config.errors import NotOnePersonError
from config.library import Library, LoadedCohort
from config.profile import Profile
from config.settings import Settings
from flows.rehearsal.played import PlayedYear, played_year
from notifications.transports.protocol import Attachment, Mail, Receipt
from states.store.tables import EffectRow, PersonRow, TaskRow

_CALENDAR = "text/calendar"


class Said(NamedTuple):
    """What is said, by the message's name, and in which role its reader hears it."""

    message: str
    role: str


class CalendarLine(NamedTuple):
    """What a mail does to a calendar: ``how`` is ``added``, ``changed`` or ``removed``; plain days have no time."""

    how: str
    title: str
    starts: date
    ends: date
    place: str


@dataclass(frozen=True)
class Piece:
    """A mail, or a task (without ``html``): when (local), to whom, what it says, and what comes with it."""

    at: datetime
    name: str
    email: str
    subject: str
    text: str
    said: tuple[Said, ...]
    html: str = ""
    due: date | None = None
    calendar: tuple[CalendarLine, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Year:
    """All that was sent and asked in a cohort's year, in order, and the names that people have there by address."""

    profile: str
    pieces: tuple[Piece, ...]
    people: tuple[tuple[str, str], ...]

    def of(self, text: str, cohort: str) -> tuple[str, tuple[Piece, ...]]:
        """Return the name of the one person who is meant by a name or an address, and all that they get.

        Raises:
            NotOnePersonError: nobody is called so, or several are.
        """
        wanted = text.strip().casefold()
        found = {email: name for email, name in self.people if wanted in (email.casefold(), name.casefold())}
        if len(found) != 1:
            known = [one for person in self.people for one in person if one]
            raise NotOnePersonError(text, cohort, sorted(found), known)
        [(email, name)] = found.items()
        return name, tuple(piece for piece in self.pieces if piece.email == email)


class _Kept:
    """A transport that keeps the mails that it is handed."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    def send(self, mail: Mail) -> Receipt:
        self.mails.append(mail)
        return Receipt(mail.message_id)


def play(
    loaded: LoadedCohort,
    profile: Profile,
    seed: int,
    settings: Settings,
    library: Library,
    show: Callable[[float, str], None],
) -> Year:
    """Play a cohort's year from end to end and return what people got; ``show`` is told how far it is, and the day."""
    kept = _Kept()
    with played_year(loaded, profile, seed, settings, library, kept) as year:
        for step in year.steps():
            show(step.share, f"{step.at:%d.%m.%Y}")
        return _read(year, loaded, profile.name, kept.mails)


def _read(year: PlayedYear, loaded: LoadedCohort, profile: str, mails: Iterable[Mail]) -> Year:
    local = loaded.definition.working_time.local
    said: dict[str, list[Said]] = defaultdict(list)
    with year.services.database.read() as connection:
        effects = select(EffectRow.mail_id, EffectRow.key, EffectRow.message, EffectRow.role).order_by(EffectRow.id)
        for effect in connection.execute(effects):
            said[effect.mail_id or effect.key].append(Said(effect.message, effect.role))
        people = connection.execute(select(PersonRow.email, PersonRow.name).distinct().order_by(PersonRow.name)).all()
        asked = (
            select(TaskRow, PersonRow.name, PersonRow.email)
            .join(PersonRow, PersonRow.id == TaskRow.owner_id)
            .order_by(TaskRow.opened_at, TaskRow.id)
        )
        tasks = [
            Piece(
                at=local(row.opened_at),
                name=row.name,
                email=row.email,
                subject=row.title,
                text=row.text,
                said=tuple(said[row.id]),
                due=row.due_on,
            )
            for row in connection.execute(asked)
        ]
    letters = [_letter(mail, local, tuple(dict.fromkeys(said[mail.message_id]))) for mail in mails]
    pieces = sorted((*letters, *tasks), key=lambda piece: piece.at)
    return Year(profile, tuple(pieces), tuple((email, name) for email, name in people))


def _letter(mail: Mail, local: Callable[[datetime], datetime], said: tuple[Said, ...]) -> Piece:
    calendars = [one for one in mail.attachments if one.content_type.startswith(_CALENDAR)]
    return Piece(
        at=local(mail.date),
        name=mail.to.name,
        email=mail.to.email,
        subject=mail.subject,
        text=mail.text,
        said=said,
        html=mail.html,
        calendar=tuple(_line(one, local) for one in calendars),
        files=tuple(one.filename for one in mail.attachments if one not in calendars),
    )


def _line(file: Attachment, local: Callable[[datetime], datetime]) -> CalendarLine:
    calendar = Calendar.from_ical(file.content)
    [event] = calendar.walk("VEVENT")
    called_off = str(calendar["METHOD"]) == "CANCEL"
    starts, ends = (
        local(moment) if isinstance(moment, datetime) else moment
        for moment in (event.decoded("DTSTART"), event.decoded("DTEND"))
    )
    how = "removed" if called_off else "changed" if event.decoded("SEQUENCE") else "added"
    return CalendarLine(how, str(event["SUMMARY"]), starts, ends, str(event.get("LOCATION", "")))
