"""Definitions are checked as a whole: every fault in a programme or a cohort by file, line and field."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.checks.all import check_all
from config.checks.people import can_be_grouped
from config.errors import Problem
from config.groups import Groups
from tests.support.definitions import MENTOR_LIGHT, TALENT_NORD, Copy, copy_of, written_messages

NORD_MESSAGES = written_messages(TALENT_NORD.programme_file("talent-nord"))
LIGHT_MESSAGES = written_messages(MENTOR_LIGHT.programme_file("mentor-light"))


@pytest.fixture
def nord(tmp_path: Path) -> Copy:
    return copy_of(TALENT_NORD, "talent-nord", "hold-3", tmp_path / "nord")


@pytest.fixture
def light(tmp_path: Path) -> Copy:
    return copy_of(MENTOR_LIGHT, "mentor-light", "spring", tmp_path / "light")


def faults(copy: Copy) -> list[Problem]:
    """Everything that is wrong in a copy, or odd."""
    messages = NORD_MESSAGES if copy.library.programmes() == ["talent-nord"] else LIGHT_MESSAGES
    return check_all(copy.library, copy.library.cohorts(), messages)


def programme_faults(copy: Copy) -> list[str]:
    return [copy.short(problem) for problem in faults(copy) if problem.file == str(copy.programme)]


def cohort_faults(copy: Copy) -> list[str]:
    return [copy.short(problem) for problem in faults(copy) if problem.file != str(copy.programme)]


def test_talent_nord_and_hold_3_have_neither_faults_nor_warnings() -> None:
    assert check_all(TALENT_NORD, ["hold-3"], NORD_MESSAGES) == []


def test_mentor_light_and_spring_have_neither_faults_nor_warnings() -> None:
    assert check_all(MENTOR_LIGHT, ["spring"], LIGHT_MESSAGES) == []


# What is changed in mentor-light.yaml, where the problem stands, its field, its sentence.
LIGHT = [
    ("{mail: note_missed, to", "{mail: note_mised, to", "note_mised",
     "commitments.1.on_miss.0.mail: no template 'note_mised', did you mean 'note_missed'?"),
    ("{task: case_find, to", "{task: case_fnd, to", "case_fnd",
     "commitments.2.on_open.0.task: no template 'case_fnd', did you mean 'case_find'?"),
    ("mail: farewell_call", "mail: farwell_call", "farwell_call",
     "calendar.4.notices.0.effects.0.mail: no template 'farwell_call', did you mean 'farewell_call'?"),
    ("mail: cannot_come", "mail: can_come", "can_come",
     "events.cannot_come.effects.0.mail: no template 'can_come', did you mean 'cannot_come'?"),
    ("language: en", "language: en\non_move: moved", "on_move",
     "on_move: no template 'moved'"),
    ("title: Asking, shape: double", "title: Asking, shape: duble", "duble",
     "calendar.1.shape: unknown shape 'duble', did you mean 'double'?"),
    ("when: day - 2w", "when: supr - 2w", "supr - 2w",
     "calendar.2.notices.0.when: unknown anchor 'supr', did you mean 'supper'?"),
    ("when: day - 2w", "when: due - 2w", "due - 2w",
     "calendar.2.notices.0.when: 'due' is not known here; write a milestone or 'day'"),
    ("opens: w1d1 - 3w", "opens: opened - 3w", "opened - 3w",
     "commitments.0.opens: 'opened' is not known here; write a milestone"),
    ("due: w1d1 - 1d", "due: day1 - 1d", "due: day1 - 1d",
     "commitments.0.due: unknown anchor 'day1'; known: farewell, opened, supper, w1d1, w2d1"),
    ("due: last_day + 5wd", "due: day2 + 5wd", "day2 + 5wd",
     "commitments.1.due: 'day2' is not known in every module: w1 has no such day"),
    ("due: last_day + 5wd", "due: next_day1", "next_day1",
     "commitments.1.due: 'next_day1' is not known in every module: w3 has no such day"),
    ("due: last_day + 4wd", "due: missed", "due: missed}",
     "commitments.1.on_open.0.due: 'missed' is not known here; write a milestone or 'opened' or 'due' or 'day'"),
    ("when: due - 7d", "when: missed - 7d", "missed - 7d",
     "commitments.0.reminders.0.when: 'missed' is not known here; write a milestone or 'opened' or 'due'"),
    ("state: ready,", "state: redy,", "redy",
     "calendar.4.notices.0.state: no milestone leads to the place 'redy', did you mean 'ready'?"),
    ("from: [active]\n    to: away", "from: [activ]\n    to: away", "[activ]",
     "events.break.from.0: unknown state 'activ', did you mean 'active'?"),
    ("to: place", "to: active", "to: active",
     "events.come_back.to: write 'place' for where the cohort stands, or one state"),
    ("to: gone", "to: gonne", "gonne",
     "events.leave.to: the place 'gonne' has no name in 'places', did you mean 'gone'?"),
    ("leads_to: ready", "leads_to: redy", "redy",
     "calendar.3.leads_to: the place 'redy' has no name in 'places', did you mean 'ready'?"),
    ("start: invited", "start: invitd", "invitd",
     "start: the place 'invitd' has no name in 'places', did you mean 'invited'?"),
    ('enters: "{module}.midst"', 'enters: "{module}.mist"', "mist",
     "shapes.camp.days.1.enters: the place 'w3.mist' has no name in 'places', did you mean 'module.midst'?"),
    ('enters: "{module}.midst"', "enters: invited", "enters: invited",
     "shapes.camp.days.1.enters: the place 'invited' is entered 2 times; give each its own"),
    ("    final: true\n    hours: 3\n", "    hours: 3\n", "calendar:",
     "calendar: the last milestone that enters a place, and only that, should be 'final: true'"),
    ("{commitment: format, choice", "{commitment: formt, choice", "{commitment: formt",
     "commitments.4.opens_on.commitment: unknown commitment 'formt', did you mean 'format'?"),
    ("choice: film}", "choice: fim}", "{commitment: format, choice",
     "commitments.4.opens_on.choice: 'format' has no choice 'fim', did you mean 'film'?"),
    ("id: film\n", "id: pledge\n", "id: pledge\n    label: Film",
     "commitments.4.id: 'pledge' is already the name of a commitment"),
    ("module: w2,", "module: w1,", "{module: w1, number: 2",
     "calendar.1.module: 'w1' is already the name of a module"),
    ("milestone: supper", "milestone: w2d1", "milestone: w2d1",
     "calendar.2.milestone: 'w2d1' is already the name of day 1 of module w2"),
    ("id: pledge", "id: leave", "id: leave",
     "commitments.0.id: 'leave' is already the name of an event"),
    ("milestone: supper", "milestone: opened", "milestone: opened",
     "calendar.2.milestone: 'opened' means something else in a definition; choose another name"),
    ("number: 2, title", "number: 1, title", "number: 1, title: Asking",
     "calendar.1.number: 1 is already the number of module w1"),
    ("{id: call, when: day - 2w,", "{id: move, when: day - 2w,", "{id: move",
     "calendar.2.notices.0.id: 'move' is already the name of another notice of this milestone"),
    ("opens: w2d1\n", "opens: w2d2 + 1d\n", "due: w2d2\n",
     "commitments.3.due: it is due (w2d2) before it opens (w2d2 + 1d)"),
    ("opens: w2d1\n", "opens: w3d1\n", "due: w2d2\n",
     "commitments.3.due: it is due (w2d2) before it opens (w3d1)"),
    ("due: w1d1 - 1d\n", "due: w1d1 - 1d\n    miss: due\n", "miss: due",
     "commitments.0.miss: due is not after the deadline (w1d1 - 1d), which is open all day"),
    ("when: due - 7d", "when: w1d1", "when: w1d1",
     "commitments.0.reminders.0.when: w1d1 comes after the deadline (w1d1 - 1d)"),
    ("when: due - 7d", "when: due - 4w", "when: due - 4w",
     "commitments.0.reminders.0.when: due - 4w comes before it opens (w1d1 - 3w), so it is never sent"),
    ("when: missed + 2wd", "when: due", "when: due,",
     "commitments.0.escalation.0.when: due comes before it is missed (w1d1 - 1d + 1d)"),
    ("case_missed, to: [coordinator]", "case_missed, to: [talent]", "case_missed",
     "commitments.2.on_miss.0.to.0: 'talent' is nobody in a commitment of the whole cohort"),
    ("subject: cohort\n    owner: administration", "subject: cohort\n    owner: talent", "owner: talent\n    each",
     "commitments.2.owner: 'talent' cannot owe what the whole cohort is owed; write one of administration"),
    ("film_start, to: [talent, consultant]", "film_start, to: [talent, group]", "film_start",
     "commitments.4.on_open.0.to.1: 'group' is nobody in a programme without 'groups'"),
    ("label: Pledge\n", "label: Pledge\n    pairs: true\n", "pairs",
     "commitments.0.pairs: pairs are made within learning groups; add 'groups'"),
    ("challenge: true, ", "", "only_challenges",
     "commitments.2.only_challenges: no module has 'challenge: true'"),
    ("label: Pledge\n", "label: Pledge\n    module: w9\n", "module: w9",
     "commitments.0.module: unknown module 'w9'"),
    ("commitments: [note]}", "commitments: [notes]}", "[notes]",
     "forms.0.commitments.0: unknown commitment 'notes', did you mean 'note'?"),
    ("commitments: [note]}", "commitments: [note], verb: hand}", "[note]",
     "forms.0.commitments.0: 'note' has no 'on_hand': it cannot be handed to anybody"),
    ("label: Someone leaves, event: leave}", "label: Someone leaves, event: brake}", "brake",
     "forms.1.event: unknown event 'brake', did you mean 'break'?"),
    ("{id: left, label: Someone", "{id: note, label: Someone", "label: Someone",
     "forms.1.id: 'note' is already the id of another form"),
    ("id: mentor-light", "id: mentor-lite", "id: mentor-lite",
     "id: should be the file's name, 'mentor-light', not 'mentor-lite'"),
]  # fmt: skip

ANSWERED = "    button: X\n    answers: [{{id: x, label: X, by: [{}]}}]\n"
NORD = [
    ("formed_with: invite", "formed_with: invit", "teams: {size",
     "shapes.bootcamp.teams.formed_with: 'invit' is no notice of the shape's first day, did you mean 'invite'?"),
    ("announced_with: remind", "announced_with: owner", "teams: {size",
     "shapes.bootcamp.teams.announced_with: 'owner' is no notice of the shape's first day; known: invite, leader"),
    ("announced_with: remind", "announced_with: leader", "teams: {size",
     "shapes.bootcamp.teams.announced_with: they are announced (day - 3w) before they are formed (day - 2w)"),
    ("on_change: team_changed", "on_change: team_change", "teams: {size",
     "shapes.bootcamp.teams.on_change: no template 'team_change', did you mean 'team_changed'?"),
    ("{size: 4, smallest: 3, largest: 5,", "{size: 4, smallest: 6, largest: 5,", "teams: {size",
     "shapes.bootcamp.teams.smallest: the smallest team (6) is larger than the largest (5)"),
    ("{size: 4, smallest: 3, largest: 5,", "{size: 2, smallest: 3, largest: 5,", "teams: {size",
     "shapes.bootcamp.teams.size: the wanted size 2 is not between 3 and 5"),
    ("{size: 4, smallest: 3, largest: 5,", "{size: 4, smallest: 0, largest: 5,", "teams: {size",
     "shapes.bootcamp.teams.smallest: should be greater than or equal to 1, not 0"),
    ("formed_at: m1d1", "formed_at: network1", "formed_at",
     "groups.formed_at: 'network1' is no milestone of the journeys"),
    ("kept_by_date_of: alumni_day", "kept_by_date_of: alumnidag", "kept_by_date_of",
     "commitments.10.kept_by_date_of: unknown milestone 'alumnidag', did you mean 'alumni_day'?"),
    ("earliest: m6d2 + 3mo", "earliest: m6d3 + 3mo", "window",
     "calendar.10.window.earliest: unknown anchor 'm6d3', did you mean 'm6d2'?"),
    ("earliest: m6d2 + 3mo", "earliest: m6d2 + 6mo", "window",
     "calendar.10.window: the window ends before it begins"),
    ("when: missed + 3wd + 5wd", "when: missed + 2wd", "when: missed + 2wd,",
     "commitments.1.escalation.1.when: missed + 2wd comes before step 1 (m1d1 + 7d + 1d + 3wd)"),
    ("{id: leader, when: day - 3w, once: true, effects: [{mail: module_for_leader, to: [mentor]}]} # R17",
     "{id: invite, when: day - 3w, once: true, effects: [{mail: module_for_leader, to: [mentor]}]} # R17", "# R18",
     "shapes.ordinary.days.0.notices.1.id: 'invite' is already the name of another notice of this milestone"),
    ("changeable_until: m6d1", "changeable_until: m2d1", "changeable_until",
     "commitments.5.changeable_until: it can be changed until m2d1, before it opens (m3d2): nobody can ever choose"),
    ("  smallest: 5", "  smallest: 8", "smallest: 8",
     "groups.smallest: the smallest group (8) is larger than the largest (7)"),
    ("  size: 6", "  size: 9", "size: 9",
     "groups.size: the wanted size 9 is not between 5 and 7"),
    ("chase: {when: day + 4w + 1wd", "chase: {when: day", "chase: {",
     "events.leave.chase.when: day is not after 'day', the day on which it was asked before"),
    ("chase: {when: day + 4w + 1wd", "chase: {when: m3d1", "chase: {",
     "events.leave.chase.when: m3d1 is not after 'day', the day on which it was asked before"),
    ("    to: on_leave\n", "    to: withdrawn\n", "chase: {",
     "events.leave.chase: nobody stays where it leads, to be asked about"),
    ("falls: alumni_day + 8w", "falls: alumni_dag + 8w", "falls:",
     "events.leave_over.falls: unknown anchor 'alumni_dag', did you mean 'alumni_day'?"),
    ("falls: alumni_day + 8w", "falls: alumni_day + 8w\n    needs: [milestone]", "needs: [milestone]\n    commitments",
     "events.leave_over.needs: it falls by itself, and nobody gives what it needs: milestone"),
    ("{in: on_leave,", "{in: on_leeve,", "on_leeve",
     "calendar.10.finds.0.in: unknown place 'on_leeve', did you mean 'on_leave'?"),
    ("gap_days: [14, 28]", "gap_days: [28, 14]", "gap_days: [28",
     "shapes.ordinary.gap_days: the least, 28 days, is more than the most, 14"),
    ("  alumni: Alumne", "  alumni: Alumne\n  alumne: Alumne", "alumne:",
     "places.alumne: no journey comes to the place 'alumne'"),
    ("    from: [on_leave]\n    to: place", "    from: [active]\n    to: place", "to: on_leave",
     "events.leave.to: nobody comes back from 'on_leave': no event leads from it to 'place'"),
    ("opened + 14d, until: m6d1", "opened + 14d, until: kickoff - 7w", "asked_late",
     "commitments.0.asked_late.until: nobody is asked late: kickoff - 7w comes before it opens (kickoff - 6w)"),
    ("opened + 14d, until: m6d1", "opened + 5w, until: m6d1", "asked_late",
     "commitments.0.asked_late.due: opened + 5w is later than the deadline (kickoff - 8d) even for who is asked in"),
    ("opened + 14d, until: m6d1", "opend + 14d, until: m6d1", "asked_late",
     "commitments.0.asked_late.due: unknown anchor 'opend', did you mean 'opened'?"),
    ("choice: internship}\n    due: m6d1", "choice: internship}\n    due: m2d1", "due: m2d1",
     "commitments.7.due: it is due (m2d1) before second_half_choice, which it follows, opens (m3d2)"),
    ("{id: agreed, label: Vi har aftalt en dag, by: [mentor,", "{id: held, label: Vi har aftalt en dag, by: [mentor,",
     "{id: held, label: Vi", "commitments.0.answers.1.id: 'held' is already the id of another answer"),
    ("by: [mentor, talent, consultant], asks", "by: [mentor, mentor], asks", "by: [mentor, mentor]",
     "commitments.0.answers.0.by.1: 'mentor' is there twice"),
    ("by: [mentor, talent, consultant], asks", "by: [challenge_owner], asks", "by: [challenge_owner]",
     "commitments.0.answers.0.by.0: 'challenge_owner' is nobody in a commitment of a talent"),
    ("by: [mentor, talent, consultant], asks: [held_on, plan]", "by: [mentor], asks: [held_on, choice]",
     "asks: [held_on, choice]", "commitments.0.answers.0.asks.1: 'choice' needs 'choices' to choose from"),
    ("by: [mentor, talent, consultant], asks: [held_on, plan]", "by: [mentor], asks: [plan, person]",
     "asks: [plan, person]", "commitments.0.answers.0.asks.1: 'person' needs 'fills', the role that they would take"),
    ("by: [mentor, talent, consultant], asks: [held_on, plan]", "by: [mentor], asks: [plan, appointed_on]",
     "asks: [plan, appointed_on]", "commitments.0.answers.0.asks.1: 'appointed_on' is nothing that 'keep' takes"),
    ("by: [mentor, talent, consultant], asks: [held_on, plan]", "by: [mentor], asks: [plan, plan]",
     "asks: [plan, plan]", "commitments.0.answers.0.asks.1: 'plan' is there twice"),
    ("by: [talent], asks: [choice]", "by: [talent]", "id: choose",
     "commitments.5.answers.0.asks: it has to ask 'choice': keeping it is choosing"),
    ("by: [talent], asks: [person]", "by: [talent]", "id: found",
     "commitments.6.answers.0.asks: it has to ask 'person': without one nobody takes up the role"),
    ("label: Vi har aftalt en dag, by: [mentor, talent, consultant], verb: appoint, asks: [appointed_on]",
     "label: Vi har aftalt en dag, by: [mentor], verb: appoint", "verb: appoint}",
     "commitments.0.answers.1.asks: it has to ask 'appointed_on': without a day none is agreed on"),
    ("    on_appoint: *appointed\n", "", "id: agreed, label: Vi har aftalt en dag, by: [talent",
     "commitments.1.answers.1.verb: 'appoint' needs 'on_appoint': nobody would hear that a day is agreed on"),
    ("    on_appoint: *appointed\n", "", "appoint_within: day + 5wd\n    on_stall: *",
     "commitments.1.appoint_within: no day is ever agreed on: add 'on_appoint'"),
    ("    on_appoint: *appointed\n", "", "[expectation_talk, mentor_meeting]",
     "forms.7.commitments.1: 'mentor_meeting' has no 'on_appoint': no day can be agreed on"),
    ("    teams: {size", "    # {size", "teams: true",
     "forms.23.teams: no shape has 'teams' to move anybody between; add them"),
    ("    on_stall: *stalled\n", "", "id: no_time, label: Vi kan ikke finde en tid, by: [talent",
     "commitments.1.answers.2.verb: 'stall' needs 'on_stall': nobody would help to find a time"),
    ("appoint_within: day + 5wd #", "appoint_within: due + 5wd #", "appoint_within: due",
     "commitments.0.appoint_within: 'due' is not known here; write a milestone or 'day'"),
    ("label: Skyggepraktikken er gennemført, by: [talent]", "label: x, verb: hush, by: [talent]", "verb: hush, by",
     "commitments.3.answers.0.verb: 'hush' needs a reminder that 'asks_others': there is nobody to leave alone"),
    ("- {when: missed + 3wd, effects", "- {when: missed + 3wd, asks_others: true, effects", "missed + 3wd, asks_others",
     "commitments.1.escalation.0.asks_others: only a reminder asks others and can be left out"),
    ("    kept_by_date_of: alumni_day\n", f"    kept_by_date_of: alumni_day\n{ANSWERED.format('talent')}",
     "answers: [{id: x", "commitments.10.answers.0.by.0: 'talent' is nobody in a commitment of the whole cohort"),
    ("    kept_by_date_of: alumni_day\n", f"    kept_by_date_of: alumni_day\n{ANSWERED.format('talent')}",
     "answers: [{id: x", "commitments.10.answers.0.verb: 'keep' needs another verb: the date of 'alumni_day' keeps it"),
    ("    only_challenges: true\n", f"    only_challenges: true\n{ANSWERED.format('challenge_owner')}",
     "answers: [{id: x", "commitments.9.answers.0.verb: 'keep' would have to tell of a challenge, which no"),
    ("opens: m3d2\n    due: m4d1\n    choices", "opens_on: {commitment: second_half_choice, choice: none}\n"
     "    due: m4d1\n    choices", "opens_on: {commitment: second_half_choice, choice: none}",
     "commitments.5.opens_on: it opens on a choice that opens on itself (second_half_choice → second_half_choice)"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "mark", "what"), LIGHT, ids=[case[3] for case in LIGHT])
def test_a_fault_in_a_programme_is_named(light: Copy, old: str, new: str, mark: str, what: str) -> None:
    light.edit(light.programme, old, new)
    assert_named(programme_faults(light), "mentor-light.yaml", light.line(light.programme, mark), what)


@pytest.mark.parametrize(("old", "new", "mark", "what"), NORD, ids=[case[3] for case in NORD])
def test_a_fault_in_talent_nord_is_named(nord: Copy, old: str, new: str, mark: str, what: str) -> None:
    nord.edit(nord.programme, old, new)
    assert_named(programme_faults(nord), "talent-nord.yaml", nord.line(nord.programme, mark), what)


def assert_named(found: list[str], file: str, line: int, what: str) -> None:
    plain = [problem.replace("warning: ", "") for problem in found]
    assert any(problem.startswith(f"{file}:{line}: {what}") for problem in plain), "\n".join(
        [f"{line}: {what}", *found]
    )


# What is changed in hold 3's cohort.yaml, where the problem stands, its field, its sentence.
HOLD_3 = [
    ("  network1:\n    {date", "  netwrk1:\n    {date", "  netwrk1",
     "dates.netwrk1: unknown milestone 'netwrk1', did you mean 'network1'?"),
    ("  network1:\n    {date", "  netwrk1:\n    {date", "dates:",
     "dates: network1 (Strategisk netværk for mentorer: første møde) has no date"),
    ('{date: 2027-04-14, start: "13:00", end: "15:30"', '{date: 2027-04-14, start: "15:30", end: "13:00"', "04-14",
     "dates.network1.end: it ends at 13:00, not after 15:30"),
    ("2027-04-01", "2027-03-10", "2027-03-10",
     "dates.m1d2.date: m1d2 (2027-03-10) comes before m1d1 (2027-03-11) is over; the calendar says after it"),
    ("2027-12-01", "2027-12-16", "2027-12-16",
     "dates.m6d2.date: 36 days after m6d1, the shape 'ordinary' says 14 to 28; if that is right, say why in 'reason'"),
    ("{date: 2027-12-01,", "{reason: Hotellet brændte, date: 2027-12-16,", "2027-12-16",
     "warning: dates.m6d2.date: 36 days after m6d1, the shape 'ordinary' says 14 to 28; accepted: Hotellet brændte"),
    ("2027-10-07", "2027-10-08", "2027-10-08",
     "dates.m5d2.date: 2 days after m5d1, the shape 'bootcamp' says 1"),
    ('{date: 2027-04-29, start: "07:30", end: "16:00"', '{date: 2027-04-29, start: "07:30", end: "15:00"', "04-29",
     "dates.m2d2.end: module m2 lasts 30 hours from its first start to its last end, not 31"),
    ("2028-03-29", "2028-05-02", "2028-05-02",
     "dates.alumni_day.date: 2028-05-02 is outside the days from 2028-03-01 to 2028-05-01"),
    ('{date: 2027-02-25, start: "12:30", end: "16:30"', '{date: 2027-02-25, start: "12:30", end: "17:00"', "02-25",
     "warning: dates.kickoff.end: it lasts 4.5 hours, the programme says 4"),
    ("2027-04-14", "2027-04-17", "2027-04-17",
     "warning: dates.network1.date: 2027-04-17 is lørdag"),
    ("2027-04-14", "2027-03-25", "2027-03-25",
     "warning: dates.network1.date: 2027-03-25 is Skærtorsdag"),
    ("  m5:\n    owner", "  m6:\n    owner", "  m6:\n    owner",
     "challenges.m6: module m6 has no 'challenge: true' in the programme"),
    ("  m5:\n    owner", "  m7:\n    owner", "  m7:\n    owner",
     "challenges.m7: unknown module 'm7'; known: m2, m5"),
    ("  network1:\n    themes", "  netwrk1:\n    themes", "  netwrk1",
     "content.netwrk1: no milestone, module or commitment is called 'netwrk1', did you mean 'network1'?"),
    ("  m5:\n    owner", "  m6:\n    owner", "challenges:",
     "warning: challenges: module m5 (Ledelse gennem netværk og samskabelse) has no challenge yet"),
    ("karen.thorsen@aalborg", "Palle.Ravnkilde@aalborg", "Palle.Ravnkilde",
     "coordinators.0.email: palle.ravnkilde@aalborg.example.org belongs to 'Palle Ravnkilde' in people.xlsx row 4,"
     " here to 'Karen Møller Thorsen'; one address is one person"),
    ("vibeke.norup@hjoerring", "soeren.holt@hjoerring", "Vibeke",
     "challenges.m2.representative.email: soeren.holt@hjoerring.example.org belongs to 'Søren Kjær Holt'"
     " in organisations.hjoerring.consultant, here to 'Vibeke Norup'"),
    ("id: hold-3", "id: hold-4", "id: hold-4",
     "id: should be the folder's name, 'hold-3', not 'hold-4'"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "mark", "what"), HOLD_3, ids=[case[3] for case in HOLD_3])
def test_a_fault_in_a_cohort_is_named(nord: Copy, old: str, new: str, mark: str, what: str) -> None:
    nord.edit(nord.cohort, old, new)
    found = cohort_faults(nord)
    assert any(problem.startswith(f"cohort.yaml:{nord.line(nord.cohort, mark)}: {what}") for problem in found), found


def test_warnings_are_told_from_faults(nord: Copy) -> None:
    nord.edit(nord.cohort, "2027-04-14", "2027-04-17")
    [problem] = faults(nord)
    assert problem.warning


def test_a_moved_module_may_leave_a_commitment_no_time(light: Copy) -> None:
    light.edit(light.programme, "opens: w2d1\n    due: w2d2", "opens: w2d1\n    due: supper - 3d")
    light.edit(light.cohort, "2027-03-17", "2027-03-03")
    assert cohort_faults(light) == [
        "cohort.yaml:29: dates.supper.date: format (Paper or film) would be due on 2027-02-28,"
        " before it opens on 2027-03-02"
    ]


def test_too_few_talents_for_groups_are_a_warning(nord: Copy) -> None:
    nord.edit(nord.cohort, "people: people.xlsx", "people: people.csv")
    lines = nord.people.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    nord.people.write_text("".join(lines[:9]), encoding="utf-8")
    assert cohort_faults(nord) == ["cohort.yaml:6: warning: people: 8 talents cannot be put into groups of 5 to 7"]


def test_groups_are_possible_where_even_sizes_keep_within_bounds() -> None:  # R27
    impossible = [count for count in range(1, 40) if not can_be_grouped(count, Groups(formed_at="m1d1"))]
    assert impossible == [1, 2, 3, 4, 8, 9]
