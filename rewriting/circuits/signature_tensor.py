"""Fewer T gates in a phase polynomial: other parities with the same third-order signature tensor.

Parities with an odd multiple of π/4, as the columns of a matrix P over GF(2), fix up to Clifford gates the
tensor S_abc = Σ_j P_aj P_bj P_cj. For a vector z and a set y of columns that meets every row, and the product
of every two rows, of P modulo z in an even number of columns, P + z yᵀ has the same tensor (with one more
column z if y is odd): with z the sum of two columns of which one is in y, both fall away (TODD: Heyfron &
Campbell, arXiv 1712.01557; taking P modulo z: Vandaele, arXiv 2407.08695).
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable

from catenary.functors.bitsets import bits, lowest

ASIDE = 20
"""Random steps in a row without a better set before the search ends."""
SAMPLE = 30
"""Sums z of two columns that are tried after a step aside."""
MIXTURES = 24
"""Sums of two kernel vectors that are tried for each z beside the vectors themselves."""


def fewer_columns(
    columns: list[int], n: int, rng: random.Random, over: Callable[[], bool] = lambda: False
) -> list[int]:
    """Columns with the same signature tensor, at most as many.

    Args:
        columns: different masks over n rows.
        n: number of rows.
        rng: chooses among steps that are as good, and steps aside where none is better.
        over: asked now and then whether to stop.

    >>> len(fewer_columns(list(range(1, 16)), 4, random.Random(0)))  # all parities of four bits: Clifford
    0
    """
    columns = _reduced(columns)
    rng.shuffle(columns)
    best = columns
    aside = 0
    while columns and aside < ASIDE and not over():
        found = _step(columns, n, rng if aside else None, over)
        if found is None:
            found = _aside(columns, n, rng)
            aside += 1
            if found is None:
                continue
        columns = found
        if len(columns) < len(best):
            best, aside = columns, 0
    return best


def _aside(columns: list[int], n: int, rng: random.Random) -> list[int] | None:
    """Other columns, as many, by a random step; ``None`` if the step tried makes more."""
    if len(columns) < 2:
        return None
    a, b = rng.sample(range(len(columns) + 1), 2)
    z = [*columns, 0][a] ^ [*columns, 0][b]
    choices = _choices(columns, n, z, [(a, b)])
    if not choices:
        return None
    moved = _moved(columns, z, rng.choice(choices))
    return moved if len(moved) <= len(columns) else None


def _moved(columns: list[int], z: int, y: int) -> list[int]:
    """P + z yᵀ for P with one more column, zero, without what falls away."""
    return _reduced([column ^ z if y >> k & 1 else column for k, column in enumerate([*columns, 0])])


def _reduced(columns: list[int]) -> list[int]:
    """Columns that occur an odd number of times, without zero, in order."""
    left: dict[int, int] = {}
    for column in columns:
        left[column] = left.get(column, 0) ^ 1
    return [column for column, odd in left.items() if odd and column]


def _step(
    columns: list[int], n: int, rng: random.Random | None, over: Callable[[], bool]
) -> list[int] | None:
    """The best of the smaller sets one step away, or of some of them chosen at random; ``None`` if there is none."""
    pairs: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for b, second in enumerate([*columns, 0]):
        for a in range(b):
            pairs[columns[a] ^ second].append((a, b))
    # The sums that most pairs have come first: a step with them removes most.
    candidates = sorted(pairs, key=lambda z: (-len(pairs[z]), z))
    if rng is not None:
        candidates = rng.sample(candidates, min(SAMPLE, len(candidates)))
    best: list[int] | None = None
    least = len(columns)
    for count, z in enumerate(candidates):
        if over() or (best is not None and count > 2 * len(columns)):
            break
        # What can fall away at most: two for each pair, and z itself.
        if best is not None and len(columns) - 2 * len(pairs[z]) - 1 >= least:
            continue
        for y in _choices(columns, n, z, pairs[z]):
            moved = _moved(columns, z, y)
            if len(moved) < least:
                best, least = moved, len(moved)
    return best


def _choices(columns: list[int], n: int, z: int, pairs: list[tuple[int, int]]) -> list[int]:
    """Even sets y that P + z yᵀ may be taken for and that separate at least one of the pairs; P has one more
    column, zero.
    """
    size = len(columns)
    kernel = [y | (y.bit_count() & 1) << size for y in kernel_of(_constraints(columns, n, z), size)]
    parting = [y for y in kernel if any((y >> a ^ y >> b) & 1 for a, b in pairs)]
    if not parting:
        return []
    first = parting[0]
    return [*parting, *(first ^ y for y in kernel[:MIXTURES] if y != first)]


def _constraints(columns: list[int], n: int, z: int) -> list[int]:
    """The rows of P modulo z, and the products of every two, as masks of columns."""
    pivot = lowest(z)
    rest = [column ^ z if column >> pivot & 1 else column for column in columns]
    rows = [0] * n
    for k, column in enumerate(rest):
        for a in bits(column):
            rows[a] |= 1 << k
    rows = [row for row in rows if row]
    return [*rows, *(one & other for b, one in enumerate(rows) for other in rows[:b])]


def kernel_of(rows: list[int], width: int) -> list[int]:
    """A basis of the vectors of ``width`` bits that meet every row in an even number of bits.

    >>> kernel_of([0b011, 0b110], 3)
    [7]
    """
    pivots: dict[int, int] = {}
    for row in rows:
        while row:
            top = row.bit_length() - 1
            if top not in pivots:
                pivots[top] = row
                break
            row ^= pivots[top]
    # Back substitution: no pivot row has another's pivot.
    for top in sorted(pivots):
        row = pivots[top]
        for other in pivots:
            if other > top and pivots[other] >> top & 1:
                pivots[other] ^= row
    basis = []
    for free in range(width):
        if free in pivots:
            continue
        vector = 1 << free
        for top, row in pivots.items():
            if row >> free & 1:
                vector |= 1 << top
        basis.append(vector)
    return basis


def clifford_difference(before: dict[int, int], after: list[int]) -> dict[int, int]:
    """Quarter turns on parities of one or two bits that make T on the columns ``after`` equal to ``before``.

    Args:
        before: multiples of π/4 by parity.
        after: parities that get one π/4 each, with the same signature tensor as the odd ones of ``before``.

    Returns:
        Multiples of π/4, all even, on parities of weight one and two.

    Raises:
        ValueError: if the signature tensors differ.
    """
    # |x_1 ⊕ … ⊕ x_k| = Σ x_a - 2 Σ x_a x_b + 4 Σ x_a x_b x_c modulo 8.
    linear: dict[int, int] = defaultdict(int)
    quadratic: dict[int, int] = defaultdict(int)
    cubic: dict[int, int] = defaultdict(int)
    total = defaultdict(int, before)
    for column in after:
        total[column] -= 1
    for mask, count in total.items():
        if not count % 8:
            continue
        members = [1 << a for a in bits(mask)]
        for k, a in enumerate(members):
            linear[a] += count
            for j, b in enumerate(members[:k]):
                quadratic[a | b] += count
                if count & 1:
                    for c in members[:j]:
                        cubic[a | b | c] ^= 1
    if any(cubic.values()) or any(value & 1 for value in quadratic.values()):
        raise ValueError("the signature tensors differ")
    result: dict[int, int] = {}
    for pair, value in quadratic.items():
        # -2 v x_a x_b = v (|x_a ⊕ x_b| - x_a - x_b)
        if value % 4:
            result[pair] = value % 8
            for a in bits(pair):
                linear[1 << a] -= value
    for a, value in linear.items():
        if value & 1:
            raise ValueError("the signature tensors differ")
        if value % 8:
            result[a] = value % 8
    return result
