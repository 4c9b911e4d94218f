"""Sets of small numbers as integers: bit k is set where k is in."""

from __future__ import annotations

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


def lowest(mask: int) -> int:
    """The position of the lowest one of a non-zero mask."""
    return (mask & -mask).bit_length() - 1
