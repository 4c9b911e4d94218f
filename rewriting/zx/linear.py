"""Linear algebra over GF(2) on rows packed into Python integers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt


def reduced_rows(rows: Sequence[int]) -> list[tuple[int, int]]:
    """The reduced row echelon form as pairs (row, bitset of the given rows that sum to it), zero rows left
    out.

    >>> [(bin(r), bin(c)) for r, c in reduced_rows([0b11, 0b01])]
    [('0b1', '0b10'), ('0b10', '0b11')]
    """
    # One integer holds a row and, below it, its combination: one xor for both.
    shift = len(rows)
    low = (1 << shift) - 1
    work = [row << shift | 1 << i for i, row in enumerate(rows) if row]
    weights = [packed.bit_count() for packed in work]
    done: list[int] = []
    while work:
        # A light row makes light sums: it is the better pivot.
        at = weights.index(min(weights))
        chosen = work.pop(at)
        weights.pop(at)
        row = chosen >> shift
        pivot = (row & -row) << shift
        emptied = False
        for i, packed in enumerate(work):
            if packed & pivot:
                packed ^= chosen
                work[i] = packed
                weights[i] = packed.bit_count()
                emptied = emptied or packed <= low
        if emptied:
            work = [packed for packed in work if packed > low]
            weights = [packed.bit_count() for packed in work]
        done = [packed ^ chosen if packed & pivot else packed for packed in done]
        done.append(chosen)
    return [(packed >> shift, packed & low) for packed in done]


def summing_order(rows: Sequence[int]) -> list[tuple[int, int]]:
    """The additions (target, source) that add up all rows into one, each source used once and then left.

    Greedy: each time the addition after which the target has the fewest ones against before.

    >>> summing_order([0b111, 0b110, 0b011])
    [(0, 1), (2, 0)]
    """
    steps: list[tuple[int, int]] = []
    if len(rows) < 2:
        return steps
    used = 0
    for row in rows:
        used |= row
    ones = _bit_matrix(rows, used.bit_length())
    ones = ones[:, ones.any(axis=0)]
    overlap = ones @ ones.T
    gain = 2 * overlap - np.diagonal(overlap)
    np.fill_diagonal(gain, -np.inf)
    for _ in range(len(rows) - 1):
        target, source = divmod(int(np.argmax(gain)), len(rows))
        steps.append((target, source))
        ones[target] = np.abs(ones[target] - ones[source])
        meet = ones @ ones[target]
        overlap[target] = overlap[:, target] = meet
        gone = gain[target] == -np.inf
        gain[target] = np.where(gone, -np.inf, 2 * meet - np.diagonal(overlap))
        gain[:, target] = np.where(gone, -np.inf, 2 * meet - meet[target])
        gain[source] = gain[:, source] = -np.inf
    return steps


def _bit_matrix(rows: Sequence[int], width: int) -> npt.NDArray[np.float32]:
    """The rows as a matrix of zeros and ones; float, so that products are fast, and exact below 2^24."""
    size = (width + 7) // 8 or 1
    octets = np.frombuffer(b"".join(row.to_bytes(size, "little") for row in rows), dtype=np.uint8)
    bits = np.unpackbits(octets.reshape(len(rows), size), axis=1, bitorder="little")
    matrix: npt.NDArray[np.float32] = bits.astype(np.float32)
    return matrix


def row_operations(
    matrix: Sequence[int], width: int, *, identity: bool, deadline: float | None = None
) -> tuple[list[tuple[int, int]], list[int]]:
    """Row additions that turn a matrix into a partial permutation, or as near to one as row additions can.

    Greedy: the addition that removes most ones; Gaussian steps where none does, or from the deadline on.

    Args:
        matrix: the rows.
        width: the number of columns.
        identity: demand that the pivot of row i is column i wherever it can be; otherwise any permutation.
        deadline: a :func:`time.monotonic` time from which speed goes before quality.

    Returns:
        The additions (target, source) in order, and the rows they give, reduced echelon up to row order.

    >>> row_operations([0b11, 0b10], 2, identity=False)
    ([(0, 1)], [1, 2])
    """
    rows = list(matrix)
    steps: list[tuple[int, int]] = []

    def add(target: int, source: int) -> None:
        rows[target] ^= rows[source]
        steps.append((target, source))

    if rows:
        ones = _bit_matrix(rows, width)
        overlap = ones @ ones.T
        # Adding row j to row i removes 2·overlap(i, j) - weight(j) ones.
        gain = 2 * overlap - np.diagonal(overlap)
        np.fill_diagonal(gain, 0)
        while deadline is None or time.monotonic() < deadline:
            target, source = divmod(int(np.argmax(gain)), len(rows))
            if gain[target, source] <= 0:
                break
            add(target, source)
            ones[target] = np.abs(ones[target] - ones[source])
            meet = ones @ ones[target]
            gain[target] = 2 * meet - np.diagonal(overlap)
            gain[:, target] = 2 * meet - meet[target]
            gain[target, target] = 0
            overlap[target] = overlap[:, target] = meet
    _gauss(rows, add)
    if identity:
        _straighten(rows, add)
    return steps, rows


def edge_thinning(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Row additions, with the same on columns, that remove at least two edges each from a graph.

    Args:
        rows: the symmetric adjacency matrix of n vertices, without loops.

    Returns:
        The additions (target, source) in order: the source's neighbours are added to the target's.

    >>> edge_thinning([0b11100, 0b11100, 0b00011, 0b00011, 0b00011])
    [(0, 1)]
    """
    steps: list[tuple[int, int]] = []
    if not any(rows):
        return steps
    count = len(rows)
    ones = _bit_matrix(rows, count)[:, :count]
    overlap = ones @ ones.T
    while True:
        gain = 2 * overlap - np.diagonal(overlap) + ones
        np.fill_diagonal(gain, 0)
        target, source = divmod(int(np.argmax(gain)), count)
        if gain[target, source] < 2:
            return steps
        steps.append((target, source))
        old = ones[target].copy()
        new = np.abs(old - ones[source])
        new[target] = 0
        overlap += np.outer(new, new) - np.outer(old, old)
        ones[target] = ones[:, target] = new
        overlap[target] = overlap[:, target] = ones @ new


def _gauss(rows: list[int], add: Callable[[int, int], None]) -> None:
    """Gauss–Jordan elimination without exchanging rows, lightest pivots first."""
    left = {i for i, row in enumerate(rows) if row}
    while left:
        i = min(left, key=lambda k: (rows[k].bit_count(), k))
        left.discard(i)
        if not rows[i]:
            continue
        pivot = rows[i] & -rows[i]
        for k in range(len(rows)):
            if k != i and rows[k] & pivot:
                add(k, i)


def _straighten(rows: list[int], add: Callable[[int, int], None]) -> None:
    """Move the row whose only one is in column i to place i by additions: a cycle of length k costs 3(k -
    1).
    """
    for i in range(len(rows)):
        wanted = 1 << i
        if rows[i] == wanted or wanted not in rows:
            continue
        k = rows.index(wanted)
        add(i, k)
        if rows[i] != wanted:
            add(k, i)
            add(i, k)
