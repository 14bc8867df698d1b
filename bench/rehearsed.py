"""The work of ``bench.interleave``: ``python bench/rehearsed.py TALENTS LAST_DAY DIRECTORY``.

A cohort of the real programme is enrolled and lives until a day: time passes, and every tenth day talents keep what is
open. Prints as JSON how many transitions that made, the CPU seconds of this process, and which files did it. It runs
in other commits too, so all it uses is the driver of the tests.
"""

from __future__ import annotations

import inspect
import json
import sys
from datetime import date, timedelta
from pathlib import Path
from time import process_time
from typing import Any

from tests.support import driver as support

FIRST_DAY = date(2027, 1, 1)
STEP = timedelta(days=10)

# Taken from the driver, which has it under this name whatever its module is called.
DATABASE: Any = vars(support)["Database"]


def rehearse(talents: int, last_day: date, directory: Path) -> tuple[int, float]:
    """Returns the number of transitions and the CPU seconds (user and system) they took."""
    database = DATABASE(f"sqlite:///{directory / 'rehearsed.db'}", synchronous="NORMAL")
    database.migrate()
    driver = support.Driver(database, people=talents)
    numbers = range(1, len(driver.people.talents) + 1)
    started = process_time()
    driver.enrol()
    day = FIRST_DAY
    while day <= last_day:
        driver.until(day.isoformat())
        for number in numbers:
            keep(driver, number, day)
        day += STEP
    seconds = process_time() - started
    transitions = len(driver.history())
    database.close()
    return transitions, seconds


def keep(driver: support.Driver, number: int, day: date) -> None:
    """Keeps what is open of a talent, but for every third talent: those are reminded, miss and escalate."""
    if number % 3 == 0:
        return
    for name, state in driver.states(number).items():
        spec = driver.definition.commitments[name]
        if state == "open" and spec.kept_by_date_of is None:
            choice = {"choice": next(iter(spec.choices))} if spec.choices else {}
            driver.fire(f"{name}:keep", number, held_on=day.isoformat(), **choice)


if __name__ == "__main__":
    _, _talents, _last_day, _directory = sys.argv
    _transitions, _seconds = rehearse(int(_talents), date.fromisoformat(_last_day), Path(_directory))
    _code = [support.__file__, inspect.getfile(vars(support)["Engine"]), inspect.getfile(DATABASE)]
    sys.stdout.write(json.dumps({"transitions": _transitions, "seconds": _seconds, "code": _code}) + "\n")
