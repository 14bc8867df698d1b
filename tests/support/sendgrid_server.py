"""A local stand-in for SendGrid's API that checks every request against SendGrid's own specification."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tests.support.http_server import PeerServer, serving

_SPECIFICATION = json.loads((Path(__file__).parent / "tsg_mail_v3.json").read_text())
_REQUEST = "#/components/requestBodies/PostMailSend/content/application~1json/schema"
_PROPERTIES = _SPECIFICATION["components"]["requestBodies"]["PostMailSend"]["content"]["application/json"]["schema"][
    "properties"
]
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
    validator = Draft202012Validator(
        {"$ref": _REQUEST, "components": _SPECIFICATION["components"]},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    faults = [error.message for error in validator.iter_errors(body)]
    faults += [f"unknown property {name}" for name in body.keys() - _PROPERTIES.keys()]
    return faults + [f"reserved header {name}" for name in body.get("headers", {}) if name.lower() in _RESERVED]


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


def _handler(script: Script) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            script.paths.append(self.path)
            content = self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(script.delay)
            if script.drop:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            body = json.loads(content)
            script.bodies.append(body)
            status, answer = script.status, script.answer
            if self.headers["Authorization"] != f"Bearer {script.key}":
                status, answer = 401, b'{"errors": [{"message": "The provided authorization grant is invalid"}]}'
            elif faults := faults_of(body):
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
