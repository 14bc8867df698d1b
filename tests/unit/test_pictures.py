"""The pictures of the docs: those that the script takes, all of them shown to coordinators, described, and small."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.pictures.names import FOLDER, MOST_BYTES, MOST_BYTES_TOGETHER, NAMES
from bench.pictures.png import SIGNATURE, size, smaller

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "coordinator.md"
PAGES = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted(ROOT.glob("docs/**/*.md"))]
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")


def shown_on(page: Path) -> dict[Path, str]:
    """What a page shows, and how it describes each."""
    found = PICTURE.findall(page.read_text("utf-8"))
    return {(page.parent / picture).resolve(): described for described, picture in found}


def test_every_picture_that_a_page_shows_is_one_that_the_script_takes() -> None:
    taken = {(FOLDER / f"{name}.png").resolve() for name in NAMES}
    assert {picture for page in PAGES for picture in shown_on(page)} <= taken


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_that_the_script_takes_is_shown_to_coordinators_and_described_in_danish(name: str) -> None:
    described = shown_on(GUIDE)[FOLDER / f"{name}.png"]
    assert len(described.split()) >= 5
    assert re.search(r"\b(og|på|hvad|hvem|er|med|til|af)\b", described)


def test_the_pictures_are_there_no_other_lies_beside_them_and_all_are_small() -> None:
    there = {file.name: file.stat().st_size for file in FOLDER.iterdir()}
    assert there.keys() == {f"{name}.png" for name in NAMES}
    assert max(there.values()) <= MOST_BYTES
    assert sum(there.values()) <= MOST_BYTES_TOGETHER
    assert not list((ROOT / "docs").glob("*.png"))


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_no_wider_than_the_screen_it_was_taken_on(name: str) -> None:
    picture = (FOLDER / f"{name}.png").read_bytes()
    assert picture.startswith(SIGNATURE)
    assert size(picture)[0] <= 1280


# -- made small ------------------------------------------------------------------------------------------------------

RED, GREEN, BLUE, DARK = (250, 10, 20), (5, 240, 30), (9, 8, 200), (1, 2, 3)
ROWS = ((RED, GREEN, BLUE), (DARK, DARK, RED), (BLUE, GREEN, DARK), (RED, RED, RED), (GREEN, DARK, BLUE))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def browsers(rows: Sequence[Sequence[tuple[int, ...]]], filters: Sequence[int], opaque: bool) -> bytes:
    """A picture as a browser writes it: each row by a filter, as differences to its left, upper or both neighbours."""
    step, before, lines = (3 if opaque else 4), bytes(len(rows[0]) * 4), b""
    for row, how in zip(rows, filters, strict=True):
        line = bytes(channel for pixel in row for channel in (pixel if opaque else (*pixel, 255)))
        lines += bytes([how]) + bytes(filtered(line, before, step, how))
        before = line
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 2 if opaque else 6, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return SIGNATURE + b"".join(chunk(*part) for part in parts)


def filtered(line: bytes, above: bytes, step: int, how: int) -> list[int]:
    found = []
    for at, value in enumerate(line):
        left, up, corner = (line[at - step], above[at], above[at - step]) if at >= step else (0, above[at], 0)
        whole = left + up - corner
        near = min((left, up, corner), key=lambda one: abs(whole - one))
        found.append((value - (0, left, up, (left + up) // 2, near)[how]) % 256)
    return found


def pixels(picture: bytes) -> list[tuple[int, ...]]:
    """What a picture with a palette shows, row by row."""
    parts, at = {}, len(SIGNATURE)
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        parts[picture[at + 4 : at + 8]] = picture[at + 8 : at + 8 + length]
        at += length + 12
    (width,), palette = struct.unpack(">I", parts[b"IHDR"][:4]), parts[b"PLTE"]
    lines = zlib.decompress(parts[b"IDAT"])
    numbers = [number for at in range(0, len(lines), width + 1) for number in lines[at + 1 : at + width + 1]]
    return [tuple(palette[3 * number : 3 * number + 3]) for number in numbers]


@pytest.mark.parametrize("opaque", [True, False], ids=["opaque", "with opacity"])
def test_a_picture_of_few_colours_keeps_every_pixel(opaque: bool) -> None:
    picture = smaller(browsers(ROWS, (0, 1, 2, 3, 4), opaque))
    assert size(picture) == (3, 5)
    assert pixels(picture) == [pixel for row in ROWS for pixel in row]


def test_of_too_many_colours_the_commonest_stay_and_the_others_become_the_nearest() -> None:
    shades = [(0, number, 0) for number in range(256)]
    row = [*shades, *shades, (2, 100, 0)]
    found = pixels(smaller(browsers([row], [0], opaque=True)))
    assert found[:256] == shades
    assert found[-1] == (0, 100, 0)


DEEP = SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 16, 2, 0, 0, 0))


@pytest.mark.parametrize("broken", [b"GIF89a", DEEP], ids=["another kind of file", "16 bits"])
def test_what_no_browser_writes_is_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match="PNG"):
        smaller(broken)
