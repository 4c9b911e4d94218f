"""The TensorNetwork library (0.4.6, or its fork tensornetwork-ng, which installs the same module) as a
contraction engine.

The library's edges join two tensors, so a hyper-edge is split here into a chain of copy tensors with three
legs. Its nodes are connected and contracted by the library, pair by pair, along a greedy path found here and
not by its own contractors: these hold the nodes in a set, so that their path changes from run to run, and do
not say what it costs before it is taken, which a :class:`~catenary.functors.tensor.program.Plan` has to.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from catenary.diagrams.optional import optional
from catenary.functors.tensor.backends import backend, common_library
from catenary.functors.tensor.network import Array
from catenary.functors.tensor.program import Inputs, Path, greedy_path

_BACKENDS = {"numpy": "numpy", "torch": "pytorch", "jax": "jax"}


def _library() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return optional("tensornetwork", "tensornetwork")


@dataclass(frozen=True)
class Ordinary:
    """An ordinary network: every index is on two tensors, or on one and on the boundary.

    Attributes:
        inputs: the indices of each tensor; the given tensors first, then the copy tensors.
        copies: for each copy tensor its dimension and number of legs.
        output: the boundary, without repeats.
        sizes: the dimension of each index.
    """

    inputs: tuple[tuple[int, ...], ...]
    copies: tuple[tuple[int, int], ...]
    output: tuple[int, ...]
    sizes: tuple[int, ...]


def without_hyperedges(inputs: Inputs, output: Sequence[int], sizes: Sequence[int]) -> Ordinary:
    """Split every hyper-edge of a network in core form into copy tensors of three legs, linear in the number
    of legs.
    """
    legs: list[list[tuple[int, int]]] = [[] for _ in sizes]
    for t, ixs in enumerate(inputs):
        for axis, index in enumerate(ixs):
            legs[index].append((t, axis))
    for place, index in enumerate(output):
        legs[index].append((-1, place))
    tensors = [list(ixs) for ixs in inputs]
    boundary = list(output)
    new_sizes: list[int] = []
    copies: list[tuple[int, int]] = []
    chains: list[list[int]] = []

    def new(size: int) -> int:
        new_sizes.append(size)
        return len(new_sizes) - 1

    def put(leg: tuple[int, int], index: int) -> None:
        t, axis = leg
        if t < 0:
            boundary[axis] = index
        else:
            tensors[t][axis] = index

    for index, size in enumerate(sizes):
        ends = legs[index]
        if len(ends) <= 2:
            name = new(size)
            for end in ends:
                put(end, name)
            continue
        along = new(size)
        put(ends[0], along)
        for end in ends[1:-2]:
            branch, following = new(size), new(size)
            put(end, branch)
            chains.append([along, branch, following])
            copies.append((size, 3))
            along = following
        last = [new(size), new(size)]
        for end, name in zip(ends[-2:], last, strict=True):
            put(end, name)
        chains.append([along, *last])
        copies.append((size, 3))
    return Ordinary(tuple(map(tuple, tensors + chains)), tuple(copies), tuple(boundary), tuple(new_sizes))


def path(network: Ordinary) -> Path:
    """A greedy path on the ordinary network."""
    return greedy_path(network.inputs, network.output, network.sizes)


@lru_cache(maxsize=64)
def _copy_tensor(size: int, legs: int) -> Array:
    tensor = np.zeros((size,) * legs)
    tensor[(np.arange(size),) * legs] = 1
    tensor.flags.writeable = False
    return tensor


def runner(network: Ordinary, pairs: Path) -> Callable[[Sequence[Any]], Any]:
    """A function that contracts the network with the library's nodes along a path."""
    library = _library()

    def run(arrays: Sequence[Any]) -> Any:
        name = common_library(arrays)
        copies = [_copy_tensor(*copy) for copy in network.copies]
        tensors: list[Any]
        if name == "numpy":
            dtype = np.result_type(*{array.dtype for array in arrays})
            tensors = [np.asarray(tensor, dtype) for tensor in (*arrays, *copies)]
        else:
            tensors = [*arrays, *(backend(name).constant(copy, arrays[0]) for copy in copies)]
        nodes: list[Any] = [library.Node(tensor, backend=_BACKENDS[name]) for tensor in tensors]
        ends: dict[int, Any] = {}
        for node, ixs in zip(list(nodes), network.inputs, strict=True):
            for axis, index in enumerate(ixs):
                if index in ends:
                    library.connect(ends.pop(index), node[axis])
                else:
                    ends[index] = node[axis]
        for a, b in pairs:
            shared = library.get_shared_edges(nodes[a], nodes[b])
            nodes.append(
                library.contract_between(nodes[a], nodes[b])
                if shared
                else library.outer_product(nodes[a], nodes[b])
            )
            nodes[a] = nodes[b] = None
        final = nodes[-1]
        final.reorder_edges([ends[index] for index in network.output])
        return np.asarray(final.tensor) if name == "numpy" else final.tensor

    return run
