"""Pages as artifacts of the Prefect server: one artifact a page, updated in place.

A page keeps its artifact, so its address stays the same and links lead straight to what it says now; a new version for
each change would give a list of versions first, and many old copies of people's names (docs/adr/0007).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from uuid import UUID

from prefect.artifacts import MarkdownArtifact
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate
from prefect.client.schemas.filters import ArtifactCollectionFilter, ArtifactCollectionFilterKey
from prefect.exceptions import ObjectNotFound

from flows.cockpit.literal import literal
from notifications.cockpit import page_name

_PAGE = 100
_known: dict[tuple[str, str], UUID] = {}
"""Artifacts found so far, by the API's address and key."""


def artifact_key(ident: str) -> str:
    """Return the artifact's key for a cohort's or a journey's id: lower-case letters, digits and dashes."""
    return f"side-{page_name(ident)}"


async def find(client: PrefectClient, idents: Iterable[str]) -> dict[str, UUID]:
    """Return the artifacts of those pages that have one, by the page's id."""
    api = str(client.api_url)
    wanted = {artifact_key(ident): ident for ident in idents}
    unknown = [key for key in wanted if (api, key) not in _known]
    for start in range(0, len(unknown), _PAGE):
        keys = ArtifactCollectionFilterKey(any_=unknown[start : start + _PAGE])
        found = await client.read_latest_artifacts(artifact_filter=ArtifactCollectionFilter(key=keys), limit=_PAGE)
        _known.update({(api, str(one.key)): one.latest_id for one in found})
    return {ident: _known[api, key] for key, ident in wanted.items() if (api, key) in _known}


async def ensure(client: PrefectClient, titles: Mapping[str, str]) -> dict[str, UUID]:
    """Return the artifacts of all these pages; one that is missing is made, still empty."""
    found = await find(client, titles)
    for ident, title in titles.items():
        if ident not in found:
            found[ident] = await _make(client, ident, title, "…")
    return found


async def _make(client: PrefectClient, ident: str, title: str, markdown: str) -> UUID:
    """Make a page of nobody's: a run that it names would fill its side, with a tag for each talent (docs/adr/0038)."""
    key = artifact_key(ident)
    page = ArtifactCreate(key=key, type="markdown", description=literal(title), data=markdown)
    made = await client.create_artifact(page)
    _known[str(client.api_url), key] = made.id
    return made.id


async def write(client: PrefectClient, ident: str, artifact: UUID, title: str, markdown: str) -> None:
    """Let a page say ``markdown`` from now on, its title being text; one that somebody has deleted is made anew."""
    try:
        await client.update_artifact(artifact, ArtifactUpdate(data=markdown, description=literal(title)))
    except ObjectNotFound:
        await _make(client, ident, title, markdown)


async def remove(client: PrefectClient, ident: str, artifact: UUID) -> None:
    """Let a page go; one that is gone already is no fault."""
    with suppress(ObjectNotFound):
        await client.delete_artifact(artifact)
    _known.pop((str(client.api_url), artifact_key(ident)), None)


async def replace(client: PrefectClient, ident: str, title: str, markdown: str) -> None:
    """Make a page of the present run's in the place of an earlier run's, which goes: it holds people's names."""
    before = (await find(client, [ident])).get(ident)
    if before is not None:
        await remove(client, ident, before)
    key = artifact_key(ident)
    made = await MarkdownArtifact(key=key, description=literal(title), markdown=markdown).acreate(client)
    _known[str(client.api_url), key] = made.id
