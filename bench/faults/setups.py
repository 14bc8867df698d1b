"""The setups: which database, which peer, and what happens to them."""

from __future__ import annotations

from typing import Literal, NamedTuple

from bench.faults.mutants import CLAIM_NO_LOCK, CLAIM_PARTIAL, HAND_OVER_FIRST

Kind = Literal["kills", "prefect", "harms", "mutant", "together", "together mutant"]


class Setup(NamedTuple):
    """A setup as it stands in the table; ``share`` is its part of all kills."""

    name: str
    kind: Kind
    database: Literal["SQLite", "PostgreSQL"]
    peer: Literal["SMTP", "SendGrid"]
    share: float = 0.0
    mutant: str = ""


SETUPS = {
    "sqlite-smtp": Setup("SQLite, SMTP", "kills", "SQLite", "SMTP", 0.235),
    "sqlite-sendgrid": Setup("SQLite, SendGrid", "kills", "SQLite", "SendGrid", 0.235),
    "postgresql-smtp": Setup("PostgreSQL, SMTP", "kills", "PostgreSQL", "SMTP", 0.235),
    "postgresql-sendgrid": Setup("PostgreSQL, SendGrid", "kills", "PostgreSQL", "SendGrid", 0.235),
    "prefect": Setup("SQLite, SMTP, Prefect", "prefect", "SQLite", "SMTP", 0.06),
    "sqlite-harms": Setup("SQLite, SMTP", "harms", "SQLite", "SMTP"),
    "postgresql-harms": Setup("PostgreSQL, SendGrid", "harms", "PostgreSQL", "SendGrid"),
    "together-sqlite": Setup("SQLite", "together", "SQLite", "SMTP"),
    "together-postgresql": Setup("PostgreSQL", "together", "PostgreSQL", "SMTP"),
    "sqlite-claim-partial": Setup(
        "claims when some effects are free on SQLite", "together mutant", "SQLite", "SMTP", mutant=CLAIM_PARTIAL
    ),
    "postgresql-claim-partial": Setup(
        "claims when some effects are free on PostgreSQL",
        "together mutant",
        "PostgreSQL",
        "SMTP",
        mutant=CLAIM_PARTIAL,
    ),
    "postgresql-claim-no-lock": Setup(
        "claims without locking on PostgreSQL", "together mutant", "PostgreSQL", "SMTP", mutant=CLAIM_NO_LOCK
    ),
    "mutant": Setup("hands over before it claims on SQLite", "mutant", "SQLite", "SMTP", mutant=HAND_OVER_FIRST),
}
