"""Which messages a programme names where they cannot be said: each is rendered with all that it may know there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from config.checks.places import effects
from config.definition import Definition
from config.errors import Problem, TemplateError
from config.files.yaml_file import Source
from notifications.due import NEW_LINK
from notifications.render import Section, compose, known_messages, render_message, render_task
from notifications.samples import corrections, day_news, samples
from notifications.view_models import PEOPLE, Context, Greeting, Person
from states.moves.own_message import OWN_MESSAGE
from states.store.unreachable import ADDRESS_TASK
from states.views.to_decide import ALARMS, MORNING

OF_THE_ENGINE = (MORNING, OWN_MESSAGE, NEW_LINK, ADDRESS_TASK, *ALARMS)
"""The mails and tasks that no programme names."""


def misplaced_messages(definition: Definition, source: Source, root: Path) -> Iterator[Problem]:
    """Yield a problem for each mail or task whose template needs what its place in the programme never gives.

    ``root`` is the folder of the configuration, where a programme's own templates are.
    """
    programme = definition.programme
    yield from _taken_names(definition, source)
    words = (programme.language, root / programme.templates if programme.templates else None)
    yield from _unsaid_of_itself(source, words)
    for placed in effects(programme):
        if placed.path[0] == "shapes" and all(one.shape != placed.path[1] for one in definition.modules.values()):
            continue  # No module has this shape: its messages are never sent.
        kind = "mail" if placed.effect.mail else "task"
        what = _why_not(placed.effect.message, kind, samples(definition, placed), words)
        if what:
            yield source.problem((*placed.path, kind), what)
    if programme.on_correct and (what := _why_not(programme.on_correct, "mail", corrections(definition), words)):
        yield source.problem(("on_correct",), what)
    for key, called_off in (("on_move", False), ("on_call_off", True)):
        message = getattr(programme, key)
        for milestone in definition.milestones.values() if message else ():
            what = _why_not(message, "mail", day_news(definition, milestone, called_off), words)
            if what:
                yield source.problem((key,), what)
                break


def _unsaid_of_itself(source: Source, words: tuple[str, Path | None]) -> Iterator[Problem]:
    """Yield a problem for each message that the engine has of itself, and for the layout, which the language lacks."""
    there = known_messages(*words)
    for message in OF_THE_ENGINE:
        if message not in there:
            yield source.problem(("language",), f"{words[0]!r} has no message {message!r}, which every programme sends")
    person = Person("Kim Holm", "Kim", "kim.holm@example.org")
    try:
        compose([Section("A subject", "A text", "<p>A text</p>")], Greeting(person, person, "A programme"), *words)
    except TemplateError as error:
        yield source.problem(("language",), f"{words[0]!r} has no layout for mails: {error}")


def _taken_names(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield a problem for each role whose name stands for something else in templates."""
    taken = {part.name for part in fields(Context)} - set(PEOPLE)
    for name, role in definition.programme.roles.items():
        if name in taken and name != role.means:
            yield source.problem(
                ("roles", name), f"{name!r} stands for something else in templates; choose another name"
            )


def _why_not(message: str, kind: str, contexts: Iterator[Context], words: tuple[str, Path | None]) -> str:
    """Return why a message cannot be said to one of those who are told, or nothing."""
    render = render_message if kind == "mail" else render_task
    for context in contexts:
        try:
            render(message, context, *words)
        except TemplateError as error:
            role = context.role_names.get(context.role, context.role)
            return f"{message!r} cannot be said here to {role!r}: {error}{_remedy(context)}"
    return ""


def _remedy(context: Context) -> str:
    """Return what to do where somebody optional is not there whom the message speaks of."""
    name = context.role_names.get("second_mentor", "")
    if context.talent is None or context.second_mentor is not None or not name:
        return ""
    talent, around = context.role_names["talent"], f"{{% if {name} %}}"
    return f"; not every {talent} has a {name}: write {around} around what speaks of them"
