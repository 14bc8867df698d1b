"""The one automation in Prefect: a tick that failed, crashed or is late tells the operator by a webhook.

Advice, and nothing depends on it: deadlines and escalations are timers of ours (docs/adr/0016). It says nothing of
people, only that there is something to look at, and where.
"""

from __future__ import annotations

import json
from datetime import timedelta

from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import PrefectClient
from prefect.events.actions import CallWebhook
from prefect.events.schemas.automations import Automation, AutomationCore, EventTrigger, Posture
from pydantic import SecretStr

from config.settings import Settings
from flows.cockpit import ui
from flows.cockpit.labels import words

BLOCK = "talentnord-operator"
EVENTS = frozenset(f"prefect.flow-run.{state}" for state in ("Failed", "Crashed", "Late"))
AT_MOST_EVERY = timedelta(hours=1)
"""A tick that fails does so every quarter of an hour until somebody mends it: that is told now and again."""


async def set_alarm(client: PrefectClient, settings: Settings) -> None:
    """Make the automation, or bring it up to date; without an address in the settings there is none.

    One that is as it should be is left alone, and one that somebody has switched off stays off.
    """
    name = words()["alarm_label"]
    found = await client.read_automations_by_name(name)
    address = settings.operator_webhook.get_secret_value()
    for one in found if not address else found[1:]:
        await client.delete_automation(one.id)
    if not address:
        return
    block = await Webhook(url=SecretStr(address)).asave(BLOCK, overwrite=True, client=client)
    wanted = AutomationCore(
        name=name,
        description=words()["alarm"],
        enabled=found[0].enabled if found else True,
        trigger=EventTrigger(
            posture=Posture.Reactive,  # An update sends what was set, and the server wants to be told this.
            expect=set(EVENTS),
            match_related={"prefect.resource.role": "flow", "prefect.resource.name": "tick"},
            within=AT_MOST_EVERY,
        ),
        actions=[CallWebhook(block_document_id=block, payload=payload(settings, str(client.api_url)))],
    )
    if not found:
        await client.create_automation(wanted)
    elif _core(found[0]) != _core(wanted):
        await client.update_automation(found[0].id, wanted)


def payload(settings: Settings, api: str) -> str:
    """Return what is sent: JSON with a ``text``, as chat programs take it, for Prefect to fill in."""
    place = settings.ui_addresses[0] if settings.ui_addresses else api.rstrip("/").removesuffix("/api")
    return json.dumps({"text": words()["alarm_text"].format(run=place + ui.DEFAULT.run("{{ flow_run.id }}"))})


def _core(automation: AutomationCore | Automation) -> dict[str, object]:
    """Return what matters of an automation, without what the server adds; as JSON a set would have some order."""
    return AutomationCore.model_validate(automation.model_dump()).model_dump()
