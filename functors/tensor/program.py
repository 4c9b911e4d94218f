"""Contraction plans: the order of pairwise contractions, what it costs, and the straight-line program that
carries it out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from catenary.diagrams import ContractionError
from catenary.functors.tensor.backends import backend, common_library
from catenary.functors.tensor.kernels import LONG, Blocks, Pair, blocks, chains, cut, peak_of
from catenary.functors.tensor.network import Array
from catenary.functors.tensor.paths import Inputs, Path, cost_of, greedy_path
from catenary.functors.tensor.rounds import Rounds


@dataclass(frozen=True)
class Plan:
    """What a contraction will do, known before anything runs.

    Attributes:
        engine: the engine's name.
        method: how the path was found.
        tensors, indices: the size of the network after its exact reduction (loops, traces, diagonals taken
            out).
        multiply_adds: the exact number of scalar multiply-adds, all slices together.
        largest: elements of the largest tensor that is made, the result included (of one slice, where
            sliced).
        peak: elements of all tensors alive at the worst moment, the given ones included.
        path: the pairs to contract, in static single-assignment numbers.
        sliced: the indices that are summed in an outer loop.
        slices: the number of rounds of that loop.
        elements: the size of every tensor, the given ones first, then in the order of the path.
        simplified: what was applied before the path was searched, in words.
        before: the expected multiply-adds without that, on a greedy path.
        rounds: indices that numpy takes one value of after another, so that tensors stay in cache
            (:mod:`~catenary.functors.tensor.rounds`). At most a tenth of the multiply-adds is repeated, which
            ``multiply_adds`` does not count, and less memory is used than ``peak`` says.

    >>> from catenary.functors.tensor import TensorNetwork, plan
    >>> import numpy as np
    >>> m = np.ones((8, 8))
    >>> found = plan(TensorNetwork(((0, 1), (1, 2)), (m, m), (0, 2)))
    >>> print(str(found).partition(", largest")[0])
    2 tensors, 3 indices: 512 multiply-adds (10^2.71)
    """

    engine: str
    method: str
    tensors: int
    indices: int
    multiply_adds: int
    largest: int
    peak: int
    path: Path
    sliced: tuple[int, ...] = ()
    slices: int = 1
    elements: tuple[int, ...] = field(default=(), repr=False)
    simplified: str = ""
    before: int = 0
    rounds: tuple[int, ...] = ()

    @property
    def log10(self) -> float:
        """The decimal logarithm of the multiply-adds; 0 where there are none."""
        return math.log10(self.multiply_adds) if self.multiply_adds else 0.0

    def memory(self, itemsize: int = 16) -> int:
        """The peak in bytes, for elements of ``itemsize`` bytes (16: complex128)."""
        return self.peak * itemsize

    def __str__(self) -> str:
        sliced = f", {self.slices} slices over {len(self.sliced)} indices" if self.sliced else ""
        if self.rounds:
            sliced = f", in rounds over {len(self.rounds)} indices"
        saved = ""
        if self.simplified:
            saved = f"; simplified by {self.simplified}, before that about 10^{math.log10(self.before):.2f}"
        return (
            f"{self.tensors} tensors, {self.indices} indices: {self.multiply_adds} multiply-adds "
            f"(10^{self.log10:.2f}), "
            f"largest tensor {self.largest}, peak {self.peak} elements{sliced}, {self.engine} "
            f"({self.method}){saved}"
        )

    def to_svg(self) -> str:
        """The contraction tree as a picture: see :func:`~catenary.functors.tensor.pictures.plan_svg`."""
        from catenary.functors.tensor.pictures import plan_svg

        return plan_svg(self)

    def _repr_svg_(self) -> str:
        return self.to_svg()


def path_pairs(inputs: Inputs, output: Sequence[int], path: Path) -> list[Pair]:
    """For each pair of the path: both numbers, the operands' indices, and the result's."""
    count = [0] * (1 + max((i for ixs in (*inputs, output) for i in ixs), default=-1))
    for ixs in (*inputs, output):
        for index in ixs:
            count[index] += 1
    terms: list[list[int] | None] = [list(ixs) for ixs in inputs]
    found = []
    for a, b in path:
        left, right = terms[a], terms[b]
        if left is None or right is None or a == b:
            raise ContractionError(f"the path uses tensor {a if left is None else b} twice")
        there = set(left)
        both = [index for index in right if index in there]
        for index in both:
            count[index] -= 1
        # what only these two hold is summed; the others stay
        drop = {index for index in both if count[index] == 1}
        shared = set(both) - drop
        out = [i for i in left if i in shared]
        out += [i for i in left if i not in drop and i not in shared]
        out += [i for i in right if i not in there]
        terms[a] = terms[b] = None
        terms.append(out)
        found.append((a, b, left, right, out))
    if sum(term is not None for term in terms) > 1:
        raise ContractionError("the path leaves more than one tensor")
    return found


__all__ = ["Inputs", "Path", "Plan", "Program", "cost_of", "greedy_path", "path_pairs"]


def _runs(order: list[int], groups: Sequence[set[int]]) -> bool:
    """Whether each group of indices is one run of the order, so that merging its axes moves no data."""
    first, second, _ = groups
    kind, seen = -1, 0
    for index in order:
        now = 0 if index in first else 1 if index in second else 2
        if now != kind:
            if seen & 1 << now:
                return False
            kind, seen = now, seen | 1 << now
    return kind != 0


def _layout(
    left: list[int], right: list[int], out: set[int], sizes: Sequence[int], death: Mapping[int, int]
) -> tuple[list[int], list[int], list[int], list[int], bool]:
    """The groups of indices of a pair, in the order that moves least data: batch, left, right, summed,
    exchanged.

    The larger operand keeps its order where its groups are runs; otherwise its indices are sorted by how long
    they live, so that those summed next come last.
    """
    there, here = set(left), set(right)
    exchange = math.prod(sizes[i] for i in right) > math.prod(sizes[i] for i in left)
    if exchange:
        left, right, there, here = right, left, here, there
    both = there & here
    batch, summed, own, other = both & out, both - out, there - here, here - there
    order = left
    if not _runs(left, (batch, own, summed)):
        order = sorted(left, key=lambda i: -death[i])
    rest = right if _runs(right, (batch, other, summed)) else sorted(right, key=lambda i: -death[i])
    first, second = [i for i in order if i in own], [i for i in rest if i in other]
    # what is summed soonest goes last
    if first and second and min(death[i] for i in first) < min(death[i] for i in second):
        exchange, first, second = not exchange, second, first
    return [i for i in order if i in batch], first, second, [i for i in order if i in summed], exchange


@dataclass(frozen=True, slots=True)
class _Step:
    """A pair contraction: both operands permuted and reshaped, multiplied, and the result reshaped."""

    left: int
    right: int
    permute_left: tuple[int, ...] | None
    permute_right: tuple[int, ...] | None
    shape_left: tuple[int, ...]
    shape_right: tuple[int, ...]
    product: str
    shape: tuple[int, ...]

    def numpy(self, a: Array, b: Array) -> Array:
        """The step on numpy arrays."""
        if self.permute_left is not None:
            a = a.transpose(self.permute_left)
        if self.permute_right is not None:
            b = b.transpose(self.permute_right)
        a, b = a.reshape(self.shape_left), b.reshape(self.shape_right)
        if self.product == "dot":
            return np.asarray(a.dot(b)).reshape(self.shape)
        if self.product == "outer":
            return np.asarray(a * b).reshape(self.shape)
        return np.asarray(_for_blas(a) @ _for_blas(b)).reshape(self.shape)

    def foreign(self, a: Any, b: Any, permute: Callable[[Any, Sequence[int]], Any]) -> Any:
        """The step on arrays of another library."""
        if self.permute_left is not None:
            a = permute(a, self.permute_left)
        if self.permute_right is not None:
            b = permute(b, self.permute_right)
        a, b = a.reshape(self.shape_left), b.reshape(self.shape_right)
        return (a * b if self.product == "outer" else a @ b).reshape(self.shape)


def _step(
    numbers: tuple[int, int],
    left: list[int],
    right: list[int],
    out: set[int],
    sizes: Sequence[int],
    death: Mapping[int, int],
) -> tuple[_Step, list[int]]:
    """The step that contracts two tensors with these indices, and the order of the indices of its result."""
    batch, first, second, summed, exchange = _layout(left, right, out, sizes, death)
    shape_left: tuple[int, ...]
    shape_right: tuple[int, ...]
    if exchange:
        left, right = right, left
        numbers = numbers[::-1]
    n_batch, n_first, n_second, n_sum = (
        math.prod([sizes[i] for i in ixs]) for ixs in (batch, first, second, summed)
    )
    permute_left = tuple([left.index(i) for i in batch + first + summed])
    permute_right = tuple([right.index(i) for i in batch + summed + second])
    order = batch + first + second
    if not summed:
        # the longest group goes last: numpy's loops over short last axes are slow
        product = "outer"
        if n_batch >= max(n_first, n_second):
            order = first + second + batch
            permute_left = tuple([left.index(i) for i in first + batch])
            permute_right = tuple([right.index(i) for i in second + batch])
            shape_left, shape_right = (n_first, 1, n_batch), (1, n_second, n_batch)
        elif n_first > n_second:
            order = batch + second + first
            shape_left, shape_right = (n_batch, 1, n_first), (n_batch, n_second, 1)
        else:
            shape_left, shape_right = (n_batch, n_first, 1), (n_batch, 1, n_second)
    elif not batch:
        product, shape_left, shape_right = "dot", (n_first, n_sum), (n_sum, n_second)
    else:
        product, shape_left, shape_right = "matmul", (n_batch, n_first, n_sum), (n_batch, n_sum, n_second)
    step = _Step(
        *numbers,
        None if permute_left == tuple(range(len(left))) else permute_left,
        None if permute_right == tuple(range(len(right))) else permute_right,
        shape_left,
        shape_right,
        product,
        tuple([sizes[i] for i in order]),
    )
    return step, order


def _for_blas(a: Array) -> Array:
    # matmul leaves BLAS for a slow loop when neither of the last two strides is one element
    return a if a.itemsize in a.strides[1:] else np.ascontiguousarray(a)


class Program:
    """A path as a straight line of reshapes, transpositions and matrix products, made once and run many
    times.

    Args:
        inputs, output, sizes: a network in core form.
        path: the pairs to contract.
        sliced: indices to sum in an outer loop, whatever the path does with them.
        rounds: the same for numpy's arrays alone, and the steps without these indices are done once.
    """

    def __init__(
        self,
        inputs: Inputs,
        output: Sequence[int],
        sizes: Sequence[int],
        path: Path,
        sliced: Sequence[int] = (),
        rounds: Sequence[int] = (),
    ):
        self._sliced = tuple(sliced)
        self._sizes = tuple(sizes)
        self._rounds: Rounds | None = None
        if rounds:
            line = Program(inputs, output, sizes, path, rounds)
            self._rounds = Rounds(inputs, sizes, rounds, path, line._steps, line._orders)
            self._rounds_order = line._order
        cut = set(sliced)
        self._cuts = [
            (t, tuple(i if i in cut else -1 for i in ixs))
            for t, ixs in enumerate(inputs)
            if cut.intersection(ixs)
        ]
        self._output = tuple(output)
        inner = [[i for i in ixs if i not in cut] for ixs in inputs]
        final = [i for i in output if i not in cut]
        pairs = path_pairs(inner, final, path)
        death = {index: len(pairs) + len(final) - place for place, index in enumerate(final)}
        for place, (_, _, left, right, out) in enumerate(pairs):
            for index in {*left, *right}.difference(out):
                death[index] = place
        orders = [*inner]
        steps: list[_Step] = []
        for a, b, _, _, out in pairs:
            step, order = _step((a, b), orders[a], orders[b], set(out), self._sizes, death)
            steps.append(step)
            orders.append(order)
        last: list[int] = list(orders[-1]) if orders else []
        self._steps: list[_Step] = steps
        self._orders: list[list[int]] = orders
        axes = tuple(last.index(i) for i in final)
        self._order: tuple[int, ...] | None = None if axes == tuple(range(len(axes))) else axes
        self._blocked: list[_Step | Blocks] = []
        if not rounds and any(math.prod([self._sizes[i] for i in order]) >= LONG for order in orders):
            self._in_blocks(inner, pairs, final, death)

    def _in_blocks(
        self, inner: list[list[int]], pairs: list[Pair], final: list[int], death: Mapping[int, int]
    ) -> None:
        """The same line with its runs on long tensors in blocks, for numpy."""
        count = len(inner)
        runs = chains(pairs, count, self._sizes)
        elements = {t: math.prod([self._sizes[i] for i in ixs]) for t, ixs in enumerate(inner)}
        elements |= {count + s: math.prod([self._sizes[i] for i in pair[4]]) for s, pair in enumerate(pairs)}
        given = {t: elements[t] for t in range(count)}
        # one step after another holds permuted copies too; blocks hold none of them
        copies = [
            (0 if step.permute_left is None else elements[step.left])
            + (0 if step.permute_right is None else elements[step.right])
            for step in self._steps
        ]
        line = [(pair[:2], count + s) for s, pair in enumerate(pairs)]
        self._peak = plain = peak_of(line, elements, given, copies)

        def ordered(runs: list[list[int]]) -> list[tuple[list[int], tuple[int, ...], int]]:
            ends = {run[-1]: run for run in runs}
            inside = {step for run in runs for step in run[:-1]}
            found = []
            for s in range(len(pairs)):
                if s not in inside:
                    run = ends.get(s, [])
                    within = {count + step for step in run[:-1]}
                    taken = tuple([t for step in run or [s] for t in pairs[step][:2] if t not in within])
                    found.append((run, taken, count + s))
            return found

        # a run keeps its tensors until its end: one that would take more memory than planned is split
        kept: list[list[int]] = []
        while runs:
            run = runs.pop(0)
            if not cut(pairs, run, self._sizes):
                continue
            tried = [(taken, made) for _, taken, made in ordered([*kept, run])]
            if peak_of(tried, elements, given) <= plain:
                kept.append(run)
            elif len(run) > 1:
                runs[:0] = [run[: len(run) // 2], run[len(run) // 2 :]]
        if not kept:
            return
        orders: dict[int, list[int]] = dict(enumerate(inner))
        ready = ordered(kept)
        for run, taken, made in ready:
            if run:
                step, orders[made] = blocks(
                    pairs,
                    run,
                    count,
                    orders,
                    self._sizes,
                    lambda n, left, right, out: _step(n, left, right, out, self._sizes, death),
                )
                self._blocked.append(step)
            else:
                a, b = taken
                out = set(pairs[made - count][4])
                plain_step, orders[made] = _step((a, b), orders[a], orders[b], out, self._sizes, death)
                self._blocked.append(plain_step)
        self._targets = [made for _, _, made in ready]
        last = orders[count + len(pairs) - 1]
        self._blocked_order = tuple([last.index(i) for i in final])

    def _once_blocked(self, arrays: Sequence[Array]) -> Array:
        count = len(arrays)
        live: list[Any] = [*arrays, *[None] * len(self._steps)]
        now = sum(array.size for array in arrays)
        spare: dict[int, Array] = {}  # memory of results that are used up, by elements
        for target, step in zip(self._targets, self._blocked, strict=True):
            size = math.prod(step.shape)
            if now + size + sum(spare) - (size if size in spare else 0) > self._peak:
                spare = {size: spare[size]} if size in spare else {}
            now += size
            if isinstance(step, Blocks):
                taken: tuple[int, ...] = step.numbers
                live[target] = step(live, spare.pop(size, None))
            else:
                taken = (step.left, step.right)
                live[target] = step.numpy(live[step.left], live[step.right])
            for t in taken:
                now -= live[t].size
                if t >= count and live[t].size >= LONG:
                    spare[live[t].size] = live[t].reshape(-1)
                live[t] = None
        value: Array = live[-1]
        return value.transpose(self._blocked_order)

    def _once(self, arrays: Sequence[Array]) -> Array:
        if self._blocked:
            return self._once_blocked(arrays)
        live: list[Any] = list(arrays)
        for step in self._steps:
            a, b = step.left, step.right
            live.append(step.numpy(live[a], live[b]))
            live[a] = live[b] = None
        value: Array = live[-1]
        return value if self._order is None else value.transpose(self._order)

    def _once_foreign(self, arrays: Sequence[Any], permute: Callable[[Any, Sequence[int]], Any]) -> Any:
        live: list[Any] = list(arrays)
        for step in self._steps:
            a, b = step.left, step.right
            live.append(step.foreign(live[a], live[b], permute))
            live[a] = live[b] = None
        return live[-1] if self._order is None else permute(live[-1], self._order)

    def _slices(self, arrays: Sequence[Any]) -> Iterator[tuple[tuple[Any, ...], list[Any]]]:
        """For each slice its place in the value and its tensors."""
        for values in np.ndindex(*(self._sizes[i] for i in self._sliced)):
            at = dict(zip(self._sliced, values, strict=True))
            pieces = list(arrays)
            for t, axes in self._cuts:
                pieces[t] = pieces[t][tuple(slice(None) if i < 0 else at[i] for i in axes)]
            yield tuple(at.get(i, slice(None)) for i in self._output), pieces

    def __call__(self, arrays: Sequence[Any]) -> Any:
        """The value of the network with these tensors, of numpy, torch or jax."""
        if not arrays:
            return np.array(1.0)
        shape = tuple(self._sizes[i] for i in self._output)
        library = "numpy" if all(type(a) is np.ndarray for a in arrays) else common_library(arrays)
        if library == "numpy":
            if self._rounds is not None:
                value = self._rounds(arrays)
                return value if self._rounds_order is None else value.transpose(self._rounds_order)
            if not self._sliced:
                return self._once(arrays)
            total = np.zeros(shape, np.result_type(*{array.dtype for array in arrays}))
            for place, pieces in self._slices(arrays):
                total[place] += self._once(pieces)
            return total
        permute = backend(library).permute
        if not self._sliced:
            return self._once_foreign(arrays, permute)
        parts: dict[tuple[Any, ...], Any] = {}
        for place, pieces in self._slices(arrays):
            key = tuple(i for i in place if not isinstance(i, slice))
            value = self._once_foreign(pieces, permute)
            parts[key] = parts[key] + value if key in parts else value
        inner = next(iter(parts.values())).shape
        open_sizes = [self._sizes[i] for i in self._output if i in self._sliced]
        whole = backend(library).stack([parts[key] for key in np.ndindex(*open_sizes)])
        order = [i for i in self._output if i in self._sliced]
        order += [i for i in self._output if i not in self._sliced]
        whole = whole.reshape([*open_sizes, *inner])
        return permute(whole, [order.index(i) for i in self._output])
