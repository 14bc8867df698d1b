"""People who answer on the site's pages, as the site lets them: by what they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from states.answers import answer
from states.facts import Outcome
from states.running_cohort import read_cohort
from states.views.matter import Matter
from states.views.matters import matter, matters
from tests.support.driver import Driver


class Answering:
    """The people of the driven cohort at its moment."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._cohort = driver.cohort.id

    def sees(self, person: str, subject: str) -> Matter:
        """Return what the page of an answer shows a person whom it is for."""
        shown = self.may_see(person, subject)
        assert shown is not None
        return shown

    def may_see(self, person: str, subject: str) -> Matter | None:
        """Return what the page of an answer shows a person, if it is theirs."""
        with self._driver.database.read() as connection:
            cohort = read_cohort(connection, self._cohort)
            return matter(connection, cohort, person, subject, self._driver.now)

    def is_asked(self, person: str) -> list[Matter]:
        """Return what a person's own page lists."""
        with self._driver.database.read() as connection:
            cohort = read_cohort(connection, self._cohort)
            return matters(connection, cohort, person, self._driver.now)

    def says(
        self, person: str, subject: str, option: str, given: Mapping[str, str], version: int | None = None
    ) -> Outcome:
        """Let a person send the page of an answer; ``version`` is that of an older page."""
        if version is None:
            shown = self.may_see(person, subject)
            version = shown.version if shown else 0
        return answer(self._driver.engine, self._cohort, person, subject, option, given, version)
