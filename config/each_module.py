"""A commitment of ``each: module``, written out for one of them."""

from __future__ import annotations

from collections.abc import Mapping

from config.effects import EffectSpec, Reminder
from config.programme import ON_STEPS, CommitmentSpec
from config.when import When


def for_module(spec: CommitmentSpec, module: str, words: Mapping[str, object], days: dict[str, str]) -> CommitmentSpec:
    """Return a commitment as it is in one module, by id.

    ``words`` fill its label; ``days`` are what ``day1`` and the like stand for there.
    """

    def anchored(when: When | None) -> When | None:
        return when.anchored(days) if when else None

    def effects(specs: tuple[EffectSpec, ...]) -> tuple[EffectSpec, ...]:
        return tuple(effect.model_copy(update={"due": anchored(effect.due)}) for effect in specs)

    def steps(specs: tuple[Reminder, ...]) -> tuple[Reminder, ...]:
        return tuple(
            step.model_copy(update={"when": anchored(step.when), "effects": effects(step.effects)}) for step in specs
        )

    return spec.model_copy(
        update={
            "id": f"{spec.id}_{module}",
            "label": spec.label.format(**words),
            "module": module,
            "asked_late": spec.asked_late.anchored(days) if spec.asked_late else None,
            **{
                name: anchored(getattr(spec, name))
                for name in ("opens", "due", "miss", "changeable_until", "first_reminder")
            },
            **{name: effects(getattr(spec, name)) for name in ON_STEPS},
            **{name: steps(getattr(spec, name)) for name in ("reminders", "escalation")},
        }
    )
