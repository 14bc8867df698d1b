"""Prefect's two UIs: under which addresses each shows a page or a form, and which of them our links lead to.

Imports no Prefect: the server is told the default before Prefect is imported.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID


@dataclass(frozen=True)
class Ui:
    """One of the two UIs that Prefect serves, as it is in Prefect 3.8.8."""

    base: str
    """What its addresses begin with."""
    draws_mermaid: bool
    """Whether it draws a block of Mermaid; otherwise it shows the block's text."""
    quoted: int
    """How often the values of a form are to be quoted in its address."""

    def page(self, artifact: UUID | str) -> str:
        """Return the path of an artifact's page."""
        return f"{self.base}/artifacts/artifact/{artifact}"

    def form(self, deployment: UUID | str, values: Mapping[str, object] | None = None) -> str:
        """Return the path of a deployment's form, which opens with ``values`` filled in, by parameter."""
        path = f"{self.base}/deployments/deployment/{deployment}/run"
        if not values:
            return path
        text = json.dumps(dict(values), ensure_ascii=False)
        for _ in range(self.quoted):
            text = quote(text, safe="")
        return f"{path}?parameters={text}"

    def described(self, deployment: UUID | str) -> str:
        """Return the path of what a deployment says of itself."""
        return f"{self.base}/deployments/deployment/{deployment}?tab=Description"

    def run(self, flow_run: UUID | str) -> str:
        """Return the path of a run's page."""
        return f"{self.base}/runs/flow-run/{flow_run}"

    def runs(self, tag: str) -> str:
        """Return the path of the list of runs that have a tag."""
        return f"{self.base}/runs?tags={quote(tag, safe='')}"


FIRST = Ui(base="", draws_mermaid=False, quoted=2)
SECOND = Ui(base="/v2", draws_mermaid=True, quoted=1)
DEFAULT = SECOND
"""The UI that the server opens with and that all our links lead to (docs/adr/0015)."""
