"""Asks over plain HTTP, for what must not import Prefect or wait for its client: JSON there, and what comes back."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any


def ask(
    method: str, address: str, body: Mapping[str, Any] | None, headers: Mapping[str, str], patience: float
) -> bytes:
    """Return what an address answers to a request that holds ``body`` as JSON; ``patience`` is in seconds.

    Raises:
        OSError: nobody answers, not in time, or with a status that is no success.
    """
    data = None if body is None else json.dumps(body).encode()
    given = {"content-type": "application/json", **headers}
    request = urllib.request.Request(address, data, given, method=method)
    with urllib.request.urlopen(request, timeout=patience) as response:
        answer: bytes = response.read()
    return answer


def name_of(error: Exception) -> str:
    """Return what went wrong as a log may say it: an error's own words can hold an address, which is often a key."""
    return f"HTTP {error.code}" if isinstance(error, urllib.error.HTTPError) else type(error).__name__
