"""Contraction paths from orders in which the indices of a network are summed.

A random-greedy search of pairs looks at tensors; where indices are hyper-edges, on many tensors each, what
decides the cost is in which order the *indices* go. Here the network is its primal graph: vertices are
indices, joined where a tensor holds both. An index is eliminated by multiplying the tensors that hold it,
which joins all its neighbours. The next one is that whose elimination makes the smallest tensor (minimum
degree, weighted by the logarithms of the dimensions), up to seeded noise. (Dechter, *Bucket elimination*,
Artificial Intelligence 113, 1999; Markov & Shi, arXiv quant-ph/0511069: an elimination order of the line
graph is a contraction path; Kask et al., *Pushing the power of stochastic greedy ordering schemes*, AAAI
2011, for the noise.)

Rows of the graph are integers used as bitsets, so that a trial takes about one big-integer operation for each
neighbour of each index.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from catenary.functors.bitsets import bits
from catenary.functors.tensor.paths import Inputs, Path

NOISE = 2.0
"""Doublings by which a worse index may be preferred."""


class Elimination:
    """A network in core form as a graph of indices, from which elimination orders and their paths are drawn.

    >>> ring = Elimination([(0, 1), (1, 2), (2, 3), (3, 0)], (), (2, 2, 2, 2))
    >>> order, cost = ring.order()
    >>> sorted(order), cost
    ([0, 1, 2, 3], 22.0)
    >>> len(ring.path(order))
    3
    """

    def __init__(self, inputs: Inputs, output: Sequence[int], sizes: Sequence[int]):
        self._masks = [sum([1 << i for i in ixs]) for ixs in inputs]
        self._holders: list[list[int]] = [[] for _ in sizes]
        for t, ixs in enumerate(inputs):
            for index in ixs:
                self._holders[index].append(t)
        self._open = sum([1 << i for i in output])
        near = [0] * len(sizes)
        for mask in (*self._masks, self._open):
            for index in bits(mask):
                near[index] |= mask
        self._near = near
        self._inner = [i for i in range(len(sizes)) if not self._open >> i & 1 and self._holders[i]]
        groups: dict[int, int] = {}
        for index, size in enumerate(sizes):
            groups[size] = groups.get(size, 0) | 1 << index
        self._groups = [(math.log2(size), mask) for size, mask in groups.items()]

    def _doublings(self, mask: int) -> float:
        """The binary logarithm of the elements of a tensor with these indices."""
        if len(self._groups) == 1:
            return self._groups[0][0] * mask.bit_count()
        return sum([width * (mask & group).bit_count() for width, group in self._groups])

    def order(self, seed: int | None = None, noise: float = NOISE) -> tuple[list[int], float]:
        """An order of the indices that are summed, and the elements of all tensors that it makes before each
        is summed, added up. Without a seed there is no noise.
        """
        near = list(self._near)
        doublings = self._doublings
        draw = random.Random(seed).random if seed is not None else lambda: 0.0
        score = [0.0] * len(near)
        for v in self._inner:
            score[v] = doublings(near[v]) + noise * draw()
        heap = [(score[v], v) for v in self._inner]
        heapify(heap)
        waiting = sum([1 << v for v in self._inner])
        order: list[int] = []
        cost = 0.0
        while heap:
            key, v = heappop(heap)
            if key != score[v] or not waiting >> v & 1:
                continue
            whole = near[v]
            cost += 2.0 ** min(doublings(whole), 1000.0)
            order.append(v)
            waiting ^= 1 << v
            rest = whole ^ 1 << v
            for u in bits(rest):
                near[u] = (near[u] | rest) & ~(1 << v)
            for u in bits(rest & waiting):
                score[u] = doublings(near[u]) + noise * draw()
                heappush(heap, (score[u], u))
        return order, cost

    def path(self, order: Sequence[int]) -> Path:
        """The pairs of an elimination order: the tensors that hold an index are multiplied, those first whose
        product is smallest.
        """
        terms: list[int] = list(self._masks)
        holders = [set(held) for held in self._holders]
        live = dict.fromkeys(range(len(terms)))
        outside = self._open
        doublings = self._doublings
        path: list[tuple[int, int]] = []

        def join(a: int, b: int) -> int:
            new = len(terms)
            mask = terms[a] | terms[b]
            for index in bits(terms[a] & terms[b] & ~outside):
                if len(holders[index]) == 2:
                    mask ^= 1 << index
            for t in (a, b):
                del live[t]
                for index in bits(terms[t]):
                    holders[index].discard(t)
            for index in bits(mask):
                holders[index].add(new)
            terms.append(mask)
            live[new] = None
            path.append((a, b))
            return new

        def gather(bucket: list[int]) -> None:
            while len(bucket) > 2:
                _, i, j = min(
                    [
                        (doublings(terms[a] | terms[b]), i, j)
                        for j, b in enumerate(bucket)
                        for i, a in enumerate(bucket[:j])
                    ]
                )
                bucket.append(join(bucket[i], bucket[j]))
                del bucket[j], bucket[i]
            if len(bucket) == 2:
                join(*bucket)

        for index in order:
            gather(sorted(holders[index]))
        rest = sorted(live, key=lambda t: (doublings(terms[t]), t))
        while len(rest) > 1:
            rest = [join(rest[0], rest[1]), *rest[2:]]
        return tuple(path)
