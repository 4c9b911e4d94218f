"""Simplification of a tensor network by the entries of its tensors, before any path is searched.

* *rank*: two tensors are contracted where the result is no larger than the larger of them;
* *diagonal*: a tensor that vanishes off a diagonal of two axes makes their indices one hyper-edge;
* *antidiagonal*: the same after one index is counted backwards everywhere;
* *column*: a tensor that vanishes but for one value of an axis fixes that index everywhere;
* *split*: a tensor of low rank across two groups of its axes becomes two smaller ones.

The value stays the same up to rounding: an entry counts as zero where it is exactly 0 in the given tensors,
and within 16 rounding errors of the largest entry in those that were computed. (Gray & Kourtis,
*Hyper-optimized tensor network contraction*, arXiv 2002.01935, section 4; quimb's ``full_simplify``.)
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from catenary.functors.tensor.network import Array, TensorNetwork, of_one_precision

_Split: TypeAlias = tuple[tuple[int, ...], tuple[int, ...], int]
_LARGEST = 2**12  # elements of a tensor that is made or looked into
_SPLIT_AXES = 6
_SPLIT_ELEMENTS = 2**10
_NEAR = 16  # neighbours that are looked at along one index
_ROUNDING = 16
_LETTERS = 52  # labels that np.einsum has


@dataclass(frozen=True)
class Simplified:
    """A network of the same value, and what was done to reach it.

    Attributes:
        network: the simplified network, with the same boundary.
        applied: how often each kind of step was taken, by its name.
    """

    network: TensorNetwork
    applied: Mapping[str, int]

    def __str__(self) -> str:
        return ", ".join(f"{count} {name}" for name, count in self.applied.items()) or "nothing"


def simplify(network: TensorNetwork, *, split: bool = True) -> Simplified:
    """Simplify a network until no step applies.

    A network with entries that are not finite, or whose products overflow, stays as it is.

    Args:
        network: the network; it is not changed.
        split: whether to split tensors of low rank.

    >>> cnot = np.zeros((2, 2, 2, 2))
    >>> for a, b in ((0, 0), (0, 1), (1, 0), (1, 1)):
    ...     cnot[a, b, a, a ^ b] = 1
    >>> found = simplify(TensorNetwork(((0, 1, 2, 3),), (cnot,), (0, 1, 2, 3)))
    >>> found.network.indices, found.network.output
    (((0, 1, 2),), (0, 1, 0, 2))
    """
    if not _readable(network):
        return Simplified(network, {})
    work = _Work(network)
    with np.errstate(over="ignore", invalid="ignore"):
        work.settle()
        while split and work.split_all():
            work.settle()
    if not all(np.isfinite(array).all() for array in work.arrays.values()):
        return Simplified(network, {})  # products of entries overflow: the contraction says so
    return Simplified(work.build(network), dict(work.applied))


def _readable(network: TensorNetwork) -> bool:
    # 0 times infinity is no zero, an empty index leaves nothing to do, and einsum has few letters
    return 0 not in network.sizes and all(
        array.ndim <= _LETTERS and np.isfinite(array).all() for array in network.arrays
    )


class _Work:
    """The network while it changes: tensors by number, and who holds each index."""

    def __init__(self, network: TensorNetwork):
        self.arrays: dict[int, Array] = {}
        self.indices: dict[int, list[int]] = {}
        self.names: dict[int, str] = {}
        self.exact: dict[int, bool] = {}
        self.sizes = list(network.sizes)
        self.output = list(network.output)
        self.outside = set(network.output)
        self.holders: list[dict[int, None]] = [{} for _ in network.sizes]
        self.applied: Counter[str] = Counter()
        self.tried: set[int] = set()
        self.waiting: deque[int] = deque()
        self.queued: set[int] = set()
        self.made = 0
        arrays = of_one_precision(network.arrays)
        for array, ixs, name in zip(arrays, network.indices, network.names, strict=True):
            self.put(array, list(ixs), name, True)

    def put(self, array: Array, ixs: list[int], name: str, exact: bool) -> None:
        """Place a tensor and queue it."""
        t, self.made = self.made, self.made + 1
        self.arrays[t], self.indices[t], self.names[t], self.exact[t] = array, ixs, name, exact
        for index in ixs:
            self.holders[index][t] = None
        self.wake(t)

    def take(self, t: int) -> tuple[Array, list[int]]:
        """Remove a tensor."""
        ixs = self.indices.pop(t)
        for index in ixs:
            self.holders[index].pop(t, None)
        del self.names[t], self.exact[t]
        return self.arrays.pop(t), ixs

    def wake(self, t: int) -> None:
        """Look at a tensor again."""
        if t not in self.queued:
            self.queued.add(t)
            self.waiting.append(t)

    def settle(self) -> None:
        """Apply every step but splits until none applies."""
        while self.waiting:
            t = self.waiting.popleft()
            self.queued.discard(t)
            if t in self.arrays and not self.own(t) and not self.zeros(t):
                self.merge(t)

    def own(self, t: int) -> bool:
        """Take diagonals of repeated indices, and sum what only this tensor holds."""
        ixs = self.indices[t]
        kept = [
            i
            for i in dict.fromkeys(ixs)
            if i in self.outside or (len(self.holders[i]) > 1 and self.sizes[i] != 1)
        ]
        if len(kept) == len(ixs):
            return False
        name, exact = self.names[t], self.exact[t]
        summed = len(set(ixs)) > len(kept)
        array, _ = self.take(t)
        local = {index: k for k, index in enumerate(dict.fromkeys(ixs))}
        array = np.einsum(array, [local[i] for i in ixs], [local[i] for i in kept])
        self.put(np.asarray(array), kept, name, exact and not summed)
        for index in ixs:  # a size of 1 is let go by everyone
            for other in self.holders[index]:
                if self.sizes[index] == 1:
                    self.wake(other)
        return True

    def zeros(self, t: int) -> bool:
        """Use the zeros of a tensor: fixed values, diagonals, antidiagonals."""
        array, ixs = self.arrays[t], self.indices[t]
        if not ixs or array.size > _LARGEST or not array.size:
            return False
        tolerance = 0.0
        if not self.exact[t]:
            tolerance = _ROUNDING * float(np.finfo(array.dtype).eps) * float(np.abs(array).max())
        there = np.nonzero(np.abs(array) > tolerance)
        filled = len(there[0])
        if filled * 2 > array.size or not filled:
            return False
        for axis, index in enumerate(ixs):
            if index not in self.outside and (there[axis] == there[axis][0]).all():
                self.fix(index, int(there[axis][0]))
                return True
        for first, second in itertools.combinations(range(len(ixs)), 2):
            a, b = ixs[first], ixs[second]
            if self.sizes[a] != self.sizes[b]:
                continue
            if (there[first] == there[second]).all():
                self.join(t, a, b)
                self.applied["diagonal"] += 1
                return True
            if (there[first] + there[second] == self.sizes[a] - 1).all() and not (
                a in self.outside and b in self.outside
            ):
                self.flip(b if b not in self.outside else a)
                self.join(t, a, b)
                self.applied["antidiagonal"] += 1
                return True
        return False

    def fix(self, index: int, value: int) -> None:
        """Give an index one value everywhere."""
        self.applied["column"] += 1
        for t in list(self.holders[index]):
            name, exact = self.names[t], self.exact[t]
            array, ixs = self.take(t)
            at = tuple(value if i == index else slice(None) for i in ixs)
            self.put(np.asarray(array[at]), [i for i in ixs if i != index], name, exact)
        self.sizes[index] = 1

    def flip(self, index: int) -> None:
        """Count an index backwards everywhere."""
        for t in self.holders[index]:
            self.arrays[t] = np.flip(
                self.arrays[t], tuple(k for k, i in enumerate(self.indices[t]) if i == index)
            )

    def join(self, t: int, a: int, b: int) -> None:
        """Make two indices one everywhere; tensor ``t`` vanishes where they differ."""
        for other in list(self.holders[b]):
            self.indices[other] = [a if i == b else i for i in self.indices[other]]
            self.holders[a][other] = None
            self.tried.discard(other)
            self.wake(other)
        self.wake(t)
        self.holders[b] = {}
        self.sizes[b] = 1
        if b in self.outside:
            self.output = [a if i == b else i for i in self.output]
            self.outside = set(self.output)

    def merge(self, t: int) -> None:
        """Contract a tensor with a neighbour if the result is no larger than the larger of the two."""
        ixs = self.indices[t]
        mine = set(ixs)
        size = self.arrays[t].size
        if size > _LARGEST:
            return
        near: dict[int, None] = {}
        for index in ixs:
            for place, u in enumerate(self.holders[index]):
                if place == _NEAR:
                    break
                near[u] = None
        if not ixs:  # scalars gather in one tensor
            near = dict.fromkeys(itertools.islice(self.arrays, 2))
        for u in near:
            if u == t or self.arrays[u].size > _LARGEST:
                continue
            theirs = set(self.indices[u])
            gone = {i for i in mine & theirs if i not in self.outside and len(self.holders[i]) == 2}
            out = [i for i in dict.fromkeys([*self.indices[u], *ixs]) if i not in gone]
            if math.prod(self.sizes[i] for i in out) > max(size, self.arrays[u].size):
                continue
            if len(mine | theirs) > _LETTERS:
                continue
            name = self.names[u] if self.arrays[u].size >= size else self.names[t]
            exact = self.exact[t] and self.exact[u] and not gone
            a, left = self.take(t)
            b, right = self.take(u)
            local = {index: k for k, index in enumerate({*left, *right})}
            value = np.einsum(
                a, [local[i] for i in left], b, [local[i] for i in right], [local[i] for i in out]
            )
            self.put(np.asarray(value), out, name, exact)
            self.applied["rank"] += 1
            return

    def split_all(self) -> bool:
        """Split every tensor of low rank; whether any was."""
        found = False
        known: dict[tuple[str, tuple[int, ...], bytes], _Split | None] = {}
        for t in list(self.arrays):
            array = self.arrays[t]
            if t in self.tried or not 2 <= array.ndim <= _SPLIT_AXES or array.size > _SPLIT_ELEMENTS:
                continue
            self.tried.add(t)
            if array.dtype.char not in "fdFD" or not np.isfinite(array).all():
                continue  # numpy has no decomposition of others, nor of what has overflowed
            key = (array.dtype.str, array.shape, array.tobytes())
            if key not in known:  # gates and clauses repeat
                known[key] = _lowest_rank(array)
            best = known[key]
            if best is None:
                continue
            found = True
            name = self.names[t]
            array, ixs = self.take(t)
            left, right, rank = best
            first, second = _factors(array, left, right, rank)
            self.sizes.append(rank)
            self.holders.append({})
            bond = len(self.sizes) - 1
            if rank == 1:
                self.put(first[..., 0], [ixs[k] for k in left], name, False)
                self.put(second[0], [ixs[k] for k in right], name, False)
            else:
                self.put(first, [*(ixs[k] for k in left), bond], name, False)
                self.put(second, [bond, *(ixs[k] for k in right)], name, False)
            self.applied["split"] += 1
        return found

    def build(self, network: TensorNetwork) -> TensorNetwork:
        """The network as it is now."""
        number: dict[int, int] = {}
        for ixs in (*self.indices.values(), self.output):
            for index in ixs:
                number.setdefault(index, len(number))
        arrays = list(self.arrays.values())
        indices = [tuple(number[i] for i in ixs) for ixs in self.indices.values()]
        names = list(self.names.values())
        # an index that nobody held from the first is a closed loop: a factor
        held = {i for ixs in network.indices for i in ixs} | set(network.output)
        loops = math.prod(size for index, size in enumerate(network.sizes) if index not in held)
        sizes = [0] * len(number)
        for index, k in number.items():
            sizes[k] = self.sizes[index]
        if loops != 1:  # an index that is on nothing
            sizes.append(loops)
        made = [_read_only(array) for array in arrays]
        structure = (tuple(indices), tuple(number[i] for i in self.output), tuple(sizes))
        return TensorNetwork._trusted(structure, tuple(made), network.inputs, tuple(names))


def _read_only(array: Array) -> Array:
    view = array.view()
    view.flags.writeable = False
    return view


def _lowest_rank(array: Array) -> _Split | None:
    """The split of the axes into two groups that gives the smallest factors, if any is below full rank."""
    axes = range(array.ndim)
    by_shape: dict[tuple[int, int], list[tuple[tuple[int, ...], tuple[int, ...]]]] = {}
    for count in range(1, array.ndim // 2 + 1):
        for left in itertools.combinations(axes, count):
            if 2 * count == array.ndim and left[0] != 0:
                continue
            right = tuple(k for k in axes if k not in left)
            rows = math.prod(array.shape[k] for k in left)
            by_shape.setdefault((rows, array.size // rows), []).append((left, right))
    best: tuple[float, tuple[int, ...], tuple[int, ...], int] | None = None
    for (rows, columns), groups in by_shape.items():
        stack = np.stack([array.transpose(left + right).reshape(rows, columns) for left, right in groups])
        values = np.linalg.svd(stack, compute_uv=False)
        tolerance = _ROUNDING * float(np.finfo(array.dtype).eps) * values[:, :1]
        ranks = np.maximum((values > tolerance).sum(axis=1), 1)
        for (left, right), rank in zip(groups, ranks.tolist(), strict=True):
            score = rank * max(rows, columns) / array.size
            if rank < min(rows, columns) and (best is None or score < best[0]):
                best = (score, left, right, rank)
    return None if best is None else best[1:]


def _factors(array: Array, left: Sequence[int], right: Sequence[int], rank: int) -> tuple[Array, Array]:
    """Two tensors whose product over the new bond is the array: last axis of the first, first of the second."""
    rows = [array.shape[k] for k in left]
    columns = [array.shape[k] for k in right]
    matrix = array.transpose([*left, *right]).reshape(math.prod(rows), math.prod(columns))
    u, values, v = np.linalg.svd(matrix, full_matrices=False)
    root = np.sqrt(values[:rank])
    return (u[:, :rank] * root).reshape([*rows, rank]), (root[:, None] * v[:rank]).reshape([rank, *columns])
