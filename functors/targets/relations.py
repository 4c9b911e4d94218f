"""Finite sets and relations as a target: a hypergraph category, every relation a list of bit sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catenary.diagrams import ArityError, CatenaryError, Diagram
from catenary.functors.bitsets import bits
from catenary.functors.functor import Functor
from catenary.functors.targets.diagrams import reversing
from catenary.functors.targets.finite import FiniteFunction
from catenary.functors.targets.functions import check_feedback
from catenary.functors.targets.points import (
    Dims,
    Sizes,
    check_composable,
    count,
    crossed,
    decode,
    diagonal,
    encode,
    layers_with_sizes,
    mirrored,
    traced_left,
)


@dataclass(frozen=True)
class Relation:
    """A relation between products of finite sets. Immutable; ``==`` is equality of relations.

    Args:
        dom, cod: the sizes of the factors.
        rows: for each point of the domain (the last factor running fastest) the points that it is related to,
            as the bits of an integer.

    >>> divides = Relation.of([(x, y) for x in range(1, 7) for y in range(1, 7) if y % x == 0], (7,), (7,))
    >>> divides(2), (2, 5) in divides
    ([2, 4, 6], False)
    """

    dom: Dims
    cod: Dims
    rows: tuple[int, ...]

    def __post_init__(self) -> None:
        size = count(self.cod)
        if len(self.rows) != count(self.dom) or any(row < 0 or row >> size for row in self.rows):
            raise ArityError(
                f"a relation from {count(self.dom)} to {size} elements needs {count(self.dom)} bit sets of "
                f"{size} bits"
            )

    @classmethod
    def of(cls, pairs: Iterable[tuple[Any, Any]], dom: Dims, cod: Dims) -> Relation:
        """The relation that holds of these pairs (input, output), each a number or a tuple of numbers."""
        rows = [0] * count(dom)
        for x, y in pairs:
            rows[encode(x, dom, "a pair's input")] |= 1 << encode(y, cod, "a pair's output")
        return cls(dom, cod, tuple(rows))

    @classmethod
    def from_array(cls, array: Any, inputs: int) -> Relation:
        """The relation of an array of truth values, of whose axes the first ``inputs`` are the domain."""
        array = np.asarray(array, dtype=bool)
        dom, cod = array.shape[:inputs], array.shape[inputs:]
        matrix = array.reshape(count(dom), count(cod))
        packed = np.packbits(matrix, axis=1, bitorder="little")
        return cls(dom, cod, tuple(int.from_bytes(row.tobytes(), "little") for row in packed))

    @property
    def array(self) -> NDArray[np.bool_]:
        """The relation as truth values: one axis for each factor of the domain, then of the codomain."""
        width = count(self.cod)
        size = (width + 7) // 8
        packed = np.frombuffer(b"".join(row.to_bytes(size, "little") for row in self.rows), np.uint8)
        bits = np.unpackbits(packed.reshape(len(self.rows), size), axis=1, count=width, bitorder="little")
        return bits.astype(bool).reshape(self.dom + self.cod)

    @cached_property
    def supports(self) -> tuple[tuple[int, ...], ...]:
        """For each point of the domain the points that it is related to."""
        return tuple(tuple(bits(row)) for row in self.rows)

    def __call__(self, *values: int) -> list[Any]:
        """What some values are related to: numbers, or tuples where there is not exactly one factor."""
        found = [decode(y, self.cod) for y in self.supports[encode(values, self.dom, "the relation")]]
        return [y[0] for y in found] if len(self.cod) == 1 else list(found)

    def __contains__(self, pair: tuple[Any, Any]) -> bool:
        x, y = pair
        return bool(self.rows[encode(x, self.dom, "pair")] >> encode(y, self.cod, "pair") & 1)

    def __len__(self) -> int:
        return sum(row.bit_count() for row in self.rows)

    def __bool__(self) -> bool:
        return any(self.rows)

    def __or__(self, other: Relation) -> Relation:
        self._parallel(other)
        return Relation(self.dom, self.cod, tuple(a | b for a, b in zip(self.rows, other.rows, strict=True)))

    def __and__(self, other: Relation) -> Relation:
        self._parallel(other)
        return Relation(self.dom, self.cod, tuple(a & b for a, b in zip(self.rows, other.rows, strict=True)))

    def __le__(self, other: Relation) -> bool:
        self._parallel(other)
        return all(a & ~b == 0 for a, b in zip(self.rows, other.rows, strict=True))

    def _parallel(self, other: Relation) -> None:
        check_composable(self.dom, other.dom)
        check_composable(self.cod, other.cod)

    @property
    def is_function(self) -> bool:
        """Whether every input is related to exactly one output: the maps are what copy and discard respect."""
        return all(row.bit_count() == 1 for row in self.rows)


@dataclass(frozen=True)
class Relations(Sizes):
    """The hypergraph category of finite sets and relations.

    In a functor's table the image of an object is its size, or a tuple of sizes; the image of a generator is a
    :class:`Relation`, a :class:`~catenary.functors.targets.FiniteFunction`, an array of truth values with the
    axes of domain and codomain, or a collection of pairs (input, output).

    >>> from catenary.diagrams import Box, Spider, Ty
    >>> node = Ty("node")
    >>> edge = Box("edge", node, node)
    >>> F = Functor({"node": 4}, {edge: {(0, 1), (1, 2), (2, 0), (2, 3)}}, Relations())
    >>> F(edge >> edge)(1)
    [0, 3]
    >>> triangle = Spider(1, 2, node) >> edge @ node >> edge @ node >> edge @ node >> Spider(2, 1, node)
    >>> [x for x in range(4) if F(triangle)(x)]  # the nodes on a triangle
    [0, 1, 2]
    """

    def id(self, ob: Dims) -> Relation:
        """The identity."""
        return Relation(ob, ob, tuple(1 << x for x in range(count(ob))))

    def then(self, f: Relation, g: Relation) -> Relation:
        """Composition."""
        check_composable(f.cod, g.dom)
        rows = []
        for row in f.rows:
            out = 0
            for y in bits(row):
                out |= g.rows[y]
            rows.append(out)
        return Relation(f.dom, g.cod, tuple(rows))

    def tensor(self, f: Relation, g: Relation) -> Relation:
        """Both side by side."""
        count(f.dom + g.dom), count(f.cod + g.cod)
        size = count(g.cod)
        rows = tuple(sum(other << (y * size) for y in ys) for ys in f.supports for other in g.rows)
        return Relation(f.dom + g.dom, f.cod + g.cod, rows)

    def dom(self, f: Relation) -> Dims:
        """The domain."""
        return f.dom

    def cod(self, f: Relation) -> Dims:
        """The codomain."""
        return f.cod

    def adjoint(self, ob: Dims, turn: int) -> Dims:
        """The sizes read backwards."""
        return ob[::-1]

    def swap(self, left: Dims, right: Dims) -> Relation:
        """The symmetry."""
        return Relation(left + right, right + left, tuple(1 << y for y in crossed(left, right)))

    def spider(self, inputs: int, outputs: int, ob: Dims) -> Relation:
        """All legs have the same value."""
        size = count(ob)
        count(ob * inputs), count(ob * outputs)
        ins, outs = diagonal(inputs, size), diagonal(outputs, size)
        rows = [0] * size**inputs
        for x in range(size):
            rows[x * ins] |= 1 << (x * outs)
        return Relation(ob * inputs, ob * outputs, tuple(rows))

    def cup(self, left: Dims, right: Dims) -> Relation:
        """Nested cups: equal values."""
        check_composable(left, right[::-1])
        size = count(left)
        rows = [0] * count(left + right)
        for x, y in enumerate(mirrored(left)):
            rows[x * size + y] = 1
        return Relation(left + right, (), tuple(rows))

    def cap(self, left: Dims, right: Dims) -> Relation:
        """Nested caps."""
        return self.dagger(self.cup(left, right))

    def self_cup(self, ob: Dims) -> Relation:
        """The cup of a wire with itself, also where it stands for several factors."""
        return self.spider(2, 0, ob)

    def self_cap(self, ob: Dims) -> Relation:
        """The cap of a wire with itself."""
        return self.spider(0, 2, ob)

    def copy(self, ob: Dims) -> Relation:
        """The diagonal."""
        return self.spider(1, 2, ob)

    def discard(self, ob: Dims) -> Relation:
        """Any value."""
        return self.spider(1, 0, ob)

    def trace(self, f: Relation, ob: Dims, left: bool = False) -> Relation:
        """x is related to y when (x, u) is related to (y, u) for some u."""
        if left:
            found: Relation = traced_left(self, f, ob)
            return found
        check_feedback(f.dom, f.cod, ob, False)
        size = count(ob)
        dom, cod = f.dom[: len(f.dom) - len(ob)], f.cod[: len(f.cod) - len(ob)]
        rows = [0] * count(dom)
        for point, ys in enumerate(f.supports):
            x, u = divmod(point, size)
            for found_point in ys:
                y, v = divmod(found_point, size)
                if u == v:
                    rows[x] |= 1 << y
        return Relation(dom, cod, tuple(rows))

    def add(self, f: Relation, g: Relation) -> Relation:
        """The union."""
        return f | g

    def zero(self, dom: Dims, cod: Dims) -> Relation:
        """The empty relation."""
        return Relation(dom, cod, (0,) * count(dom))

    def scale(self, scalar: Any, f: Relation) -> Relation:
        """A number of copies of the relation: itself, or the empty one for 0.

        Raises:
            CatenaryError: for what is not a whole number from 0 on.
        """
        if not isinstance(scalar, (int, Fraction)) or scalar < 0 or scalar != int(scalar):
            raise CatenaryError(f"a relation cannot be taken {scalar} times: only 0, 1, 2 … times")
        return f if scalar else self.zero(f.dom, f.cod)

    def dagger(self, f: Relation) -> Relation:
        """The converse."""
        rows = [0] * count(f.cod)
        for x, ys in enumerate(f.supports):
            for y in ys:
                rows[y] |= 1 << x
        return Relation(f.cod, f.dom, tuple(rows))

    def rotate(
        self, f: Relation, turn: int, dom: Sequence[Dims], cod: Sequence[Dims], self_dual: bool
    ) -> Relation:
        """The converse with the wires read backwards."""
        array = f.array.transpose()
        if self_dual:
            array = array.transpose(reversing([*dom, *cod]))
        return Relation.from_array(array, len(f.cod))

    def read(self, image: Any, dom: Dims, cod: Dims, what: str) -> Relation:
        """A relation from a function, an array of truth values or pairs."""
        if isinstance(image, Relation):
            return image
        if isinstance(image, FiniteFunction):
            return Relation(image.dom, image.cod, tuple(1 << y for y in image.table))
        if isinstance(image, (set, frozenset)):
            return Relation.of(image, dom, cod)
        try:
            array = np.asarray(image)
        except ValueError as error:  # rows of different lengths
            raise CatenaryError(f"the relation of {what} is not an array: {error}") from None
        if array.dtype.kind not in "bui" or not np.isin(array, (0, 1)).all():
            raise CatenaryError(
                f"the image of {what} under a functor into relations is a Relation, a set of pairs or an array "
                f"of truth values, not {image!r}"
            )
        if array.shape != dom + cod:
            raise ArityError(f"the relation of {what} has shape {array.shape}, expected {dom + cod}")
        return Relation.from_array(array, len(dom))

    def of_diagram(self, diagram: Diagram, functor: Functor[Dims, Relation]) -> Relation:
        """The image of a whole diagram: for every point that is reached, the bit set of inputs that reach it."""
        dom, cod = functor.on_type(diagram.dom), functor.on_type(diagram.cod)
        points = {x: 1 << x for x in range(count(dom))}
        for image, right in layers_with_sizes(diagram, functor):
            supports, taken, given = image.supports, len(image.rows), count(image.cod)
            after: dict[int, int] = {}
            for point, inputs in points.items():
                rest, r = divmod(point, right)
                left, x = divmod(rest, taken)
                for y in supports[x]:
                    key = (left * given + y) * right + r
                    after[key] = after.get(key, 0) | inputs
            count((len(after),))
            points = after
        rows = [0] * count(dom)
        for y, inputs in points.items():
            for x in bits(inputs):
                rows[x] |= 1 << y
        return Relation(dom, cod, tuple(rows))
