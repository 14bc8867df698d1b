"""The words of the deployments that are no forms, by language."""

from __future__ import annotations

from functools import cache

from config.files.yaml_file import load_yaml
from notifications.languages import deployments_in


@cache
def words(language: str = "da") -> dict[str, str]:
    """Return what each deployment does, for people, by its name."""
    return {str(name): str(text) for name, text in load_yaml(deployments_in(language)).data.items()}
