"""All Clifford operators on three wires, up to one-qubit gates after them, and how to write each with the fewest CX.

A class is known by what the letters at each of its wires stand for: three planes of strings {P, Q, PQ}, one for each
wire, that commute with each other: 6,720 of them, out of 1,451,520 operators up to signs. A rotation by π/2 about
one letter on each of two wires, a CX gate up to one-qubit gates, leads from a class to another. (Bravyi, Latone &
Maslov, arXiv 2012.06074, do this on up to six wires, up to symmetries.)
"""

from __future__ import annotations

from functools import cache
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

WIRES = 3
PAIRS = tuple(combinations(range(WIRES), 2))
"""The two wires of each nine gates."""
LETTERS = 3
"""Strings of a plane; a class lists them by size, so that its 0th and 1st are the two least."""
CLASSES = 6_720
_BITS = 2 * WIRES
FAR = 99
"""More than any number of gates that is needed."""


class Table(NamedTuple):
    """The classes; number 0 is the identity. A string is X's bits and then Z's, wire 0 in the lowest bit.

    Attributes:
        planes: (classes, wires, letters), the strings that the letters of each wire stand for, by size.
        after: (classes, gates), the class that each gate leads to; gate ``9·pair + 3·i + j`` is about the i-th and
            the j-th string of the two wires of a pair.
        narrow: (classes, strings), whether a string is on one wire.
    """

    planes: NDArray[np.int64]
    after: NDArray[np.int32]
    narrow: NDArray[np.bool_]

    def number(self, planes: Any) -> int:
        """The number of the class with these planes, in any order of their strings."""
        return int(_numbers()[int(_keys(np.sort(np.asarray(planes, dtype=np.int64))))])


def distances(after: NDArray[np.int32], sources: NDArray[np.int8]) -> NDArray[np.int8]:
    """What each class costs: the least of the number of gates to another one, and what that costs by itself.

    Args:
        after: the columns of :attr:`Table.after` for the gates that may be used; with a gate all others on its wires.
        sources: what each class costs by itself.
    """
    found = sources.copy()
    level = int(found.min())
    while level < FAR:
        there, beyond = np.flatnonzero(found == level), np.flatnonzero(found > level + 1)
        # What undoes a gate is among those on its wires: steps go both ways, and the way with fewer is taken.
        if len(there) < len(beyond):
            near = after[there].ravel()
            near = near[found[near] > level + 1]
        else:
            near = beyond[(found[after[beyond]] == level).any(axis=1)]
        found[near] = level + 1
        later = found[found > level]
        level = int(later.min()) if len(later) else FAR
    return found


def at(number: int) -> NDArray[np.int8]:
    """For :func:`distances`: one class is where to go to."""
    found = np.full(CLASSES, FAR, dtype=np.int8)
    found[number] = 0
    return found


def _keys(planes: NDArray[np.int64]) -> NDArray[np.int64]:
    """One integer for each class: the two least strings of each wire."""
    key = planes[..., 0, 0]
    for wire, k in ((0, 1), (1, 0), (1, 1), (2, 0), (2, 1)):
        key = key << _BITS | planes[..., wire, k]
    return key


def _moved(planes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The classes after each gate: (classes, gates, wires, letters)."""
    result = np.repeat(planes[:, None], len(PAIRS) * LETTERS * LETTERS, axis=1)
    for pair, wires in enumerate(PAIRS):
        for k in range(LETTERS * LETTERS):
            i, j = divmod(k, LETTERS)
            about = planes[:, wires[0], i] ^ planes[:, wires[1], j]
            for wire, kept in zip(wires, (i, j), strict=True):
                for letter in range(LETTERS):
                    if letter != kept:
                        result[:, LETTERS * LETTERS * pair + k, wire, letter] ^= about
    return result


@cache
def _numbers() -> dict[int, int]:
    planes = table().planes
    return {int(key): k for k, key in enumerate(_keys(planes))}


@cache
def table() -> Table:
    """The table, made when first asked for in some hundredths of a second.

    >>> found = distances(table().after, at(0))
    >>> [int(count) for count in np.bincount(found)]
    [1, 27, 432, 2784, 3042, 432, 2]
    """
    start = np.array([[[1 << w, 8 << w, 9 << w] for w in range(WIRES)]], dtype=np.int64)
    levels, keys = [start], _keys(start)
    while len(levels[-1]):
        found = np.sort(_moved(levels[-1]), axis=-1).reshape(-1, WIRES, LETTERS)
        new, first = np.unique(_keys(found), return_index=True)
        fresh = ~np.isin(new, keys)
        levels.append(found[first[fresh]])
        keys = np.concatenate([keys, new[fresh]])
    planes = np.concatenate(levels)
    order = np.argsort(keys)
    moved = _keys(np.sort(_moved(planes), axis=-1))
    after = order[np.searchsorted(keys[order], moved)].astype(np.int32)
    narrow = np.zeros((len(planes), 1 << _BITS), dtype=np.bool_)
    np.put_along_axis(narrow, planes.reshape(len(planes), -1), True, axis=1)
    return Table(planes, after, narrow)
