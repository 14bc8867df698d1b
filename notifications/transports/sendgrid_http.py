"""How the SendGrid client reaches the network: within a deadline, without redirects, and with a clear word on failures.

The client itself tells neither a request that did not go out whole (the mail surely was not taken) from one without an
answer (it may have been), nor a redirect from an answer: it would follow it with the key and count the mail as taken.
"""

from __future__ import annotations

import http.client
import logging
import ssl
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import python_http_client

from notifications.transports.deadline import Deadline


class NotSentError(OSError):
    """The connection failed, or ended before the whole request had gone out; the cause says why."""


class MailSend(python_http_client.Client):  # type: ignore[misc]  # the library has no types
    """The client's ``POST /v3/mail/send``, once, within ``deadline``.

    ``timeout`` in seconds for each step, ``trust`` as for ``ssl``.
    """

    def __init__(self, client: Any, timeout: float, trust: ssl.SSLContext, deadline: Deadline) -> None:
        super().__init__(client.host, client.request_headers, version=3, url_path=["mail", "send"], timeout=timeout)
        handlers = _HttpHandler(deadline), _HttpsHandler(deadline, trust)
        self._opener = urllib.request.build_opener(_NoRedirects, *handlers)
        silence()

    def _make_request(self, _opener: object, request: urllib.request.Request, timeout: float | None = None) -> Any:
        return super()._make_request(self._opener, request, timeout)


def silence() -> None:
    """Drop the client's log records: they print the key and the mail. A filter outlives any logging configuration."""
    logging.getLogger("python_http_client.client").addFilter(_nothing)


def _nothing(_record: logging.LogRecord) -> bool:
    return False


@contextmanager
def _sending() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NotSentError(type(error).__name__) from error


class _HttpConnection(http.client.HTTPConnection):
    def __init__(self, *args: Any, deadline: Deadline, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._create_connection = deadline.connect

    def request(self, *args: Any, **kwargs: Any) -> None:
        # The kernel takes the whole request or this fails: a peer cannot have what was never given away.
        with _sending():
            super().request(*args, **kwargs)


class _HttpsConnection(_HttpConnection, http.client.HTTPSConnection):
    pass


class _HttpHandler(urllib.request.HTTPHandler):
    def __init__(self, deadline: Deadline) -> None:
        super().__init__()
        self._connection = partial(_HttpConnection, deadline=deadline)

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)


class _HttpsHandler(urllib.request.HTTPSHandler):
    def __init__(self, deadline: Deadline, trust: ssl.SSLContext) -> None:
        super().__init__(context=trust)
        self._connection = partial(_HttpsConnection, deadline=deadline)
        self._trust = trust

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req, context=self._trust)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        return None
