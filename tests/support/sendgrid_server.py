"""A local stand-in for SendGrid's API that checks every request against SendGrid's own specification.

A body that breaks it is answered with 400, whatever the script says, and fails the test that has sent it.
"""

from __future__ import annotations

import json
import socket
import ssl
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tests.support.http_server import PeerServer, serving


def _closed(part: Any) -> Any:
    """The specification again, with no property allowed that it does not name: SendGrid passes over what it forgets."""
    if isinstance(part, list):
        return [_closed(one) for one in part]
    if not isinstance(part, dict):
        return part
    closed = {name: _closed(one) for name, one in part.items()}
    return {"additionalProperties": False, **closed} if isinstance(part.get("properties"), dict) else closed


_SPECIFICATION = _closed(json.loads((Path(__file__).parent / "tsg_mail_v3.json").read_text()))
_REQUEST = "#/components/requestBodies/PostMailSend/content/application~1json/schema"
_VALIDATOR = Draft202012Validator(
    {"$ref": _REQUEST, "components": _SPECIFICATION["components"]}, format_checker=Draft202012Validator.FORMAT_CHECKER
)
_MOST, _MOST_ARGUMENTS = 30_000_000, 10_000
# The specification says this in words only: "You may not override the following headers".
_RESERVED = {"x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding"} | {
    "to",
    "from",
    "subject",
    "reply-to",
    "cc",
    "bcc",
}


def faults_of(body: dict[str, Any]) -> list[str]:
    """What SendGrid's specification has against a request of ``POST /v3/mail/send``."""
    faults = [error.message for error in _VALIDATOR.iter_errors(body)]
    faults += [f"reserved header {name}" for name in body.get("headers", {}) if name.lower() in _RESERVED]
    return [*faults, *_said_in_words(body)]


def _said_in_words(body: dict[str, Any]) -> Iterator[str]:
    """What the specification asks for in its descriptions only."""
    for one in body.get("personalizations", ()):
        arguments = one.get("custom_args") or {}
        yield from (f"custom argument {name} is no text" for name, it in arguments.items() if not isinstance(it, str))
        if len(json.dumps(arguments)) > _MOST_ARGUMENTS:
            yield "the custom arguments are too long"
    for file in body.get("attachments", ()):
        try:
            b64decode(file["content"], validate=True)
        except (ValueError, KeyError):
            yield "an attachment is not base64"
    if len(json.dumps(body)) > _MOST:
        yield "the request is larger than 30 MB"


@dataclass
class Script:
    """What the server does next, and what it has seen."""

    key: str
    status: int = 202
    headers: dict[str, str] = field(default_factory=lambda: {"X-Message-Id": "sg-42"})
    answer: bytes = b""
    delay: float = 0.0
    drop: bool = False
    cut_short: bool = False
    host: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """What the specification has against what was sent."""


def _handler(script: Script) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            script.paths.append(self.path)
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            faults = faults_of(body)
            script.faults += faults
            script.bodies.append(body)
            time.sleep(script.delay)
            if script.drop:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, answer = script.status, script.answer
            if self.headers["Authorization"] != f"Bearer {script.key}":
                status, answer = 401, b'{"errors": [{"message": "The provided authorization grant is invalid"}]}'
            elif faults:
                status, answer = 400, json.dumps({"errors": [{"message": fault} for fault in faults]}).encode()
            if status == HTTPStatus.ACCEPTED:
                script.taken.append(body)
            self._reply(status, answer)

        def do_GET(self) -> None:
            script.paths.append(self.path)
            self._reply(202, b"")

        def _reply(self, status: int, answer: bytes) -> None:
            self.send_response(status)
            for name, value in script.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer) + 100 * script.cut_short))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


@contextmanager
def sendgrid_server(
    key: str, port: int = 0, *, tls: ssl.SSLContext | None = None, script: Script | None = None
) -> Iterator[Script]:
    """Run the server on a port of 127.0.0.1, by default a free one; the script's ``host`` is its address."""
    script = script or Script(key)
    server = PeerServer(("127.0.0.1", port), _handler(script))
    script.host = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    with serving(server):
        yield script
    assert not script.faults, script.faults
