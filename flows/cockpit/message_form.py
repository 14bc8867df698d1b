"""The form for a message of one's own: its lists, and the page that shows each mail before any is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flows.cockpit.labels import words
from flows.cockpit.literal import Markdown, link
from flows.cockpit.markdown import page_text
from flows.own_message import Written, readers_listed
from flows.services import Services

FLOW = "message"


def message_fields(services: Services) -> dict[str, Any]:
    """Return the form's fields with the readers that there are now."""
    with services.database.read() as connection:
        return message_schema(list(readers_listed(connection)))


def message_schema(readers: Sequence[str]) -> dict[str, Any]:
    """Return the form's fields as the JSON schema that the Prefect UI draws."""
    said = words()
    one: dict[str, Any] = {"type": "string", **({"enum": list(readers)} if readers else {})}
    fields: dict[str, dict[str, Any]] = {
        "to": {"type": "array", "items": one},
        "subject": {"type": "string"},
        "text": {"type": "string"},
        "seal": {"type": "string"},
    }
    properties = {
        name: field | {"title": said[f"message_{name}"], "position": position}
        for position, (name, field) in enumerate(fields.items())
    }
    return {"title": "Parameters", "type": "object", "properties": properties, "required": ["to", "subject", "text"]}


def message_markdown(shown: Written, links: Mapping[str, str], form: str | None, language: str = "da") -> str:
    """Return the page; ``links`` are addresses of pages by id, ``form`` that of the filled-in form, if it is served."""
    go = words(language)["message_go"]
    values = {
        "page": shown,
        "links": {ident: Markdown(address) for ident, address in links.items()},
        "go": link(go, form) if form else go,
        "lines": lambda text: [line for line in text.splitlines() if line.strip()],
    }
    return page_text("message.md.j2", values, language)
