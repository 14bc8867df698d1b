"""Addresses in Prefect's two UIs: pages, runs, and forms that open filled in."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from flows.cockpit.literal import link
from flows.cockpit.ui import DEFAULT, FIRST, SECOND, Ui
from flows.server.process import ServerPlace

GIVEN = {"talent": 'Bo "Bo" Ø (Hold 3, nr. 07)', "note": "50 % & mere #1?"}


@pytest.mark.parametrize("ui", [FIRST, SECOND])
def test_a_form_opens_with_what_is_given(ui: Ui) -> None:
    address = ui.form("7", GIVEN)
    text = urlsplit(address).query.removeprefix("parameters=")
    for _ in range(ui.quoted):
        text = unquote(text)
    assert json.loads(text) == GIVEN
    assert urlsplit(address).path == ui.form("7") == f"{ui.base}/deployments/deployment/7/run"


@pytest.mark.parametrize("ui", [FIRST, SECOND])
def test_such_an_address_is_whole_within_a_link_in_markdown(ui: Ui) -> None:
    assert not set(ui.form("7", GIVEN)) & set(' ()[]<>"\\')
    assert link("Registrér", ui.form("7", GIVEN)).endswith(f"({ui.form('7', GIVEN)})")


@pytest.mark.parametrize(("ui", "base"), [(FIRST, ""), (SECOND, "/v2")])
def test_pages_and_runs(ui: Ui, base: str) -> None:
    assert ui.page("7") == f"{base}/artifacts/artifact/7"
    assert ui.run("7") == f"{base}/runs/flow-run/7"


def test_the_server_opens_the_ui_that_links_lead_to() -> None:
    told = ServerPlace(4200, Path()).server_environment()
    assert told["PREFECT_SERVER_UI_V2_ENABLED"] == ("true" if DEFAULT is SECOND else "false")
