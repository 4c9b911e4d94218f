"""Linear algebra over GF(2) on rows packed into Python integers."""

from __future__ import annotations

from collections.abc import Sequence


def reduced_rows(rows: Sequence[int]) -> list[tuple[int, int]]:
    """The reduced row echelon form as pairs (row, bitset of the given rows that sum to it), zero rows left
    out.

    >>> [(bin(r), bin(c)) for r, c in reduced_rows([0b11, 0b01])]
    [('0b1', '0b10'), ('0b10', '0b11')]
    """
    done: list[tuple[int, int]] = []
    work = [(row, 1 << i) for i, row in enumerate(rows) if row]
    while work:
        # A light row makes light sums: it is the better pivot.
        at = min(range(len(work)), key=lambda i: work[i][0].bit_count() + work[i][1].bit_count())
        row, combination = work.pop(at)
        pivot = row & -row
        work = [(r ^ row, c ^ combination) if r & pivot else (r, c) for r, c in work]
        work = [(r, c) for r, c in work if r]
        done = [(r ^ row, c ^ combination) if r & pivot else (r, c) for r, c in done]
        done.append((row, combination))
    return done


def transposed(rows: Sequence[int], width: int) -> list[int]:
    """The transpose of a matrix with that many columns."""
    columns = [0] * width
    for i, row in enumerate(rows):
        here = 1 << i
        while row:
            low = row & -row
            columns[low.bit_length() - 1] |= here
            row ^= low
    return columns


def row_operations(matrix: Sequence[int], *, identity: bool) -> tuple[list[tuple[int, int]], list[int]]:
    """Row additions that turn a matrix into a partial permutation, or as near to one as row additions can.

    Greedy: the addition that removes most ones, then a Gaussian step where none removes any.

    Args:
        matrix: the rows.
        identity: demand that the pivot of row i is column i wherever it can be; otherwise any permutation.

    Returns:
        The additions (target, source) in order, and the resulting rows in reduced echelon form up to row
        order.
    """
    rows = list(matrix)
    steps: list[tuple[int, int]] = []

    def add(target: int, source: int) -> None:
        rows[target] ^= rows[source]
        steps.append((target, source))

    count = len(rows)
    while True:
        best = (0, 0, 0)
        weights = [row.bit_count() for row in rows]
        for i in range(count):
            if weights[i] < 2:
                continue
            row = rows[i]
            for j in range(count):
                # Only a lighter row, or one inside, can pay.
                if j != i and weights[j] and weights[j] < 2 * weights[i]:
                    gain = weights[i] - (row ^ rows[j]).bit_count()
                    if gain > best[0]:
                        best = (gain, i, j)
        if not best[0]:
            break
        add(best[1], best[2])
    _gauss(rows, add)
    if identity:
        _straighten(rows, add)
    return steps, rows


def _gauss(rows: list[int], add: object) -> None:
    """Gauss–Jordan elimination without exchanging rows, lightest pivots first."""
    assert callable(add)
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


def _straighten(rows: list[int], add: object) -> None:
    """Move the row whose only one is in column i to place i by additions: a cycle of length k costs 3(k -
    1).
    """
    assert callable(add)
    for i in range(len(rows)):
        wanted = 1 << i
        if rows[i] == wanted or wanted not in rows:
            continue
        k = rows.index(wanted)
        add(i, k)
        if rows[i] != wanted:
            add(k, i)
            add(i, k)
