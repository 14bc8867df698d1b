"""What SendGrid, or what stands in its place, may do with a request: the rows of docs/transports.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from config.errors import DeliveryUnknownError, RejectedError, RetryLaterError, TransportBlockedError
from notifications.transports.sendgrid import SendGridTransport
from tests.support.peer_cases import LARGE, Case, Stand
from tests.support.raw_peer import Connection, raw_peer
from tests.support.sendgrid_server import Script, sendgrid_server

KEY = "SG.not-a-real-key"
NOW = 1_800_000_000
OWN_WORDS = b'{"errors": [{"message": "not for aase@hjoerring.example", "field": "to", "help": null}]}'
GATEWAY = b"<html><title>SendGrid - Bad Gateway</title></html>"
_Peer = Callable[[Stand], AbstractContextManager[object]]
# The header of a record of the handshake: 16,384 bytes are to follow.
_RECORD = b"\x16\x03\x03\x40\x00"


def mended(stand: Stand, *, tls: bool) -> AbstractContextManager[Script]:
    """SendGrid as it should be."""
    return sendgrid_server(KEY, stand.port, tls=stand.known.server if tls else None)


def transport(case: Case, stand: Stand) -> SendGridTransport:
    """The real client, on its way to a stand."""
    host = f"{'https' if case.tls else 'http'}://127.0.0.1:{stand.port}"
    return SendGridTransport(KEY, host, case.timeout, lambda: NOW, stand.known.trust, case.total)


def _answers(status: int, answer: bytes = OWN_WORDS, **headers: str) -> _Peer:
    def peer(stand: Stand) -> AbstractContextManager[object]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return sendgrid_server(KEY, stand.port, script=Script(KEY, status, named, answer))

    return peer


def _redirects(status: int) -> _Peer:
    return lambda stand: _answers(status, b"", Location=f"http://127.0.0.1:{stand.port}/elsewhere")(stand)


def _does(talk: Callable[[Connection], object]) -> _Peer:
    return lambda stand: raw_peer(stand.port, talk)


def _once_asked(then: Callable[[Connection], object]) -> _Peer:
    def talk(connection: Connection) -> None:
        connection.request()
        then(connection)

    return _does(talk)


def _says(text: bytes) -> _Peer:
    return _once_asked(lambda connection: connection.say(text))


@contextmanager
def _strange(stand: Stand) -> Iterator[None]:
    with sendgrid_server(KEY, stand.port, tls=stand.strange.server):
        yield


def _drips_after(begin: bytes, piece: bytes) -> Callable[[Connection], None]:
    def talk(connection: Connection) -> None:
        connection.say(begin)
        connection.drip(piece)

    return talk


CASES: dict[str, Case] = {
    "answers 202": Case(lambda stand: mended(stand, tls=False), None),
    "answers 202 over TLS": Case(lambda stand: mended(stand, tls=True), None, tls=True),
    "answers 200": Case(_answers(200), DeliveryUnknownError, "200"),
    "redirects (301)": Case(_redirects(301), TransportBlockedError, "301"),
    "redirects (302)": Case(_redirects(302), TransportBlockedError, "302"),
    "redirects (307)": Case(_redirects(307), TransportBlockedError, "307"),
    "redirects (308)": Case(_redirects(308), TransportBlockedError, "308"),
    "answers 400": Case(_answers(400), RejectedError, "400: to: not for [address]"),
    "answers 401": Case(_answers(401), TransportBlockedError, "401"),
    "answers 403": Case(_answers(403), TransportBlockedError, "403"),
    "answers 404": Case(_answers(404), TransportBlockedError, "404"),
    "answers 405": Case(_answers(405), TransportBlockedError, "405"),
    "answers 406": Case(_answers(406), TransportBlockedError, "406"),
    "answers 413": Case(_answers(413), RejectedError, "413"),
    "answers 415": Case(_answers(415), RejectedError, "415"),
    "answers 429 with a reset": Case(_answers(429, X_RateLimit_Reset=str(NOW + 37)), RetryLaterError, "429", after=37),
    "answers 429 without a reset": Case(_answers(429), RetryLaterError, "429", after=60),
    "answers 451": Case(_answers(451), TransportBlockedError, "451"),
    "answers 500": Case(_answers(500), DeliveryUnknownError, "500"),
    "answers 502": Case(_answers(502, GATEWAY), DeliveryUnknownError, "502"),
    "answers 503 in its own words": Case(_answers(503), RetryLaterError, "503", after=60),
    "answers 503 in other words": Case(_answers(503, GATEWAY), DeliveryUnknownError, "503"),
    "answers 504": Case(_answers(504, GATEWAY), DeliveryUnknownError, "504"),
    "answers nonsense": Case(_says(b"hello?\r\n\r\n"), DeliveryUnknownError, "BadStatusLine"),
    "answers 202 and ends in the middle": Case(
        _says(b"HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\n{"), DeliveryUnknownError, "IncompleteRead"
    ),
    "refuses the connection": Case(lambda _: nullcontext(), RetryLaterError, "ConnectionRefusedError", after=60),
    "is silent in the TLS handshake": Case(
        _does(Connection.hang), RetryLaterError, "TimeoutError", after=60, timeout=0.3, tls=True
    ),
    "hangs up in the TLS handshake": Case(_does(Connection.reset_once_greeted), RetryLaterError, after=60, tls=True),
    "speaks no TLS": Case(_does(lambda c: c.drip(b"hello?")), RetryLaterError, "SSLError", after=60, tls=True),
    "drags the TLS handshake out": Case(
        _does(_drips_after(_RECORD, b"\x02")), RetryLaterError, "no end within 0.4 s", after=60, total=0.4, tls=True
    ),
    "shows a certificate that is not known": Case(_strange, TransportBlockedError, "certificate", tls=True),
    "hangs up before it has the whole request": Case(
        _does(Connection.reset), RetryLaterError, "did not reach", after=60, mail=LARGE
    ),
    "stops reading the request": Case(
        _does(Connection.hang), RetryLaterError, "TimeoutError", after=60, timeout=0.3, mail=LARGE
    ),
    "hangs up after the request": Case(_once_asked(Connection.reset), DeliveryUnknownError, "missing"),
    "is silent after the request": Case(_once_asked(Connection.hang), DeliveryUnknownError, "TimeoutError", timeout=1),
    "answers 202 and drags the rest out": Case(
        _once_asked(_drips_after(b"HTTP/1.1 202 Accepted\r\nX: ", b"x")), None, total=2
    ),
    "drags its answer out": Case(
        _once_asked(lambda connection: connection.drip(b"HTTP/1.1 100 Continue\r\n\r\n")),
        DeliveryUnknownError,
        "no end within 2 s",
        total=2,
    ),
}
