"""Fewer T gates in a phase polynomial: other parities with the same third-order signature tensor.

Parities with an odd multiple of π/4, as the columns of a matrix P over GF(2), fix up to Clifford gates the
tensor S_abc = Σ_j P_aj P_bj P_cj. For a vector z and a set y of columns that meets every row, and the product
of every two rows, of P modulo z in an even number of columns, P + z yᵀ has the same tensor (with one more
column z if y is odd): with z the sum of two columns of which one is in y, both fall away, and with z a column in
an even y that one does (TODD: Heyfron & Campbell, arXiv 1712.01557; P modulo z: Vandaele, arXiv 2407.08695).

The condition on y is that the symmetric matrix Σ_{j ∈ y} P_j P_jᵀ is a sum of matrices z vᵀ + v zᵀ and z zᵀ. So
the columns' matrices are brought to echelon form once, for all z.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable

from catenary.functors.bitsets import bits

PATIENCE = 20
"""Descents in a row without a better set before the search ends."""
FEWEST = 8
"""Fewer columns than this are as few as there can be: two sets with the same tensor differ in at least 15 columns, the
distance of the punctured Reed–Muller code of order n - 4 (Amy & Mosca, arXiv 1601.07363).
"""
STARTS = 4
"""The first descents begin at the columns that are given, in another order."""
ENUMERATED = 6
"""Dimensions of a space of sets y up to which all of them are tried."""


def fewer_columns(
    columns: list[int],
    n: int,
    rng: random.Random,
    over: Callable[[], bool] = lambda: False,
    *,
    patience: int = PATIENCE,
) -> list[int]:
    """Columns with the same signature tensor, at most as many.

    Descends from the columns, and then again and again from the best ones with flats added, which do not
    change the tensor.

    Args:
        columns: different masks over n rows.
        n: number of rows.
        rng: chooses orders and flats.
        over: asked now and then whether to stop.
        patience: descents in a row without fewer columns before the search ends.

    >>> len(fewer_columns(list(range(1, 16)), 4, random.Random(0)))  # all parities of four bits: Clifford
    0
    """
    given = best = current = _reduced(columns)
    tried = unrewarded = 0
    while len(best) >= FEWEST and unrewarded < patience and not over():
        start = list(given) if tried < STARTS else _with_flats(current, rng)
        tried += 1
        rng.shuffle(start)
        found = _descent(start, n, over)
        if len(found) <= len(current):
            current = found
        unrewarded += 1
        if len(found) < len(best):
            best, unrewarded = found, 0
    return best


def _descent(columns: list[int], n: int, over: Callable[[], bool]) -> list[int]:
    """The best step again and again, until there is none."""
    while len(columns) >= FEWEST and not over():
        found = Moves(columns, n).best(over)
        if found is None:
            break
        columns = found
    return columns


def _with_flats(columns: list[int], rng: random.Random) -> list[int]:
    """The columns and one or two linear or affine spaces of dimension four with many of them, whose tensor is zero."""
    total = list(columns)
    if len(columns) < 5:
        return total
    for _ in range(rng.randint(1, 2)):
        base, *others = rng.sample(columns, 5)
        if rng.getrandbits(1):
            flat = [base]
            others = [other ^ base for other in others]
        else:
            flat = [0]
        for other in others:
            flat += [other ^ one for one in flat]
        total += flat
    return _reduced(total)


def _reduced(columns: Iterable[int]) -> list[int]:
    """Columns that occur an odd number of times, without zero, in order."""
    left: dict[int, int] = {}
    for column in columns:
        left[column] = left.get(column, 0) ^ 1
    return [column for column, odd in left.items() if odd and column]


class Moves:
    """The ways from P to P + z yᵀ, where P has one more column, zero, so that every y is even.

    A vector is a matrix over GF(2), n bits a row, above as many bits as there are columns, which tell the columns
    whose matrices have been added.
    """

    def __init__(self, columns: list[int], n: int):
        self.columns = columns
        self.size = len(columns)
        self.n = n
        self._pivots: dict[int, int] = {}
        self._tops = 0
        self._always: list[int] = []  # the sets for every z
        self._units: dict[tuple[int, int], int] = {}
        for k, column in enumerate(columns):
            matrix = sum(column << a * n for a in bits(column))
            vector = self._rest(matrix << self.size | 1 << k)
            if vector >> self.size:
                top = vector.bit_length() - 1
                self._pivots[top] = vector
                self._tops |= 1 << top
            else:
                self._always.append(self._even(vector))
        self.pairs: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for b, second in enumerate([*columns, 0]):
            for a in range(b):
                self.pairs[columns[a] ^ second].append((a, b))

    def _rest(self, vector: int) -> int:
        while common := vector & self._tops:
            vector ^= self._pivots[common.bit_length() - 1]
        return vector

    def _even(self, y: int) -> int:
        return y | (y.bit_count() & 1) << self.size

    def _unit(self, a: int, b: int) -> int:
        """What the columns leave of the symmetric matrix with ones at (a, b) and (b, a)."""
        key = (a, b) if a < b else (b, a)
        if key not in self._units:
            ones = 1 << a * self.n + b | 1 << b * self.n + a
            self._units[key] = self._rest(ones << self.size)
        return self._units[key]

    def sets(self, z: int) -> list[int]:
        """A basis of the sets y for a vector z."""
        members = bits(z)
        # The sums are those for z vᵀ + v zᵀ with v a unit vector, and z zᵀ.
        sums = [0] * self.n
        for a in range(self.n):
            for b in members:
                if a != b:
                    sums[a] ^= self._unit(a, b)
        sums[members[0]] = 0
        for k, b in enumerate(members):
            for c in members[: k + 1]:
                sums[members[0]] ^= self._unit(b, c)
        found = list(self._always)
        pivots: dict[int, int] = {}
        for vector in sums:
            while vector >> self.size:
                top = vector.bit_length()
                if top not in pivots:
                    pivots[top] = vector
                    break
                vector ^= pivots[top]
            else:
                if vector:
                    found.append(self._even(vector))
        return found

    def gain(self, z: int, y: int) -> int:
        """How many columns fewer there are in P + z yᵀ."""
        gained = 0
        odd = y >> self.size & 1
        for a, b in self.pairs[z]:
            parted = (y >> a ^ y >> b) & 1
            if b == self.size:
                gained += parted
                odd = 0
            else:
                gained += 2 * parted
        return gained - odd

    def moved(self, z: int, y: int) -> list[int]:
        """P + z yᵀ without what falls away."""
        return _reduced(column ^ z if y >> k & 1 else column for k, column in enumerate([*self.columns, 0]))

    def choice(self, z: int) -> tuple[int, int]:
        """The greatest gain that is found with z, and a set y for it."""
        pairs = self.pairs[z]
        # Sets that part the same pairs, and bring in a column or not, are as good.
        space: dict[int, tuple[int, int]] = {}
        for y in self.sets(z):
            seen = y >> self.size & 1
            for k, (a, b) in enumerate(pairs, 1):
                seen |= ((y >> a ^ y >> b) & 1) << k
            while seen and seen.bit_length() in space:
                other, made = space[seen.bit_length()]
                seen, y = seen ^ other, y ^ made
            if seen:
                space[seen.bit_length()] = seen, y
        basis = [y for _, y in space.values()]
        tried = [0]
        if len(basis) <= ENUMERATED:
            for y in basis:
                tried += [y ^ other for other in tried]
        else:
            tried += basis
            # One more at a time, as long as that gains.
            y = 0
            for other in basis:
                if self.gain(z, y ^ other) > self.gain(z, y):
                    y ^= other
            tried.append(y)
        best = max(tried, key=lambda y: self.gain(z, y))
        return self.gain(z, best), best

    def best(self, over: Callable[[], bool]) -> list[int] | None:
        """The best of the smaller sets one step away that are tried; ``None`` if there is none."""
        # The sums that most pairs have come first: a step with them removes most.
        candidates = sorted(self.pairs, key=lambda z: (-len(self.pairs[z]), z))
        most, best = 0, (0, 0)
        for count, z in enumerate(candidates):
            if over() or (most and count > 2 * self.size):
                break
            if 2 * len(self.pairs[z]) <= most:
                continue
            gained, y = self.choice(z)
            if gained > most:
                most, best = gained, (z, y)
        return self.moved(*best) if most else None


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
