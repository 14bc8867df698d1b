"""Checks of the plan: it goes to the talent or their mentor only, and is asked for where there is one."""

from __future__ import annotations

from collections.abc import Iterator

from config.checks.places import PlacedEffect, effects
from config.definition import Definition
from config.errors import Problem
from config.files.yaml_file import Source
from config.plan import PLAN
from config.roles import Role
from config.suggest import did_you_mean

READERS: frozenset[Role] = frozenset({"talent", "mentor"})
"""Whose the plan is: nobody else gets it."""


def wrong_mails(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each mail that the plan cannot go with: there is none, or somebody else would get it."""
    plan = definition.programme.plan
    mails: dict[str, list[PlacedEffect]] = {}
    for placed in effects(definition.programme):
        if placed.effect.mail:
            mails.setdefault(placed.effect.mail, []).append(placed)
    for number, name in enumerate(plan.goes_with if plan else ()):
        what = ""
        if name not in mails and not source.dropped:
            what = f"no mail {name!r} is sent{did_you_mean(name, mails)}"
        elif not all(map(_is_of_talent, mails.get(name, ()))):
            what = f"the mail {name!r} is not about one talent alone"
        elif others := {role for placed in mails.get(name, ()) for role in placed.effect.to} - READERS:
            too = ", ".join(sorted(map(definition.programme.role_name, others)))
            what = f"the mail {name!r} goes to {too} too; the plan is for talent and mentor only"
        if what:
            yield source.problem((PLAN, "goes_with", number), what)


def _is_of_talent(placed: PlacedEffect) -> bool:
    of_commitment = placed.commitment is not None and placed.commitment.subject == "talent"
    return of_commitment or placed.path[0] == "events"


def asked_for_nothing(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each answer that asks for a plan that there is not, or of whom there is none."""
    for number, spec in enumerate(definition.programme.commitments):
        for place, answer in enumerate(spec.answers):
            if PLAN not in answer.asks:
                continue
            path = ("commitments", number, "answers", place, "asks")
            if spec.subject != "talent" or answer.verb != "keep":
                yield source.problem(path, "the plan is asked for when a talent's commitment is kept, and only then")
            if definition.programme.plan is None and all(gone[0] != PLAN for gone in source.dropped):
                yield source.problem(path, "asks for the plan, but the programme has none; add 'plan'")
