"""A folder of ``talentnord site`` with the database of a cohort that tests drive."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from states.store.database import Database
from tests.support.driver import Driver
from tests.support.site import TALK, Stand, standing
from tests.support.site_process import answer_link, path_of


@contextmanager
def talks_ahead(folder: Path, template: Path) -> Iterator[Stand]:
    """Hold-3 on a day on which its talks are to be held, in an empty folder; ``template`` is a database with tables."""
    path = folder / "var" / "talentnord.db"
    path.parent.mkdir()
    shutil.copy(template, path)
    database = Database(f"sqlite:///{path}")
    try:
        with standing(Driver(database, people=7).enrol().until("2027-01-21")) as stand:
            yield stand
    finally:
        database.close()


def talk_path(stand: Stand, folder: Path, number: int) -> str:
    """The path of the link that asks a leader about the talk with a talent, signed with the folder's key."""
    leader = stand.leader(number)
    return path_of(folder, stand.email(leader), answer_link(leader, f"hold-3-{number:02d}/{TALK}"))
