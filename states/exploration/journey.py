"""What may happen next to a journey, and what points out of its state: by the engine's rules and timers. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from config.grammar import CHASE, Trigger
from config.programme import Event
from states.exploration.ground import BEFORE, Ground
from states.machines.journey import CALENDAR, GIVEN, place_guard, places
from states.plan.effects import named
from states.plan.timers import Timer, cohort_timers


class JourneyNode(NamedTuple):
    """A journey's state (empty before it is enrolled), how many milestones its cohort has held, whether those whose
    date is optional have one, and whether a task is open about the journey."""

    state: str
    held: int
    dated: bool
    task: bool = False


class JourneyMove(NamedTuple):
    """A trigger, where it leads, and the verb that befalls the journey's commitments with it (empty: none)."""

    trigger: str
    dest: JourneyNode
    verb: str = ""


class JourneyMoves:
    """The moves of a journey. Milestones fall in the calendar's order; talents may join as long as one lies ahead."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._rules = ground.rules.journey
        self._steps = ground.definition.steps
        self._places = places(ground.definition)
        self._timers = {
            (held, dated): self._armed(held, dated) for held in range(len(self._places)) for dated in (False, True)
        }

    @property
    def start(self) -> JourneyNode:
        """Return where everything begins: a cohort with its dates, and nobody enrolled."""
        return JourneyNode("", 0, dated=not self._ground.optional)

    def is_final(self, node: JourneyNode) -> bool:
        """Whether the journey has ended."""
        return node.state in self._ground.definition.final_states

    def moves(self, node: JourneyNode) -> Iterator[JourneyMove]:
        """Yield everything that may happen to a journey."""
        timers = [] if self.is_final(node) else self._timers[node.held, node.dated]
        if not node.state and timers and not any(step.final for step in self._steps[: node.held]):
            yield JourneyMove("enrol", node._replace(state=self._places[node.held]))
        yield from self._by_time(node, timers)
        if not node.dated:
            yield JourneyMove(self._ground.dating, node._replace(dated=True), self._ground.dating)
        if node.state and not self.is_final(node):
            yield from self._by_promise(node)
            for name, event in self._ground.definition.programme.events.items():
                if event.falls is None:
                    yield from self._by_event(node, name, event)
                yield from self._by_chase(node, name, event)

    def points_out(self, node: JourneyNode) -> bool:
        """Whether a timer, an open task or the chase for a date leads out of a journey's state."""
        return node.task or self.is_final(node) or not node.state or self._leads_out_by_time(node)

    def is_left(self, node: JourneyNode) -> bool:
        """Whether the cohort is over and a journey is not, and no day comes that ends it."""
        is_over = bool(node.state) and node.held == len(self._steps)
        return is_over and not self.is_final(node) and not self._leads_out_by_time(node)

    def _leads_out_by_time(self, node: JourneyNode) -> bool:
        awaited = [] if node.dated else [step.id for step in self._steps[node.held :] if step.id in self._ground.chased]
        armed = [timer.trigger for timer in self._timers[node.held, node.dated]]
        return any(
            self._rules.next_state(node.state, trigger) not in {None, node.state} for trigger in [*armed, *awaited]
        )

    def is_paused(self, node: JourneyNode) -> bool:
        """Whether an event has taken the journey off the calendar, and another is to take its commitments up again."""
        on_calendar = any(self._rules.next_state(node.state, step.id) not in {None, node.state} for step in self._steps)
        return not on_calendar and any(move.verb in {"resume", "cancel"} for move in self.moves(node))

    def _armed(self, held: int, dated: bool) -> list[Timer]:
        calendar = self._ground.calendar(dated)
        ends = [calendar.days[step.id].ends_at for step in self._steps[:held] if step.id in calendar.days]
        return sorted(cohort_timers(calendar, "", max(ends, default=BEFORE)), key=lambda timer: timer.due_at)

    def _by_time(self, node: JourneyNode, timers: list[Timer]) -> Iterator[JourneyMove]:
        positions = {step.id: number for number, step in enumerate(self._steps, start=1)}
        step = next((timer.trigger for timer in timers if timer.trigger in positions), None)
        if step is not None:
            yield JourneyMove(step, self._settled(self._held(node, step)._replace(held=positions[step])))
        events = self._ground.definition.programme.events
        for timer in timers if node.state else []:
            if timer.trigger in events:
                yield from self._by_event(node, timer.trigger, events[timer.trigger])
            elif timer.trigger not in positions and self._rules.next_state(node.state, timer.trigger) is not None:
                yield JourneyMove(timer.trigger, node._replace(task=node.task or self._notice_task(timer.trigger)))

    def _held(self, node: JourneyNode, step: str) -> JourneyNode:
        """Return where a milestone leads; whom the last one finds off the calendar, somebody is asked about anew."""
        answer = self._rules.answer(node.state, step) if node.state else None
        if answer is None:
            return node
        milestone = self._ground.definition.milestones[step]
        asked = self._ground.opens_task(named(self._ground.definition.causes, answer.causes), None)
        is_left = milestone.final and answer.dest == node.state
        return node._replace(state=answer.dest, task=asked or (node.task and not is_left))

    def _by_promise(self, node: JourneyNode) -> Iterator[JourneyMove]:
        """Yield where a promise leads that comes to a state; any may, at any time."""
        for trigger, regions in self._rules.concerns.items():
            if CALENDAR in regions and Trigger.parse(trigger).name in self._ground.definition.commitments:
                dest = self._rules.next_state(node.state, trigger)
                if dest is not None:
                    yield JourneyMove(trigger, node._replace(state=dest))

    def _notice_task(self, trigger: str) -> bool:
        milestone = self._ground.definition.milestones[Trigger.parse(trigger).name]
        effects = self._ground.definition.causes[trigger]
        return self._ground.opens_task(effects, milestone.module.id if milestone.module else None)

    def _by_event(self, node: JourneyNode, name: str, event: Event) -> Iterator[JourneyMove]:
        place = place_guard(self._places[node.held])
        either = [frozenset({place, guard}) for guard in self._rules.guards_of(name) if guard.startswith(GIVEN)]
        dests = (self._rules.next_state(node.state, name, guards) for guards in [frozenset({place}), *either])
        for dest in dict.fromkeys(dests):
            if dest is not None:
                stays_open = node.task and dest == node.state
                task = stays_open or self._ground.opens_task(event.effects, None)
                verb = "" if event.commitments == "leave" else event.commitments
                yield JourneyMove(name, self._settled(node._replace(state=dest, task=task)), verb)

    def _by_chase(self, node: JourneyNode, name: str, event: Event) -> Iterator[JourneyMove]:
        """Yield that it is asked again: what was asked before is over."""
        if event.chase is not None and node.state == event.to and node.held < len(self._steps):
            asked = self._ground.opens_task(event.chase.effects, None)
            yield JourneyMove(str(Trigger(name, CHASE)), node._replace(task=asked))

    def _settled(self, node: JourneyNode) -> JourneyNode:
        """Return the node without what no longer matters once the journey has ended."""
        return node._replace(held=0, task=False) if self.is_final(node) else node
