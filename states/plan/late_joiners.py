"""What awaits somebody who joins a running cohort or comes back to it: a learning group, and the news. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from config.checks.people import can_be_grouped
from config.groups import Groups
from config.programme import CommitmentSpec
from states.plan.calendar import Calendar
from states.plan.groups import group_count
from states.plan.timers import NOTICE_RANK, Timer, milestone_timers


class Member(NamedTuple):
    """Somebody in a learning group; a founder has been in it since the groups were formed."""

    journey_id: str
    is_founder: bool


def seats(groups: Mapping[int, Sequence[Member]], newcomers: Sequence[str], rules: Groups) -> dict[str, int]:
    """Return the learning groups of newcomers, and of guests who get one of their own with them (R27).

    A newcomer goes to where the fewest sit, as long as there is room. Who comes when all groups are full is a guest in
    one of them; as soon as guests and newcomers are enough for a group, they found it. Nobody else ever moves. There
    are no seats before groups are formed; the number of a group that all have left is not given again.
    """
    sizes = {number: len(members) for number, members in groups.items() if members}
    if not sizes:
        return {}
    room = sum(max(0, rules.largest - size) for size in sizes.values())
    if len(newcomers) <= room:
        return _dealt(newcomers, sizes)
    hosts = {guest: number for number, members in groups.items() for guest in _guests(members, rules)}
    founding = _enough([*hosts, *newcomers], room, rules)
    found: dict[str, int] = {}
    if founding:
        after = max(groups) + 1
        fresh = dict.fromkeys(range(after, after + group_count(len(founding), rules)), 0)
        found = _dealt(founding, fresh)
        sizes |= Counter(found.values())
        for guest in hosts.keys() & found.keys():
            sizes[hosts[guest]] -= 1
    return found | _dealt([one for one in newcomers if one not in found], sizes)


def _guests(members: Sequence[Member], rules: Groups) -> list[str]:
    """Return who came to a group that was full."""
    in_order = sorted(members, key=lambda member: not member.is_founder)
    return [member.journey_id for member in in_order[rules.largest :] if not member.is_founder]


def _enough(waiting: Sequence[str], room: int, rules: Groups) -> Sequence[str]:
    """Return who of those without a proper seat are to found groups: so many that the others have room, if possible."""
    counts = [0, *(count for count in range(1, len(waiting) + 1) if can_be_grouped(count, rules))]
    relieving = [count for count in counts if count >= len(waiting) - room]
    return waiting[: min(relieving, default=counts[-1])]


def _dealt(people: Iterable[str], sizes: Mapping[int, int]) -> dict[str, int]:
    """Return a group for each, one after the other: where the fewest sit."""
    sizes, found = dict(sizes), {}
    for one in people:
        number = min(sizes, key=lambda number: (sizes[number], number))
        sizes[number] += 1
        found[one] = number
    return found


class Deadline(NamedTuple):
    """The deadline of somebody who joins, and whether it is their own: then it does not follow the calendar."""

    day: date | None
    is_own: bool = False


def deadline(calendar: Calendar, spec: CommitmentSpec, today: date) -> Deadline:
    """Return the deadline that somebody who joins today has: who is asked late has time for it (R8)."""
    opens = calendar.opening_at(spec.opens) if spec.opens else None
    if opens is None or calendar.local_day(opens) > today:
        return Deadline(calendar.day_of(spec.due))
    due = calendar.due_of(spec, today)
    own = calendar.day_of(spec.asked_late.due, {"opened": today}) if spec.asked_late else None
    return Deadline(due) if due is None or own is None or own <= due else Deadline(own, is_own=True)


def can_be_asked(calendar: Calendar, spec: CommitmentSpec, today: date) -> bool:
    """Whether a commitment can still be kept by somebody who joins today: what is over is not asked for."""
    due, until = calendar.day_of(spec.due), calendar.day_of(spec.asked_late.until) if spec.asked_late else None
    if due is not None and due < today and until is not None and until < today:
        return False
    due = deadline(calendar, spec, today).day
    return due is None or due >= today


def catch_up_notices(
    calendar: Calendar, cohort_id: str, journey_id: str, now: datetime, since: datetime | None = None
) -> Iterator[Timer]:
    """Yield timers that tell one journey what the others were told before: of every milestone still ahead.

    Who has been told already is not told again: a notice is one effect for each person. ``since`` leaves out what was
    told by then.
    """
    for milestone in calendar.definition.milestones.values():
        after = milestone_timers(calendar, cohort_id, milestone, since or now)
        missed = {timer.trigger for timer in after if since is None or timer.due_at > since}
        for timer in milestone_timers(calendar, cohort_id, milestone, now):
            if timer.rank == NOTICE_RANK and timer.due_at <= now and timer.trigger in missed:
                yield timer._replace(subject=journey_id)
