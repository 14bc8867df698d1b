"""How the SendGrid client reaches the network: with a time-out, no redirects, and a clear word on failed connections.

The client itself tells neither a connection that never was (the mail surely did not go out) from one that broke
later (it may have), nor a redirect from an answer: it would follow it with the key and count the mail as taken.
"""

from __future__ import annotations

import http.client
import logging
import ssl
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import python_http_client


class NotConnectedError(OSError):
    """The connection (with its TLS handshake) was not made, so nothing was sent; the cause says why."""


class MailSend(python_http_client.Client):  # type: ignore[misc]  # the library has no types
    """The client's ``POST /v3/mail/send``; ``timeout`` in seconds for each step, ``trust`` as for ``ssl``."""

    def __init__(self, client: Any, timeout: float, trust: ssl.SSLContext) -> None:
        super().__init__(client.host, client.request_headers, version=3, url_path=["mail", "send"], timeout=timeout)
        self._opener = urllib.request.build_opener(_NoRedirects, _HttpHandler, _HttpsHandler(context=trust))
        silence()

    def _make_request(self, _opener: object, request: urllib.request.Request, timeout: float | None = None) -> Any:
        return super()._make_request(self._opener, request, timeout)


def silence() -> None:
    """Drop the client's log records: they print the key and the mail. A filter outlives any logging configuration."""
    logging.getLogger("python_http_client.client").addFilter(_nothing)


def _nothing(_record: logging.LogRecord) -> bool:
    return False


@contextmanager
def _connecting() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NotConnectedError(type(error).__name__) from error


class _HttpConnection(http.client.HTTPConnection):
    def connect(self) -> None:
        with _connecting():
            super().connect()


class _HttpsConnection(http.client.HTTPSConnection):
    def connect(self) -> None:
        with _connecting():
            super().connect()


class _HttpHandler(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_HttpConnection, req)


class _HttpsHandler(urllib.request.HTTPSHandler):
    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(context=context)
        self._trust = context

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_HttpsConnection, req, context=self._trust)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        return None
