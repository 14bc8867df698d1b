"""A talent's story as coordinators read it: what happened and who said so, and what was written to whom about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from config.grammar import Trigger, without_level
from states.facts import FACT_CAUSE
from states.moves.note import NOTE
from states.moves.tasks import TASK
from states.moves.teams import TEAM
from states.running_cohort import RunningCohort
from states.store.conditions import CORRECTED
from states.store.queries import chunks
from states.store.run_links import runs_of
from states.store.tables import EffectRow, FactRow, HistoryRow, MailRow
from states.views.actors import names_of
from states.views.pages import HistoryLine, MailLine
from states.views.undelivered import FAILED, MAIL

_FACT = (FactRow.key, FactRow.trigger, FactRow.at, FactRow.actor, FactRow.details, FactRow.subjects)


def facts_behind(connection: Connection, causes: Iterable[str]) -> dict[str, Row[Any]]:
    """Return the facts among the causes of transitions, by cause."""
    keys = sorted({cause.removeprefix(FACT_CAUSE) for cause in causes if cause.startswith(FACT_CAUSE)})
    found: dict[str, Row[Any]] = {}
    for some in chunks(keys):
        rows = connection.execute(select(*_FACT).where(FactRow.key.in_(some)))
        found |= {f"{FACT_CAUSE}{row.key}": row for row in rows}
    return found


def history_of(connection: Connection, cohort: RunningCohort, journey_id: str) -> Iterator[HistoryLine]:
    """Yield what has happened to a talent, the newest first."""
    rows = connection.execute(
        select(HistoryRow.__table__).where(HistoryRow.journey_id == journey_id).order_by(HistoryRow.n.desc())
    ).all()
    facts = facts_behind(connection, {row.cause for row in rows})
    people = names_of(connection, {fact.actor for fact in facts.values()})
    keys = [fact.key for fact in facts.values()]
    corrected = {
        key for some in chunks(keys) for key in connection.scalars(CORRECTED.where(FactRow.corrects.in_(some)))
    }
    first = {row.cause: row.n for row in rows}  # The oldest: rows come the newest first.
    runs = runs_of(connection, journey_id)
    for row in rows:
        fact = facts.get(row.cause)
        actor = fact.actor if fact else ""
        ours = row.machine in {MAIL, TASK}
        what, dest = (row.trigger, row.dest) if ours else _said(cohort, row)
        yield HistoryLine(
            at=cohort.definition.working_time.local(row.at),
            what=what,
            dest=dest,
            cause=row.cause,
            actor=actor,
            mail=ours,
            run=runs.get(row.id, ""),
            moved=ours or row.source != row.dest,
            by=people.get(actor, ""),
            note=_note(fact) if fact and first[row.cause] == row.n else "",
            corrected=fact is not None and fact.key in corrected,
        )


def _said(cohort: RunningCohort, row: Row[Any]) -> tuple[str, str]:
    """Return what a transition is called, and where it has led."""
    definition = cohort.definition
    if row.machine == NOTE:
        return definition.trigger_label(row.trigger), ""
    if row.machine == TEAM:
        return definition.trigger_label(row.trigger), row.dest
    journeys_own = row.machine == "journey" or row.machine in definition.programme.regions
    what = definition.trigger_label(row.trigger if journeys_own else str(Trigger(row.machine, row.trigger)))
    if row.machine == "journey":
        return what, definition.state_label(row.dest)
    if journeys_own:
        return what, definition.region_label(row.machine, row.dest)
    if row.machine in definition.milestones:
        return what, definition.trigger_label(row.dest) if row.dest else ""
    name = without_level(row.dest)
    return what, definition.programme.commitment_states.get(name, name)


def _note(fact: Row[Any]) -> str:
    return str(fact.details.get("because") or fact.details.get("note") or "")


def mails_about(
    connection: Connection, cohort: RunningCohort, journey_id: str, names: Mapping[str, str]
) -> Iterator[MailLine]:
    """Yield each mail about a talent once, the newest first, with what it was about; ``names`` of people by id."""
    rows = connection.execute(
        select(
            EffectRow.key,
            EffectRow.mail_id,
            EffectRow.send_at,
            EffectRow.recipient_id,
            EffectRow.trigger,
            EffectRow.status,
            EffectRow.note,
            MailRow.subject,
            MailRow.claimed_at,
        )
        .join(MailRow, MailRow.id == EffectRow.mail_id, isouter=True)
        .where(EffectRow.journey_id == journey_id, EffectRow.kind == "mail", EffectRow.status != "dropped")
        .order_by(EffectRow.id.desc())
    )
    mails: dict[str, list[Row[Any]]] = {}
    for row in rows:
        mails.setdefault(row.mail_id or row.key, []).append(row)
    for carried in mails.values():
        newest = carried[0]
        about = tuple(dict.fromkeys(cohort.definition.trigger_label(row.trigger) for row in reversed(carried)))
        yield MailLine(
            at=cohort.definition.working_time.local(newest.claimed_at or newest.send_at),
            to=names.get(newest.recipient_id, ""),
            # Until it is written, a mail is named by what it is about.
            subject=newest.subject or ", ".join(about),
            status=newest.status,
            about=about if newest.subject else (),
            why=newest.note if newest.status in FAILED else "",
            id=newest.mail_id if newest.subject is not None else "",
        )
