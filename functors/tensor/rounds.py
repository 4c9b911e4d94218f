"""Rounds: a contraction taken one value of a few indices after another, so that its tensors stay in cache.

A path over hyper-edges spends its time on tensors that are read and written, few multiply-adds each. Where
the index of a hyper-edge is on almost all of the long ones, fixing it halves them all and repeats next to
nothing: eight rounds on tensors of 16 MB take less than one on tensors of 128 MB, and need an eighth of the
memory, which the first contraction of a process pays for once more. Steps on which none of the fixed indices
are, are done once. This is slicing, chosen for speed and not for a memory limit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from catenary.functors.bitsets import bits
from catenary.functors.tensor.kernels import Product, product_shape
from catenary.functors.tensor.network import Array
from catenary.functors.tensor.paths import Inputs, Meter, Path, seconds_of

LONG = 2**19
"""Elements of a tensor from which rounds are considered."""
_MOST = 8  # indices at most
_REPEATED = 1.1  # the multiply-adds may grow by this factor
_WORTH = 0.8


def dependent(inputs: Inputs, path: Path, cut: Sequence[int]) -> list[bool]:
    """For each tensor, the given ones first, whether it depends on one of the indices in ``cut``.

    >>> dependent([(0, 1), (1, 2), (2,)], ((1, 2), (0, 3)), (0,))
    [True, False, False, False, True]
    """
    fixed = set(cut)
    found = [not fixed.isdisjoint(ixs) for ixs in inputs]
    for a, b in path:
        found.append(found[a] or found[b])
    return found


def choose(inputs: Inputs, output: Sequence[int], sizes: Sequence[int], path: Path) -> tuple[int, ...]:
    """The indices whose values are taken one after another, none where that is not expected to pay."""
    meter = Meter(inputs, output, sizes)
    cost = meter.cost(path)
    if not path or cost.largest < LONG:
        return ()
    masks = meter.masks(path)
    count = len(inputs)
    outside = sum([1 << i for i in output])
    best, best_seconds = 0, _WORTH * cost.seconds
    chosen = 0
    for _ in range(_MOST):
        # the index on most of what is moved, of those of the longest tensor
        sized = [meter.size(mask & ~chosen) for mask in masks]
        longest = max(range(len(masks)), key=sized.__getitem__)
        if sized[longest] < LONG // 8:
            break
        held: dict[int, int] = dict.fromkeys(bits(masks[longest] & ~chosen & ~outside), 0)
        for mask, size in zip(masks, sized, strict=True):
            if size * 256 > sized[longest]:
                for index in bits(mask):
                    if index in held:
                        held[index] += size
        if not held:
            break
        chosen |= 1 << max(held, key=held.__getitem__)
        seconds, multiply_adds, memory = _measured(meter, masks, count, path, chosen)
        if multiply_adds > _REPEATED * cost.multiply_adds:
            break
        if seconds < best_seconds and memory <= cost.peak:
            best, best_seconds = chosen, seconds
    return tuple(bits(best))


def _measured(
    meter: Meter, masks: Sequence[int], count: int, path: Path, chosen: int
) -> tuple[float, int, int]:
    """The expected seconds and the multiply-adds of all rounds, and the elements that are held at most."""
    rounds = meter.size(chosen)
    depends = [mask & chosen != 0 for mask in masks[:count]]
    sized = [meter.size(mask & ~chosen) for mask in masks]
    total, seconds, places = 0, 0.0, 0
    live = peak = sum(sized[:count])
    for step, (a, b) in enumerate(path):
        made = count + step
        depends.append(depends[a] or depends[b])
        times = rounds if depends[made] else 1
        multiply_adds = meter.size((masks[a] | masks[b]) & ~chosen)
        total += times * multiply_adds
        places += sized[a] + sized[b]
        seconds += times * seconds_of(multiply_adds, (sized[a], sized[b], sized[made]))
        peak = max(peak, live + sized[made])
        live += sized[made] - sized[a] - sized[b]
    # a permutation is a list of places that is kept, and the operands are gathered into buffers
    return seconds + seconds_of(0, (), peak), total, places + 2 * peak


class Rounds:
    """The steps of a path carried out in rounds, in buffers that are made once.

    Args:
        inputs, sizes: the network in core form.
        cut: the indices, none of them on the boundary.
        path: the pairs.
        steps: the step of each pair, made without the indices in ``cut``.
        orders: the indices of each tensor, the given ones first, in the order of its axes.
    """

    def __init__(
        self,
        inputs: Inputs,
        sizes: Sequence[int],
        cut: Sequence[int],
        path: Path,
        steps: Sequence[Any],
        orders: Sequence[Sequence[int]],
    ):
        self._count = count = len(inputs)
        self._sizes = [sizes[i] for i in cut]
        place = {index: k for k, index in enumerate(cut)}
        self._again = again = dependent(inputs, path, cut)
        self._cut = [(t, tuple([place.get(i, -1) for i in ixs])) for t, ixs in enumerate(inputs) if again[t]]
        self._shapes = [tuple([sizes[i] for i in order]) for order in orders]
        self._steps = steps
        self._places = []
        for made, step in enumerate(steps, count):
            found: list[Array | None] = [None, None]
            if again[made]:
                for side, (t, permute, shape) in enumerate(_operands(step)):
                    if again[t] and permute is not None:
                        dims = self._shapes[t]
                        moved = np.arange(math.prod(dims)).reshape(dims).transpose(permute)
                        found[side] = np.ascontiguousarray(moved.reshape(shape))
            self._places.append(found)

    def __call__(self, arrays: Sequence[Array]) -> Array:
        """The sum of all rounds, with the axes of the last step."""
        count, again = self._count, self._again
        dtype = np.result_type(*{array.dtype for array in arrays})
        live: list[Any] = [np.asarray(array, dtype) for array in arrays]
        live += [None] * len(self._steps)
        for t, _ in self._cut:
            live[t] = np.empty(self._shapes[t], dtype)
        spare: dict[int, list[Array]] = {}

        def buffer(elements: int) -> Array:
            free = spare.get(elements)
            return free.pop() if free else np.empty(elements, dtype)

        def release(array: Array) -> None:
            spare.setdefault(array.size, []).append(array.reshape(-1))

        # one pass lays out the buffers of a round and does what is done once
        line: list[tuple[list[tuple[Array, Array, Array]], Any, Array, Array, Array]] = []
        for made, (step, places) in enumerate(zip(self._steps, self._places, strict=True), count):
            gathers: list[tuple[Array, Array, Array]] = []
            matrices = []
            for where, (t, permute, shape) in zip(places, _operands(step), strict=True):
                if where is not None:
                    target = buffer(where.size).reshape(where.shape)
                    gathers.append((live[t].reshape(-1), where, target))
                    matrices.append(target)
                else:
                    whole = live[t] if permute is None else live[t].transpose(permute)
                    matrices.append(np.ascontiguousarray(whole).reshape(shape))
            product: Any = {"dot": np.dot, "outer": np.multiply}.get(step.product, np.matmul)
            shape = product_shape(step)
            # what is done once lives through all rounds: its memory is its own
            out = buffer(math.prod(shape)).reshape(shape) if again[made] else np.empty(shape, dtype)
            live[made] = out.reshape(step.shape)
            if again[made]:
                line.append((gathers, product, *matrices, out))
                for t in (step.left, step.right):
                    if again[t] and t >= count:
                        release(live[t])
                for _, _, target in gathers:
                    release(target)
            else:
                product(*matrices, out=out)
        total = np.zeros(live[-1].shape, dtype)
        for at in np.ndindex(*self._sizes):
            for t, axes in self._cut:
                live[t][...] = arrays[t][tuple([slice(None) if k < 0 else at[k] for k in axes])]
            for gathers, product, a, b, out in line:
                for source, where, target in gathers:
                    # the places are all there: "clip" only spares numpy a buffer
                    source.take(where, out=target, mode="clip")
                product(a, b, out=out)
            total += live[-1]
        return total


def _operands(step: Product) -> Iterator[tuple[int, tuple[int, ...] | None, tuple[int, ...]]]:
    yield step.left, step.permute_left, step.shape_left
    yield step.right, step.permute_right, step.shape_right
