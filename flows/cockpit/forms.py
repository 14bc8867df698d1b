"""The forms' fields, with the talents, commitments and days that are there to choose from right now.

A form is a deployment of the flow ``record``; its schema is made anew whenever people or dates change, so that a
coordinator picks from lists and need not know any id.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from config.definition import Definition
from config.errors import FactIncompleteError, UnknownRecordError
from config.form import Form
from config.grammar import talent_number
from config.plain_text import quoted
from config.plan import PLAN, plan_steps
from config.programme import CommitmentSpec
from flows.cockpit.enrol_fields import enrol_fields
from flows.cockpit.fact_list import facts_to_undo
from flows.cockpit.people_lists import people_fields, people_labels
from flows.cockpit.several import FOR_WHOM, TALENTS, for_whom
from flows.cockpit.task_lists import task_labels
from flows.cockpit.team_lists import NO_TEAMS, TeamLists, team_lists
from states.machines.commitment import recordable_verbs
from states.machines.journey import ends
from states.running_cohort import RunningCohort, readable_cohorts
from states.store.tables import JourneyRow, PersonRow

CONFIRM = "confirm"
"""The field in which the talent's name is typed before what cannot be taken back is done."""
_TEXT = {"type": "string"}
_DAY = {"type": "string", "format": "date"}
_DAY_FIELDS: Mapping[str, dict[str, Any]] = {
    "day": _TEXT,
    "to": {"type": "string", "format": "date"},
    **dict.fromkeys(("start", "end", "place", "staff", "material"), _TEXT),
    "called_off": {"type": "boolean", "default": False},
    "because": _TEXT,
    "seal": _TEXT,
}

_OF_VERB: Mapping[str, Mapping[str, dict[str, Any]]] = {
    "extend": {"due_on": _DAY},
    "waive": {"because": _TEXT},
    "appoint": {"appointed_on": _DAY, "appointed_at": _TEXT},
    "hand": {},
}
"""What a form asks for its verb; the first of it is required."""


@dataclass(frozen=True)
class Choices:
    """What the lists of a form hold: labels for people, and the ids they stand for."""

    talents: Mapping[str, str]
    commitments: Mapping[str, str]
    choices: Mapping[str, str]
    milestones: Mapping[str, str]
    days: Mapping[str, str]
    """Milestones of all cohorts that may still be moved; ids are ``cohort/milestone``."""
    facts: Mapping[str, str]
    """What was recorded and can be taken back, the newest first; ids are keys."""
    people: Mapping[str, str]
    """Whom a form about people can mean."""
    tasks: Mapping[str, str]
    """Open tasks that can be called done."""
    plans: Mapping[str, str]
    """What can have come of the plan at a talk or a meeting (R11)."""
    cohorts: Mapping[str, str]
    """The cohorts that the talents are of, by name."""
    organisations: Mapping[str, str]
    """Where somebody who is enrolled can work."""
    levels: Mapping[str, str]
    of_teams: TeamLists


def form_of(definition: Definition, ident: str) -> Form:
    """Return a form by id.

    Raises:
        UnknownRecordError: the programme has no such form.
    """
    for form in definition.programme.forms:
        if form.id == ident:
            return form
    raise UnknownRecordError("form", ident)


def specs_of(definition: Definition, form: Form) -> list[CommitmentSpec]:
    """Return the commitments that a form can record, those of each module written out."""
    kinds = {spec.id: spec for spec in definition.programme.commitments}
    wanted = [kinds[kind] for kind in form.commitments if kind in kinds]
    found: list[CommitmentSpec] = []
    for kind in wanted:
        found += [
            spec
            for spec in definition.commitments.values()
            if (spec.id == kind.id or (kind.each is not None and spec.id == f"{kind.id}_{spec.module}"))
            and form.verb in recordable_verbs(spec)
        ]
    return found


def choices_for(connection: Connection, programme_id: str, form: Form, now: datetime) -> Choices:
    """Return what a form's lists hold, over all cohorts of a programme."""
    talents: dict[str, str] = {}
    commitments: dict[str, str] = {}
    choices: dict[str, str] = {}
    milestones: dict[str, str] = {}
    days: dict[str, str] = {}
    people: dict[str, str] = {}
    tasks: dict[str, str] = {}
    plans: dict[str, str] = {}
    cohorts: dict[str, str] = {}
    organisations: dict[str, str] = {}
    levels: dict[str, str] = {}
    for cohort in readable_cohorts(connection):
        if cohort.definition.programme.id != programme_id or not _has(cohort.definition, form):
            continue
        specs = specs_of(cohort.definition, form)
        found = _subjects(connection, cohort, specs, form)
        talents |= found
        cohorts |= {cohort.name: cohort.cohort_id} if found else {}
        commitments |= {spec.label: spec.id for spec in specs}
        choices |= {label: key for spec in specs for key, label in spec.choices.items()}
        milestones |= {cohort.definition.milestones[one].label: one for one in cohort.definition.days_of_talents}
        days |= _days(cohort, form, now) if form.moves else {}
        people |= people_labels(connection, cohort, form.people) if form.people else {}
        tasks |= task_labels(connection, cohort) if form.finishes else {}
        plans |= _plans(cohort.definition, specs) if form.verb == "keep" else {}
        if form.enrols:
            organisations |= {one.name: ident for ident, one in cohort.described.organisations.items()}
            levels |= {label: ident for ident, label in cohort.definition.programme.levels.items()}
    facts = facts_to_undo(connection, programme_id) if form.undoes else {}
    teams = team_lists(connection, programme_id, now) if form.teams else NO_TEAMS
    return Choices(
        talents, commitments, choices, milestones, days, facts, people, tasks, plans, cohorts, organisations, levels,
        teams,
    )  # fmt: skip


def _plans(definition: Definition, specs: Sequence[CommitmentSpec]) -> dict[str, str]:
    """Return what can have come of the plan, where there is one and one of the commitments asks for it."""
    plan, steps = definition.programme.plan, plan_steps(definition)
    return dict(plan.answers.by_label) if plan and any(spec.id in steps for spec in specs) else {}


def _days(cohort: RunningCohort, form: Form, now: datetime) -> dict[str, str]:
    """Return the days that may still be moved, also those without a date."""
    over = {ident for ident, lies in cohort.calendar.days.items() if lies.ends_at <= now}
    return {
        day_label(milestone.label, cohort.name): f"{cohort.cohort_id}/{milestone.id}"
        for milestone in cohort.definition.milestones.values()
        if (form.moves == "all" or milestone.id in form.moves) and milestone.id not in over
    }


def _has(definition: Definition, form: Form) -> bool:
    """Whether a cohort's definition has what a form records: a cohort may have begun before there was such a thing."""
    if form.commitments:
        return bool(specs_of(definition, form))
    if form.teams:
        return any(module.teams for module in definition.modules.values())
    return form.event is None or form.event in definition.programme.events


def _subjects(connection: Connection, cohort: RunningCohort, specs: list[CommitmentSpec], form: Form) -> dict[str, str]:
    """Return whom a form can be about: talents who have not ended, or the cohort for its own commitments."""
    if not (form.event or form.notes or form.teams) and all(spec.subject == "cohort" for spec in specs):
        return {cohort.name: cohort.cohort_id}
    rows = connection.execute(
        select(JourneyRow.id, PersonRow.name)
        .join(PersonRow, PersonRow.id == JourneyRow.talent_id)
        .where(JourneyRow.cohort_id == cohort.cohort_id, JourneyRow.state.not_in(ends(cohort.definition)))
        .order_by(PersonRow.name)
    )
    return {talent_label(row.name, cohort.name, row.id): row.id for row in rows}


def talent_label(name: str, cohort: str, journey: str) -> str:
    """Return what the lists call a talent."""
    return f"{name} ({cohort}, nr. {talent_number(journey):02d})"


def day_label(label: str, cohort: str) -> str:
    """Return what the lists call a milestone of a cohort."""
    return f"{label} ({cohort})"


def schema(definition: Definition, form: Form, choices: Choices) -> dict[str, Any]:
    """Return the form's fields as the JSON schema that the Prefect UI draws."""
    if form.moves:
        return _schema(definition, {**_DAY_FIELDS, "day": _list(choices.days)}, ["day"])
    if form.undoes:
        return _schema(definition, {"fact": _list(choices.facts), "why": _TEXT}, ["fact", "why"])
    if form.finishes:
        return _schema(definition, {"task": _list(choices.tasks), "note": _TEXT}, ["task"])
    if form.enrols:
        lists = (choices.cohorts, choices.organisations, choices.levels)
        return _schema(definition, *enrol_fields(definition, *lists))
    if form.people:
        return _schema(definition, *people_fields(form.people, choices.people))
    specs = specs_of(definition, form)
    fields, required = _whom(form, choices)
    if form.commitments:
        of_verb, needed = _fields_of_verb(form, specs, choices)
        fields |= {"commitment": _list(choices.commitments), **of_verb}
        required += ["commitment", *needed]
    if form.teams:
        fields |= {"module": _list(choices.of_teams.modules), "team": _list(choices.of_teams.numbers)}
        required += ["module", "team"]
    needs = definition.programme.events[form.event].needs if form.event else ()
    if {"milestone", "absence"} & set(needs):
        fields["milestone"] = _list(choices.milestones)
        required.append("milestone")
    if "new_mentor" in needs:
        fields |= _person("new_mentor")
        required += ["new_mentor_name", "new_mentor_email"]
    fields["note"] = {"type": "string"}
    required += ["note"] if form.notes else []
    return _schema(definition, fields, required)


def _whom(form: Form, choices: Choices) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Return the fields that say whom a form is about, and which of them are required."""
    if form.several:
        about = list(for_whom(choices.cohorts))
        talents = {"type": "array", "items": _list(choices.talents), "uniqueItems": True}
        return {FOR_WHOM: {"type": "string", "enum": about, "default": about[0]}, TALENTS: talents}, [FOR_WHOM]
    if form.confirm:
        return {"talent": _list(choices.talents), CONFIRM: _TEXT}, ["talent", CONFIRM]
    return {"talent": _list(choices.talents)}, ["talent"]


def _fields_of_verb(
    form: Form, specs: Sequence[CommitmentSpec], choices: Choices
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Return what a form asks of a commitment for its verb, and which of it is required."""
    if form.verb != "keep":
        asked = _OF_VERB[form.verb]
        return dict(asked), list(asked)[:1]
    fields: dict[str, dict[str, Any]] = {"held_on": _DAY}
    if choices.plans:
        fields[PLAN] = _list(choices.plans)
    if any(spec.choices for spec in specs):
        fields["choice"] = _list(choices.choices)
    if any(spec.fills for spec in specs):
        fields |= _person("person")
    if any(spec.secures for spec in specs):
        fields |= {"owner": _TEXT, **_person("representative"), "title": _TEXT, "text": _TEXT}
    return fields, ["held_on"]


def _schema(definition: Definition, fields: Mapping[str, dict[str, Any]], required: list[str]) -> dict[str, Any]:
    names = definition.programme.form_fields
    properties = {
        name: field | {"title": names.get(name, name), "position": position}
        for position, (name, field) in enumerate(fields.items())
    }
    return {"title": "Parameters", "type": "object", "properties": properties, "required": required}


def _person(role: str) -> dict[str, dict[str, Any]]:
    return {f"{role}_name": {"type": "string"}, f"{role}_email": {"type": "string", "format": "email"}}


def _list(options: Collection[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(options)} if options else {"type": "string"}


def chosen(options: Mapping[str, str], field: str, value: str, form: Form) -> str:
    """Return the id that a label stands for; an id itself is taken as well.

    Raises:
        FactIncompleteError: it is none of the choices.
    """
    if value in options:
        return options[value]
    if value in options.values():
        return value
    known = ", ".join(list(options)[:8])
    raise FactIncompleteError(form.id, field, f"{quoted(value)} is none of the choices ({known} …)")
