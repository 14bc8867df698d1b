"""Programmes and cohorts are found by their ids, and what cannot be read is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.errors import DefinitionError, FileMissingError
from config.library import Library
from config.one_page import one_page
from tests.support.definitions import MENTOR_LIGHT, TALENT_NORD, Copy, copy_of


@pytest.fixture
def light(tmp_path: Path) -> Copy:
    return copy_of(MENTOR_LIGHT, "mentor-light", "spring", tmp_path / "config")


def faults(library: Library, cohort: str, copy: Copy) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        library.cohort(cohort)
    return [copy.short(problem) for problem in caught.value.problems]


def test_the_packaged_library_has_talent_nord_and_hold_3() -> None:
    assert "talent-nord" in TALENT_NORD.programmes()
    assert "hold-3" in TALENT_NORD.cohorts()


def test_a_cohort_comes_with_its_programme_and_people() -> None:
    loaded = MENTOR_LIGHT.cohort("spring")
    assert (loaded.cohort.name, loaded.definition.programme.name) == ("Spring", "Mentor Light")
    assert [talent.level for talent in loaded.people.talents] == ["fresh", "seasoned", "fresh", "seasoned", "seasoned"]
    assert loaded.source.line(("dates", "w1d1")) == 26


def test_a_programme_knows_its_file() -> None:
    loaded = TALENT_NORD.programme("talent-nord")
    assert loaded.definition.programme.id == "talent-nord"
    assert loaded.source.file.endswith("config/programmes/talent-nord.yaml")


@pytest.mark.parametrize("ident", ["hold3", "../cohorts/hold-3", ""])
def test_an_unknown_cohort_is_refused_naming_what_there_is(ident: str) -> None:
    with pytest.raises(FileMissingError, match=r"no such cohort(, did you mean 'hold-3'|; known: .*hold-3)"):
        TALENT_NORD.cohort(ident)


def test_an_unknown_programme_is_refused_naming_what_there_is() -> None:
    with pytest.raises(FileMissingError, match="no such programme, did you mean 'talent-nord'"):
        TALENT_NORD.programme("talentnord")


def test_an_empty_library_has_nothing(tmp_path: Path) -> None:
    assert (Library(tmp_path).programmes(), Library(tmp_path).cohorts()) == ([], [])
    with pytest.raises(FileMissingError, match="no such cohort; check the name"):
        Library(tmp_path).cohort("spring")


def test_files_that_a_cohort_names_must_be_there(light: Copy) -> None:
    light.edit(light.cohort, "programme: mentor-light", "programme: mentor-lite")
    light.edit(light.cohort, "people: people.csv", "people: people.xlsx")
    assert faults(light.library, "spring", light) == [
        "cohort.yaml:4: programme: no programme 'mentor-lite', did you mean 'mentor-light'?",
        "cohort.yaml:5: people: no file 'people.xlsx', did you mean 'people.csv'?",
    ]


def test_faults_of_form_are_named_by_file_line_and_field(light: Copy) -> None:
    light.edit(light.cohort, "place: Old Mill}\n  w3d1", "plce: Old Mill}\n  w3d1")
    light.edit(light.cohort, "ruth.hale@north", "ruth.høle@north")
    assert [fault[:76] for fault in faults(light.library, "spring", light)] == [
        "cohort.yaml:15: organisations.north.consultant.email: 'ruth.høle@north.examp",
        "cohort.yaml:29: dates.supper.place: is missing",
        "cohort.yaml:29: dates.supper.plce: unknown key, did you mean 'place'?",
    ]


@pytest.mark.parametrize("content", ["", "- a\n"])
def test_a_file_without_keys_is_refused(light: Copy, content: str) -> None:
    light.programme.write_text(content)
    with pytest.raises(DefinitionError, match="should be keys with values"):
        light.library.programme("mentor-light")


@pytest.mark.parametrize(("library", "cohort"), [(TALENT_NORD, "hold-3"), (MENTOR_LIGHT, "spring")])
def test_a_summary_fits_on_a_page(library: Library, cohort: str) -> None:
    lines = one_page(library.cohort(cohort)).splitlines()
    assert len(lines) <= 45
    assert max(map(len, lines)) <= 100


def test_the_summary_of_hold_3_says_who_what_and_when() -> None:
    lines = one_page(TALENT_NORD.cohort("hold-3")).splitlines()
    assert lines[0] == "Hold 3 (hold-3) · Talent Nord, version 6"
    assert "  Alumnedag                                     on. 29. mar. 2028  Utzon Center, Aalborg" in lines
    assert "24 talenter (leder af ledere 12, leder af medarbejdere 12) og 22 nærmeste ledere" in lines
    assert "  Mentormøde i modul 1-6: 18. mar., 5. maj, 9. jun., 1. sep., 13. okt., 17. nov. 2027" in lines
    assert "  Udfordring til bootcamp i modul 2 og 5: 30. mar., 7. sep. 2027" in lines
    assert "  Supplerende mentor: frist 6 uger efter at den er åbnet" in lines


def test_the_summary_is_in_the_order_of_the_dates() -> None:
    text = one_page(TALENT_NORD.cohort("hold-3"))
    assert text.index("Modul 3, dag 1") < text.index("andet møde") < text.index("Modul 3, dag 2")


def test_the_summary_says_what_has_no_date_yet(tmp_path: Path) -> None:
    copy = copy_of(TALENT_NORD, "talent-nord", "hold-3", tmp_path / "config")
    text = copy.cohort.read_text(encoding="utf-8")
    copy.cohort.write_text(text[: text.index("  alumni_day:")], encoding="utf-8")
    lines = one_page(copy.library.cohort("hold-3")).splitlines()
    assert [line.split() for line in lines if "Alumnedag" in line] == [["Alumnedag", "(endnu", "ingen", "dato)"]]


def test_the_summary_of_a_programme_in_english_is_in_english() -> None:
    lines = one_page(TALENT_NORD.cohort("autumn-27")).splitlines()
    assert lines[1].startswith("Coordinators: Priya Nair")
    assert "  Welcome morning          Mo 6 Sep 2027   Canteen, Leeds" in lines
    assert "4 people" in lines
    assert "  Coffee after day 1-3: 1 Oct, 29 Oct, 3 Dec 2027" in lines
