"""Long tensors contracted in blocks that stay in cache.

A contraction of many indices is a few runs of steps on one long tensor, each of which permutes its axes and
multiplies it by a small matrix. Done one after another, each moves the whole tensor through memory three
times. Here the indices that live through a run are its outer loop: for each of their values a block is gathered
(slice and permutation are one list of places), goes through all steps in buffers that are reused, and the
result is written once. The multiply-adds are the same. (The idea of fused permutation and multiplication:
Pan & Zhang, arXiv 2103.03074, section on the branch and the stem.)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from catenary.functors.tensor.network import Array

LONG = 2**20
"""Elements from which a tensor is taken in blocks: about what a second-level cache holds."""
BLOCK = 2**16
"""Elements of a block at most."""
_ROWS = 16  # rows of a block's matrix products at least


class Product(Protocol):
    """What a step of :mod:`~catenary.functors.tensor.program` says of a pair contraction."""

    left: int
    right: int
    permute_left: tuple[int, ...] | None
    permute_right: tuple[int, ...] | None
    shape_left: tuple[int, ...]
    shape_right: tuple[int, ...]
    product: str
    shape: tuple[int, ...]


Maker = Callable[[tuple[int, int], list[int], list[int], set[int]], tuple[Any, list[int]]]
"""The step that contracts two tensors, from their numbers, their indices and the set of the result's, and the
order of the result's indices."""
Pair = tuple[int, int, list[int], list[int], list[int]]


def chains(pairs: Sequence[Pair], count: int, sizes: Sequence[int]) -> list[list[int]]:
    """Runs of steps on long tensors, each step on the result of the one before, that have enough indices in
    common to be cut into blocks.
    """

    def elements(ixs: Sequence[int]) -> int:
        return math.prod([sizes[i] for i in ixs])

    user = {t: step for step, (a, b, *_) in enumerate(pairs) for t in (a, b)}
    taken: set[int] = set()
    found = []
    for first, (_, _, left, right, out) in enumerate(pairs):
        longest = max(map(elements, (left, right, out)))
        if first in taken or longest < LONG or not cut(pairs, [first], sizes):
            continue
        run, step = [first], first
        while count + step in user:
            step = user[count + step]
            if (
                step in taken
                or max(map(elements, pairs[step][2:])) < LONG
                or not cut(pairs, [*run, step], sizes)
            ):
                break
            run.append(step)
        taken.update(run)
        found.append(run)
    return found


def cut(
    pairs: Sequence[Pair], run: Sequence[int], sizes: Sequence[int], order: Sequence[int] = ()
) -> list[int]:
    """The indices to loop over, or none where a run does not have enough of them. Those that come first in
    ``order`` are preferred: their blocks lie in one piece.
    """
    _, _, left, right, _ = pairs[run[0]]
    start = max((left, right), key=lambda ixs: math.prod([sizes[i] for i in ixs]))
    common = set(start).intersection(*(pairs[step][4] for step in run))
    whole = longest = max(math.prod([sizes[i] for i in ixs]) for step in run for ixs in pairs[step][2:])
    chosen: list[int] = []
    for index in order or start:
        if longest <= BLOCK:
            break
        if index in common:
            chosen.append(index)
            longest //= sizes[index]
    if longest > BLOCK:
        return []
    rounds = math.prod([sizes[i] for i in chosen])
    for step in run:
        _, _, left, right, out = pairs[step]
        if math.prod([sizes[i] for i in out if i not in chosen]) < _ROWS:
            return []
        for ixs in (left, right):
            # a tensor with some of the indices only is gathered again and again
            missing = math.prod([sizes[i] for i in chosen if i not in ixs])
            piece = math.prod([sizes[i] for i in ixs if i not in chosen])
            if 1 < missing < rounds and piece * rounds > whole // 4:
                return []
    return chosen


@dataclass(frozen=True)
class _Operand:
    """Where a step of a block finds an operand.

    Attributes:
        source: the number of the operand among the block's: those given first, then the steps' results.
        places: where in the source each element of the operand's matrix is, ``None`` where it is a view.
        permute, shape: the view, as axes and shape.
        offsets: where each round's piece of the source begins; ``None`` where it is not cut.
    """

    source: int
    places: Array | None
    permute: tuple[int, ...] | None
    shape: tuple[int, ...]
    offsets: list[int] | None

    def view(self, array: Array, dims: Sequence[int]) -> Array:
        """The operand's matrix as a view, or a copy where there is none."""
        array = array.reshape(dims)
        if self.permute is not None:
            array = array.transpose(self.permute)
        return array.reshape(self.shape)


@dataclass(frozen=True)
class Blocks:
    """A run of steps in blocks.

    Attributes:
        numbers: the tensors that it takes.
        target: the number of its result.
        shape: of the result.
    """

    numbers: tuple[int, ...]
    target: int
    shape: tuple[int, ...]
    _rounds: int
    _dims: tuple[tuple[int, ...], ...]
    _steps: tuple[tuple[_Operand, _Operand, Product], ...]

    def __call__(self, live: Sequence[Any], out: Array | None = None) -> Array:
        """The result for these tensors; ``out`` is memory of its size and dtype to write it to."""
        given: list[Array] = [live[n] for n in self.numbers]
        dtype = np.result_type(*{a.dtype for a in given})
        flat = [np.ascontiguousarray(a, dtype).reshape(-1) for a in given]
        if out is None or out.dtype != dtype:
            out = np.empty(math.prod(self.shape), dtype)
        value = out.reshape(self._rounds, -1)
        # what does not change from round to round is made here
        gathers: list[tuple[Array, list[int] | None, Array, Array]] = []
        program: list[tuple[list[tuple[Array, list[int] | None, Array, Array]], Any, Any, Any, Any]] = []
        for k, (left, right, step) in enumerate(self._steps):
            gathers = []
            matrices: list[Any] = []
            for operand in (left, right):
                source, dims = flat[operand.source], self._dims[operand.source]
                if operand.offsets is None and operand.source < len(given):
                    matrices.append(np.ascontiguousarray(operand.view(source, dims)))
                elif operand.places is None and operand.offsets is None:
                    matrices.append(operand.view(source, dims))
                elif operand.places is None:
                    matrices.append((source, operand, dims))
                else:
                    buffer = np.empty(operand.places.shape, dtype)
                    gathers.append((source, operand.offsets, operand.places, buffer))
                    matrices.append(buffer)
            last = k == len(self._steps) - 1
            result = None if last else np.empty(math.prod(step.shape), dtype)
            if result is not None:
                flat.append(result)
                result = result.reshape(product_shape(step))
            product = {"dot": np.dot, "outer": np.multiply}.get(step.product, np.matmul)
            program.append((gathers, product, *matrices, result))
        shape = product_shape(self._steps[-1][2])
        for r in range(self._rounds):
            for gathered, product, a, b, result in program:
                for source, offsets, places, buffer in gathered:
                    # the places are all there: "clip" only spares numpy a buffer
                    (source if offsets is None else source[offsets[r] :]).take(
                        places, out=buffer, mode="clip"
                    )
                if type(a) is tuple:
                    a = _piece(a, r)
                if type(b) is tuple:
                    b = _piece(b, r)
                product(a, b, out=value[r].reshape(shape) if result is None else result)
        return out.reshape(self.shape)


def _piece(cut: tuple[Array, _Operand, tuple[int, ...]], r: int) -> Array:
    source, operand, dims = cut
    offsets = operand.offsets or [0]
    return operand.view(source[offsets[r] : offsets[r] + math.prod(dims)], dims)


def product_shape(step: Product) -> tuple[int, ...]:
    """The shape of a step's product before it is reshaped."""
    left, right = step.shape_left, step.shape_right
    if step.product == "outer":
        return tuple(map(max, left, right))
    return (*left[:-1], right[-1])


def blocks(
    pairs: Sequence[Pair],
    run: Sequence[int],
    count: int,
    orders: Mapping[int, list[int]],
    sizes: Sequence[int],
    make: Maker,
) -> tuple[Blocks, list[int]]:
    """A run of steps in blocks, and the order of the indices of its result.

    Args:
        pairs: all pairs of the path.
        run: the steps, from :func:`chains`.
        count: how many tensors the network has.
        orders: the order of the indices of the tensors that the run takes.
        sizes: the dimension of each index.
        make: makes a step.
    """
    within = {count + step for step in run[:-1]}
    numbers = tuple([t for step in run for t in pairs[step][:2] if t not in within])
    start = max(pairs[run[0]][:2], key=lambda t: math.prod([sizes[i] for i in orders[t]]))
    loop = cut(pairs, run, sizes, orders[start])
    looped = set(loop)
    rounds = math.prod([sizes[i] for i in loop])
    inner = [[i for i in orders[t] if i not in looped] for t in numbers]
    dims = [tuple([sizes[i] for i in ixs]) for ixs in inner]
    offsets = [_offsets(orders[t], loop, sizes) for t in numbers]
    local = {t: k for k, t in enumerate(numbers)}
    steps = []
    for step in run:
        a, b, _, _, out = pairs[step]
        names = (local[a], local[b])
        made, order = make(names, inner[names[0]], inner[names[1]], set(out) - looped)
        operands = []
        for source, permute, shape in (
            (made.left, made.permute_left, made.shape_left),
            (made.right, made.permute_right, made.shape_right),
        ):
            whole = orders[numbers[source]] if source < len(numbers) else inner[source]
            own = offsets[source] if source < len(numbers) else None
            places = None
            if own is not None or source >= len(numbers):
                places = _places(whole, looped, sizes, permute, shape, made.product)
            operands.append(_Operand(source, places, permute, shape, own))
        steps.append((operands[0], operands[1], made))
        local[count + step] = len(inner)
        inner.append(order)
        dims.append(tuple([sizes[i] for i in order]))
    last = loop + inner[-1]
    shape = tuple([sizes[i] for i in last])
    return Blocks(numbers, count + run[-1], shape, rounds, tuple(dims), tuple(steps)), last


def _strides(order: Sequence[int], sizes: Sequence[int]) -> dict[int, int]:
    found, step = {}, 1
    for index in reversed(order):
        found[index] = step
        step *= sizes[index]
    return found


def _offsets(order: Sequence[int], loop: Sequence[int], sizes: Sequence[int]) -> list[int] | None:
    """Where each round's piece of a tensor begins, ``None`` where it has none of the indices of the loop."""
    strides = _strides(order, sizes)
    if not any(i in strides for i in loop):
        return None
    total = np.zeros((), np.intp)
    for index in loop:
        total = total[..., None] + np.arange(sizes[index]) * strides.get(index, 0)
    return [int(n) for n in total.reshape(-1)]


def _places(
    order: Sequence[int],
    looped: set[int],
    sizes: Sequence[int],
    permute: tuple[int, ...] | None,
    shape: tuple[int, ...],
    product: str,
) -> Array | None:
    """Where the elements of a round's matrix are, from where its piece begins; ``None`` where the piece is one
    run of memory and the matrix a view of it that BLAS takes.
    """
    strides = _strides(order, sizes)
    places = np.zeros((), np.intp)
    for index in order:
        if index not in looped:
            places = places[..., None] + np.arange(sizes[index]) * strides[index]
    turned = places if permute is None else places.transpose(permute)
    flat = places.reshape(-1)
    if flat[-1] == flat.size - 1:
        matrix = turned.reshape(shape)
        taken = product == "outer" or matrix.itemsize in matrix.strides[-2:]  # BLAS wants a stride of one
        if taken and np.may_share_memory(matrix, places):
            return None
    return np.ascontiguousarray(turned).reshape(shape)


def peak_of(
    order: Sequence[tuple[Sequence[int], int]],
    elements: Mapping[int, int],
    live: Mapping[int, int],
    copies: Sequence[int] = (),
) -> int:
    """The elements alive at the worst moment of a program: steps as the numbers they take and that of their
    result; ``copies`` are what each holds for itself.

    >>> peak_of([((0, 1), 2)], {0: 4, 1: 4, 2: 1}, {0: 4, 1: 4})
    9
    """
    now = highest = sum(live.values())
    for step, (taken, made) in enumerate(order):
        highest = max(highest, now + elements[made] + (copies[step] if copies else 0))
        now += elements[made] - sum(elements[t] for t in taken)
    return highest
