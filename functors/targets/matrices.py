"""Matrices by direct sum as a target: a category with biproducts, over any semiring.

An object is a natural number, and the tensor of objects is their sum: a wire carries a number (a path, a
probability flow), not an index. So wires are added and copied, and a trace sums over all ways round the loop,
where such a sum exists. (Selinger, *A survey of graphical languages for monoidal categories*, arXiv 0908.3347,
section 6.3; Conway, *Regular algebra and finite machines*, for the star.)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catenary.diagrams import ArityError, CatenaryError, CompositionError, ContractionError, Diagram
from catenary.functors.functor import Functor
from catenary.functors.targets.functions import check_feedback, placed
from catenary.functors.tensor.semirings import RATIONAL, Semiring

Array = NDArray[Any]
LARGEST = 4096
"""The largest number that one object stands for: an identity on it has its square of entries."""


class NoTrace(CatenaryError, ArithmeticError):  # noqa: N818 the name says it
    """A loop whose sum over all rounds does not exist in the semiring."""


@dataclass(frozen=True, eq=False)
class Matrix:
    """A matrix over a semiring, one row for each input and one column for each output. Immutable.

    >>> Matrix([[1, 2]], RATIONAL).dom, Matrix([[1, 2]], RATIONAL).cod
    (1, 2)
    """

    array: Array
    ring: Semiring

    def __init__(self, array: Any, ring: Semiring, shape: tuple[int, int] | None = None):
        found = ring.array(array, "the matrix")
        if shape is not None and found.size == shape[0] * shape[1] == 0:
            found = found.reshape(shape)
        if found.ndim != 2:
            raise ContractionError(f"a matrix has rows and columns, not {found.ndim} axes")
        self._set(found, ring)

    def _set(self, array: Array, ring: Semiring) -> None:
        if ring.name == "symbolic":
            import sympy

            normal = np.empty(array.shape, object)
            for place in np.ndindex(array.shape):
                normal[place] = sympy.cancel(array[place])
            array = normal
        array.flags.writeable = False
        object.__setattr__(self, "array", array)
        object.__setattr__(self, "ring", ring)

    @classmethod
    def _trusted(cls, array: Array, ring: Semiring) -> Matrix:
        self = object.__new__(cls)
        self._set(array, ring)
        return self

    @property
    def dom(self) -> int:
        """The number of rows."""
        return int(self.array.shape[0])

    @property
    def cod(self) -> int:
        """The number of columns."""
        return int(self.array.shape[1])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Matrix):
            return NotImplemented
        return self.ring is other.ring and bool(np.array_equal(self.array, other.array))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Matrix({self.array.tolist()!r}, {self.ring!r}, {self.array.shape!r})"

    def allclose(self, other: Matrix, tolerance: float = 1e-9) -> bool:
        """Whether both have the same shape and entries up to a tolerance."""
        if self.array.shape != other.array.shape:
            return False
        one, two = (m.array.astype(complex) for m in (self, other))
        # infinities of tropical semirings are compared as they are
        return bool(np.all((one == two) | (np.abs(one - two) <= tolerance * np.maximum(1, np.abs(two)))))


def _no_sum(loop: Any) -> NoTrace:
    return NoTrace(
        f"the sum over all rounds of a loop with the weight {loop} does not exist in this semiring: "
        "open the loop, or use a semiring in which it does (boolean, min_plus with costs from 0 on, …)"
    )


def _tropical(good: Callable[[Any], bool], one: Any) -> Callable[[Any], Any]:
    def star(a: Any) -> Any:
        if not good(a):
            raise _no_sum(a)
        return one

    return star


def _geometric(a: Any) -> Any:
    if not a < 1:
        raise _no_sum(a)
    return 1 / (1 - a)


def _log_geometric(a: Any) -> Any:
    if not a < 0:
        raise _no_sum(a)
    return -math.log1p(-math.exp(a))


_STARS: dict[str, Callable[[Any], Any]] = {
    "boolean": _tropical(lambda a: True, True),
    "counting": _tropical(lambda a: bool(a == 0), 1),
    "min_plus": _tropical(lambda a: bool(a >= 0), 0.0),
    "max_plus": _tropical(lambda a: bool(a <= 0), 0.0),
    "max_times": _tropical(lambda a: bool(a <= 1), 1.0),
    "probability": _geometric,
    "log": _log_geometric,
}
_FIELDS = ("real", "complex", "rational", "symbolic")


def _star(array: Array, ring: Semiring) -> Array:
    """The sum of all powers of a square matrix."""
    n = len(array)
    if ring.name in _FIELDS:
        return _inverse(_identity(n, ring) - array, ring)
    star = _STARS.get(ring.name)
    if star is None:
        raise NoTrace(f"the semiring {ring.name} has no star: its matrices by direct sum have no trace")
    found = array.copy()
    for k in range(n):  # Kleene: the ways round that pass through the first k + 1 wires
        once = found[:, k, None], np.full((1, 1), star(found[k, k]), ring.dtype), found[None, k, :]
        ways = ring.times(ring.times(once[0], once[1]), once[2])
        found = np.asarray(ring.plus(found, ways))
    return np.asarray(ring.plus(found, _identity(n, ring)))


def _identity(n: int, ring: Semiring) -> Array:
    array = np.full((n, n), ring.zero, ring.dtype)
    for k in range(n):
        array[k, k] = ring.one
    return array


def _inverse(array: Array, ring: Semiring) -> Array:
    """The inverse over a field: exact elimination, or LAPACK for floats."""
    n = len(array)
    if ring.dtype is not object:
        if n and np.linalg.cond(array) > 1e14:
            raise _no_sum("1 (up to rounding)")
        return np.asarray(np.linalg.inv(array))
    import sympy

    # cancel gives every rational expression one form, so that a zero is seen
    tidy = sympy.cancel if ring.name == "symbolic" else (lambda x: x)
    rows = [[*row, *one] for row, one in zip(array.tolist(), _identity(n, ring).tolist(), strict=True)]
    for k in range(n):
        pivot = next((r for r in range(k, n) if rows[r][k] != 0), None)
        if pivot is None:
            raise _no_sum(1)
        rows[k], rows[pivot] = rows[pivot], rows[k]
        lead = rows[k][k]
        rows[k] = [tidy(x / lead) for x in rows[k]]
        for r in range(n):
            if r != k and rows[r][k] != 0:
                factor = rows[r][k]
                rows[r] = [tidy(x - factor * y) for x, y in zip(rows[r], rows[k], strict=True)]
    found = np.empty((n, n), object)
    for k in range(n):
        found[k, :] = rows[k][n:]
    return found


@dataclass(frozen=True)
class Matrices:
    """The category of matrices over a semiring with the direct sum as tensor: every object has a copy, a
    discard, a sum and a zero, all natural (biproducts).

    In a functor's table the image of an object is a natural number; the image of a generator is a matrix with one
    row for each input and one column for each output.

    Args:
        ring: one of :data:`~catenary.functors.tensor.semirings.SEMIRINGS`; fractions unless given.

    >>> from catenary.diagrams import Box, Doctrine, Signature, Ty
    >>> x = Ty("x")
    >>> f, plus = Box("f", x, x), Box("plus", x @ x, x)
    >>> F = Functor({"x": 1}, {f: [[3]], plus: Matrices().merge(1)}, Matrices())
    >>> F(x @ f >> plus).array.tolist()
    [[Fraction(1, 1)], [Fraction(3, 1)]]
    >>> loop = Matrix([[1, 1], [1, "1/3"]], RATIONAL)  # in → out, and once more with weight 1/3
    >>> Matrices().trace(loop, 1).array.tolist()  # 1 + 1·(1 + 1/3 + 1/9 + …)·1
    [[Fraction(5, 2)]]
    """

    ring: Semiring = RATIONAL

    def id(self, ob: int) -> Matrix:
        """The identity matrix."""
        return Matrix._trusted(_identity(ob, self.ring), self.ring)

    def zero(self, dom: int, cod: int) -> Matrix:
        """The zero matrix; from or to 0 the maps of the zero object."""
        return Matrix._trusted(np.full((dom, cod), self.ring.zero, self.ring.dtype), self.ring)

    def _product(self, f: Array, g: Array) -> Array:
        if not f.shape[1]:
            return np.full((f.shape[0], g.shape[1]), self.ring.zero, self.ring.dtype)
        found: Array = self.ring.product(f[None], g[None])[0]
        return found

    def then(self, f: Matrix, g: Matrix) -> Matrix:
        """The matrix product, ``f`` first."""
        if f.cod != g.dom:
            raise CompositionError([f"{f.cod} columns"], [f"{g.dom} rows"], ("codomain", "domain"))
        return Matrix._trusted(self._product(f.array, g.array), self.ring)

    def tensor(self, f: Matrix, g: Matrix) -> Matrix:
        """The direct sum: both as blocks on the diagonal."""
        array = np.full((f.dom + g.dom, f.cod + g.cod), self.ring.zero, self.ring.dtype)
        array[: f.dom, : f.cod] = f.array
        array[f.dom :, f.cod :] = g.array
        return Matrix._trusted(array, self.ring)

    def product(self, obs: Sequence[int]) -> int:
        """The sum."""
        return sum(obs)

    def dom(self, f: Matrix) -> int:
        """The number of rows."""
        return f.dom

    def cod(self, f: Matrix) -> int:
        """The number of columns."""
        return f.cod

    def swap(self, left: int, right: int) -> Matrix:
        """The symmetry."""
        order = [*range(left, left + right), *range(left)]
        return Matrix._trusted(_identity(left + right, self.ring)[:, order], self.ring)

    def copy(self, ob: int) -> Matrix:
        """The diagonal."""
        one = _identity(ob, self.ring)
        return Matrix._trusted(np.concatenate([one, one], axis=1), self.ring)

    def merge(self, ob: int) -> Matrix:
        """The sum of two bundles of wires: the codiagonal."""
        one = _identity(ob, self.ring)
        return Matrix._trusted(np.concatenate([one, one], axis=0), self.ring)

    def discard(self, ob: int) -> Matrix:
        """The map to 0."""
        return self.zero(ob, 0)

    def add(self, f: Matrix, g: Matrix) -> Matrix:
        """The sum of two matrices: copy, both, merge."""
        if f.array.shape != g.array.shape:
            raise ArityError(f"a sum of matrices of shapes {f.array.shape} and {g.array.shape}")
        return Matrix._trusted(np.asarray(self.ring.plus(f.array, g.array)), self.ring)

    def scale(self, scalar: Any, f: Matrix) -> Matrix:
        """An element of the semiring times a matrix."""
        factor = self.ring.array([[scalar]], "the scalar")
        return Matrix._trusted(np.asarray(self.ring.times(factor, f.array)), self.ring)

    def dagger(self, f: Matrix) -> Matrix:
        """The conjugate transpose."""
        array = f.array.T
        return Matrix._trusted(
            np.conjugate(array) if self.ring.name == "complex" else array.copy(), self.ring
        )

    def star(self, f: Matrix) -> Matrix:
        """The sum of all powers of a square matrix, 1 + f + f² + …; over a field (1 - f)⁻¹.

        Raises:
            ArityError: if it is not square.
            NoTrace: if the sum does not exist.
        """
        if f.dom != f.cod:
            raise ArityError(f"only a square matrix has powers, not one of {f.dom} by {f.cod}")
        return Matrix._trusted(_star(f.array, self.ring), self.ring)

    def trace(self, f: Matrix, ob: int, left: bool = False) -> Matrix:
        """The sum over all ways through and round the loop: A + B D* C for the blocks of ``f``.

        Raises:
            NoTrace: if the sum does not exist in the semiring.
        """
        check_feedback(("x",) * f.dom, ("x",) * f.cod, ("x",) * ob, left)
        n, m = f.dom - ob, f.cod - ob
        rows = [*range(ob, ob + n), *range(ob)] if left else range(n + ob)
        columns = [*range(ob, ob + m), *range(ob)] if left else range(m + ob)
        array = f.array[list(rows)][:, list(columns)]
        if not ob:
            return Matrix._trusted(array, self.ring)
        round_ = _star(array[n:, m:], self.ring)
        ways = self._product(self._product(array[:n, m:], round_), array[n:, :m])
        return Matrix._trusted(np.asarray(self.ring.plus(array[:n, :m], ways)), self.ring)

    def read_object(self, value: Any) -> int:
        """A natural number."""
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not 0 <= value <= LARGEST:
            raise CatenaryError(
                f"the image of an object under a functor into matrices by direct sum is a natural number, not "
                f"{value!r} (at most {LARGEST})"
            )
        return int(value)

    def read(self, image: Any, dom: int, cod: int, what: str) -> Matrix:
        """A matrix from a matrix, an array or nested lists."""
        matrix = image if isinstance(image, Matrix) else Matrix(image, self.ring, (dom, cod))
        if matrix.ring is not self.ring:
            raise ContractionError(f"the matrix of {what} is over {matrix.ring.name}, not {self.ring.name}")
        if matrix.array.shape != (dom, cod):
            raise ArityError(f"the matrix of {what} has shape {matrix.array.shape}, expected {(dom, cod)}")
        return matrix

    def of_diagram(self, diagram: Diagram, functor: Functor[int, Matrix]) -> Matrix:
        """The image of a whole diagram: on each wire its column, what it owes to every input."""
        dom = functor.on_type(diagram.dom)
        columns = list(_identity(dom, self.ring).T)
        for image, start in placed(diagram, functor, int):
            taken = columns[start : start + image.dom]
            block = np.stack(taken, axis=1) if taken else np.empty((dom, 0), self.ring.dtype)
            columns[start : start + image.dom] = self._product(block, image.array).T
        empty = np.empty((dom, 0), self.ring.dtype)
        return Matrix._trusted(np.stack(columns, axis=1) if columns else empty, self.ring)
