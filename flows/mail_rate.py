"""How many mails a second all workers together hand over at most: a global limit of Prefect's, whose slots decay.

The rate is a courtesy to the mail server and never a lock: where the limit cannot be asked, mails go all the same.
"""

from __future__ import annotations

import logging
import math
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

LIMIT = "talentnord-mails"

PATIENCE = 120.0
"""Seconds after which a mail goes although it got no turn."""

ASK_AGAIN = 60.0
"""For so many seconds nobody is asked once the limit could not be reached."""

_log = logging.getLogger(__name__)


async def set_mail_rate(client: PrefectClient, rate: float) -> None:
    """Make the limit what the settings say, ``rate`` mails a second; 0 takes it away. Safe at any time."""
    from prefect.exceptions import ObjectNotFound

    if rate:
        # So many may go at once after a quiet second.
        await client.upsert_global_concurrency_limit_by_name(LIMIT, max(1, math.ceil(rate)), rate)
        return
    try:
        await client.delete_global_concurrency_limit_by_name(LIMIT)
    except ObjectNotFound:
        return


class MailRate:
    """Keeps each mail back until it has a turn under the limit; for any thread."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._silent_until = 0.0

    def wait(self) -> None:
        """Wait for a turn; return at once where the limit does not exist or cannot be asked."""
        from prefect.concurrency.sync import rate_limit

        if time.monotonic() < self._silent_until:
            return
        try:
            rate_limit(LIMIT, timeout_seconds=self._patience)
        except Exception as error:
            # Whatever keeps us from asking: a mail that is due is worth more than the rate.
            self._silent_until = time.monotonic() + ASK_AGAIN
            _log.warning("the mail rate is not kept for %g s: %s", ASK_AGAIN, error)
