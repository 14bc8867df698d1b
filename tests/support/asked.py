"""Asks an ASGI application as a browser would, without a port."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import httpx
from starlette.types import ASGIApp


class Asked:
    """An application that is asked within this process, one request after the other; redirects are not followed."""

    def __init__(self, app: ASGIApp, address: str) -> None:
        self._runner = asyncio.Runner()
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=address)

    def request(
        self, method: str, path: str, headers: Mapping[str, str] = {}, content: bytes | None = None
    ) -> httpx.Response:
        """Ask for anything."""
        return self._runner.run(self._client.request(method, path, headers=dict(headers), content=content))

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Open a page."""
        return self.request("GET", path, headers)

    def post(self, path: str, form: Mapping[str, str], headers: Mapping[str, str] = {}) -> httpx.Response:
        """Send a form as a page of the application's own does."""
        content = str(httpx.QueryParams(dict(form))).encode()
        own = {"content-type": "application/x-www-form-urlencoded", "origin": str(self._client.base_url).rstrip("/")}
        return self.request("POST", path, {**own, **headers}, content)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()
