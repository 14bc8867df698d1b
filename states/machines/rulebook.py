"""The rule book: one shared ``transitions`` machine per definition, asked once for each case.

A hierarchical machine costs 164 µs a trigger and 840 µs for each model added, so it is never the run time of a
journey: its answer to (region, place, trigger, guards that hold) is kept and applied to all who stand alike. The answer
says where the trigger leads and what it causes. ``ask_machine`` asks the machine itself; a test walks every case and
finds both equal.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache, partial
from threading import Lock
from typing import NamedTuple

from transitions import EventData, MachineError
from transitions.extensions import HierarchicalMachine
from transitions.extensions.nesting import NestedState

from states.machines.names import SEPARATOR, TOGETHER, full_name, nested


class _State(NestedState):
    separator = SEPARATOR


class _Machine(HierarchicalMachine):
    state_cls = _State


class Rule(NamedTuple):
    """``trigger`` leads from ``source`` to ``dest`` when all ``guards`` hold, and causes what ``causes`` name.

    Without a ``dest`` the state stays. ``region`` is the one that both belong to, the first if none is named.
    """

    trigger: str
    source: str
    dest: str | None
    guards: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    region: str = ""


class Answer(NamedTuple):
    """Where a trigger leads, the place itself for an internal one, and the names of what it causes."""

    dest: str
    causes: tuple[str, ...] = ()


class _Probe:
    """The one model of a machine: set to a state, asked, read. ``told`` are the regions that moved, with causes."""

    def __init__(self) -> None:
        self.state: str | list[str] = ""
        self.holding: Collection[str] = ()
        self.told: dict[str, list[str]] = {}


class RuleBook:
    """What may happen in which place of which region, where it leads, and what it causes.

    ``regions`` are the places of each, the first of which it starts in; several are one parallel state.
    """

    def __init__(self, regions: Mapping[str, Sequence[str]], rules: Sequence[Rule]) -> None:
        self.regions = {name: tuple(dict.fromkeys(places)) for name, places in regions.items()}
        self.main = next(iter(self.regions))
        """The region that is meant where none is named."""
        self.initial = self.regions[self.main][0]
        self.states = self.regions[self.main]
        self.rules = tuple(rule if rule.region else rule._replace(region=self.main) for rule in rules)
        self.triggers = tuple(dict.fromkeys(rule.trigger for rule in rules))
        self.concerns = {
            trigger: tuple(dict.fromkeys(rule.region for rule in self.rules if rule.trigger == trigger))
            for trigger in self.triggers
        }
        """The regions that each trigger may move."""
        self._guards = {
            trigger: tuple(
                dict.fromkeys(guard for rule in self.rules if rule.trigger == trigger for guard in rule.guards)
            )
            for trigger in self.triggers
        }
        self._kept: dict[tuple[str, str, str, frozenset[str]], Answer | None] = {}
        self._probe = _Probe()
        self._asking = Lock()
        self._name = partial(full_name, self.regions)
        self.machine = _Machine(
            model=self._probe,
            states=nested(self.regions),
            initial=TOGETHER if len(self.regions) > 1 else self.initial,
            auto_transitions=False,
            send_event=True,
        )
        self._add_rules()

    def _add_rules(self) -> None:
        for rule in self.rules:
            self.machine.add_transition(
                rule.trigger,
                self._name(rule.region, rule.source),
                self._name(rule.region, rule.dest) if rule.dest else None,
                conditions=[_condition(guard) for guard in rule.guards],
                after=[_moves(rule.region), *(_causes(rule.region, name) for name in rule.causes)],
            )

    def answer(
        self, place: str, trigger: str, guards: frozenset[str] = frozenset(), region: str | None = None
    ) -> Answer | None:
        """Return where ``trigger`` leads from a place of a region and what it causes; ``None`` if it is refused.

        ``guards`` are the names of the guards that hold.
        """
        case = (region or self.main, place, trigger, guards)
        try:
            return self._kept[case]
        except KeyError:
            return self._kept.setdefault(case, self.ask_machine(place, trigger, guards, region))

    def next_state(
        self, place: str, trigger: str, guards: frozenset[str] = frozenset(), region: str | None = None
    ) -> str | None:
        """Return where ``trigger`` leads, see ``answer``."""
        found = self.answer(place, trigger, guards, region)
        return None if found is None else found.dest

    def ask_machine(
        self, place: str, trigger: str, guards: Collection[str] = (), region: str | None = None
    ) -> Answer | None:
        """Ask the machine itself, as ``answer`` does. There is one probe, so one thread at a time may ask.

        The other regions stand at their start meanwhile: side by side, none looks at where another stands.
        """
        region = region or self.main
        if trigger not in self.triggers or place not in self.regions[region]:
            return None
        stands = {name: places[0] for name, places in self.regions.items()} | {region: place}
        with self._asking:
            probe = self._probe
            probe.state = [self._name(*where) for where in stands.items()] if len(stands) > 1 else place
            probe.holding, probe.told = guards, {}
            try:
                self._probe.trigger(trigger)  # type: ignore[attr-defined]
            except MachineError:
                return None
            if region not in probe.told:
                return None
            now = probe.state if isinstance(probe.state, list) else [probe.state]
            within = self._name(region, "")
            dest = next(state.removeprefix(within) for state in now if state.startswith(within))
            return Answer(dest, tuple(probe.told[region]))

    def guards_of(self, trigger: str) -> tuple[str, ...]:
        """Return the names of all guards that rules of this trigger ask for."""
        return self._guards.get(trigger, ())


def _probe_of(event: EventData) -> _Probe:
    assert isinstance(event.model, _Probe)
    return event.model


@lru_cache
def _condition(guard: str) -> Callable[[EventData], bool]:
    def holds(event: EventData) -> bool:
        return guard in _probe_of(event).holding

    holds.__name__ = guard
    return holds


@lru_cache
def _moves(region: str) -> Callable[[EventData], None]:
    def moved(event: EventData) -> None:
        _probe_of(event).told.setdefault(region, [])

    return moved


@lru_cache(maxsize=1024)
def _causes(region: str, name: str) -> Callable[[EventData], None]:
    def caused(event: EventData) -> None:
        _probe_of(event).told[region].append(name)

    caused.__name__ = name
    return caused
