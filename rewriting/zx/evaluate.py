"""The linear map of a graph-like ZX diagram, summed spider by spider: for small diagrams and for tests."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from catenary.diagrams import LimitReached
from catenary.diagrams.phases import unit
from catenary.functors.bitsets import bits
from catenary.rewriting.zx.graph import ZXGraph

_SIGNS = np.array([[1, 1], [1, -1]], dtype=np.complex128)


def matrix(graph: ZXGraph, *, largest: int = 24) -> npt.NDArray[np.complex128]:
    """The 2^outputs × 2^inputs matrix of the diagram, scalar included; the first wire is the most significant
    bit.

    Spiders are summed out one at a time, the one with the smallest resulting tensor first.

    Args:
        graph: the diagram.
        largest: the largest number of axes an intermediate tensor may have.

    Raises:
        LimitReached: if an intermediate tensor would have more axes.
        PhaseError: for phases with free symbols.
    """
    factors: list[tuple[tuple[int, ...], npt.NDArray[np.complex128]]] = []
    spiders = bits(graph.alive)
    for v in spiders:
        factors.append(((v,), np.array([1, unit(graph.phase(v))], dtype=np.complex128)))
        factors.extend(((v, w), _SIGNS) for w in bits(graph.neighbours(v)) if w > v)
    open_axes: list[int] = []
    next_axis = len(graph.rows)
    closed = set(spiders)
    for ends, flags in ((graph.outputs, graph.output_h), (graph.inputs, graph.input_h)):
        for v, hadamard in zip(ends, flags, strict=True):
            if hadamard:
                factors.append(((v, next_axis), _SIGNS / np.sqrt(2)))
                open_axes.append(next_axis)
                next_axis += 1
            else:
                open_axes.append(v)
                closed.discard(v)
    while closed:
        sizes = {v: len({a for axes, _ in factors if v in axes for a in axes}) for v in closed}
        v = min(closed, key=lambda spider: (sizes[spider], spider))
        if sizes[v] > largest:
            raise LimitReached(
                "summing a ZX diagram", f"a tensor of {sizes[v]} axes (the limit is {largest})"
            )
        near = [factor for factor in factors if v in factor[0]]
        factors = [factor for factor in factors if v not in factor[0]]
        factors.append(_sum_out(near, (v,)))
        closed.discard(v)
    if len(open_axes) > largest:
        raise LimitReached(
            "summing a ZX diagram", f"a map on {len(open_axes)} wires (the limit is {largest})"
        )
    axes, array = _sum_out(factors, ())
    missing = [a for a in open_axes if a not in axes]
    array = np.broadcast_to(array[(...,) + (None,) * len(missing)], array.shape + (2,) * len(missing))
    array = np.transpose(array, [(*axes, *missing).index(a) for a in open_axes])
    return graph.scalar.to_complex() * array.reshape(2 ** len(graph.outputs), 2 ** len(graph.inputs))


def _sum_out(
    factors: list[tuple[tuple[int, ...], npt.NDArray[np.complex128]]], gone: tuple[int, ...]
) -> tuple[tuple[int, ...], npt.NDArray[np.complex128]]:
    """The product of some tensors, summed over the axes ``gone``."""
    kept = tuple(dict.fromkeys(a for axes, _ in factors for a in axes))
    product: npt.NDArray[np.complex128] = np.ones((), dtype=np.complex128)
    for axes, array in factors:
        order = sorted(range(len(axes)), key=lambda i: kept.index(axes[i]))
        shape = [2 if a in axes else 1 for a in kept]
        product = product * np.transpose(array, order).reshape(shape)
    result = product.sum(axis=tuple(kept.index(a) for a in gone)) if gone else product
    return tuple(a for a in kept if a not in gone), np.asarray(result)
