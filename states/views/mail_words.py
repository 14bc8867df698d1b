"""A mail as it was written: to whom, when, what became of it, and its words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from config.errors import UnknownRecordError
from states.running_cohort import read_cohort
from states.store.tables import MailRow, PersonRow


@dataclass(frozen=True)
class MailWords:
    """A mail that was written; ``at`` is local, ``text`` its plain part without the links that are its reader's alone.

    ``text`` is ``None`` for a mail of before words were kept. The name and address are those that its reader has now.
    """

    cohort: str
    to: str
    email: str
    at: datetime
    status: str
    subject: str
    text: str | None


def mail_words(connection: Connection, mail_id: str) -> MailWords:
    """Return a mail by its id.

    Raises:
        UnknownRecordError: there is no such mail.
    """
    columns = (MailRow.cohort_id, MailRow.claimed_at, MailRow.status, MailRow.subject, MailRow.text)
    query = select(*columns, PersonRow.name, PersonRow.email).join(PersonRow, PersonRow.id == MailRow.recipient_id)
    row = connection.execute(query.where(MailRow.id == mail_id)).one_or_none()
    if row is None:
        raise UnknownRecordError("mail", mail_id)
    cohort = read_cohort(connection, row.cohort_id)
    at = cohort.definition.working_time.local(row.claimed_at)
    return MailWords(cohort.name, row.name, row.email, at, row.status, row.subject, row.text)
