"""What must be caught: outboxes with a known fault. A command that finds none of them could find nothing at all."""

from __future__ import annotations

import ast
import inspect
import textwrap
from dataclasses import replace
from typing import Any

from sqlalchemy import event

from flows.services import Services, letterhead_of
from notifications import mail_records
from notifications import outbox as outbox_module
from notifications.outbox import Outbox
from notifications.transports.protocol import Mail, Receipt, Transport

HAND_OVER_FIRST = "hand over first"
CLAIM_PARTIAL = "claim partial"
CLAIM_NO_LOCK = "claim without lock"


def mutated(services: Services, mutant: str) -> Services:
    """Return services whose outbox has a fault; unchanged if ``mutant`` is empty."""
    if mutant == HAND_OVER_FIRST:
        letterhead = letterhead_of(services.settings, services.library)
        transport = _Early(vars(services.outbox)["_transport"])
        return replace(services, outbox=_HandsOverFirst(services.database, transport, letterhead, services.now))
    if mutant == CLAIM_PARTIAL:
        _claim_partial()
    elif mutant == CLAIM_NO_LOCK:
        _lock_no_rows(services)
    elif mutant:
        raise ValueError(f"no mutant {mutant!r}")
    return services


class _Early:
    """A transport that hands a mail over as soon as it is written; ``send`` only returns what the peer said."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._receipts: dict[str, Receipt] = {}

    def hand_over(self, mail: Mail) -> None:
        self._receipts[mail.message_id] = self._transport.send(mail)

    def send(self, mail: Mail) -> Receipt:
        return self._receipts.pop(mail.message_id)


class _HandsOverFirst(Outbox):
    """Hands a mail over before it is claimed: killed in between, it is sent again."""

    def _mail(self, *written: Any) -> Mail:
        mail = super()._mail(*written)
        assert isinstance(self._transport, _Early)
        self._transport.hand_over(mail)
        return mail


def _lock_no_rows(services: Services) -> None:
    """Let statements read rows without locking them."""

    @event.listens_for(services.database.engine, "before_cursor_execute", retval=True)
    def _without_lock(_connection: object, _cursor: object, said: str, given: object, *_: object) -> tuple[str, object]:
        return said.partition(" FOR UPDATE")[0], given


def _claim_partial() -> None:
    """Let a mail be claimed as soon as any of its effects is free."""
    function = mail_records.claim
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    checks = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Compare) and "free" in ast.unparse(node.test)
    ]
    if len(checks) != 1:
        raise RuntimeError("claim has no one check of what is free, so it cannot be taken out")
    checks[0].test = ast.UnaryOp(ast.Not(), ast.Name("free", ast.Load()))
    changed: dict[str, Any] = {}
    exec(compile(ast.fix_missing_locations(tree), "<claim>", "exec"), function.__globals__, changed)
    vars(outbox_module)["claim"] = changed["claim"]
