"""A whole cohort from end to end in seconds: what people would have got, and where everybody ended."""

from __future__ import annotations

import email
import json
import re
from collections import Counter
from dataclasses import dataclass, replace
from email import policy
from email.utils import parsedate_to_datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from config.library import Library
from config.profile import load_profile
from config.settings import load_settings
from flows.rehearsal.to_files import Rehearsed, rehearse
from tests.support.definitions import MENTOR_LIGHT
from tests.support.driver import hold_3_people, undated

pytestmark = pytest.mark.xdist_group("rehearsal")
LIBRARY = Library()


@dataclass(frozen=True)
class Result:
    """What a rehearsal left behind."""

    folder: Path

    @cached_property
    def history(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "history.jsonl").read_text("utf-8").splitlines()]

    @cached_property
    def summary(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "summary.json").read_text("utf-8"))
        return found

    @cached_property
    def mails(self) -> list[Any]:
        paths = sorted((self.folder / "mail").glob("*.eml"))
        return [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]

    def last_states(self) -> dict[str, str]:
        """Where the history alone says each talent ended."""
        journeys = [row for row in self.history if row["machine"] == "journey"]
        return {row["talent"]: row["dest"] for row in journeys}

    def count(self, **wanted: str) -> int:
        return sum(all(row[key] == value for key, value in wanted.items()) for row in self.history)


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}


def run(profile: str, folder: Path, seed: int = 1, cohort: str = "hold-3", library: Library = LIBRARY) -> Result:
    """Rehearse a cohort into a folder."""
    loaded = library.cohort(cohort)
    steps = list(rehearse(loaded, load_profile(library.root, profile), folder, seed, load_settings(), library))
    assert isinstance(steps[-1], Rehearsed)
    return Result(folder)


@pytest.fixture(scope="module")
def exemplary(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return run("exemplary", tmp_path_factory.mktemp("exemplary"))


@pytest.fixture(scope="module")
def typical(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return run("typical", tmp_path_factory.mktemp("typical"))


def test_where_nobody_is_late_nothing_escalates_and_all_become_alumni(exemplary: Result) -> None:
    assert exemplary.summary["escalations"] == 0
    assert exemplary.count(dest="escalated") == exemplary.count(dest="missed") == exemplary.count(dest="kept_late") == 0
    assert Counter(exemplary.last_states().values()) == {"alumni": 24}
    assert exemplary.summary["states"] == {"alumni": 24}
    assert exemplary.summary["stuck"] == []
    assert exemplary.summary["tasks_open"] == 0


def test_a_usual_cohort_ends_with_nobody_stuck(typical: Result) -> None:
    assert typical.summary["stuck"] == []
    assert Counter(typical.last_states().values()) == {"alumni": 23, "withdrawn": 1}
    assert typical.summary["tasks_open"] == 0
    assert typical.summary["unsent"] == 0


def test_people_get_no_more_mails_than_they_read(exemplary: Result) -> None:
    """In a year in which all keep what they promise, in time: mails a person, in the mean, and the most in a week."""
    load = {one["role"]: one for one in exemplary.summary["load"]}
    assert (load["talent"]["people"], load["mentor"]["people"]) == (24, 22)
    assert 25 <= load["talent"]["mean"] <= 30
    assert 5 <= load["mentor"]["mean"] <= 12
    assert load["talent"]["day"] == load["mentor"]["day"] == 1
    assert load["talent"]["week"] <= 2


def test_the_load_is_what_the_mails_of_the_folder_are(exemplary: Result) -> None:
    to = Counter(mail["To"].addresses[0].addr_spec for mail in exemplary.mails)
    talents = {talent.email for talent in hold_3_people(24).talents}
    [load] = [one for one in exemplary.summary["load"] if one["role"] == "talent"]
    assert load["mean"] == sum(to[one] for one in talents) / len(talents)


def test_nobody_gets_two_mails_of_the_same_words(exemplary: Result) -> None:
    said = Counter(
        (mail["To"].addresses[0].addr_spec, mail.get_body(("plain",)).get_content()) for mail in exemplary.mails
    )
    assert [to for (to, _), times in said.items() if times > 1] == []


def test_nine_in_ten_facts_are_told_by_those_whom_they_are_about(typical: Result, exemplary: Result) -> None:
    for result in (typical, exemplary):
        told = result.summary["facts_by_actor"]
        assert told["talent"] + told["mentor"] >= 0.9 * sum(told.values())
    # The coordinator has seen to the one thing that nobody else does: the evening with politicians.
    assert set(exemplary.summary["facts_by_actor"]) == {"talent", "mentor", "coordinator"}
    assert exemplary.summary["facts_by_actor"]["coordinator"] == exemplary.count(machine="task", trigger="finish") == 1


def test_a_usual_cohort_has_what_happens_to_cohorts(typical: Result) -> None:
    assert typical.count(machine="journey", trigger="withdraw") == 1
    assert typical.count(machine="journey", trigger="leave") == 1
    assert typical.count(machine="journey", trigger="return") == 1
    assert typical.count(machine="second_mentor", trigger="open") == 1
    assert typical.count(machine="internship", trigger="open") == 1
    assert typical.count(dest="kept_late") > 0
    assert typical.summary["escalations"] == typical.count(trigger="escalate", dest="escalated") > 0


def test_every_transition_says_when_who_what_and_why(typical: Result) -> None:
    for row in typical.history:
        assert {"at", "talent", "machine", "trigger", "source", "dest", "cause"} <= row.keys()
        assert row["cause"].split()[0] in {"fact", "timer"}
    assert [row["at"] for row in typical.history] == sorted(row["at"] for row in typical.history)
    levels = {row["level"] for row in typical.history if row["dest"] == "escalated"}
    assert levels == {1, 2}


def test_replaying_the_history_gives_where_everything_ended(typical: Result) -> None:
    """Each transition starts where the one before it of the same subject led; the last ones are the end."""
    ends: dict[str, tuple[str, str]] = {}
    for row in typical.history:
        subject = row["id"].partition("#")[0]
        assert ends.get(subject, ("", row["source"]))[1] == row["source"], row
        ends[subject] = (row["machine"], row["dest"])
    journeys = Counter(dest for machine, dest in ends.values() if machine == "journey")
    commitments = Counter(dest for machine, dest in ends.values() if machine not in {"journey", "second_half", "task"})
    assert journeys == typical.summary["states"]
    assert commitments == typical.summary["commitments"]


def test_mails_go_out_on_working_days_in_working_hours(typical: Result, exemplary: Result) -> None:
    hours = LIBRARY.cohort("hold-3").definition.working_time
    for mail in (*typical.mails, *exemplary.mails):
        sent = parsedate_to_datetime(mail["Date"])
        assert hours.next_open(sent) == sent, mail["Subject"]


def test_nobody_gets_two_mails_at_once(typical: Result, exemplary: Result) -> None:
    for result in (typical, exemplary):
        together = Counter((mail["To"], mail["Date"]) for mail in result.mails)
        assert max(together.values()) == 1
        assert len(result.mails) == result.summary["mails"]


def test_mails_are_danish_and_whole(typical: Result) -> None:
    for mail in typical.mails:
        text = mail.get_body(("plain",)).get_content()
        html = mail.get_body(("html",)).get_content()
        greeting = text.splitlines()[0]
        assert greeting.startswith("Kære ") or greeting == "Til Talentadministrationen i Aalborg Kommune"
        assert 'lang="da"' in html
        assert "None" not in text
        assert "{{" not in text + html


def test_the_same_seed_gives_the_same_bytes(typical: Result, tmp_path: Path) -> None:
    assert bytes_of(run("typical", tmp_path).folder) == bytes_of(typical.folder)


def test_another_seed_gives_another_course_of_things(tmp_path: Path) -> None:
    first, other = (run("usual", tmp_path / f"{seed}", seed, "spring", MENTOR_LIGHT) for seed in (1, 2))
    assert [row["at"] for row in first.history] != [row["at"] for row in other.history]


def test_what_an_earlier_rehearsal_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    for seed in (1, 2):
        (tmp_path / "both").mkdir(exist_ok=True)
        (tmp_path / "both" / "mine.txt").write_text("keep this")
        run("usual", tmp_path / "both", seed, "spring", MENTOR_LIGHT)
    alone = run("usual", tmp_path / "alone", 2, "spring", MENTOR_LIGHT)
    assert bytes_of(tmp_path / "both") == bytes_of(alone.folder) | {"mine.txt": b"keep this"}


def test_the_readme_follows_a_missed_meeting_that_was_missed(typical: Result) -> None:
    """Rule, row, run and mail are as the demo, which is this rehearsal before a Prefect server, has them."""
    root = Path(__file__).parents[2]
    table = (
        (root / "README.md")
        .read_text("utf-8")
        .partition("from the programme to the mail:")[2]
        .partition("Each talent")[0]
    )
    rule, number = re.search(r"\| rule \| `(.*?)` \|.*#L(\d+)\)", table).groups()  # type: ignore[union-attr]
    lines = (root / "config/programmes/talent-nord.yaml").read_text("utf-8").splitlines()
    assert lines[int(number) - 1].strip() == rule
    row = re.search(r"\| row \| `(.*?)`: `(.*?)` → `(.*?)`, because of `(.*?)` \|", table)
    assert row is not None
    ident, source, dest, cause = row.groups()
    [found] = [one for one in typical.history if one["id"] == ident]
    assert (found["source"], found["dest"], found["cause"]) == (source, dest, cause)
    alike = [one for one in typical.history if (one["machine"], one["cause"]) == (found["machine"], cause)]
    label = LIBRARY.cohort("hold-3").definition.trigger_label(cause.split()[1])
    assert f"*Hold 3 · {label} · {len(alike)} talenter*" in table
    file = re.search(r"`var/demo/(mail/\S+\.eml)`", table)
    assert file is not None
    mail = email.message_from_bytes((typical.folder / file[1]).read_bytes(), policy=policy.default)
    assert f"*{mail['Subject']}*" in table
    subjects = {str(one["Subject"]) for one in typical.mails}
    assert subjects.issuperset(re.findall(r"\*([^*]*er overskredet)\*", table))


@pytest.mark.parametrize("profile", ["exemplary", "typical"])
def test_a_cohort_without_an_alumni_date_gets_one_and_comes_to_its_end(profile: str, tmp_path: Path) -> None:
    """R39: the coordinator sets it when asked."""
    loaded = replace(LIBRARY.cohort("hold-3"), cohort=undated("alumni_day"), people=hold_3_people(4))
    steps = list(rehearse(loaded, load_profile(LIBRARY.root, profile), tmp_path, 1, load_settings(), LIBRARY))
    assert isinstance(steps[-1], Rehearsed)
    result = Result(tmp_path)
    assert set(result.last_states().values()) <= {"alumni", "withdrawn", "transferred"}
    assert result.count(machine="alumni_date", dest="kept") == 1
    assert sum("Alumnedag" in mail["subject"] or "alumnedag" in mail["subject"] for mail in result.mails) >= 4
