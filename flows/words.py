"""The words of the deployments that are no forms, by language."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from config.yaml_source import load_yaml
from flows.pages import TEMPLATES


@cache
def words(language: str = "da") -> dict[str, str]:
    """Return what each deployment does, for people, by its name."""
    path: Path = TEMPLATES / language / "deployments.yaml"
    return {str(name): str(text) for name, text in load_yaml(path).data.items()}
