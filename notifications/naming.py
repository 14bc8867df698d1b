"""Names for effects as they are shown to coordinators: what is sent or asked, to whom, about whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.orm import aliased

from config.definition import Definition
from notifications.run_words import mail_trigger, run_name
from states.running_cohort import read_cohort
from states.store.database import Database
from states.store.queries import chunks
from states.store.tables import EffectRow, JourneyRow, PersonRow


def effect_names(database: Database, effects: Sequence[int]) -> dict[int, str]:
    """Return a readable name for each effect: ``Mail til Mette Holm: Mentormøde i modul 2: åbnet · om Jens Hansen``."""
    recipient, talent = aliased(PersonRow), aliased(PersonRow)
    query = (
        select(
            EffectRow.id,
            EffectRow.kind,
            EffectRow.cohort_id,
            EffectRow.trigger,
            recipient.name.label("to"),
            talent.name.label("talent"),
        )
        .join(recipient, recipient.id == EffectRow.recipient_id)
        .join(JourneyRow, JourneyRow.id == EffectRow.journey_id, isouter=True)
        .join(talent, talent.id == JourneyRow.talent_id, isouter=True)
    )
    with database.read() as connection:
        rows = [
            row for some in chunks(list(effects)) for row in connection.execute(query.where(EffectRow.id.in_(some)))
        ]
        definitions = {cohort: definition_if_readable(connection, cohort) for cohort in {row.cohort_id for row in rows}}
    return {row.id: _name(row, definitions) for row in rows}


def trigger_name(definition: Definition | None, trigger: str) -> str:
    """Return what a trigger is called for people; its own name where the definition cannot be read."""
    return mail_trigger(trigger) or (trigger if definition is None else definition.trigger_label(trigger))


def definition_if_readable(connection: Connection, cohort: str) -> Definition | None:
    """Return a cohort's definition, or ``None`` if it cannot be read: whoever needs it says why, a name does not."""
    try:
        return read_cohort(connection, cohort).definition
    except Exception:
        return None


def _name(row: Row[Any], definitions: Mapping[str, Definition | None]) -> str:
    about = trigger_name(definitions[row.cohort_id], row.trigger)
    if row.talent and row.talent != row.to:
        about = run_name("about", what=about, talent=row.talent)
    return run_name(row.kind, to=row.to, about=about)
