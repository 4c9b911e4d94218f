"""Finite sets as products of sizes: what finite functions, relations and kernels share.

An object is a tuple of sizes, one for each wire; an element of it is a tuple of numbers, and its *point* is that
tuple read as one number, the last wire running fastest. A diagram is evaluated by carrying weighted points
through its layers, so that the work follows the points that occur and not the sizes of the products.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from catenary.diagrams import ArityError, CatenaryError, CompositionError, Diagram, LimitReached
from catenary.functors.functor import Functor
from catenary.functors.targets.functions import check_feedback

Dims = tuple[int, ...]
LIMIT = 1 << 22
"""The most points of one finite set that a table is made for."""


class Sizes:
    """Objects as tuples of sizes."""

    def product(self, obs: Sequence[Dims]) -> Dims:
        """Concatenation."""
        return tuple(size for ob in obs for size in ob)

    def read_object(self, value: Any) -> Dims:
        """An object from its size, or from a tuple of them: a wire that stands for several."""
        sizes = value if isinstance(value, tuple) else (value,)
        for size in sizes:
            if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 0:
                raise CatenaryError(
                    f"the image of an object under this functor is a finite set, given by its size, not {value!r}"
                )
        return tuple(map(int, sizes))


def count(dims: Dims) -> int:
    """The number of points.

    Raises:
        LimitReached: if a table of them would be too large.
    """
    size = math.prod(dims)
    if size > LIMIT:
        raise LimitReached(f"a table over the finite set {' × '.join(map(str, dims))}", f"{LIMIT} points")
    return size


def encode(value: Any, dims: Dims, what: str) -> int:
    """The point of an element: of a tuple of numbers, or of a number where there is one wire.

    Raises:
        ArityError: if it is no element.

    >>> encode((1, 2), (2, 3), "f"), encode(4, (5,), "f")
    (5, 4)
    """
    digits = value if isinstance(value, tuple) else (value,)
    if len(digits) != len(dims):
        raise ArityError(f"{what}: {value!r} has {len(digits)} values for {len(dims)} wires")
    point = 0
    for digit, size in zip(digits, dims, strict=True):
        if not isinstance(digit, (int, np.integer)) or not 0 <= digit < size:
            raise ArityError(f"{what}: {digit!r} is not one of the {size} elements 0 … {size - 1}")
        point = point * size + int(digit)
    return point


def decode(point: int, dims: Dims) -> tuple[int, ...]:
    """The element of a point.

    >>> decode(5, (2, 3))
    (1, 2)
    """
    digits = []
    for size in reversed(dims):
        point, digit = divmod(point, size)
        digits.append(digit)
    return tuple(reversed(digits))


def crossed(left: Dims, right: Dims) -> Iterator[int]:
    """For each point of ``left + right`` the point of ``right + left``."""
    n, m = count(left), count(right)
    count(left + right)
    return (b * n + a for a in range(n) for b in range(m))


def diagonal(legs: int, size: int) -> int:
    """What a point of one bundle is multiplied by to be the point where all legs have it."""
    return sum(size**k for k in range(legs))


def mirrored(dims: Dims) -> Iterator[int]:
    """For each point of ``dims`` the point of the element read backwards."""
    back = dims[::-1]
    return (encode(decode(point, dims)[::-1], back, "mirror") for point in range(count(dims)))


def check_composable(left: Dims, right: Dims) -> None:
    """Raise :class:`CompositionError` unless both are the same."""
    if left != right:
        raise CompositionError(left, right, ("codomain", "domain"))


def layers_with_sizes(diagram: Diagram, functor: Functor[Dims, Any]) -> Iterator[tuple[Any, int]]:
    """The images of the boxes in order, each with the number of points of the wires to its right."""
    wires = [functor.ob(ob) for ob in diagram.dom.objects]
    for place, (box, offset) in enumerate(diagram.layers):
        stop = offset + len(box.dom)
        right = math.prod(size for ob in wires[stop:] for size in ob)
        yield functor.on_box(box, place), right
        wires[offset:stop] = [functor.ob(ob) for ob in box.cod.objects]


def traced_left(target: Any, f: Any, ob: Dims) -> Any:
    """The trace over the first wires, by crossing them to the end."""
    check_feedback(f.dom, f.cod, ob, True)
    dom, cod = f.dom[len(ob) :], f.cod[len(ob) :]
    turned = target.then(target.then(target.swap(dom, ob), f), target.swap(ob, cod))
    return target.trace(turned, ob)
