"""What a year came to: sent twice, lost, unknown without a reason, or otherwise than in the undisturbed year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, select

from bench.faults.letters import read_letters
from bench.faults.peers import Taken
from bench.faults.undisturbed import Calm
from bench.faults.year import Struck
from states.store.database import Database
from states.store.reach_tables import AbsenceRow, AttendanceRow, TeamRow
from states.store.tables import (
    CommitmentRow,
    EffectRow,
    FactRow,
    HistoryRow,
    JourneyRow,
    MailRow,
    MilestoneRow,
    TaskRow,
    TimerRow,
)

SHOWN = 5
_COMPARED = {
    "effects": (
        *("key", "cohort_id", "journey_id", "subject", "history_id", "trigger", "kind", "message", "role"),
        *("recipient_id", "details"),
    ),
    "tasks": ("id", "cohort_id", "journey_id", "subject", "owner_id", "title", "text", "due_on", "status"),
}
"""What no interruption may change. It may change when a mail went, in which one, and what is said of that."""


@dataclass
class Verdict:
    """The figures of one year beside its undisturbed one; ``examples`` are the first of each kind of fault."""

    mails: int = 0
    twice: int = 0
    lost: int = 0
    unknown: int = 0
    unexplained: int = 0
    too_late: int = 0
    """Effects that were dropped, where they went in the undisturbed year: after an outage they held no longer."""
    differing: int = 0
    examples: list[str] = field(default_factory=list)

    def note(self, kind: str, what: Iterable[object]) -> int:
        """Keep the first of a kind of fault as examples; return how many there are."""
        found = [str(one) for one in what]
        self.examples += [f"{kind}: {one}" for one in found[:SHOWN]]
        return len(found)


def judge(struck: Struck, calm: Calm) -> Verdict:
    """Compare a year with its undisturbed one."""
    verdict = Verdict(mails=len(struck.taken))
    database, reference = Database(struck.database), Database(f"sqlite:///{calm.database}")
    try:
        effects, before = effects_of(database), effects_of(reference)
        with database.read() as connection:
            statuses = dict(map(tuple, connection.execute(select(MailRow.id, MailRow.status))))
        verdict.differing = verdict.note("differs", _differing(database, reference))
    finally:
        database.close()
        reference.close()
    verdict.twice = verdict.note("twice", sent_twice(struck.taken, read_letters(struck.letters)))
    unknown = {mail for mail, status in statuses.items() if status == "unknown"}
    verdict.unknown = len(unknown)
    verdict.unexplained = verdict.note("unknown without a reason", unknown - struck.excused)
    taken = {mail.message_id for mail in struck.taken}
    verdict.lost = verdict.note("lost", _lost(effects, before, taken, after_outage=bool(struck.stops)))
    gone = [key for key, row in effects.items() if row.status == "dropped" and key in before]
    verdict.too_late = sum(before[key].status != "dropped" for key in gone)
    return verdict


def sent_twice(taken: Iterable[Taken], letters: Mapping[str, Iterable[str]]) -> list[tuple[str, int]]:
    """Return the effects that the peer was told of by more than one mail; a mail nobody has noted stands for itself."""
    told: Counter[str] = Counter()
    for mail in taken:
        told.update(letters.get(mail.message_id, (mail.message_id,)))
    return [(what, times) for what, times in told.items() if times > 1]


def _lost(
    effects: Mapping[str, Any], before: Mapping[str, Any], taken: set[str], *, after_outage: bool
) -> Iterable[str]:
    fates = {"sent", "unknown", "done"} | ({"dropped"} if after_outage else set())
    for key, row in before.items():
        now = effects.get(key)
        if row.status in {"sent", "done"} and (now is None or now.status not in fates):
            yield f"{key} was {row.status}, is {now and now.status}"
    for key, row in effects.items():
        if row.status == "sent" and row.mail_id not in taken:
            yield f"{key} is sent, but the peer never had mail {row.mail_id}"


def effects_of(database: Database) -> dict[str, Any]:
    """Return the effects by key, with what became of each and the mail that carries it."""
    query = select(EffectRow.key, EffectRow.status, EffectRow.mail_id).where(EffectRow.kind.in_(("mail", "task")))
    with database.read() as connection:
        return {row.key: row for row in connection.execute(query)}


def _differing(database: Database, reference: Database) -> list[str]:
    """Return the rows that are in one of the databases only, apart from what is numbered as it comes."""
    overtaken = _dropped(database) | _dropped(reference)
    found = []
    for model in (
        JourneyRow,
        CommitmentRow,
        HistoryRow,
        FactRow,
        TimerRow,
        MilestoneRow,
        AbsenceRow,
        AttendanceRow,
        TeamRow,
        EffectRow,
        TaskRow,
    ):
        table = model.__table__
        assert isinstance(table, Table)
        ours, theirs = (_rows(one, table, overtaken) for one in (database, reference))
        found += [f"{table.name}: only here: {row}" for row in (ours - theirs).elements()]
        found += [f"{table.name}: only undisturbed: {row}" for row in (theirs - ours).elements()]
    return found


def _dropped(database: Database) -> set[str]:
    """Return the keys of the effects that something has overtaken before they were carried out."""
    return {key for key, row in effects_of(database).items() if row.status == "dropped"}


def _rows(database: Database, table: Table, overtaken: set[str]) -> Counter[str]:
    """Return the rows, without tasks that something has overtaken in one of the years, and not in the other."""
    numbers = {"n"} | ({"id"} if table.name == "timers" else set())
    names = _COMPARED.get(table.name, tuple(column.name for column in table.columns if column.name not in numbers))
    columns = [table.columns[name] for name in names]
    with database.read() as connection:
        rows = connection.execute(select(*columns)).all()
    return Counter(str(tuple(row)) for row in rows if table.name != "tasks" or row.id not in overtaken)
