"""What a coordinator's tasks take, in clicks and seconds: ``python -m bench.cockpit --date 2026-11-26``.

Each task of ``cockpit_tasks.py`` is done in Chromium at 1280 pixels, from the overview of hold-3 as it is served on a
day on which all its expectation talks are late. Clicks count up to the last Submit, seconds from there to the end of
the run. Printed is what the run's log says, on which its page opens, or what the form says that was not taken. The
benchmark fails if a task needs more than five clicks and asks for no confirmation. Prints the table of
docs/cockpit.md, or JSON.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from bench.cockpit_tasks import TASKS, Task
from bench.keeping import keep, options_of, scratch
from bench.machine import facts
from flows.cockpit import ui
from flows.server.process import ServerPlace
from tests.support.browser import watched
from tests.support.clicks import Clicks
from tests.support.prefect import artifact, ask
from tests.support.served import hold_3_served

DAY = datetime(2027, 3, 15, 9, tzinfo=UTC)
MOST = 5
PATIENCE = 60_000
"""Milliseconds that a page may take."""
INLINE = re.compile(r"' is (a|not) ")
"""What Prefect's form says of a field begins with the field, or what is in it."""
CHOICES = re.compile(r"\[.*\]", re.DOTALL)
"""The choices of a list, which a form enumerates."""
TELLS = "prefect.flow_runs.told"
ADDRESS = re.compile(r" (Se siden:|See the page:).*| *https?://\S+", re.DOTALL)


@dataclass(frozen=True)
class Done:
    """A task as it was done; no seconds where no run was made."""

    task: str
    confirms: bool
    clicks: int
    seconds: float | None
    ended: str
    said: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures as the command line says; 1 if a task needs more clicks than it may."""
    parser = options_of(__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON, not a table")
    options = parser.parse_args(arguments)
    machine = facts(("prefect", "playwright"), synchronous="FULL")
    with scratch() as folder, hold_3_served(folder, DAY) as served:
        done = [perform(served.place, task) for task in TASKS]
    record = {"date": options.date, "machine": machine, "tasks": [asdict(one) for one in done]}
    keep("cockpit", record)
    sys.stdout.write(json.dumps(record, indent=2, ensure_ascii=False) + "\n" if options.json else table(done))
    return 1 if any(one.clicks > MOST and not one.confirms for one in done) else 0


def perform(place: ServerPlace, task: Task) -> Done:
    """Do a task in a browser of its own, from the overview."""
    found = artifact(place, "side-hold-3")
    with watched(place.ui, width=1280) as context:
        context.set_default_timeout(PATIENCE)
        hands = Clicks(context.new_page(), ui.DEFAULT.page(found["latest_id"]) if found else "/")
        hands.begin()
        answer = task.do(hands)
        if answer is None:
            return Done(task.name, task.confirms, hands.count, None, "", "")
        if not answer.ok:
            said = CHOICES.sub("[…]", hands.page.get_by_text(INLINE).first.inner_text())
            return Done(task.name, task.confirms, hands.count, None, "not taken", said)
        clicks, run = hands.count, answer.json()["id"]
        ended, seconds = hands.settle()
        return Done(task.name, task.confirms, clicks, round(seconds, 1), ended, _said(place, run))


def _said(place: ServerPlace, run: str) -> str:
    """Return the sentence that a run's log has for whoever filled in its form, without the page's address."""
    body = {"logs": {"flow_run_id": {"any_": [run]}}, "sort": "TIMESTAMP_ASC"}
    own = [line["message"] for line in ask(place, "/logs/filter", body) if line["name"] == TELLS]
    return ADDRESS.sub("", own[-1]).strip() if own else ""


def table(done: Sequence[Done]) -> str:
    """Return the table in Markdown."""
    rows = ["| task | clicks | s | ends | what is read |", "|---|---:|---:|---|---|"]
    for one in done:
        seconds = "" if one.seconds is None else f"{one.seconds:.0f}"
        mark = ", asks for a confirmation" if one.confirms else ""
        rows.append(f"| {one.task}{mark} | {one.clicks} | {seconds} | {one.ended} | {one.said.replace('|', '/')} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
