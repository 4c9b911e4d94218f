"""Parametrised networks compiled once and evaluated on batches of parameters, with exact gradients.

>>> import sympy
>>> from catenary.functors.circuits import Circuit, Gate
>>> from catenary.functors.tensor.parameters import parametrised_circuit
>>> circuit = Circuit(1, [Gate("ry", (0,), (sympy.Symbol("a"),))])
>>> program = compile_parametrised(parametrised_circuit(circuit, initial="0"), ["a"])
>>> program([[0.0], [0.5], [1.0]]).round(3)          # values (B, P) -> (B, *shape)
array([[1.   , 0.   ],
       [0.707, 0.707],
       [0.   , 1.   ]])
>>> value, pullback = program.value_and_vjp([[0.0], [0.5]])
>>> pullback([[0.0, 1.0], [0.0, 1.0]]).round(3)      # of the cotangents: (B, P)
array([[1.571],
       [1.111]])

* ``program(values)``: values of shape (P,) or (B, P), in the order of ``program.parameters``; angles in half
  turns. The result is (\\*shape) or (B, \\*shape). Arrays of torch and jax give arrays of that library, to be
  differentiated, compiled and moved by it.
* ``program.value_and_vjp(values)``: the value, and a function from cotangents of the value's shape to the
  gradient of ``Re Σ conj(cotangent) · value``, of the shape of ``values`` (the convention of torch: for a
  loss |y|², the cotangent is 2y).
* ``program.value_and_jacobian(values)``: the value and (B, \\*shape, P).
* ``program.gathered(weights, gather)``: as ``value_and_vjp`` on ``weights[gather]`` with integer ``gather``
  (B, P), the gradient scattered back onto ``weights``: many sentences of one shape, each with its own rows of
  one weight vector.
* :func:`compile_corpus`: networks of any shapes over one weight vector, grouped by shape; one call evaluates
  them all.

The batch is one more index of every tensor that depends on a parameter, and its last axis; what does not is
contracted once, when the program is made. The adjoint of each pair contraction is two more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from catenary.diagrams import ArityError, ContractionError
from catenary.functors.tensor.contraction import MEMORY
from catenary.functors.tensor.features import Features
from catenary.functors.tensor.libraries import Library, foreign_library
from catenary.functors.tensor.network import Array, TensorNetwork, reduction
from catenary.functors.tensor.parameters import ParametrisedNetwork, SymbolicTensor
from catenary.functors.tensor.search import search
from catenary.functors.tensor.straight_line import batch_program

Pullback: TypeAlias = Callable[[Any], Array]

CHUNK_BYTES = 2**28
"""Bytes that the intermediate results of one part of a batch may take together; larger batches are cut."""


class ParametrisedProgram:
    """A parametrised network made ready to run on batches; see the module. Reusable and immutable.

    Attributes:
        parameters: the names of the parameters, in the order of a row of values.
        shape: the shape of the value for one set of parameters.
        dtype: the dtype of the value: float64 where every tensor is real, else complex128.
    """

    def __init__(
        self,
        network: ParametrisedNetwork | TensorNetwork,
        parameters: Sequence[str] | None = None,
        *,
        memory: int | None = MEMORY,
    ):
        if isinstance(network, TensorNetwork):
            network = ParametrisedNetwork(network)
        self._network = network
        self._memory = memory
        self.parameters = network.parameters if parameters is None else tuple(parameters)
        if len(set(self.parameters)) != len(self.parameters):
            raise ArityError("a parameter is named twice")
        self.shape = network.shape
        self.dtype = np.result_type(np.float64, *{t.dtype for t in network.tensors})
        core = _Core(network, memory)
        self._features = Features(core.tensors, self.parameters)
        slots = [self._features.places[k] for k in core.which]
        self._value: Array | None = core.value
        self._program = None
        if core.value is None:
            self._program = batch_program(core.leaves, core.output, core.sizes, core.pairs, slots)
            _check_memory(self._program.elements, memory)
            self._leaves, self._slots, self._sizes = core.leaves, slots, core.sizes
            self._wide = tuple(core.sizes[i] for i in core.output)
            self._chunk = max(1, CHUNK_BYTES // (32 * self._program.elements))

    # Values

    def __call__(self, values: Any) -> Any:
        """The value for each set of parameters.

        Args:
            values: numbers (P,) or (B, P), in half turns where they are angles; of NumPy, or an array of
                torch or jax, which gives an array of that library.

        Raises:
            ArityError: for another shape.
        """
        library = foreign_library(values)
        if library is not None:
            return self._generic(values, library)
        rows, one = self._rows(values)
        found = np.concatenate([self._forward(part)[0] for part in self._parts(rows)])
        return found[0] if one else found

    def _rows(self, values: Any) -> tuple[Array, bool]:
        rows = np.asarray(values)
        if rows.dtype.kind not in "fiub":
            raise ArityError(f"values of parameters are real numbers, not an array of {rows.dtype}")
        one = rows.ndim == 1
        rows = np.asarray(rows[None] if one else rows, dtype=np.float64)
        if rows.ndim != 2 or rows.shape[1] != len(self.parameters):
            raise ArityError(
                f"values of shape {np.shape(values)} for {len(self.parameters)} parameters: give "
                f"({len(self.parameters)},) or (batch, {len(self.parameters)})"
            )
        if not np.isfinite(rows.sum()) and not np.isfinite(rows).all():
            raise ArityError("a value of a parameter is not a finite number")
        return rows, one

    def _parts(self, rows: Array) -> list[Array]:
        if self._program is None or len(rows) <= self._chunk:
            return [rows]
        return [rows[k : k + self._chunk] for k in range(0, len(rows), self._chunk)]

    def _forward(self, rows: Array) -> tuple[Array, Any]:
        batch = len(rows)
        if self._program is None:
            assert self._value is not None
            return np.broadcast_to(self._value, (batch, *self.shape)).astype(self.dtype), None
        if not batch:
            return np.zeros((0, *self.shape), self.dtype), None
        groups, table = self._features.values(rows)
        value, saved = self._program.forward(self._program.constants, groups, batch)
        value = value.reshape(*self.shape, batch)
        return np.ascontiguousarray(np.moveaxis(value, -1, 0)), (rows, groups, table, saved)

    # Gradients

    def value_and_vjp(self, values: Any) -> tuple[Array, Pullback]:
        """The value, and the function from cotangents to gradients: of ``Re Σ conj(cotangent) · value``, by
        each value.

        Args:
            values: as for a call, NumPy's only.

        Raises:
            ArityError: for a wrong shape, of the values or of a cotangent.
        """
        rows, one = self._rows(values)
        runs = [self._forward(part) for part in self._parts(rows)]
        found = np.concatenate([value for value, _ in runs])

        def pullback(cotangent: Any) -> Array:
            given = np.asarray(cotangent)
            wide = given[None] if one else given
            if wide.shape != found.shape:
                raise ArityError(
                    f"a cotangent of shape {given.shape} for a value of shape {found[0].shape if one else found.shape}"
                )
            parts, at = [], 0
            for value, saved in runs:
                parts.append(self._pull(wide[at : at + len(value)].conj(), saved, real=True))
                at += len(value)
            gradient = np.concatenate(parts)
            return gradient[0] if one else gradient

        return (found[0] if one else found), pullback

    def _pull(self, cotangent: Array, saved: Any, real: bool) -> Array:
        batch = len(cotangent)
        if self._program is None or not batch:
            return np.zeros((batch, len(self.parameters)), dtype=float if real else complex)
        rows, groups, table, kept = saved
        into = [np.empty(g.shape, dtype=np.result_type(self.dtype, cotangent.dtype)) for g in groups]
        gradient = np.ascontiguousarray(np.moveaxis(cotangent, 0, -1)).reshape(*self._wide, batch)
        self._program.adjoint(self._program.constants, kept, gradient, batch, into)
        return self._features.pullback(into, table, rows, real)

    def gradient(self, values: Any, cotangent: Any) -> Array:
        """The gradient for one cotangent: ``value_and_vjp(values)[1](cotangent)``."""
        return self.value_and_vjp(values)[1](cotangent)

    def value_and_jacobian(self, values: Any) -> tuple[Array, Array]:
        """The value (B, \\*shape) and its derivative by each parameter (B, \\*shape, P), both without the
        batch axis for values of shape (P,).

        One adjoint pass for each entry of the value.
        """
        rows, one = self._rows(values)
        found, slopes = [], []
        for part in self._parts(rows):
            value, saved = self._forward(part)
            slope = np.zeros((*value.shape, len(self.parameters)), dtype=self.dtype)
            for at in np.ndindex(*self.shape):
                unit = np.zeros(value.shape, dtype=self.dtype)
                unit[(slice(None), *at)] = 1
                slope[(slice(None), *at)] = self._pull(unit, saved, real=self.dtype.kind == "f")
            found.append(value)
            slopes.append(slope)
        value, slope = np.concatenate(found), np.concatenate(slopes)
        return (value[0], slope[0]) if one else (value, slope)

    def gathered(self, weights: Any, gather: Any) -> tuple[Array, Pullback]:
        """The values for ``weights[gather]``, and the function from cotangents to the gradient by ``weights``.

        Args:
            weights: one vector of numbers (W,).
            gather: integers (B, P): for each member of the batch, where its parameters are.

        Raises:
            ArityError: for wrong shapes or numbers out of range.
        """
        weights, gather = np.asarray(weights, dtype=np.float64), np.asarray(gather)
        if weights.ndim != 1 or gather.ndim != 2 or gather.dtype.kind not in "iu":
            raise ArityError("gathered takes weights of shape (W,) and integers of shape (batch, P)")
        if gather.size and not 0 <= int(gather.min()) <= int(gather.max()) < len(weights):
            raise ArityError(f"a number in gather is not among the {len(weights)} weights")
        value, pull = self.value_and_vjp(weights[gather])
        flat = gather.reshape(-1)

        def pullback(cotangent: Any) -> Array:
            found: Array = np.bincount(flat, pull(cotangent).reshape(-1), len(weights))
            return found

        return value, pullback

    # Other libraries

    def _generic(self, values: Any, library: Library) -> Any:
        one = values.ndim == 1
        rows = values[None] if one else values
        if rows.ndim != 2 or rows.shape[1] != len(self.parameters):
            raise ArityError(
                f"values of shape {tuple(values.shape)} for {len(self.parameters)} parameters: give "
                f"({len(self.parameters)},) or (batch, {len(self.parameters)})"
            )
        batch = rows.shape[0]
        if self._program is None:
            assert self._value is not None
            ones = library.ones((batch, *(1 for _ in self.shape)), rows)
            a, b = library.promoted(library.constant(self._value, rows), ones)
            found = a * b
            return found[0] if one else found
        groups = self._features.generic(rows, library)
        live: list[Any] = []
        slots = iter(self._slots)
        sizes = self._leaf_shapes
        for (_, array), shape in zip(self._leaves, sizes, strict=True):
            if array is not None:
                live.append(library.constant(array, rows))
            else:
                g, k = next(slots)
                live.append(groups[g][k].reshape(*shape, batch))
        for step in self._program.steps:
            pair = library.promoted(live[step.left], live[step.right])
            live[step.left] = live[step.right] = None
            live.append(library.einsum(step.spec, *pair))
        value = live[-1]
        if self._program.final is not None:
            value = library.transpose(value, (*self._program.final, len(self._program.final)))
        found = library.transpose(
            value.reshape(*self.shape, batch), (len(self.shape), *range(len(self.shape)))
        )
        return found[0] if one else found

    @cached_property
    def _leaf_shapes(self) -> list[tuple[int, ...]]:
        return [tuple(self._sizes[i] for i in ixs) for ixs, _ in self._leaves]

    def __reduce__(self) -> tuple[object, ...]:
        # the generated functions are made again
        return (_again, (self._network, self.parameters, self._memory))

    def __repr__(self) -> str:
        return f"<ParametrisedProgram: {len(self.parameters)} parameters to {self.shape}, {self.dtype}>"


def _again(
    network: ParametrisedNetwork, parameters: tuple[str, ...], memory: int | None
) -> ParametrisedProgram:
    return ParametrisedProgram(network, parameters, memory=memory)


def _check_memory(elements: int, memory: int | None) -> None:
    if memory is not None and 16 * elements > memory:
        raise ContractionError(
            f"the contraction holds {elements} elements of 16 bytes for one set of parameters, above the memory "
            f"limit of {memory} bytes: fix or close some of the boundary, or raise memory="
        )


def compile_parametrised(
    network: ParametrisedNetwork | TensorNetwork,
    parameters: Sequence[str] | None = None,
    *,
    memory: int | None = MEMORY,
) -> ParametrisedProgram:
    """The program of a parametrised network; the module says what it does.

    Args:
        network: a network, of a circuit or of a diagram.
        parameters: the order of the parameters in a row of values; sorted by name unless given. Names that do
            not occur are allowed: nothing depends on them.
        memory: bytes that the evaluation for one set of parameters may hold. ``None``: no limit. Large batches
            are cut.

    Raises:
        PhaseError: for a parameter of the network that is not among them.
        ArityError: for a name given twice.
        ContractionError: for a result of too many axes, or above the limit of memory.
    """
    return ParametrisedProgram(network, parameters, memory=memory)


class _Core:
    """A parametrised network with what is constant contracted, and a path for the rest.

    Attributes:
        tensors: the different parametrised tensors; ``which`` says for each leaf that is one, which.
        leaves: indices and arrays (``None``: parametrised).
        pairs: operands and indices of each contraction.
        value: the value, if nothing depends on parameters.
    """

    def __init__(self, network: ParametrisedNetwork, memory: int | None):
        nodes, self.output, self.sizes, scale = _nodes(network)
        nodes = _folded(nodes, self.output)
        symbolic = [node for node in nodes if isinstance(node[1], SymbolicTensor)]
        self.value: Array | None = None
        self.leaves: list[tuple[tuple[int, ...], Array | None]] = []
        self.pairs: list[tuple[int, int, tuple[int, ...]]] = []
        self.tensors: list[SymbolicTensor] = []
        self.which: list[int] = []
        if 0 in network.shape or 0 in network.structure[2]:
            self.value = np.zeros(network.shape)
            return
        path = _path(nodes, self.output, self.sizes)
        count = _holders(nodes, self.output)
        live: list[Any] = list(nodes)
        pending: list[tuple[int, int, tuple[int, ...]]] = []
        for a, b in path:
            (left, x), (right, y) = live[a], live[b]
            out = _joined(left, right, count)
            both = isinstance(x, np.ndarray) and isinstance(y, np.ndarray)
            _check_memory(math.prod(self.sizes[i] for i in out), memory)
            live.append((out, _product(left, x, right, y, out) if both else None))
            if not both:
                pending.append((a, b, out))
        if not symbolic:
            final = live[-1] if live else ((), np.array(1.0))
            value = np.einsum(final[1], list(final[0]), list(self.output)) * scale
            self.value = value.reshape(network.shape)
            return
        number: dict[int, int] = {}
        known: dict[tuple[Any, ...], int] = {}
        made = {len(nodes) + k: pair for k, pair in enumerate(path)}
        position = {pair[:2]: t for t, pair in made.items()}
        used = {t for a, b, _ in pending for t in (a, b)} or {len(live) - 1}
        for t in sorted(used):
            ixs, array = live[t]
            if array is None and t >= len(nodes):
                continue
            if isinstance(array, SymbolicTensor):
                key = (array.features, array.shape, array.basis.dtype.char, array.basis.tobytes())
                if key not in known:
                    known[key] = len(self.tensors)
                    self.tensors.append(array)
                self.which.append(known[key])
                array = None
            number[t] = len(self.leaves)
            self.leaves.append((ixs, array))
        for a, b, out in pending:
            number[position[a, b]] = len(self.leaves) + len(self.pairs)
            self.pairs.append((number[a], number[b], out))
        if scale != 1:
            root = len(self.leaves) + len(self.pairs) - 1
            # the factor is one more leaf, so numbers of pairs move up by one
            n = len(self.leaves)
            self.pairs = [(a + (a >= n), b + (b >= n), out) for a, b, out in self.pairs]
            self.leaves.append(((), np.array(scale)))
            self.pairs.append((n, root + 1 if root >= n else root, tuple(self.output)))


_Node: TypeAlias = tuple[tuple[int, ...], Any]


def _nodes(network: ParametrisedNetwork) -> tuple[list[_Node], tuple[int, ...], list[int], complex]:
    """The tensors in core form: distinct indices of dimension 2 at least, each on the boundary or on two
    tensors; the boundary without repeats; and a constant factor.
    """
    indices, output, sizes = network.structure
    arrays: list[Any] = list(network.tensors)
    lists, wide, dims = list(indices), list(output), list(sizes)
    holders = {index for ixs in indices for index in ixs}
    seen: set[int] = set()
    for place, index in enumerate(output):
        if sizes[index] == 1:
            continue
        if index in seen:  # a copy of its own for each further place
            wide[place] = len(dims)
            lists.append((index, len(dims)))
            arrays.append(np.eye(sizes[index]))
            dims.append(sizes[index])
        elif index not in holders:
            lists.append((index,))
            arrays.append(np.ones(sizes[index]))
        seen.add(index)
    core = reduction((tuple(lists), tuple(wide), tuple(dims)))
    nodes: list[_Node] = []
    scale: complex = float(core.loops) if core.loops.bit_length() <= 1000 else math.inf
    if scale == math.inf:
        raise ContractionError(f"the closed loops give a factor of about 2^{core.loops.bit_length()}")
    for (t, kept, axes), ixs in zip(core.terms, core.inputs, strict=True):
        nodes.append((ixs, _reduced(arrays[t], axes, kept)))
    for t, axes in core.scalars:
        array = _reduced(arrays[t], axes if axes is not None else (), ())
        if isinstance(array, SymbolicTensor):
            nodes.append(((), array))
        else:
            scale = scale * array.reshape(())[()]
    return nodes, core.output, list(core.sizes), scale


def _reduced(array: Any, axes: tuple[int, ...] | None, kept: Sequence[int]) -> Any:
    if axes is None:
        return array
    array = array.reshape([size for size in array.shape if size != 1])
    if isinstance(array, SymbolicTensor):
        return array.summed(axes, kept)
    return np.einsum(array, list(axes), list(kept))


def _holders(nodes: Iterable[_Node], output: Sequence[int]) -> dict[int, int]:
    count: dict[int, int] = {}
    for ixs in (*(ixs for ixs, _ in nodes), output):
        for index in ixs:
            count[index] = count.get(index, 0) + 1
    return count


def _joined(left: Sequence[int], right: Sequence[int], count: dict[int, int]) -> tuple[int, ...]:
    """The indices of a pair's result; ``count``, of the tensors that hold each index, is updated."""
    here = set(right)
    both = [i for i in left if i in here]
    for index in both:
        count[index] -= 1
    gone = {i for i in both if count[i] == 1}
    return tuple(i for i in dict.fromkeys((*left, *right)) if i not in gone)


def _product(left: Sequence[int], x: Array, right: Sequence[int], y: Array, out: Sequence[int]) -> Array:
    letter = {index: k for k, index in enumerate(dict.fromkeys((*left, *right)))}
    names = ([letter[i] for i in ixs] for ixs in (left, right, out))
    a, b, c = names
    return np.asarray(np.einsum(x, a, y, b, c, optimize=len(letter) > 8))


def _folded(nodes: list[_Node], output: Sequence[int]) -> list[_Node]:
    """Constants contracted with each other wherever nothing gets larger by it."""
    count = _holders(nodes, output)
    live: dict[int, _Node] = dict(enumerate(nodes))
    where: dict[int, set[int]] = {}
    for t, (ixs, array) in live.items():
        if not isinstance(array, SymbolicTensor):
            for index in ixs:
                where.setdefault(index, set()).add(t)
    queue = [t for t, (_, array) in live.items() if not isinstance(array, SymbolicTensor)]
    fresh = len(nodes)
    while queue:
        t = queue.pop()
        if t not in live:
            continue
        left, x = live[t]
        for other in sorted({o for index in left for o in where[index]} - {t}):
            right, y = live[other]
            trial = dict(count)
            out = _joined(left, right, trial)
            size = math.prod(
                max(x.shape[left.index(i)] if i in left else y.shape[right.index(i)], 1) for i in out
            )
            if size > max(x.size, y.size):
                continue
            count = trial
            for old, ixs in ((t, left), (other, right)):
                del live[old]
                for index in ixs:
                    where[index].discard(old)
            live[fresh] = (out, _product(left, x, right, y, out))
            for index in out:
                where[index].add(fresh)
            queue.append(fresh)
            fresh += 1
            break
    return [live[t] for t in sorted(live)]


def _path(nodes: Sequence[_Node], output: Sequence[int], sizes: Sequence[int]) -> list[tuple[int, int]]:
    """The pairs to contract, in static single-assignment numbers; scalars last."""
    wide = [t for t, (ixs, _) in enumerate(nodes) if ixs]
    path, _ = search([nodes[t][0] for t in wide], tuple(output), tuple(sizes))
    n = len(wide)
    found = []
    for a, b in path:
        pair = [wide[t] if t < n else len(nodes) + t - n for t in (a, b)]
        found.append((pair[0], pair[1]))
    scalars = [t for t, (ixs, _) in enumerate(nodes) if not ixs]
    roots = [len(nodes) + len(found) - 1] if found else wide[:1]
    for t in scalars:
        if roots:
            found.append((t, roots[0]))
            roots = [len(nodes) + len(found) - 1]
        else:
            roots = [t]
    return found
