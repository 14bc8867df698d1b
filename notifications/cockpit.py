"""Where coordinators read the pages: addresses that stay, whatever an artifact is called in Prefect's database."""

from __future__ import annotations

from collections.abc import Sequence

from notifications.view_models import DecisionView
from states.views.to_decide import Decision

PAGES = "/side/"
"""What the paths of pages begin with: our own app in front of Prefect leads on from there."""


def page_name(ident: str) -> str:
    """Return what the page of a cohort, journey or task is called in addresses: small letters, digits and dashes."""
    return "".join(character if character.isalnum() else "-" for character in ident.lower())


def page_url(cockpit: str, ident: str) -> str:
    """Return the whole address of a page; empty where the cockpit has none that others could use."""
    return f"{cockpit}{PAGES}{page_name(ident)}" if cockpit else ""


def decision_views(decisions: Sequence[Decision], cockpit: str) -> tuple[DecisionView, ...]:
    """Return what waits for somebody as their mail says it."""
    return tuple(
        DecisionView(one.title, one.since, one.due, one.mails, one.about, page_url(cockpit, one.page))
        for one in decisions
    )
