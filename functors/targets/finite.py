"""Finite sets and functions as a target: a cartesian category, every morphism a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catenary.diagrams import ArityError, CatenaryError, Diagram
from catenary.functors.functor import Functor
from catenary.functors.targets.points import (
    Dims,
    Sizes,
    check_composable,
    count,
    crossed,
    decode,
    encode,
    layers_with_sizes,
)


@dataclass(frozen=True)
class FiniteFunction:
    """A function between products of finite sets, as a table. Immutable; ``==`` is equality of functions.

    Args:
        dom, cod: the sizes of the factors.
        table: for each point of the domain (the last factor running fastest) the point of its value.

    >>> xor = FiniteFunction((2, 2), (2,), (0, 1, 1, 0))
    >>> xor(1, 0)
    1
    """

    dom: Dims
    cod: Dims
    table: tuple[int, ...]

    def __post_init__(self) -> None:
        size = count(self.cod)
        if len(self.table) != count(self.dom) or any(not 0 <= y < size for y in self.table):
            raise ArityError(
                f"the table of a function from {count(self.dom)} to {size} elements needs {count(self.dom)} "
                f"numbers from 0 to {size - 1}"
            )

    def __call__(self, *values: int) -> Any:
        """The value: a number, or a tuple of them where the codomain has not exactly one factor."""
        found = decode(self.table[encode(values, self.dom, "the function")], self.cod)
        return found[0] if len(found) == 1 else found


@dataclass(frozen=True)
class FiniteFunctions(Sizes):
    """The cartesian category of finite sets and functions.

    In a functor's table the image of an object is its size (its elements are 0, 1, …), or a tuple of sizes; the
    image of a generator is a :class:`FiniteFunction`, a Python function of numbers, or a mapping from inputs to
    outputs.

    >>> from catenary.diagrams import Box, Copy, Ty
    >>> bit = Ty("bit")
    >>> xor, land = Box("xor", bit @ bit, bit), Box("and", bit @ bit, bit)
    >>> F = Functor({"bit": 2}, {xor: lambda a, b: a ^ b, land: lambda a, b: a & b}, FiniteFunctions())
    >>> half_adder = Copy(bit @ bit) >> land @ xor
    >>> F(half_adder)(1, 1)
    (1, 0)
    """

    def id(self, ob: Dims) -> FiniteFunction:
        """The identity."""
        return FiniteFunction(ob, ob, tuple(range(count(ob))))

    def then(self, f: FiniteFunction, g: FiniteFunction) -> FiniteFunction:
        """Composition."""
        check_composable(f.cod, g.dom)
        return FiniteFunction(f.dom, g.cod, tuple(g.table[y] for y in f.table))

    def tensor(self, f: FiniteFunction, g: FiniteFunction) -> FiniteFunction:
        """Both side by side."""
        count(f.dom + g.dom)
        size = count(g.cod)
        return FiniteFunction(
            f.dom + g.dom, f.cod + g.cod, tuple(a * size + b for a in f.table for b in g.table)
        )

    def dom(self, f: FiniteFunction) -> Dims:
        """The domain."""
        return f.dom

    def cod(self, f: FiniteFunction) -> Dims:
        """The codomain."""
        return f.cod

    def swap(self, left: Dims, right: Dims) -> FiniteFunction:
        """The symmetry."""
        return FiniteFunction(left + right, right + left, tuple(crossed(left, right)))

    def copy(self, ob: Dims) -> FiniteFunction:
        """The diagonal."""
        size = count(ob)
        return FiniteFunction(ob, ob + ob, tuple(x * size + x for x in range(size)))

    def discard(self, ob: Dims) -> FiniteFunction:
        """The map to the one-element set."""
        return FiniteFunction(ob, (), (0,) * count(ob))

    def read(self, image: Any, dom: Dims, cod: Dims, what: str) -> FiniteFunction:
        """A function from a table, a mapping or a Python function."""
        if isinstance(image, FiniteFunction):
            return image
        inputs = (decode(point, dom) for point in range(count(dom)))
        if isinstance(image, Mapping):
            keyed = {k if isinstance(k, tuple) else (k,): v for k, v in image.items()}
            missing = next((x for x in inputs if x not in keyed), None)
            if missing is not None:
                raise CatenaryError(f"the table for {what} has no value at {missing}")
            if len(keyed) > count(dom):
                raise CatenaryError(f"the table for {what} has values at more than its {count(dom)} inputs")
            values = [keyed[decode(point, dom)] for point in range(count(dom))]
        elif callable(image):
            values = [image(*x) for x in inputs]
        else:
            raise CatenaryError(
                f"the image of {what} under a functor into finite functions is a FiniteFunction, a mapping or "
                f"a Python function, not {image!r}"
            )
        return FiniteFunction(dom, cod, tuple(encode(value, cod, what) for value in values))

    def of_diagram(self, diagram: Diagram, functor: Functor[Dims, FiniteFunction]) -> FiniteFunction:
        """The image of a whole diagram, its inputs carried through the layers."""
        dom = functor.on_type(diagram.dom)
        points = list(range(count(dom)))
        for image, right in layers_with_sizes(diagram, functor):
            table, taken, given = image.table, len(image.table), count(image.cod)
            for at, point in enumerate(points):
                rest, r = divmod(point, right)
                left, x = divmod(rest, taken)
                points[at] = (left * given + table[x]) * right + r
        return FiniteFunction(dom, functor.on_type(diagram.cod), tuple(points))
