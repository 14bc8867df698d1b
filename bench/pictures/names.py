"""Which pictures there are, by their names in ``docs/pictures``; what takes them must take them all."""

from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
MOST_BYTES, MOST_BYTES_TOGETHER = 120_000, 1_000_000

NAMES = (
    "start",
    "before",
    "morning",
    "late",
    "form",
    "recorded",
    "refused",
    "task",
    "talent",
    "message",
    "calendar",
    "moved",
    "telephone",
    "overview",
    "runs",
    "end",
)
"""In the order of a coordinator's year."""
