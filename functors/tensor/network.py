"""Tensor networks as hyper-graphs: an index may be shared by any number of tensors and boundary places.

A network's value is the sum, over all assignments of the indices that are not on the boundary, of the product
of its tensors' entries. A spider is one index, a copy tensor is never built, and an index that occurs several
times on the boundary gives exact zeros off the diagonal. (Index and hyper-edge conventions: Gray & Kourtis,
arXiv 2002.01935.)
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from catenary.diagrams import ContractionError
from catenary.functors.tensor.backends import conjugate, library_of, promoted_dtype

Array: TypeAlias = NDArray[Any]
Structure: TypeAlias = tuple[tuple[tuple[int, ...], ...], tuple[int, ...], tuple[int, ...]]
_LETTERS = 52  # np.einsum names indices by the letters of the alphabet


def as_array(value: Any, name: str = "tensor") -> Array:
    """A numeric array that cannot be written to, a copy unless it is one; integers and booleans become
    float64, so that sums cannot overflow.

    Raises:
        ContractionError: for what is not an array of numbers.
    """
    array = as_numpy(value, name)
    if array.dtype.kind in "biu":
        array = array.astype(np.float64)
    elif array.dtype.kind not in "fc":
        raise ContractionError(f"{name} is not an array of numbers (its dtype is {array.dtype})")
    if _written_to(array):  # the caller may still write to it
        array = array.copy()
        array.flags.writeable = False
    return array


def _written_to(array: Array) -> bool:
    owner: Any = array
    while type(owner) is np.ndarray and not owner.flags.writeable:  # a view is as still as what it views
        owner = owner.base
    return owner is not None


def as_numpy(value: Any, name: str = "tensor") -> Array:
    """A numpy array of anything that has one.

    Raises:
        ContractionError: for an array that an automatic differentiation follows, which numpy would cut.
    """
    try:
        return np.asarray(value)
    except ValueError as error:  # rows of different lengths
        raise ContractionError(f"{name} is not an array: {error}") from error
    except (RuntimeError, TypeError) as error:  # torch: requires_grad; jax: a tracer is a TypeError
        raise ContractionError(
            f"{name} cannot be a numpy array ({str(error).splitlines()[0]}): to keep it an array of its "
            "library, contract the network (network_of(…).contract()) instead of applying the functor"
        ) from error


def of_one_precision(arrays: Sequence[Array]) -> Sequence[Array]:
    """The arrays, narrower ones in the widest precision among them: a product of two of single precision is
    not rounded to it where the result is of double precision.

    >>> [a.dtype.name for a in of_one_precision([np.ones(2, np.complex64), np.ones(2)])]
    ['complex128', 'float64']
    """
    if len({array.dtype for array in arrays}) < 2:
        return arrays
    widest = np.result_type(*{np.finfo(array.dtype).dtype for array in arrays})
    return [array.astype(np.result_type(array.dtype, widest), copy=False) for array in arrays]


def keep_array(value: Any, name: str = "tensor") -> Any:
    """The same as :func:`as_array`, but arrays of torch and jax stay what they are."""
    return as_array(value, name) if library_of(value) == "numpy" else value


@dataclass(frozen=True, eq=False)
class TensorNetwork:
    """A tensor network with open indices. Immutable.

    Args:
        indices: for each tensor the indices of its axes, numbered from 0; one may occur several times on a
            tensor.
        arrays: the tensors, each with one axis for each of its indices; of numpy (or made so), torch or jax.
        output: the indices on the boundary, in the order of the result's axes; repeats are allowed.
        sizes: the dimension of every index, as a sequence or a mapping; taken from the arrays where not
            given.
        inputs: how many of the boundary places, from the first, are the domain; the others are the codomain.
        names: what to call the tensors in error messages.

    Raises:
        ContractionError: for a wrong number of axes or a dimension that does not fit, naming tensor and axis.

    >>> m = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> TensorNetwork(((0, 1), (1, 0)), (m, m), ()).contract()
    array(29.)
    >>> TensorNetwork((), (), (0, 0), (2,)).contract()  # a bare wire
    array([[1., 0.],
           [0., 1.]])
    """

    indices: tuple[tuple[int, ...], ...]
    arrays: tuple[Array, ...]
    output: tuple[int, ...]
    sizes: tuple[int, ...] = ()
    inputs: int = 0
    names: tuple[str, ...] = ()

    def __init__(
        self,
        indices: Iterable[Sequence[int]],
        arrays: Iterable[Any],
        output: Sequence[int],
        sizes: Sequence[int] | Mapping[int, int] = (),
        inputs: int = 0,
        names: Iterable[str] = (),
    ):
        set_ = object.__setattr__
        set_(self, "indices", tuple(map(_numbers, indices)))
        names = tuple(names)
        arrays = tuple(arrays)
        if not names:
            names = tuple(f"tensor {t}" for t in range(len(arrays)))
        if not len(names) == len(arrays) == len(self.indices):
            raise ContractionError(
                f"{len(self.indices)} lists of indices, {len(arrays)} arrays and {len(names)} names: give "
                "one for each"
            )
        set_(self, "arrays", tuple(map(keep_array, arrays, names)))
        set_(self, "names", names)
        set_(self, "output", _numbers(output))
        set_(self, "inputs", inputs)
        set_(self, "sizes", self._sizes(sizes))
        if not 0 <= inputs <= len(self.output):
            raise ContractionError(f"{inputs} of {len(self.output)} boundary indices cannot be the domain")

    def _sizes(self, given: Sequence[int] | Mapping[int, int]) -> tuple[int, ...]:
        items = given.items() if isinstance(given, Mapping) else enumerate(given)
        known: dict[int, int] = dict(cast(tuple[int, int], _numbers(item)) for item in items)
        for index, size in known.items():
            if size < 0:
                raise ContractionError(f"index {index} has dimension {size}; dimensions are not negative")
        for ixs, array, name in zip(self.indices, self.arrays, self.names, strict=True):
            if len(ixs) != array.ndim:
                raise ContractionError(
                    f"{name} has {array.ndim} axes (shape {array.shape}) but {len(ixs)} indices {ixs}"
                )
            for axis, (index, size) in enumerate(zip(ixs, array.shape, strict=True)):
                if known.setdefault(index, size) != size:
                    raise ContractionError(
                        f"axis {axis} of {name} has dimension {size}, but its index {index} has dimension "
                        f"{known[index]} "
                        f"(the shape of {name} is {array.shape})"
                    )
        count = max(known, default=-1) + 1
        for index in {*self.output, *range(count)}:
            if index not in known:
                raise ContractionError(f"index {index} is on no tensor and its dimension is not given")
        if min(known, default=0) < 0:
            raise ContractionError("indices are numbered from 0")
        return tuple(known[index] for index in range(count))

    @classmethod
    def _trusted(
        cls, structure: Structure, arrays: tuple[Array, ...], inputs: int, names: tuple[str, ...]
    ) -> TensorNetwork:
        self = object.__new__(cls)
        indices, output, sizes = structure
        fields = {
            "indices": indices,
            "arrays": arrays,
            "output": output,
            "sizes": sizes,
            "inputs": inputs,
            "names": names,
        }
        for key, value in fields.items():
            object.__setattr__(self, key, value)
        return self

    @property
    def structure(self) -> Structure:
        """What the contraction path depends on: indices, output and sizes, hashable."""
        return (self.indices, self.output, self.sizes)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the result."""
        return tuple(self.sizes[index] for index in self.output)

    @property
    def dom(self) -> tuple[int, ...]:
        """The dimensions of the domain."""
        return self.shape[: self.inputs]

    @property
    def cod(self) -> tuple[int, ...]:
        """The dimensions of the codomain."""
        return self.shape[self.inputs :]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the result, in numpy's names: the promotion of the tensors', float64 where there are
        none.
        """
        if not self.arrays:
            return np.dtype(np.float64)
        if all(type(array) is np.ndarray for array in self.arrays):
            return np.result_type(*{array.dtype for array in self.arrays})
        return promoted_dtype(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)

    def __repr__(self) -> str:
        try:
            entries = str(self.dtype)
        except ContractionError:  # they depend on parameters
            entries = "parametrised"
        return (
            f"<TensorNetwork: {len(self.arrays)} tensors, {len(self.sizes)} indices, "
            f"{self.dom} to {self.cod}, {entries}>"
        )

    # Operations

    def contract(self, engine: str = "cotengra", **options: Any) -> Array:
        """The value, as an array with one axis for each place of ``output``: see
        :func:`~catenary.functors.tensor.contract`.
        """
        from catenary.functors.tensor.contraction import contract

        return contract(self, engine, **options)

    def conj(self) -> TensorNetwork:
        """The complex conjugate."""
        arrays = tuple(conjugate(array) for array in self.arrays)
        return self._trusted(self.structure, arrays, self.inputs, self.names)

    def dagger(self) -> TensorNetwork:
        """The conjugate transpose: domain and codomain exchanged."""
        flipped = self.output[self.inputs :] + self.output[: self.inputs]
        structure = (self.indices, flipped, self.sizes)
        return self._trusted(structure, self.conj().arrays, len(self.output) - self.inputs, self.names)

    def reversed(self) -> TensorNetwork:
        """The transpose by a half turn: the boundary read backwards."""
        structure = (self.indices, self.output[::-1], self.sizes)
        return self._trusted(structure, self.arrays, len(self.output) - self.inputs, self.names)

    def then(self, other: TensorNetwork) -> TensorNetwork:
        """Composition along the codomain of this network and the domain of the other; nothing is contracted.

        Raises:
            ContractionError: if the dimensions differ, naming the wire.
        """
        if len(self.cod) != len(other.dom):
            raise ContractionError(
                f"cannot compose: {len(self.cod)} wires {self.cod} against {len(other.dom)} {other.dom}"
            )
        builder = NetworkBuilder()
        first = builder.new_network(self)
        second = builder.new_network(other)
        for wire, (a, b) in enumerate(zip(first[self.inputs :], second[: other.inputs], strict=True)):
            builder.merge(a, b, f"wire {wire} of the composite")
        return builder.build(first[: self.inputs] + second[other.inputs :], self.inputs)

    def tensor(self, other: TensorNetwork) -> TensorNetwork:
        """The networks side by side."""
        builder = NetworkBuilder()
        first = builder.new_network(self)
        second = builder.new_network(other)
        n, m = self.inputs, other.inputs
        return builder.build(first[:n] + second[:m] + first[n:] + second[m:], n + m)

    def fix(self, values: Mapping[int, int]) -> TensorNetwork:
        """The network with boundary places fixed to basis values: each tensor is sliced, and the places leave
        the boundary.

        Args:
            values: for places of ``output`` (by position) the value that their index takes.

        Raises:
            ContractionError: for a place or value out of range.
        """
        fixed: dict[int, int] = {}
        zero = False
        for place, value in values.items():
            (value,) = _numbers((value,))
            if not 0 <= place < len(self.output) or not 0 <= value < self.shape[place]:
                raise ContractionError(
                    f"boundary place {place} has no value {value} (the boundary has shape {self.shape})"
                )
            zero |= fixed.setdefault(self.output[place], value) != value
        arrays, indices = list(self.arrays), list(self.indices)
        for t, ixs in enumerate(self.indices):
            if any(index in fixed for index in ixs):
                arrays[t] = arrays[t][(*(fixed.get(index, slice(None)) for index in ixs), ...)]
                indices[t] = tuple(index for index in ixs if index not in fixed)
        names = self.names
        if zero:  # one wire, fixed at both ends to different values
            arrays, indices, names = (
                [*arrays, np.zeros(())],
                [*indices, ()],
                (*names, "a contradiction of fixed values"),
            )
        kept = [place for place in range(len(self.output)) if place not in values]
        # a place that shares its index with a fixed one stays open: it is that basis vector
        again = {
            place: len(self.sizes) + k for k, place in enumerate(p for p in kept if self.output[p] in fixed)
        }
        for place in again:
            unit = np.zeros(self.shape[place])
            unit[fixed[self.output[place]]] = 1
            arrays.append(unit)
            indices.append((again[place],))
            names = (*names, f"the value of boundary place {place}")
        sizes = [1 if index in fixed else size for index, size in enumerate(self.sizes)]
        sizes += [self.shape[place] for place in again]
        output = [again.get(place, self.output[place]) for place in kept]
        structure = (tuple(tuple(ixs) for ixs in indices), tuple(output), tuple(sizes))
        return self._trusted(structure, tuple(arrays), sum(p < self.inputs for p in kept), names)


def _numbers(values: Iterable[Any]) -> tuple[int, ...]:
    try:
        return tuple([operator.index(value) for value in values])
    except TypeError as error:
        raise ContractionError(f"indices and dimensions are integers: {error}") from None


class NetworkBuilder:
    """Gathers tensors on indices that may still be merged, with union-find, and builds the network at the
    end.
    """

    def __init__(self) -> None:
        self._parent: list[int] = []
        self._sizes: list[int] = []
        self._indices: list[Sequence[int]] = []
        self._arrays: list[Array] = []
        self._names: list[str] = []

    def new(self, size: int) -> int:
        """A new index."""
        self._parent.append(len(self._parent))
        self._sizes.append(size)
        return len(self._sizes) - 1

    def find(self, index: int) -> int:
        """The index that stands for this one."""
        parent = self._parent
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    def merge(self, a: int, b: int, what: str) -> None:
        """Make two indices one.

        Raises:
            ContractionError: if their dimensions differ.
        """
        if self._sizes[a] != self._sizes[b]:
            raise ContractionError(f"{what} joins dimensions {self._sizes[a]} and {self._sizes[b]}")
        a, b = self.find(a), self.find(b)
        self._parent[max(a, b)] = min(a, b)

    def add(self, array: Array, indices: Sequence[int], name: str) -> None:
        """Place a tensor."""
        self._arrays.append(array)
        self._indices.append(indices)
        self._names.append(name)

    def new_network(self, network: TensorNetwork, name: str = "") -> list[int]:
        """Place a network on new indices; returns those of its boundary."""
        shift = len(self._sizes)
        for size in network.sizes:
            self.new(size)
        for ixs, array, inner in zip(network.indices, network.arrays, network.names, strict=True):
            self.add(array, [index + shift for index in ixs], name or inner)
        return [index + shift for index in network.output]

    def add_network(self, network: TensorNetwork, legs: Sequence[int], name: str) -> None:
        """Place a network with its boundary on the given indices."""
        place: dict[int, int] = {}
        for wire, (index, leg) in enumerate(zip(network.output, legs, strict=True)):
            if index in place:
                self.merge(place[index], leg, f"wire {wire} of {name}")
            else:
                if network.sizes[index] != self._sizes[leg]:
                    raise ContractionError(
                        f"wire {wire} of {name} has dimension {network.sizes[index]}, its wire in the "
                        f"diagram {self._sizes[leg]}"
                    )
                place[index] = leg
        for index, size in enumerate(network.sizes):
            if index not in place:
                place[index] = self.new(size)
        for ixs, array in zip(network.indices, network.arrays, strict=True):
            self.add(array, [place[index] for index in ixs], name)

    def build(self, output: Sequence[int], inputs: int = 0) -> TensorNetwork:
        """The network."""
        find = self.find
        number: dict[int, int] = {}
        for index in range(len(self._parent)):
            root = find(index)
            if root not in number:
                number[root] = len(number)
        name = [number[find(index)] for index in range(len(self._parent))]
        structure = (
            tuple(tuple(name[index] for index in ixs) for ixs in self._indices),
            tuple(name[index] for index in output),
            tuple(self._sizes[root] for root in number),
        )
        return TensorNetwork._trusted(structure, tuple(self._arrays), inputs, tuple(self._names))


@dataclass(frozen=True, eq=False)
class Reduction:
    """A network's structure brought to the form that engines take, and the way back from their result.

    In the core form every tensor has distinct indices of dimension at least 2, every index is on the boundary
    or on two tensors at least, boundary indices are distinct, and each is on a tensor. What that removes is
    exact: diagonals and sums of single tensors, factors for closed loops, zeros off the diagonal of repeated
    boundary indices.

    Attributes:
        inputs: the indices of each tensor of the core, numbered from 0.
        output: the boundary of the core.
        sizes: the dimension of each index of the core.
        names: for each index of the core the index of the network.
        terms: for each tensor of the core the network's tensor, which of its indices are kept, and its axes by
            index (``None``: it is taken as it is).
        scalars: the tensors without open indices, with their axes.
        loops: the product of the dimensions of indices on nothing.
        spread: where boundary indices repeat or are on no tensor: dimensions, the index of each place, and
            the distinct ones.
        empty: whether an index has dimension 0.
    """

    inputs: tuple[tuple[int, ...], ...]
    output: tuple[int, ...]
    sizes: tuple[int, ...]
    names: tuple[int, ...]
    terms: tuple[tuple[int, tuple[int, ...], tuple[int, ...] | None], ...]
    scalars: tuple[tuple[int, tuple[int, ...] | None], ...]
    loops: int
    _shape: tuple[int, ...]
    spread: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]] | None
    empty: bool

    @cached_property
    def trivial(self) -> bool:
        """Whether every array goes into the core as it is and the core's result is the result."""
        plain = all(axes is None for _, _, axes in self.terms) and not self.scalars
        shape = tuple(self.sizes[i] for i in self.output)
        return plain and self.loops == 1 and self._shape == shape and self.spread is None and not self.empty

    def core(self, arrays: Sequence[Array]) -> tuple[list[Array], Any]:
        """The core's tensors and the scalar factor, ``None`` for 1."""
        arrays = of_one_precision(arrays)
        if self.trivial:
            return list(arrays), None
        terms = []
        for t, kept, axes in self.terms:
            array = arrays[t]
            if axes is not None:
                array = array.reshape([size for size in array.shape if size != 1])
                array = np.einsum(array, list(axes), list(kept))
            terms.append(array)
        scale: Any = None
        for t, ixs in self.scalars:
            array = arrays[t]
            if ixs:
                array = np.einsum(array.reshape([size for size in array.shape if size != 1]), list(ixs), [])
            scale = array.reshape(())[()] if scale is None else scale * array.reshape(())[()]
        if self.loops != 1:
            if self.loops.bit_length() > 1000:
                raise ContractionError(
                    f"the closed loops give a factor of about 2^{self.loops.bit_length()}, too large for a "
                    "float"
                )
            scale = float(self.loops) if scale is None else scale * float(self.loops)
        return terms, scale

    def expand(self, value: Array, scale: Any, dtype: np.dtype[Any]) -> Array:
        """The network's value from the core's."""
        if self.empty:
            return np.zeros(self._shape, dtype)
        if self.trivial:
            return value if value.dtype == dtype else value.astype(dtype)
        value = np.asarray(value if scale is None else value * scale).astype(dtype, copy=False)
        if self.spread is not None:
            shape, places, distinct = self.spread
            full = np.zeros(shape, dtype)
            known = set(self.output)
            spread = value.reshape([self.sizes[i] if i in known else 1 for i in distinct] if distinct else ())
            letter = {i: k for k, i in enumerate(distinct)}  # einsum has few letters, indices are many
            np.einsum(full, [letter[i] for i in places], list(letter.values()))[...] = spread
            value = full
        return np.ascontiguousarray(value).reshape(self._shape)


@lru_cache(maxsize=4096)
def reduction(structure: Structure) -> Reduction:
    """The core form of a structure. Cached."""
    indices, output, sizes = structure
    holders: dict[int, set[int]] = {}
    for t, ixs in enumerate(indices):
        for index in ixs:
            holders.setdefault(index, set()).add(t)
    outside = set(output)
    number: dict[int, int] = {}
    terms: list[tuple[int, tuple[int, ...], tuple[int, ...] | None]] = []
    inputs: list[tuple[int, ...]] = []
    scalars: list[tuple[int, tuple[int, ...] | None]] = []
    for t, ixs in enumerate(indices):
        distinct = list(dict.fromkeys(index for index in ixs if sizes[index] != 1))
        kept = [index for index in distinct if index in outside or len(holders[index]) > 1]
        local = {index: k for k, index in enumerate(distinct)}
        axes = tuple(local[index] for index in ixs if sizes[index] != 1)
        if kept:
            for index in kept:
                number.setdefault(index, len(number))
            inputs.append(tuple(number[index] for index in kept))
            as_is = len(kept) == len(ixs)
            terms.append((t, tuple(local[index] for index in kept), None if as_is else axes))
        else:
            scalars.append((t, axes))
    loops = math.prod(
        size for index, size in enumerate(sizes) if index not in holders and index not in outside
    )
    wide = [index for index in output if sizes[index] != 1]
    core_output = tuple(number[index] for index in dict.fromkeys(wide) if index in number)
    expand = None
    if len(core_output) != len(wide):
        # boundary indices on no tensor at all get numbers after the core's
        names = dict(number)
        for index in wide:
            names.setdefault(index, len(names))
        places = [names[index] for index in wide]
        if len(set(places)) > _LETTERS:
            raise ContractionError(
                f"the result would have {len(wide)} axes: fix or close some of the boundary first"
            )
        expand = (tuple(sizes[index] for index in wide), tuple(places), tuple(dict.fromkeys(places)))
    core_sizes = tuple(sizes[index] for index in number)
    shape = tuple(sizes[index] for index in output)
    if len(shape) > 64:
        raise ContractionError(
            f"the result would have {len(shape)} axes, above the 64 of an array: close some of them first"
        )
    return Reduction(
        tuple(inputs),
        core_output,
        core_sizes,
        tuple(number),
        tuple(terms),
        tuple(scalars),
        loops,
        shape,
        expand,
        0 in sizes,
    )
