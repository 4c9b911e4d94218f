"""Sets of small numbers as integers: bit k is set where k is in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def bits(mask: int) -> list[int]:
    """The positions of the ones, ascending.

    >>> bits(0b10110)
    [1, 2, 4]
    """
    if mask.bit_count() < 24:
        found = []
        while mask:
            low = mask & -mask
            found.append(low.bit_length() - 1)
            mask ^= low
        return found
    octets = np.frombuffer(mask.to_bytes((mask.bit_length() + 7) >> 3, "little"), dtype=np.uint8)
    places: list[int] = np.unpackbits(octets, bitorder="little").nonzero()[0].tolist()
    return places


def columns(rows: Sequence[int], width: int) -> list[int]:
    """The columns of a matrix of zeros and ones with so many: bit r of column k is bit k of row r.

    >>> columns([0b01, 0b11], 2)
    [3, 2]
    """
    if not rows or not width:
        return [0] * width
    size = (width + 7) // 8
    octets = np.frombuffer(b"".join(row.to_bytes(size, "little") for row in rows), dtype=np.uint8)
    ones = np.unpackbits(octets.reshape(len(rows), size), axis=1, bitorder="little")[:, :width]
    packed = np.ascontiguousarray(np.packbits(ones, axis=0, bitorder="little").T)
    return [int.from_bytes(column.tobytes(), "little") for column in packed]


def lowest(mask: int) -> int:
    """The position of the lowest one of a non-zero mask."""
    return (mask & -mask).bit_length() - 1
