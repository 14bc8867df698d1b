"""Which forms there are for what a task is about, and what they are filled in with: by the programme's ``forms``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select

from config.form import Form
from config.programme import CommitmentSpec
from flows.cockpit.enrol_fields import COHORT
from flows.cockpit.forms import day_label, specs_of, talent_label
from flows.cockpit.people_lists import people_labels
from flows.cockpit.several import FOR_WHOM, for_whom
from flows.cockpit.task_lists import task_labels
from states.machines.rulebook import RuleBook
from states.moves.people import CORRECT, WHOM
from states.running_cohort import RunningCohort
from states.store.conditions import of_cohort
from states.store.reach_tables import UnreachableRow
from states.store.tables import CommitmentRow, JourneyRow, PersonRow
from states.store.unreachable import whose_address
from states.views.task_pages import TaskPage


class Offer(NamedTuple):
    """A form that a task can be settled by, and the fields that it opens filled in with."""

    form: Form
    values: Mapping[str, str]


class TaskForms:
    """The forms for the tasks of one cohort, as it stands ``today``; those that would be refused are left out."""

    def __init__(self, connection: Connection, cohort: RunningCohort, today: date) -> None:
        self._cohort = cohort
        self._forms = cohort.definition.programme.forms
        self._today = today
        mine = CommitmentRow.cohort_id == cohort.cohort_id
        found = connection.execute(select(CommitmentRow.id, CommitmentRow.state).where(mine))
        self._commitments: dict[str, str] = dict(found.tuples().all())
        journeys = select(JourneyRow.id, JourneyRow.state, JourneyRow.consultant_id)
        rows = connection.execute(journeys.where(JourneyRow.cohort_id == cohort.cohort_id))
        self._journeys = {row.id: row for row in rows}
        self._unreachable = _unreachable(connection, cohort)
        self._finishable = {ident: label for label, ident in task_labels(connection, cohort).items()}

    def of(self, task: TaskPage) -> Iterator[Offer]:
        """Yield what can be done about a task, in the order of the programme's forms."""
        found = {one.form.id: one for one in self.about(task.subject, task.journey, task.talent)}
        if task.id in self._finishable:
            done = {"task": self._finishable[task.id]}
            found |= {form.id: Offer(form, done) for form in self._forms if form.finishes}
        return (found[form.id] for form in self._forms if form.id in found)

    def about(self, subject: str, journey: str = "", talent: str = "") -> Iterator[Offer]:
        """Yield what can be done about a commitment, a journey, a day or an address, by its id.

        ``journey`` and ``talent`` (a name) are empty where it is the cohort's.
        """
        name, definition = subject.rpartition("/")[2], self._cohort.definition
        whom = self._whom(journey, talent)
        for form in self._forms:
            if subject in self._commitments:
                yield from self._about_commitment(form, subject, journey, whom, definition.commitments[name])
            elif subject in self._journeys:
                if self._leads_on(form):
                    yield from self._about_journey(form, subject, whom)
            elif name in definition.milestones:
                yield from self._about_day(form, name)
            elif form.people == CORRECT and whose_address(subject) in self._unreachable:
                yield Offer(form, {WHOM: self._unreachable[whose_address(subject)]})

    def of_talent(self, journey: str, talent: str) -> Iterator[Offer]:
        """Yield all that can be told of a talent, whether it leads on or not."""
        for form in self._forms:
            yield from self._about_journey(form, journey, self._whom(journey, talent))

    def of_team(self, journey: str, talent: str, module: str) -> Iterator[Offer]:
        """Yield the forms that move a talent to another team of a module (R51), by what it is called."""
        whom = self._whom(journey, talent)
        return (Offer(form, {"talent": whom, "module": module}) for form in self._forms if form.teams)

    def for_several(self, commitments: Collection[str]) -> Iterator[Offer]:
        """Yield, for each of the commitments, by name, the form that records it for all of the cohort but some."""
        everybody = list(for_whom({self._cohort.name: self._cohort.cohort_id}))[-1]
        for form in self._forms:
            for spec in specs_of(self._cohort.definition, form) if form.several else ():
                if spec.id in commitments:
                    given = {FOR_WHOM: everybody, "commitment": spec.label, "held_on": self._today.isoformat()}
                    yield Offer(form, given)

    def taking_back(self, fact: str = "") -> Iterator[Offer]:
        """Yield the forms that take something back (R62): ``fact``, as their list calls it, or what is chosen there."""
        return (Offer(form, {"fact": fact} if fact else {}) for form in self._forms if form.undoes)

    def enrolling(self) -> Iterator[Offer]:
        """Yield the forms that enrol somebody into the cohort."""
        return (Offer(form, {COHORT: self._cohort.name}) for form in self._forms if form.enrols)

    def _about_commitment(
        self, form: Form, subject: str, journey: str, whom: str, spec: CommitmentSpec
    ) -> Iterator[Offer]:
        if spec.kept_by_date_of is not None:
            yield from self._about_day(form, spec.kept_by_date_of)
        # What is for several talents at once has no talent to be filled in with.
        if form.several or spec not in specs_of(self._cohort.definition, form):
            return
        if form.verb == "hand" and self._journeys[journey].consultant_id is None:
            return
        if _may(self._cohort.rules.commitments[spec.id], self._commitments[subject], form.verb):
            held_on = {"held_on": self._today.isoformat()} if form.verb == "keep" else {}
            yield Offer(form, {"talent": whom, "commitment": spec.label, **held_on})

    def _leads_on(self, form: Form) -> bool:
        """Whether a form tells an event that takes a talent elsewhere: who is on leave comes back, or leaves."""
        event = self._cohort.definition.programme.events.get(form.event or "")
        return event is not None and event.leads_elsewhere

    def _about_journey(self, form: Form, journey: str, whom: str) -> Iterator[Offer]:
        if form.notes or (
            form.event
            and not form.several
            and _may(self._cohort.rules.journey, self._journeys[journey].state, form.event)
        ):
            yield Offer(form, {"talent": whom})

    def _about_day(self, form: Form, milestone: str) -> Iterator[Offer]:
        if form.moves == "all" or milestone in form.moves:
            label = self._cohort.definition.milestones[milestone].label
            yield Offer(form, {"day": day_label(label, self._cohort.name)})

    def _whom(self, journey: str, talent: str) -> str:
        return talent_label(talent, self._cohort.name, journey) if journey else self._cohort.name


def _unreachable(connection: Connection, cohort: RunningCohort) -> Mapping[str, str]:
    """Return what the forms' lists call those whose address takes no mail, by each id that they have in a cohort."""
    ours = of_cohort(PersonRow.id, cohort.cohort_id)
    marked = select(UnreachableRow.person_id).where(of_cohort(UnreachableRow.person_id, cohort.cohort_id))
    if not (ids := connection.scalars(marked).all()):
        return {}
    addresses = dict(connection.execute(select(PersonRow.id, PersonRow.email).where(ours)).tuples().all())
    labels = {addresses[one]: label for label, one in people_labels(connection, cohort, CORRECT).items()}
    return {one: labels[addresses[one]] for one in ids if addresses[one] in labels}


def _may(rules: RuleBook, state: str, trigger: str) -> bool:
    """Whether a trigger can be possible in a state; what is told may still say otherwise."""
    return rules.next_state(state, trigger, frozenset(rules.guards_of(trigger))) is not None
