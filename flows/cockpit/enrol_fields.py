"""The fields of the form by which somebody is enrolled: those that the programme's list of people has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from config.definition import Definition

COHORT = "cohort"
_TEXT = {"type": "string"}
_EMAIL = {"type": "string", "format": "email"}


def enrol_fields(
    definition: Definition, cohorts: Mapping[str, str], organisations: Mapping[str, str], levels: Mapping[str, str]
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Return the fields with their lists, and the required ones; what no list of the programme tells is not asked."""
    listed = definition.programme.list_form
    fields: dict[str, dict[str, Any]] = {COHORT: _list(cohorts), "newcomer_name": _TEXT, "newcomer_email": _EMAIL}
    fields["organisation"] = _list(organisations)
    fields |= {"unit": _TEXT} if "unit" in listed.talent else {}
    fields |= {"level": _list(levels)} if "level" in listed.talent else {}
    fields |= {"leader_name": _TEXT, "leader_email": _EMAIL}
    required = list(fields)
    fields |= {"leader_title": _TEXT} if "title" in listed.mentor else {}
    return {**fields, "note": _TEXT}, required


def _list(options: Mapping[str, str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(options)} if options else _TEXT
