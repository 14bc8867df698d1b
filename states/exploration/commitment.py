"""What may happen next to a commitment, and what points out of its state: by the engine's rules and timers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

from config.grammar import Trigger
from config.programme import CommitmentSpec
from states.exploration.ground import BEFORE, Ground
from states.machines.commitment import FINAL, FULFILLED, OPEN, PLANNED, closes_tasks, is_late, recordable_verbs
from states.machines.rulebook import Answer
from states.plan.appointment import Dates
from states.plan.calendar import Calendar
from states.plan.effects import named
from states.plan.timers import Step, Timer, commitment_timers, opening_timer, rearmed


class CommitmentNode(NamedTuple):
    """A commitment's state, the verbs of its armed timers, whether the milestones whose date is optional have one, and
    whether a task is open about the commitment."""

    state: str
    armed: frozenset[str]
    dated: bool
    task: bool = False


class CommitmentMoves:
    """The moves of one commitment: by its own timers, by what people tell, by its journey and by a new date."""

    def __init__(self, ground: Ground, spec: CommitmentSpec) -> None:
        self._ground = ground
        self._spec = spec
        self._rules = ground.rules.commitments[spec.id]
        self._own: dict[CommitmentNode, tuple[tuple[str, CommitmentNode], ...]] = {}
        self._carried: dict[tuple[CommitmentNode, str], tuple[CommitmentNode, ...]] = {}

    def start(self, dated: bool) -> CommitmentNode:
        """Return the commitment as enrolment writes it."""
        timers = opening_timer(self._ground.calendar(dated), "", self._spec.id, self._spec, BEFORE)
        return CommitmentNode(PLANNED, _verbs(timers), dated)

    def moves(self, node: CommitmentNode) -> tuple[tuple[str, CommitmentNode], ...]:
        """Return everything that may happen to the commitment by itself."""
        if node not in self._own:
            self._own[node] = tuple(self._moves(node))
        return self._own[node]

    def carried(self, node: CommitmentNode, verb: str) -> tuple[CommitmentNode, ...]:
        """Return where ``verb``, which befalls the commitment from outside, may lead; the node itself if nowhere."""
        if (node, verb) not in self._carried:
            found = self._dated(node) if verb == self._ground.dating else self._answers(node, verb)
            self._carried[node, verb] = tuple(found) or (node,)
        return self._carried[node, verb]

    def points_out(self, node: CommitmentNode) -> bool:
        """Whether a timer, an open task or the chase for a date leads out of the commitment's state."""
        if node.task or node.state in FINAL or self._leads_out(node, node.armed):
            return True
        without, awaited = (self._timers(node, calendar) for calendar in (self._ground.bare, self._ground.promised))
        waits = not node.dated and node.state in {PLANNED, OPEN} and not self._leads_out(node, without)
        return waits and self._leads_out(node, awaited)

    def is_idle(self, node: CommitmentNode) -> bool:
        """Whether the commitment waits to be taken up again."""
        return node.state == PLANNED or is_late(node.state)

    def _leads_out(self, node: CommitmentNode, verbs: Iterable[str]) -> bool:
        return any(found.state != node.state for verb in verbs for found in self._answers(node, verb))

    def _moves(self, node: CommitmentNode) -> Iterator[tuple[str, CommitmentNode]]:
        for verb in sorted(node.armed):
            fired = node._replace(armed=node.armed - {verb})
            found = list(self._answers(fired, verb)) or [fired]
            yield from ((str(Trigger(self._spec.id, verb)), dest) for dest in found)
        for verb in recordable_verbs(self._spec):
            yield from ((str(Trigger(self._spec.id, verb)), dest) for dest in self._answers(node, verb))
        yield from self._by_choice(node)
        if self._spec.subject == "cohort" and not node.dated:
            yield from ((self._ground.dating, dest) for dest in self.carried(node, self._ground.dating))

    def _by_choice(self, node: CommitmentNode) -> Iterator[tuple[str, CommitmentNode]]:
        """Yield what the choice that this commitment follows brings, and what a change of that choice takes back."""
        if self._spec.opens_on is None or node.state in FINAL:
            return
        leader = self._ground.definition.commitments[self._spec.opens_on.commitment]
        for choice in leader.choices:
            wanted = choice == self._spec.opens_on.choice
            if wanted or (leader.changeable_until is not None and node.state != PLANNED):
                for dest in self._answers(node, "open" if wanted else "retract"):
                    yield f"{leader.id}:keep={choice}", dest

    def _answers(self, node: CommitmentNode, verb: str) -> Iterator[CommitmentNode]:
        """Yield where a verb may lead, each place once; nothing where it is refused."""
        fulfilled = self._spec.kept_by_date_of in self._ground.calendar(node.dated).days
        open_guards = [guard for guard in self._rules.guards_of(verb) if guard != FULFILLED]
        seen: set[str] = set()
        for size in range(len(open_guards) + 1):
            for chosen in combinations(open_guards, size):
                guards = frozenset({*chosen, FULFILLED} if fulfilled and verb == "open" else chosen)
                answer = self._rules.answer(node.state, verb, guards)
                if answer is not None and answer.dest not in seen:
                    seen.add(answer.dest)
                    yield self._after(node, verb, answer)

    def _after(self, node: CommitmentNode, verb: str, answer: Answer) -> CommitmentNode:
        dest = answer.dest
        stays_open = node.task and not closes_tasks(verb, node.state, dest)
        effects = named(self._spec.causes, answer.causes)
        of_talent = self._spec.subject == "talent"
        task = stays_open or self._ground.opens_task(effects, self._spec.module, of_talent)
        moved = node._replace(state=dest, task=task)
        calendar = self._ground.calendar(node.dated)
        step = Step(verb, node.state, dest)
        timers = rearmed(calendar, "", self._spec.id, self._spec, step, self._dates(moved, calendar), BEFORE)
        return moved if timers is None else moved._replace(armed=_verbs(timers))

    def _dates(self, node: CommitmentNode, calendar: Calendar) -> Dates:
        today = calendar.local_day(BEFORE)
        due = calendar.day_of(self._spec.due, {"opened": today})
        return Dates(None if node.state == PLANNED else today, due, today if is_late(node.state) else None)

    def _timers(self, node: CommitmentNode, calendar: Calendar) -> frozenset[str]:
        dates = self._dates(node, calendar)
        return _verbs(commitment_timers(calendar, "", self._spec.id, self._spec, node.state, dates, BEFORE))

    def _dated(self, node: CommitmentNode) -> Iterator[CommitmentNode]:
        """Yield what follows when the milestones without a date get one: new deadlines, or the commitment is kept."""
        timers = self._timers(node, self._ground.full)
        hangs_on_it = timers != self._timers(node, self._ground.bare)
        again = node.state in {PLANNED, OPEN} and hangs_on_it
        moved = node._replace(dated=True, armed=timers if again else node.armed)
        if self._spec.kept_by_date_of in self._ground.optional and node.state not in {*FINAL, PLANNED}:
            yield from self._answers(moved, "keep")
        else:
            yield moved


def _verbs(timers: Iterable[Timer]) -> frozenset[str]:
    return frozenset(Trigger.parse(timer.trigger).part for timer in timers)
