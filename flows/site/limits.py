"""How often one link may be used: counted by the link and never by the address, which a whole municipality shares."""

from __future__ import annotations

import hashlib
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MOST = 10_000
"""How many links are remembered; whoever was not seen for longest is forgotten first, and begins afresh."""


class Limits:
    """Lets each link be used ``often`` times at once, and as often again in every ``within`` seconds.

    Kept in memory: a site that is started again has forgotten, which does no harm.
    """

    def __init__(
        self, often: int, within: float, clock: Callable[[], float] = time.monotonic, most: int = MOST
    ) -> None:
        self._pause = within / often
        self._at_once = within - self._pause
        self._clock = clock
        self._most = most
        self._rested_at: OrderedDict[bytes, float] = OrderedDict()
        """When a link will have all its uses again, by a digest of it: no link is kept itself."""
        self._lock = threading.Lock()

    def wait(self, link: str) -> int:
        """Count a use of a link and return 0; or count nothing, and return in how many seconds it may be used again."""
        who = hashlib.sha256(link.encode("utf-8", "surrogatepass")).digest()
        with self._lock:
            now = self._clock()
            rested_at = max(now, self._rested_at.pop(who, now))
            too_soon = rested_at - now - self._at_once
            used = too_soon < self._pause / 1000  # Floats differ by less than that from what they should be.
            self._rested_at[who] = rested_at + self._pause if used else rested_at
            while len(self._rested_at) > self._most:
                self._rested_at.popitem(last=False)
        return 0 if used else math.ceil(too_soon)

    def __len__(self) -> int:
        return len(self._rested_at)
