"""How a form's run answers whoever filled it in: what was recorded and where to see it, or why nothing was.

The run's page opens on its log, which draws addresses as links and nothing else of Markdown; so there the sentence
stands, with the page's address; it is sent before the run ends, for the page of a run that has ended is not drawn
anew. What a refused form is mended by is too long an address for that: it is on a page.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from urllib.parse import urlsplit

from prefect import runtime
from prefect.artifacts import MarkdownArtifact
from prefect.client.orchestration import PrefectClient
from prefect.logging.handlers import APILogHandler

from config.errors import TalentNordError
from flows.client import one_client
from flows.cockpit import ui
from flows.cockpit.artifacts import find
from flows.cockpit.ending import completed, failed
from flows.cockpit.labels import words
from flows.cockpit.literal import link, literal
from flows.cockpit.refusal import language_of, refusal
from flows.services import Services
from notifications.refusals import refused_state
from notifications.run_words import said

_log = logging.getLogger("prefect.flow_runs.told")
# Prefect's own lines of a run are in English, and kept out of its log by a higher level.
_log.setLevel(logging.INFO)
_HIDDEN = {"programme", "form"}
"""Parameters that a deployment fills in itself."""


async def recorded(services: Services, message: str, pages: Sequence[str]) -> str:
    """Return the state of a run that recorded or showed something; its log says so, with the first page's address."""
    address = ""
    async with one_client() as client:
        found = await find(client, pages[:1])
        if found:
            address = f" {said('see_page')} {_origin(services, client)}{ui.DEFAULT.page(found[pages[0]])}"
    _log.info("%s.%s", message.removesuffix("."), address)
    await APILogHandler.aflush()
    return completed(message)


async def turned_down(services: Services, error: TalentNordError, programme: str = "") -> str:
    """Return the state of a run that has recorded nothing, and say in its log and on a page of it why.

    ``programme`` is the one whose form it was, if it was one of a programme's. What no form can cause is no refusal:
    then the run fails, and the caller gets the error.
    """
    sentence = await asyncio.to_thread(refusal, services, error, programme)
    if sentence is None:
        return failed(said("failed", why=str(error)), error)
    name = refused_state(await asyncio.to_thread(language_of, services, programme))
    _log.warning("%s", sentence)
    await APILogHandler.aflush()
    if runtime.deployment.id:
        async with one_client() as client:
            await MarkdownArtifact(description=name, markdown=_page(sentence)).acreate(client)
    return completed(sentence, name)


def _page(sentence: str) -> str:
    """Return the sentence, and a link to the same form with the same in it."""
    given = {name: _plain(value) for name, value in runtime.flow_run.parameters.items() if name not in _HIDDEN}
    filled = {name: value for name, value in given.items() if value}
    return f"{literal(sentence)}\n\n{link(words()['again'], ui.DEFAULT.form(str(runtime.deployment.id), filled))}\n"


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _origin(services: Services, client: PrefectClient) -> str:
    """Return where the UI is opened: as the settings say, else where its API is."""
    with suppress(IndexError):
        return services.settings.ui_addresses[0]
    api = urlsplit(str(client.api_url))
    return f"{api.scheme}://{api.netloc}"
