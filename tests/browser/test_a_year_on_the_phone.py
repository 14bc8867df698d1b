"""One talent and her leader go from the invitation to the alumni day by mail and page alone, on a phone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy import select

from states.store.tables import CommitmentRow, JourneyRow, TaskRow
from states.views.told import told_facts
from tests.support.browser import skip_without_browser, watched
from tests.support.year import COHORT, Letter, Year, a_year

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("phone")]

JOURNEY = "hold-3-07"
TALK = "Forventningssamtale"
PHONE = 390
AGREED_AHEAD = timedelta(days=3)
ANSWERS = ("held", "choose", "found", "coming")
"""What is answered where there are several answers: that it was held, what is chosen, who was found, that one comes."""


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    skip_without_browser()
    with a_year(tmp_path_factory.mktemp("year"), JOURNEY) as found:
        yield found


class Phone:
    """Somebody's phone: opens the links of the mails to one address and answers what they ask.

    What has the heading ``leaves`` they leave to the other one who is asked.
    """

    def __init__(self, context: BrowserContext, year: Year, address: str, leaves: str = "") -> None:
        self.page: Page = context.new_page()
        self.address = address
        self.own_page = ""
        self.answered: Counter[str] = Counter()
        self._year = year
        self._leaves = leaves
        self._later: list[tuple[date, str]] = []

    def receive(self, letter: Letter) -> None:
        """Read a mail: answer what its buttons ask, and remember the way to one's own page."""
        if letter.pages:
            self.own_page = letter.pages[-1]
        for link in letter.answers:
            self._answer(link)

    def wake(self) -> None:
        """Answer again what was put off until today: an agreed day has come."""
        today = self._year.clock().date()
        for day, link in [one for one in self._later if one[0] <= today]:
            self._later.remove((day, link))
            self._answer(link, day_has_come=True)

    def _answer(self, link: str, day_has_come: bool = False) -> None:
        if any(link == later for _, later in self._later):
            return
        self.page.goto(link)
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        assert self.page.evaluate("document.documentElement.scrollWidth") <= PHONE
        if self.page.get_by_role("heading", level=1, name=self._leaves, exact=True).count():
            return
        forms = self.page.locator("form[method=post]")
        options = {self._option(forms.nth(number)): forms.nth(number) for number in range(forms.count())}
        if "agreed" in options and not day_has_come:
            # One of the two tells the day; the other reads it here.
            if not self.page.get_by_text("Aftalt til").count():
                self._agree(options["agreed"])
            self._later.append((self._year.clock().date() + AGREED_AHEAD, link))
            return
        wanted = next((name for name in ANSWERS if name in options), None)
        if wanted is not None:
            self._fill(options[wanted])
            self._send(options[wanted], wanted)

    @staticmethod
    def _option(form: Locator) -> str:
        return form.locator("input[name=option]").get_attribute("value") or ""

    def _agree(self, form: Locator) -> None:
        day = self._year.clock().date() + AGREED_AHEAD
        form.locator("input[name=appointed_on]").fill(day.isoformat())
        form.locator("input[name=appointed_at]").fill("10:00")
        self._send(form, "agreed")

    def _fill(self, form: Locator) -> None:
        for name, text in {"person_name": "Rikke Damgaard Hald", "person_email": "rikke.hald@example.org"}.items():
            if form.locator(f"input[name={name}]").count():
                form.locator(f"input[name={name}]").fill(text)
        for name, value in {"plan": "revised", "choice": "second_mentor"}.items():
            box = form.locator(f"input[name={name}][value={value}]")
            if box.count():
                box.check()

    def _send(self, form: Locator, option: str) -> None:
        form.get_by_role("button").click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("Tak")
        self.answered[option] += 1


def test_a_talent_and_her_leader_need_nobody_but_their_mails(year: Year, tmp_path: Path) -> None:
    with year.services.database.read() as connection:
        assert connection.scalar(select(JourneyRow.id)) is None
    steps = year.steps()
    next(steps)
    with year.services.database.read() as connection:
        row = connection.execute(select(JourneyRow.__table__).where(JourneyRow.id == JOURNEY)).one()
    talent, leader = year.address(row.talent_id), year.address(row.mentor_id)
    site = "{0.scheme}://{0.netloc}".format(urlsplit(str(year.services.settings.site_url)))
    with watched(site, width=PHONE) as context:
        phones = {talent: Phone(context, year, talent, TALK), leader: Phone(context, year, leader)}
        for _ in steps:
            for letter in year.new_letters():
                if letter.to in phones:
                    phones[letter.to].receive(letter)
            for phone in phones.values():
                phone.wake()
            year.send_mails()
        for phone in phones.values():
            phone.page.goto(phone.own_page)
            expect(phone.page.get_by_role("heading", level=1)).to_be_visible()
            phone.page.screenshot(path=tmp_path / f"{phone.address}.png", full_page=True)
    both = phones[talent].answered + phones[leader].answered
    assert 0 < both["agreed"] < both["held"]
    assert min(phone.answered.total() for phone in phones.values()) > 0
    assert_all_was_done_by_themselves(year)


def assert_all_was_done_by_themselves(year: Year) -> None:
    """Every promise of the journey is kept, in time, by what its people said; no task was needed."""
    with year.services.database.read() as connection:
        assert connection.scalar(select(JourneyRow.state).where(JourneyRow.id == JOURNEY)) == "alumni"
        mine = select(CommitmentRow.name, CommitmentRow.state).where(CommitmentRow.journey_id == JOURNEY)
        states = dict(connection.execute(mine).tuples().all())
        tasks = connection.scalars(select(TaskRow.id).where(TaskRow.journey_id == JOURNEY)).all()
        name = connection.scalar(select(JourneyRow.talent_id).where(JourneyRow.id == JOURNEY))
        about = [one for one in told_facts(connection, COHORT) if one.key.startswith("answer:") and JOURNEY in one.key]
    assert name is not None
    assert {name: state for name, state in states.items() if state != "kept"} == {"internship": "cancelled"}
    assert tasks == []
    assert len(about) >= len(states) - 1
