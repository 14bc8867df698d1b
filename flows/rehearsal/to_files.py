"""A rehearsal without Prefect, in seconds: mails, history and summary as files in a folder; same seed, same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from config.library import Library, LoadedCohort
from config.profile import Profile
from config.settings import Settings
from flows.rehearsal.played import played_year
from flows.rehearsal.rehearsal import Step
from notifications.transports.files import FilesTransport
from states.views.counts import Summary, summarise
from states.views.history import history_records
from states.views.load import Load, mail_load


@dataclass(frozen=True)
class Rehearsed:
    """What came of a rehearsal."""

    summary: Summary
    load: tuple[Load, ...]
    profile: str
    seed: int
    first: str
    last: str

    def as_dict(self) -> dict[str, object]:
        """Return it as plain data for JSON."""
        about = {"profile": self.profile, "seed": self.seed, "first": self.first, "last": self.last}
        return about | self.summary.as_dict() | {"load": [asdict(one) for one in self.load]}


def rehearse(
    loaded: LoadedCohort, profile: Profile, out: Path, seed: int, settings: Settings, library: Library
) -> Iterator[Step | Rehearsed]:
    """Run a cohort from end to end into ``out``; yields each step, and last what came of it.

    Writes ``out/mail/*.eml``, ``out/history.jsonl`` (a record a transition) and ``out/summary.json``; what an earlier
    rehearsal left there is removed first.
    """
    files = FilesTransport(_fresh(out), durable=False)
    with played_year(loaded, profile, seed, settings, library, files) as year:
        first = year.clock()
        yield from year.steps()
        with year.services.database.read() as connection:
            summary = summarise(connection, loaded.cohort.id)
            load = mail_load(connection, loaded.cohort.id)
            records = [
                json.dumps(record, ensure_ascii=False) for record in history_records(connection, loaded.cohort.id)
            ]
    rehearsed = Rehearsed(summary, load, profile.id, seed, first.isoformat(), year.clock().isoformat())
    (out / "history.jsonl").write_text("\n".join(records) + "\n", encoding="utf-8")
    text = json.dumps(rehearsed.as_dict(), ensure_ascii=False, indent=2)
    (out / "summary.json").write_text(text + "\n", encoding="utf-8")
    yield rehearsed


def _fresh(out: Path) -> Path:
    """Return the empty mail folder of ``out``; only what a rehearsal writes is removed."""
    mail = out / "mail"
    mail.mkdir(parents=True, exist_ok=True)
    for old in (*mail.glob("*.eml"), out / "history.jsonl", out / "summary.json"):
        old.unlink(missing_ok=True)
    return mail
