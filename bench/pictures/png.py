"""PNG pictures made small: at most 256 colours, which is plenty for a page of text. Pure."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_COLOURS = 256
_CHANNELS = {2: 3, 6: 4}
"""Bytes a pixel, by the colour types that browsers write: red, green and blue, without and with opacity."""

Colour = tuple[int, ...]


def smaller(picture: bytes) -> bytes:
    """Return a PNG of 8 bits a channel, not interlaced, as one with a palette of its commonest colours.

    Every other colour becomes the nearest of those; opacity is lost.

    Raises:
        ValueError: the picture is another kind of PNG, or none.
    """
    width, rows = _rows(picture)
    pixels = [pixel for row in rows for pixel in _pixels(row, len(row) // width)]
    palette = [colour for colour, _ in Counter(pixels).most_common(MOST_COLOURS)]
    index = {colour: number for number, colour in enumerate(palette)}
    for colour in set(pixels) - index.keys():
        index[colour] = _nearest(colour, palette)
    numbers = bytes(index[pixel] for pixel in pixels)
    lines = b"".join(b"\0" + numbers[start : start + width] for start in range(0, len(numbers), width))
    header = struct.pack(">IIBBBBB", width, len(numbers) // width, 8, 3, 0, 0, 0)
    colours = bytes(channel for colour in palette for channel in colour)
    parts = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(*part) for part in parts)


def size(picture: bytes) -> tuple[int, int]:
    """Return a PNG's width and height in pixels."""
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def _pixels(row: bytearray, step: int) -> Iterator[Colour]:
    return zip(row[0::step], row[1::step], row[2::step], strict=True)


def _nearest(colour: Colour, palette: Sequence[Colour]) -> int:
    return min(
        range(len(palette)), key=lambda number: sum((a - b) ** 2 for a, b in zip(colour, palette[number], strict=True))
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _rows(picture: bytes) -> tuple[int, list[bytearray]]:
    """Return a picture's width, and the bytes of each of its rows."""
    if not picture.startswith(SIGNATURE):
        raise ValueError("this is no PNG")
    chunks = list(_chunks(picture))
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if depth != 8 or kind not in _CHANNELS or interlaced:
        raise ValueError(f"a PNG of {depth} bits, colour type {kind}, interlaced {interlaced}: not what browsers write")
    data = zlib.decompress(b"".join(part for name, part in chunks if name == b"IDAT"))
    step = _CHANNELS[kind]
    above, rows = bytearray(width * step), []
    for number in range(height):
        start = number * (width * step + 1)
        above = _plain(data[start], data[start + 1 : start + 1 + width * step], above, step)
        rows.append(above)
    return width, rows


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        yield picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        at += length + 12


def _plain(how: int, row: bytes, above: bytearray, step: int) -> bytearray:
    """Return a row with its filter undone: each byte was written as a difference to what is left of and above it."""
    plain = bytearray(row)
    for at in range(len(row)):
        left, corner = (plain[at - step], above[at - step]) if at >= step else (0, 0)
        guess = (0, left, above[at], (left + above[at]) // 2, _paeth(left, above[at], corner))[how]
        plain[at] = (row[at] + guess) & 255
    return plain


def _paeth(left: int, up: int, corner: int) -> int:
    whole = left + up - corner
    return min((left, up, corner), key=lambda one: abs(whole - one))
