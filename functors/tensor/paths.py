"""What contraction paths cost: exact counts, and the expected time that a search may be weighed against.

Sets of indices are integers used as bitsets, so that a path of n pairs is measured in about n operations.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from catenary.diagrams import ContractionError
from catenary.functors.bitsets import bits

Path: TypeAlias = tuple[tuple[int, int], ...]
"""Pairs of tensors to contract: numbers below the count of tensors are tensors, then each pair makes the next
number.
"""
Inputs: TypeAlias = Sequence[Sequence[int]]

# Seconds, measured on one thread for complex128: a multiply-add inside a large matrix product; an element
# that is read or written, in cache and out of it; one whose memory the process touches first; and the calls
# of one pair.
_MULTIPLY_ADD = 1e-10
_ELEMENT = 1.5e-9
_ELEMENT_FAR = 3.5e-9
_ELEMENT_FIRST = 4e-9
_CACHED = 2**17
_PAIR = 5e-6


@dataclass(frozen=True)
class Cost:
    """What a path takes.

    Attributes:
        multiply_adds: the exact number of scalar multiply-adds.
        largest: elements of the largest result.
        peak: elements of all live tensors at the worst moment.
        moved: elements read and written by all pairs.
        seconds: the expected time, a model that only serves to compare paths and searches.
    """

    multiply_adds: int
    largest: int
    peak: int
    moved: int = 0
    seconds: float = 0.0


def seconds_of(multiply_adds: int, elements: Sequence[int], peak: int = 0) -> float:
    """The expected time of a pair with so many multiply-adds and elements of its tensors, and of touching so
    many elements at the worst moment: a model of complex128 on one thread.
    """
    seconds = multiply_adds * _MULTIPLY_ADD + peak * _ELEMENT_FIRST
    if elements:
        seconds += _PAIR
    for n in elements:
        seconds += n * (_ELEMENT if n <= _CACHED else _ELEMENT_FAR)
    return seconds


class Meter:
    """Measures paths on one network in core form.

    >>> Meter([(0, 1), (1, 2)], (0, 2), (4, 5, 6)).cost(((0, 1),)).multiply_adds
    120
    """

    def __init__(self, inputs: Inputs, output: Sequence[int], sizes: Sequence[int]):
        self._masks = [sum(1 << i for i in ixs) for ixs in inputs]
        self._count = [0] * len(sizes)
        for ixs in (*inputs, output):
            for index in ixs:
                self._count[index] += 1
        groups: dict[int, int] = {}
        for index, size in enumerate(sizes):
            groups[size] = groups.get(size, 0) | 1 << index
        self._groups = tuple(groups.items())

    def size(self, mask: int) -> int:
        """The elements of a tensor with these indices."""
        product = 1
        for size, group in self._groups:
            product *= size ** (mask & group).bit_count()
        return product

    def masks(self, path: Sequence[Sequence[int]]) -> list[int]:
        """The indices of every tensor as bitsets, the given ones first, then those of a valid path's pairs."""
        count = list(self._count)
        found = list(self._masks)
        for a, b in path:
            mask = found[a] | found[b]
            for index in bits(found[a] & found[b]):
                count[index] -= 1
                if count[index] == 1:
                    mask ^= 1 << index
            found.append(mask)
        return found

    def cost(self, path: Sequence[Sequence[int]]) -> Cost:
        """The cost of a path.

        Raises:
            ContractionError: if it uses a tensor twice or leaves more than one.
        """
        return self.measured(path)[0]

    def measured(self, path: Sequence[Sequence[int]]) -> tuple[Cost, tuple[int, ...]]:
        """The same, with the number of elements of every tensor, the given ones first."""
        count = list(self._count)
        size_of = self.size
        terms: list[int | None] = list(self._masks)
        elements = [size_of(mask) for mask in self._masks]
        live = peak = sum(elements)
        multiply_adds = moved = far = 0
        largest = 0
        for a, b in path:
            left, right = terms[a], terms[b]
            if left is None or right is None or a == b:
                raise ContractionError(f"the path uses tensor {a if left is None else b} twice")
            drop = 0
            both = left & right
            while both:
                low = both & -both
                both ^= low
                index = low.bit_length() - 1
                count[index] -= 1
                if count[index] == 1:
                    drop |= low
            union = left | right
            out = union & ~drop
            size = size_of(out)
            multiply_adds += size * size_of(drop) if drop else size
            peak = max(peak, live + size)
            gone = elements[a] + elements[b]
            live += size - gone
            moved += size + gone
            for n in (size, elements[a], elements[b]):
                if n > _CACHED:
                    far += n
            largest = max(largest, size)
            terms[a] = terms[b] = None
            terms.append(out)
            elements.append(size)
        if sum(term is not None for term in terms) > 1:
            raise ContractionError("the path leaves more than one tensor")
        if not path:
            largest = max(elements, default=0)
        seconds = math.inf  # where the counts are above any float
        if multiply_adds.bit_length() < 1000:
            seconds = multiply_adds * _MULTIPLY_ADD + moved * _ELEMENT + len(path) * _PAIR
            seconds += far * (_ELEMENT_FAR - _ELEMENT) + peak * _ELEMENT_FIRST
        return Cost(multiply_adds, largest, peak, moved, seconds), tuple(elements)


def cost_of(inputs: Inputs, output: Sequence[int], sizes: Sequence[int], path: Path) -> Cost:
    """The exact cost of a path on a network in core form."""
    return Meter(inputs, output, sizes).cost(path)


def absorb(
    inputs: Inputs, output: Sequence[int], sizes: Sequence[int]
) -> tuple[Path, list[tuple[int, ...]], list[int]]:
    """The pairs whose result is no larger than the larger of the two, contracted first: the rank
    simplification of Gray & Kourtis (arXiv 2002.01935), which needs no entries.

    Returns:
        The pairs; the indices of each tensor that is left; and its number.

    >>> absorb([(0,), (0, 1), (1, 2), (2, 3)], (3,), (2, 2, 2, 2))
    (((0, 1), (4, 2), (5, 3)), [(3,)], [6])
    """
    meter = Meter(inputs, output, sizes)
    count = list(meter._count)
    terms = dict(enumerate(meter._masks))
    elements = {t: meter.size(mask) for t, mask in terms.items()}
    holders: list[dict[int, None]] = [{} for _ in sizes]
    for t, ixs in enumerate(inputs):
        for index in ixs:
            holders[index][t] = None
    pairs = sum([1 << i for i, n in enumerate(count) if n == 2])  # indices that two hold: summed if they meet
    path: list[tuple[int, int]] = []
    waiting = sorted(terms, key=lambda t: (elements[t], t))
    for start in waiting:
        t = start
        while t in terms:
            mask = terms[t]
            near: dict[int, None] = {}
            for index in bits(mask):
                for place, u in enumerate(holders[index]):
                    if place == _NEAR:
                        break
                    near[u] = None
            for u in near:
                if u == t:
                    continue
                out = (mask | terms[u]) & ~(mask & terms[u] & pairs)
                size = meter.size(out)
                if size <= elements[t] or size <= elements[u]:
                    break
            else:
                break
            new = len(inputs) + len(path)
            path.append((t, u))
            for index in bits(mask & terms[u]):
                count[index] -= 1
                if count[index] < 3:
                    pairs ^= 1 << index  # from three to two, or from two to none that could meet again
            for old in (t, u):
                for index in bits(terms.pop(old)):
                    del holders[index][old]
            for index in bits(out):
                holders[index][new] = None
            terms[new], elements[new] = out, size
            t = new
    left = sorted(terms)
    return tuple(path), [tuple(bits(terms[t])) for t in left], left


_NEAR = 16  # neighbours that are looked at along one index


def in_pairs(path: Sequence[Sequence[int]], count: int) -> Path:
    """A path in static single-assignment numbers with its steps of one tensor left out and those of several
    made rows of pairs.

    >>> in_pairs([(0,), (1, 2, 3)], 3)
    ((1, 2), (3, 0))
    """
    number = {t: t for t in range(count)}
    made = count
    pairs: list[tuple[int, int]] = []
    for step, tensors in enumerate(path):
        first, *rest = (number[t] for t in tensors)
        for other in rest:
            pairs.append((first, other))
            first, made = made, made + 1
        number[count + step] = first
    return tuple(pairs)


def greedy_path(inputs: Inputs, output: Sequence[int], sizes: Sequence[int]) -> Path:
    """A path by the greedy rule: contract the pair that shares an index and grows memory least; outer
    products last.

    Deterministic. Candidate pairs are kept in a heap; indices shared by very many tensors are contracted
    along a chain.
    """
    import heapq

    count = [0] * len(sizes)
    for ixs in (*inputs, output):
        for index in ixs:
            count[index] += 1
    terms: dict[int, frozenset[int]] = {t: frozenset(ixs) for t, ixs in enumerate(inputs)}
    where: list[set[int]] = [set() for _ in sizes]
    for t, members in terms.items():
        for index in members:
            where[index].add(t)

    def size(ixs: frozenset[int]) -> int:
        return math.prod(sizes[i] for i in ixs)

    def result(a: int, b: int) -> frozenset[int]:
        both = terms[a] & terms[b]
        return (terms[a] | terms[b]) - frozenset(i for i in both if count[i] == 2)

    heap: list[tuple[int, int, int]] = []

    def offer(t: int) -> None:
        near: set[int] = set()
        for index in terms[t]:
            holders = where[index]
            # neighbours along a long hyper-edge are offered a few at a time: all pairs would be quadratic
            near.update(holders if len(holders) <= 8 else sorted(holders)[:8])
        for other in sorted(near - {t}):
            pair = (min(t, other), max(t, other))
            heapq.heappush(heap, (size(result(*pair)) - size(terms[t]) - size(terms[other]), *pair))

    for t in range(len(inputs)):
        offer(t)
    path: list[tuple[int, int]] = []

    def join(a: int, b: int) -> None:
        new = len(inputs) + len(path)
        out = result(a, b)
        for index in terms[a] & terms[b]:
            count[index] -= 1
        for t in (a, b):
            for index in terms[t]:
                where[index].discard(t)
        for index in out:
            where[index].add(new)
        del terms[a], terms[b]
        terms[new] = out
        path.append((a, b))
        offer(new)

    while len(terms) > 1:
        if heap:
            _, a, b = heapq.heappop(heap)
            if a in terms and b in terms:
                join(a, b)
            continue
        rest = sorted(terms, key=lambda t: (size(terms[t]), t))
        join(rest[0], rest[1])
    return tuple(path)
