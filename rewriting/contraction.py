"""Contraction by rewriting: an e-graph of the sub-networks of a small tensor network.

All ways to bracket a contraction are equal by associativity and commutativity. The e-classes here are connected
sub-networks *up to isomorphism*, their e-nodes the ways to split one into two; so the e-graph is saturated when
it is built. A sub-network that occurs more than once is one class: it is contracted once, and the network of a
power of a matrix becomes repeated squaring. Extraction takes the fewest multiply-adds under a memory ceiling,
every class paid once, by a 0/1 program (HiGHS); without repeated sub-networks it is the optimal path that
cotengra finds too.

>>> import numpy as np
>>> from catenary.functors.tensor import TensorNetwork
>>> m = np.random.default_rng(0).standard_normal((10, 10))
>>> power = TensorNetwork([(i, i + 1) for i in range(8)], [m] * 8, (0, 8))
>>> found = share(power)
>>> found.multiply_adds, found.without_sharing
(3000, 7000)
>>> bool(np.allclose(found.contract(), np.linalg.matrix_power(m, 8)))
True
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from catenary.diagrams import ContractionError, LimitReached
from catenary.functors.bitsets import bits
from catenary.functors.tensor import TensorNetwork
from catenary.functors.tensor.network import Array, Reduction, reduction

Code: TypeAlias = tuple[Any, ...]
SPLITS = 300_000
"""Ways to split sub-networks that are looked at, unless told otherwise."""


@dataclass(frozen=True)
class Split:
    """An e-node: a sub-network as the contraction of two others.

    Attributes:
        left, right: their e-classes.
        legs: the axes of both in the numbers of the class's own legs and, after them, of the summed indices.
        multiply_adds: what the contraction of the two takes.
    """

    left: int
    right: int
    legs: tuple[tuple[int, ...], tuple[int, ...]]
    multiply_adds: int


@dataclass
class SubnetworkGraph:
    """The saturated e-graph of the connected sub-networks of a network in core form.

    Args:
        inputs, output, sizes: the network.
        labels: a number for each tensor; tensors with one number are the same array.
        limit: how many splits are looked at.

    Attributes:
        splits: for each e-class its e-nodes; none for single tensors.
        elements: for each e-class the elements of its tensor.
        tensor: for each e-class one tensor of the network with that label, ``None`` if it is no single tensor.
        occurrences: for each e-class the sub-networks that it stands for, as bitsets of tensors.

    Raises:
        LimitReached: above the limit.
    """

    inputs: Sequence[Sequence[int]]
    output: Sequence[int]
    sizes: Sequence[int]
    labels: Sequence[int]
    limit: int = SPLITS
    splits: list[list[Split]] = field(default_factory=list)
    elements: list[int] = field(default_factory=list)
    tensor: list[int | None] = field(default_factory=list)
    occurrences: list[list[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._classes: dict[Code, int] = {}
        self._places: dict[int, tuple[int, tuple[int, ...]]] = {}
        self._holders: dict[int, int] = {}
        for t, ixs in enumerate(self.inputs):
            for i in ixs:
                self._holders[i] = self._holders.get(i, 0) | 1 << t
        self._near = [0] * len(self.inputs)
        for holders in self._holders.values():
            for t in bits(holders):
                self._near[t] |= holders & ~(1 << t)
        self._looked = 0
        for subset in sorted(self._connected(), key=int.bit_count):
            self._add(subset)

    def _connected(self) -> set[int]:
        """All connected sets of tensors."""
        found: set[int] = {1 << t for t in range(len(self.inputs))}
        stack = list(found)
        while stack:
            subset = stack.pop()
            around = 0
            for t in bits(subset):
                around |= self._near[t]
            for t in bits(around & ~subset):
                larger = subset | 1 << t
                if larger not in found:
                    found.add(larger)
                    stack.append(larger)
            self._spend(1)
        return found

    def _spend(self, steps: int) -> None:
        self._looked += steps
        if self._looked > self.limit:
            raise LimitReached("contraction by rewriting", f"{self.limit:,} splits of sub-networks")

    def legs(self, subset: int) -> list[int]:
        """The open indices of a set of tensors."""
        seen = dict.fromkeys(i for t in bits(subset) for i in self.inputs[t])
        return [i for i in seen if i in self.output or self._holders[i] & ~subset]

    def _code(self, subset: int, root: int, open_: frozenset[int]) -> tuple[Code, tuple[int, ...]]:
        """A description of a sub-network, complete up to renaming, and its open legs in its order."""
        number: dict[int, int] = {}
        code: list[Any] = []
        order = [root]
        reached = 1 << root
        for t in order:
            row: list[Any] = [self.labels[t]]
            for i in self.inputs[t]:
                if i not in number:
                    number[i] = len(number)
                    row.append((number[i], i in open_))
                else:
                    row.append(number[i])
            code.append(tuple(row))
            for i in self.inputs[t]:
                near = list(bits(self._holders[i] & subset & ~reached))
                for other in sorted(near, key=lambda o: self.labels[o]):
                    order.append(other)
                    reached |= 1 << other
        return tuple(code), tuple(i for i in number if i in open_)

    def _add(self, subset: int) -> None:
        open_ = frozenset(self.legs(subset))
        members = list(bits(subset))
        least = min(self.labels[t] for t in members)
        roots = [t for t in members if self.labels[t] == least]
        code, legs = min((self._code(subset, root, open_) for root in roots), key=lambda pair: repr(pair[0]))
        known = self._classes.get(code)
        if known is not None:
            self._places[subset] = (known, legs)
            self.occurrences[known].append(subset)
            return
        number = len(self.splits)
        self._classes[code] = number
        self._places[subset] = (number, legs)
        self.occurrences.append([subset])
        self.elements.append(math.prod(self.sizes[i] for i in legs))
        self.tensor.append(members[0] if len(members) == 1 else None)
        self.splits.append(list(self._split(subset, legs)))

    def _split(self, subset: int, legs: tuple[int, ...]) -> Iterator[Split]:
        lowest = subset & -subset
        rest = subset ^ lowest
        part = rest
        seen: set[Split] = set()
        while part:  # every other half, a subset of the rest
            first = subset ^ part
            self._spend(1)
            if first in self._places and part in self._places:
                (left, left_legs), (right, right_legs) = self._places[first], self._places[part]
                number = {i: k for k, i in enumerate(dict.fromkeys((*legs, *left_legs, *right_legs)))}
                work = math.prod(self.sizes[i] for i in number)
                axes = tuple(number[i] for i in left_legs), tuple(number[i] for i in right_legs)
                found = Split(left, right, axes, work)
                if found not in seen:
                    seen.add(found)
                    yield found
            part = (part - 1) & rest

    def place(self, subset: int) -> tuple[int, tuple[int, ...]]:
        """The e-class of a connected set of tensors, and its open indices in the order of the class's axes."""
        return self._places[subset]


@dataclass(frozen=True, eq=False)
class SharedContraction:
    """A contraction that computes equal sub-networks once.

    Attributes:
        network: the network.
        multiply_adds: what it takes.
        without_sharing: what the best contraction takes in which nothing is shared.
        largest: elements of the largest tensor that it makes.
        classes, nodes: the size of the e-graph.
    """

    network: TensorNetwork
    multiply_adds: int
    without_sharing: int
    largest: int
    classes: int
    nodes: int
    _core: Reduction = field(repr=False)
    _graph: SubnetworkGraph = field(repr=False)
    _chosen: dict[int, Split] = field(repr=False)
    _roots: tuple[tuple[int, tuple[int, ...]], ...] = field(repr=False)

    def contract(self) -> Array:
        """The value: an array with one axis for each boundary place."""
        if self._core.empty:
            return np.zeros(self.network.shape, self.network.dtype)
        arrays, scale = self._core.core(self.network.arrays)
        values: dict[int, Array] = {}
        stack = [root for root, _ in self._roots]
        while stack:
            number = stack[-1]
            tensor = self._graph.tensor[number]
            if number in values:
                stack.pop()
            elif tensor is not None:
                values[number] = self._turned(arrays[tensor], tensor)
            else:
                split = self._chosen[number]
                missing = [child for child in (split.left, split.right) if child not in values]
                if missing:
                    stack += missing
                    continue
                legs = self._graph.place(self._graph.occurrences[number][0])[1]
                left, right = split.legs
                values[number] = np.einsum(
                    values[split.left],
                    left,
                    values[split.right],
                    right,
                    list(range(len(legs))),
                    optimize=True,
                )
        if not self._roots:
            return self._core.expand(np.array(1.0), scale, self.network.dtype)
        pieces: list[Any] = []
        for root, legs in self._roots:
            pieces += [values[root], list(legs)]
        value = np.einsum(*pieces, list(self._core.output), optimize=True)
        return self._core.expand(np.asarray(value), scale, self.network.dtype)

    def _turned(self, array: Array, tensor: int) -> Array:
        """A tensor with its axes in the order of its class."""
        inputs = self._graph.inputs[tensor]
        return array.transpose([inputs.index(i) for i in self._graph.place(1 << tensor)[1]])


def share(
    network: TensorNetwork, *, memory: int | None = None, limit: int = SPLITS, seconds: float = 10.0
) -> SharedContraction:
    """The contraction with the fewest multiply-adds in which equal sub-networks are contracted once.

    Args:
        network: a small network: the time grows like 3^n for n tensors all joined to each other, like n^3 for
            a chain. Tensors are the same where their arrays are equal, entry by entry.
        memory: elements that a tensor may have at most.
        limit: ways to split a sub-network that are looked at.
        seconds: for the 0/1 program; when they are over, the best that was found.

    Raises:
        LimitReached: above the limit.
        ContractionError: if no contraction fits the memory.
    """
    if not all(isinstance(array, np.ndarray) for array in network.arrays):
        raise ContractionError("equal tensors are found among arrays of numpy: convert them first")
    core = reduction(network.structure)
    arrays = [network.arrays[t] for t, _, axes in core.terms]
    keys = [
        (axes, kept, array.shape, array.dtype.str, array.tobytes())
        for (_, kept, axes), array in zip(core.terms, arrays, strict=True)
    ]
    ranks: dict[Any, int] = {}
    labels = [ranks.setdefault(key, len(ranks)) for key in keys]
    graph = SubnetworkGraph(core.inputs, core.output, core.sizes, labels, limit)
    roots = tuple(graph.place(part) for part in _components(graph))
    ceiling = math.inf if memory is None else memory
    tree = _tree(graph, ceiling)
    for root, _ in roots:
        if tree[root][0] == math.inf:
            raise ContractionError(f"no contraction keeps every tensor under {memory} elements")
    plain = sum(int(tree[root][0]) for root, _ in roots)
    chosen = {number: split for number, (_, split) in enumerate(tree) if split is not None}
    best = _reached(chosen, [root for root, _ in roots])
    shared = any(len(places) > 1 and graph.tensor[c] is None for c, places in enumerate(graph.occurrences))
    if shared:
        other = _extracted(graph, [root for root, _ in roots], ceiling, seconds)
        if other is not None and _cost(other) < _cost(best):
            best = other
    largest = max((graph.elements[number] for number in best), default=0)
    nodes = sum(map(len, graph.splits))
    return SharedContraction(
        network, _cost(best), plain, largest, len(graph.splits), nodes, core, graph, best, roots
    )


def _components(graph: SubnetworkGraph) -> list[int]:
    rest = (1 << len(graph.inputs)) - 1
    found = []
    while rest:
        part = max((s for s in graph._places if s & rest & -rest), key=int.bit_count)
        found.append(part)
        rest &= ~part
    return found


def _tree(graph: SubnetworkGraph, ceiling: float) -> list[tuple[float, Split | None]]:
    """For each class the least cost of a tree, every occurrence paid; classes are in the order of their size."""
    best: list[tuple[float, Split | None]] = []
    for number, splits in enumerate(graph.splits):
        if graph.tensor[number] is not None:
            best.append((0, None))
        elif graph.elements[number] > ceiling:
            best.append((math.inf, None))
        else:
            costs = [(split.multiply_adds + best[split.left][0] + best[split.right][0]) for split in splits]
            least = min(range(len(costs)), key=costs.__getitem__)
            best.append((costs[least], splits[least] if costs[least] < math.inf else None))
    return best


def _reached(chosen: dict[int, Split], roots: Sequence[int]) -> dict[int, Split]:
    found: dict[int, Split] = {}
    stack = list(roots)
    while stack:
        number = stack.pop()
        if number in chosen and number not in found:
            found[number] = chosen[number]
            stack += [chosen[number].left, chosen[number].right]
    return found


def _cost(chosen: dict[int, Split]) -> int:
    return sum(split.multiply_adds for split in chosen.values())


def _extracted(
    graph: SubnetworkGraph, roots: Sequence[int], ceiling: float, seconds: float
) -> dict[int, Split] | None:
    """The least cost with every class paid once."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    nodes = [
        (number, split)
        for number, splits in enumerate(graph.splits)
        if graph.elements[number] <= ceiling
        for split in splits
    ]
    made: dict[int, list[int]] = {}
    for x, (number, _) in enumerate(nodes):
        made.setdefault(number, []).append(x)
    rows, columns, values, low = [], [], [], []
    row = 0
    for root in dict.fromkeys(roots):
        if graph.tensor[root] is None:
            ones = made.get(root, [])
            rows += [row] * len(ones)
            columns += ones
            values += [1.0] * len(ones)
            low.append(1.0)
            row += 1
    for x, (_, split) in enumerate(nodes):
        for child in {split.left, split.right}:
            if graph.tensor[child] is None:  # who uses a class needs one of its nodes
                ones = made.get(child, [])
                rows += [row] * (len(ones) + 1)
                columns += [*ones, x]
                values += [1.0] * len(ones) + [-1.0]
                low.append(0.0)
                row += 1
    if not row:
        return {}
    costs = np.array([split.multiply_adds for _, split in nodes], dtype=float)
    result = milp(
        costs / max(1.0, costs.max()),
        constraints=LinearConstraint(
            coo_array((values, (rows, columns)), shape=(row, len(nodes))).tocsr(), np.array(low)
        ),
        bounds=Bounds(0, 1),
        integrality=np.ones(len(nodes)),
        options={"time_limit": seconds},
    )
    if result.x is None:
        return None
    chosen: dict[int, Split] = {}
    for x, (number, split) in enumerate(nodes):
        kept = chosen.get(number)
        if result.x[x] > 0.5 and (kept is None or split.multiply_adds < kept.multiply_adds):
            chosen[number] = split
    complete = _reached(chosen, roots)
    needed = {*roots, *(c for split in complete.values() for c in (split.left, split.right))}
    if any(graph.tensor[number] is None and number not in complete for number in needed):
        return None  # rounding left a class without a node
    return complete
