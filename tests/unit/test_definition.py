"""A programme is laid out flat: every module's days, notices and commitments by name."""

from __future__ import annotations

import pytest

from config.definition import Definition
from config.programme import Programme
from tests.support.definitions import MENTOR_LIGHT, TALENT_NORD


@pytest.fixture(scope="module")
def nord() -> Definition:
    return TALENT_NORD.programme("talent-nord").definition


@pytest.fixture(scope="module")
def light() -> Definition:
    return MENTOR_LIGHT.programme("mentor-light").definition


class TestTalentNord:
    def test_six_modules_in_order_two_of_them_bootcamps(self, nord: Definition) -> None:  # R14, R15, R21
        modules = nord.modules.values()
        assert [(module.number, module.title) for module in modules] == [
            (1, "Talentledelse"),
            (2, "Innovationsledelse"),
            (3, "Ledelse gennem kerneopgaven"),
            (4, "Ledelseskommunikation"),
            (5, "Ledelse gennem netværk og samskabelse"),
            (6, "Ledelse gennem eksekvering og resultatskabelse"),
        ]
        assert {len(module.days) for module in modules} == {2}
        assert [module.id for module in modules if module.challenge and module.hours == 31] == ["m2", "m5"]
        assert {module.gap_days for module in modules} == {(14, 28), (1, 1)}

    def test_the_journey_leads_from_kick_off_to_alumni_day(self, nord: Definition) -> None:  # R41
        assert nord.start_state == "active.before.talk"
        assert [step.state for step in nord.steps][:5] == [
            "active.started",
            "active.m1.sprint",
            "active.m1.between",
            "active.m2.bootcamp",
            "active.m2.sprint",
        ]
        assert [step.state for step in nord.steps][-2:] == ["active.complete", "alumni"]
        assert nord.final_states == {"alumni", "not_returned", "transferred", "withdrawn"}

    def test_mentor_networks_are_beside_the_journey(self, nord: Definition) -> None:  # R40
        beside = [milestone for milestone in nord.milestones.values() if milestone.state is None]
        assert [milestone.id for milestone in beside] == ["network1", "network2", "network3"]
        assert {(milestone.audience, milestone.hours) for milestone in beside} == {(("mentor",), 2.5)}

    @pytest.mark.parametrize("module", [1, 2, 3, 4, 5, 6])
    def test_every_module_has_its_mentor_meeting_within_a_week(self, nord: Definition, module: int) -> None:  # R17
        meeting = nord.commitments[f"mentor_meeting_m{module}"]
        home = (
            f"m{module}d2" if module in {2, 5} else f"m{module}d1"
        )  # From a bootcamp people come home on its last day.
        assert (str(meeting.opens), str(meeting.due)) == (home, f"m{module}d1 + 7d")
        assert (meeting.label, meeting.module) == (f"Mentormøde i modul {module}", f"m{module}")

    def test_only_bootcamps_need_a_challenge(self, nord: Definition) -> None:  # R22
        found = [ident for ident in nord.commitments if ident.startswith("challenge")]
        assert found == ["challenge_m2", "challenge_m5"]

    @pytest.mark.parametrize(
        ("state", "label"),
        [
            ("active.before.talk", "Før start · forventningssamtale mangler"),
            ("active.m2.bootcamp", "Modul 2 · på bootcamp"),
            ("active.m4.between", "Efter modul 4"),
            ("alumni", "Alumne"),
            ("nowhere", "nowhere"),
        ],
    )
    def test_states_have_names_for_people(self, nord: Definition, state: str, label: str) -> None:
        assert nord.state_label(state) == label

    @pytest.mark.parametrize(
        ("trigger", "label"),
        [
            ("m2d1", "Modul 2, dag 1"),
            ("mentor_meeting_m2:keep", "Mentormøde i modul 2: gennemført"),
            ("m3d1:invite", "Modul 3, dag 1: invitation"),
            ("leave", "Orlov"),
            ("unheard:of", "unheard: of"),
        ],
    )
    def test_triggers_have_names_for_people(self, nord: Definition, trigger: str, label: str) -> None:
        assert nord.trigger_label(trigger) == label

    def test_moved_dates_are_told_to_those_who_come(self, nord: Definition) -> None:
        assert {f"{milestone}:move" for milestone in nord.milestones} <= nord.causes.keys()
        [news] = nord.causes["kickoff:move"]
        assert news.to == ("talent", "mentor", "consultant")

    def test_every_effect_has_a_cause(self, nord: Definition) -> None:
        causes = {cause for cause, _ in nord.effects()}
        assert {
            "kickoff:invite",
            "leave",
            "m1d1:move",
            "mentor_meeting_m6:on_open",
            "alumni_date:escalated.1",
        } <= causes


class TestMentorLight:
    """Nothing of Talent Nord is built in: this programme has one, two and three days to a module, and other words."""

    def test_modules_have_as_many_days_as_their_shapes(self, light: Definition) -> None:
        days = [module.days for module in light.modules.values()]
        assert days == [("w1d1",), ("w2d1", "w2d2"), ("w3d1", "w3d2", "w3d3")]
        assert list(light.milestones) == ["w1d1", "w2d1", "w2d2", "supper", "w3d1", "w3d2", "w3d3", "farewell"]

    def test_the_last_day_of_a_module_may_lead_elsewhere(self, light: Definition) -> None:
        assert [step.state for step in light.steps][-3:] == ["active.w3.midst", "active.ready", "fellow"]

    def test_days_are_labelled_by_their_module(self, light: Definition) -> None:
        assert light.milestones["w3d2"].label == "Workshop 3, Leading, day 2"
        assert light.state_label("active.w3.midst") == "In the midst of workshop 3"

    def test_every_point_in_time_of_a_modules_commitment_is_its_own(self, light: Definition) -> None:
        note = light.commitments["note_w3"]
        assert (str(note.opens), str(note.due), str(note.on_open[0].due)) == ("w3d3", "w3d3 + 5wd", "w3d3 + 4wd")
        assert str(light.commitments["case_w3"].opens) == "w3d1 - 10w"
        assert "case_w1" not in light.commitments

    def test_the_day_of_a_notice_is_its_milestone(self, light: Definition) -> None:
        assert [str(notice.when) for notice in light.milestones["w2d1"].notices] == ["w2d1 - 10d"]

    def test_without_a_message_for_it_nobody_is_told_of_a_move(self, light: Definition) -> None:
        assert not [cause for cause in light.causes if cause.endswith(":move")]


@pytest.mark.parametrize("name", ["nord", "light"])
def test_a_definition_survives_json(name: str, request: pytest.FixtureRequest) -> None:
    definition: Definition = request.getfixturevalue(name)
    text = definition.programme.model_dump_json(by_alias=True)
    again = Definition(Programme.model_validate_json(text))
    assert again == definition
    assert again.commitments == definition.commitments
    assert again.milestones == definition.milestones
