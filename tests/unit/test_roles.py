"""A programme calls people as it likes: names become meanings as it is read, and names again as it is written."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from config.checks.all import check_all
from config.definition import Definition
from config.errors import DefinitionError
from config.library import Library
from config.list_columns import ListForm
from config.people import PersonRow, read_people
from config.plain_text import AS_KEPT
from config.programme import Programme
from notifications.messages import messages_of
from tests.support.small_programme import SOUND

Data = dict[str, Any]

ROOT = Path(__file__).parents[2]
PACKAGES = ("config", "states", "notifications", "flows")
ENGLISH_TOO = {"organisation", "talent"}
"""What Talent Nord writes as the engine does."""

ROLES: Data = {
    "newcomer": {
        "is": "talent",
        "label": "newcomer",
        "columns": {"number": "No", "name": "Name", "email": "Mail", "organisation": "Site"},
    },
    # Its name is what another role means: the file's words come first.
    "mentor": {"is": "second_mentor", "label": "mentor", "columns": {"name": "Mentor", "email": "Mentor mail"}},
    "manager": {"is": "mentor", "label": "manager", "columns": {"name": "Manager", "email": "Manager mail"}},
    "helpdesk": {"is": "consultant", "label": "people partner"},
    "office": {"is": "coordinator", "label": "programme office"},
}
NAMES = {"talent": "newcomer", "coordinator": "office", "consultant": "helpdesk"}


def renamed(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: NAMES[one] if key == "owner" else renamed(one) for key, one in part.items()}
    if isinstance(part, list):
        return [NAMES.get(one, one) if isinstance(one, str) else renamed(one) for one in part]
    return part


def data() -> Data:
    written: Data = renamed(deepcopy(SOUND))
    written["calendar"][0]["audience"] = ["newcomer", "manager", "mentor"]
    return written | {"roles": deepcopy(ROLES)}


def library(root: Path, change: Callable[[Data], object]) -> Library:
    written = data()
    change(written)
    (root / "programmes").mkdir(parents=True)
    with (root / "programmes" / "small.yaml").open("w", encoding="utf-8") as file:
        YAML().dump(written, file)
    (root / "cohorts" / "one").mkdir(parents=True)
    (root / "cohorts" / "one" / "cohort.yaml").write_text("id: one\nprogramme: small\n", "utf-8")
    return Library(root)


def faults(root: Path, change: Callable[[Data], object]) -> list[str]:
    found = library(root, change)
    problems = check_all(found, ["one"], messages_of(found))
    return [f"{one.field}: {one.what}" for one in problems if "role" in f"{one.field} {one.what}" and one.line]


class TestNames:
    def test_mean_what_the_file_says(self) -> None:
        programme = Programme.model_validate(data())
        [kickoff, *_] = Definition(programme).milestones.values()
        assert kickoff.audience == ("talent", "mentor", "second_mentor")
        assert [spec.owner for spec in programme.commitments] == ["talent", "coordinator"]
        assert programme.commitments[0].escalation[1].effects[0].to == ("consultant",)

    def test_are_written_as_they_were_read(self) -> None:
        programme = Programme.model_validate(data())
        written = programme.model_dump(mode="json", by_alias=True)
        assert written["calendar"][0]["audience"] == ["newcomer", "manager", "mentor"]
        assert [spec["owner"] for spec in written["commitments"]] == ["newcomer", "office"]
        kept = programme.model_dump_json(by_alias=True)
        assert Programme.model_validate_json(kept) == Programme.model_validate_json(kept, context=AS_KEPT) == programme

    def test_a_programme_without_roles_is_called_as_the_engine_calls_it(self) -> None:
        programme = Programme.model_validate(SOUND)
        assert programme.commitments[0].owner == "talent"
        assert (programme.role_name("mentor"), programme.role_label("mentor")) == ("mentor", "")
        assert programme.list_form == ListForm.plain()

    def test_and_labels_are_known_by_what_they_mean(self) -> None:
        programme = Programme.model_validate(data())
        assert (programme.role_name("mentor"), programme.role_label("mentor")) == ("manager", "manager")
        assert (programme.role_name("second_mentor"), programme.role_label("talent")) == ("mentor", "newcomer")


class TestFaults:
    @pytest.mark.parametrize(
        ("change", "fault"),
        [
            (
                lambda file: file["calendar"][0].update(audience=["newcomer", "manger"]),
                "calendar.0.audience.1: unknown role 'manger', did you mean 'manager'?",
            ),
            (
                lambda file: file["commitments"][0].update(owner="talent"),
                "commitments.0.owner: unknown role 'talent'; known: helpdesk, manager, mentor, newcomer, office",
            ),
            (
                lambda file: file["roles"]["manager"].update({"is": "mentr"}),
                "roles.manager.is: should be 'talent', 'mentor', 'former_mentor', 'second_mentor', 'consultant',"
                " 'group', 'partner', 'cohort', 'coordinator', 'administration' or 'challenge_owner', not 'mentr',"
                " did you mean 'mentor'?",
            ),
            (
                lambda file: file["roles"]["mentor"].update({"is": "mentor"}),
                "roles.manager.is: 'mentor' is what 'mentor' means already",
            ),
            (
                lambda file: file["roles"].pop("manager") and file["calendar"][0].update(audience=["newcomer"]),
                "roles: should have one role with 'is: mentor': no programme goes without",
            ),
            (
                lambda file: file["roles"]["office"].update(columns={"name": "Office"}),
                "roles.office: 'coordinator' has no column 'name': no list tells who it is",
            ),
            (
                lambda file: file["roles"]["newcomer"]["columns"].pop("email"),
                "roles.newcomer: 'columns' should name the column of email",
            ),
            (
                lambda file: file["roles"]["manager"].update(optional=True),
                "roles.manager: 'optional' is for a second_mentor; every talent has the 'mentor' that it needs",
            ),
            (
                lambda file: file["roles"]["manager"]["columns"].update(name="NAME"),
                "roles.manager.columns.name: 'NAME' is the heading of another column too; a list has each once",
            ),
        ],
    )
    def test_are_told_with_line_and_field(self, tmp_path: Path, change: Callable[[Data], object], fault: str) -> None:
        assert fault in faults(tmp_path, change)

    def test_of_one_role_are_not_told_again_wherever_it_is_named(self, tmp_path: Path) -> None:
        assert faults(tmp_path, lambda file: file["roles"]["manager"].pop("label")) == [
            "roles.manager.label: is missing"
        ]

    def test_letters_stand_for_levels_that_there_are(self, tmp_path: Path) -> None:
        found = library(tmp_path, lambda file: file.update(levels={"new": "new"}, level_letters={"N": "nw"}))
        problems = check_all(found, ["one"], messages_of(found))
        assert "unknown level 'nw', did you mean 'new'?" in [one.what for one in problems]


class TestLists:
    def read(self, tmp_path: Path, *rows: str, **role: Any) -> Any:
        written = data()
        written["roles"]["mentor"].update(role)
        path = tmp_path / "people.csv"
        path.write_text("\n".join(["No;Name;Mail;Site;Manager;Manager mail;Mentor;Mentor mail", *rows]), "utf-8")
        return read_people(path, ["north"], Programme.model_validate(written).list_form).talents

    def test_have_the_headings_of_the_programme_and_name_who_helps(self, tmp_path: Path) -> None:
        [talent] = self.read(
            tmp_path, "1;Amy Pike;amy@a.example.org;north;Olive Reed;olive@a.example.org;Jo Bo;jo@a.example.org"
        )
        assert (talent.name, talent.unit, talent.level) == ("Amy Pike", "", "")
        assert talent.leader == PersonRow("Olive Reed", "olive@a.example.org")
        assert talent.helper == PersonRow("Jo Bo", "jo@a.example.org")

    def test_leave_out_who_helps_where_that_is_optional(self, tmp_path: Path) -> None:
        row = "1;Amy Pike;amy@a.example.org;north;Olive Reed;olive@a.example.org;;"
        [talent] = self.read(tmp_path, row, optional=True)
        assert talent.helper is None
        with pytest.raises(DefinitionError) as caught:
            self.read(tmp_path, row)
        assert [(one.field, one.what) for one in caught.value.problems] == [
            ("mentor", "is blank"),
            ("mentor mail", "is blank"),
        ]

    @pytest.mark.parametrize("helper", ["Amy Pike;amy@a.example.org", "Olive Reed;olive@a.example.org"])
    def test_name_somebody_else_as_who_helps(self, tmp_path: Path, helper: str) -> None:
        with pytest.raises(DefinitionError, match="has to be somebody else"):
            self.read(tmp_path, f"1;Amy Pike;amy@a.example.org;north;Olive Reed;olive@a.example.org;{helper}")


@pytest.mark.parametrize("path", [path for part in PACKAGES for path in sorted((ROOT / part).rglob("*.py"))])
def test_no_code_knows_a_heading_or_what_a_role_is_called(path: Path) -> None:
    programme = Library().programme("talent-nord").definition.programme
    words = {*programme.list_form.columns, *programme.role_labels.values(), *programme.level_letters} - ENGLISH_TOO
    code = path.read_text("utf-8")
    assert {word for word in words if re.search(rf"""["']{re.escape(word)}["']""", code)} == set()
