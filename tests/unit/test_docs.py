"""The docs name what there is: keys, settings, forms, commands, decisions; and their links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from config import cohort, profile, programme
from config.library import Library
from config.settings import Settings
from flows.cli import app

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted(ROOT.glob("docs/**/*.md"))]
MODELS = [
    model
    for module in (programme, cohort, profile)
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, BaseModel) and model.__module__ == module.__name__
]


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_of_the_yaml_is_documented(model: type[BaseModel]) -> None:
    text = read("docs/programme.md")
    for name, field in model.model_fields.items():
        assert f"| `{field.alias or name}` |" in text


def test_every_setting_is_documented() -> None:
    text = read("docs/operating.md")
    for name in Settings.model_fields:
        assert f"TALENTNORD_{name.upper()}`" in text or f"`_{name.upper()}`" in text


def test_every_form_is_explained_to_coordinators() -> None:
    text = read("docs/coordinator.md")
    for form in Library().programme("talent-nord").definition.programme.forms:
        assert f"| {form.label} |" in text


def test_every_command_has_help_and_is_in_the_readme() -> None:
    text = read("README.md")
    for command in app.registered_commands:
        assert command.callback is not None
        assert command.callback.__doc__
        name = command.name or command.callback.__name__
        assert f"`talentnord {name}" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        if not link.startswith("http"):
            assert (page.parent / link).exists(), link


def test_every_decision_is_linked_from_the_architecture() -> None:
    text = read("ARCHITECTURE.md")
    for decision in sorted(ROOT.glob("docs/adr/*.md")):
        assert f"(docs/adr/{decision.name})" in text
